// Keyed COUNT and SUM without a window, by hand: what `laminar bench running` measures, over the same rows, with the same
// changes out: after each batch, for each key that it touched, the old row with weight -1 and the new one with +1.
// running KEYS BATCH [PASSES] [REPS]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <algorithm>
#include <time.h>
#include <unistd.h>

static double now() { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static size_t resident() {
    FILE *f = fopen("/proc/self/statm", "r"); size_t a = 0, b = 0;
    if (f) { if (fscanf(f, "%zu %zu", &a, &b) != 2) b = 0; fclose(f); }
    return b * sysconf(_SC_PAGESIZE);
}

// One record a key, found by linear probing; a count of 0 is an empty slot (no row is taken back here).
struct Slot { int64_t key, count, sum; uint64_t batch; };
struct Touched { uint64_t slot; int64_t count, sum; };

struct Running {
    std::vector<Slot> slots; uint64_t mask, shift, used = 0, batch = 0; bool overflow = false;
    std::vector<Touched> touched;
    std::vector<int64_t> key, count, sum, weight; size_t rows = 0;
    uint64_t out = 0, checksum = 0;
    Running() : slots(16), mask(15), shift(60) {}
    static uint64_t hash(int64_t key) { return uint64_t(key) * 0x9e3779b97f4a7c15ull; }
    void grow() {
        std::vector<Slot> old(slots.size() * 2); old.swap(slots); mask = slots.size() - 1; shift--;
        for (auto &s : old) if (s.count) { uint64_t i = hash(s.key) >> shift; while (slots[i].count) i = (i + 1) & mask; slots[i] = s; }
    }
    __attribute__((noinline)) void sink() {
        if (rows) { size_t i = rows - 1; checksum += uint64_t((key[i] + 31 * count[i] + 1009 * sum[i]) * weight[i]); out += rows; }
        asm volatile("" ::: "memory");
    }
    __attribute__((noinline)) void push(const int64_t *accounts, const int64_t *amounts, size_t n) {
        while ((used + n) * 2 > slots.size()) grow();
        if (key.size() < 2 * n) { for (auto v : {&key, &count, &sum, &weight}) v->resize(2 * n); touched.resize(n); }
        batch++;
        Slot *table = slots.data(); Touched *list = touched.data(); size_t touches = 0; bool failed = false;
        for (size_t row = 0; row < n; row++) {
            int64_t k = accounts[row]; uint64_t i = hash(k) >> shift;
            while (true) {
                Slot &s = table[i];
                if (__builtin_expect(s.count == 0, 0)) { s.key = k; used++; break; }
                if (s.key == k) break;
                i = (i + 1) & mask;
            }
            Slot &s = table[i];
            if (s.batch != batch) { s.batch = batch; list[touches++] = {i, s.count, s.sum}; }
            s.count++;
            failed |= __builtin_add_overflow(s.sum, amounts[row], &s.sum);
        }
        overflow |= failed;
        size_t r = 0; int64_t *K = key.data(), *C = count.data(), *S = sum.data(), *W = weight.data();
        for (size_t t = 0; t < touches; t++) {
            const Slot &s = table[list[t].slot];
            if (list[t].count) {
                if (list[t].count == s.count && list[t].sum == s.sum) continue;
                K[r] = s.key; C[r] = list[t].count; S[r] = list[t].sum; W[r] = -1; r++;
            }
            K[r] = s.key; C[r] = s.count; S[r] = s.sum; W[r] = 1; r++;
        }
        rows = r; sink();
    }
};

int main(int argc, char **argv) {
    size_t keys = argc > 1 ? atoll(argv[1]) : 10000, batch = argc > 2 ? atoll(argv[2]) : 1024;
    size_t passes = argc > 3 ? atoll(argv[3]) : std::max<size_t>(2, 1000000 / keys), reps = argc > 4 ? atoll(argv[4]) : 3;
    size_t block = std::max<size_t>(batch, 1 << 16);
    std::vector<int64_t> accounts(block), amounts(block);
    double insert = 1e9, update = 1e9, bytes = 0; uint64_t out = 0, checksum = 0;
    for (size_t rep = 0; rep < reps; rep++) {
        Running running; size_t before = resident();
        for (size_t pass = 0; pass <= passes; pass++) {
            double seconds = 0; if (pass) running.checksum = 0;
            for (size_t done = 0; done < keys; done += block) {
                size_t n = std::min(block, keys - done);
                for (size_t i = 0; i < n; i++) { uint64_t p = (done + i) * 2654435761ull % keys; accounts[i] = p; amounts[i] = p % 1000 + pass; }
                double start = now();
                for (size_t i = 0; i < n; i += batch) running.push(&accounts[i], &amounts[i], std::min(batch, n - i));
                seconds += now() - start;
            }
            double ns = seconds * 1e9 / keys;
            if (pass) update = std::min(update, ns); else { insert = std::min(insert, ns); if (!rep) bytes = double(resident() - before) / keys; }
        }
        out = running.out; checksum = running.checksum;
    }
    printf("{\"keys\":%zu,\"batch\":%zu,\"insert_ns\":%.2f,\"update_ns\":%.2f,\"bytes_per_key\":%.2f,\"changes\":%lu,\"checksum\":%lu}\n",
           keys, batch, insert, update, bytes, out, checksum);
}
