#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>

// glibc's own names of the functions that are defined below; what they give is freed by its `free`.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread uint64_t count;

uint64_t laminar_allocation_count(void) { return count; }

void *malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count++;
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    count++;
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *result = __libc_memalign(alignment, size);
    if (result == NULL) return ENOMEM;
    *memory = result;
    return 0;
}

// Valgrind's requests to its tool, as its manual gives them: rotations that undo one another and an exchange of a
// register with itself, which do nothing outside of valgrind.
static void callgrind(uint64_t request) {
#if defined(__x86_64__)
    volatile uint64_t arguments[6] = {('C' << 24 | 'T' << 16) + request, 0, 0, 0, 0, 0};
    volatile uint64_t result = 0;
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "=d"(result)
                     : "a"(&arguments[0]), "0"(result)
                     : "cc", "memory");
#else
    (void)request;
#endif
}

enum { dumpStatistics = 0, zeroStatistics = 1, startInstrumentation = 4, stopInstrumentation = 5 };

void laminar_workload_begins(void) {
    callgrind(startInstrumentation);
    callgrind(zeroStatistics);
}

void laminar_workload_ends(void) {
    callgrind(dumpStatistics);
    callgrind(stopInstrumentation);
}
