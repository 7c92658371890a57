// Counts what this thread asks the allocator for: the functions of libc are defined again and pass the call on.

#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign by this thread so far.
uint64_t laminar_allocation_count(void);

// Under callgrind (started with --instr-atstart=no): counts instructions between the two and dumps them. Else nothing.
void laminar_workload_begins(void);
void laminar_workload_ends(void);

#endif
