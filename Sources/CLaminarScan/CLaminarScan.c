#define _GNU_SOURCE
#include "CLaminarScan.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "powersOfFive.h"

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

double laminar_parse_double(const char *text, const char **end) {
    pthread_once(&c_locale_once, make_c_locale);
    return strtod_l(text, (char **)end, c_locale);
}

float laminar_parse_float(const char *text, const char **end) {
    pthread_once(&c_locale_once, make_c_locale);
    return strtof_l(text, (char **)end, c_locale);
}

// Daniel Lemire, "Number Parsing at a Gigabyte per Second", Software: Practice and Experience 51 (8), 2021: the top bits of
// the mantissa times a power of five in 128 bits say how the product rounds. Subnormal numbers and those beyond the
// range are left to the C library.
int laminar_scaled_double(uint64_t mantissa, int64_t exponent, double *result) {
    if (mantissa == 0 || exponent < -342 || exponent > 308) return 0;
    int zeros = __builtin_clzll(mantissa);
    uint64_t normal = mantissa << zeros;
    const uint64_t *power = laminar_powers_of_five + 2 * (exponent + 342);
    unsigned __int128 product = (unsigned __int128)normal * power[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1ff) == 0x1ff) {
        uint64_t more = (uint64_t)(((unsigned __int128)normal * power[1]) >> 64);
        low += more;
        if (low < more) high++;
        // Only here the 128 bits may not be enough.
        if (low == UINT64_MAX && (exponent < -27 || exponent > 55)) return 0;
    }
    int top = (int)(high >> 63);
    uint64_t bits = high >> (top + 9);
    int64_t biased = (((152170 + 65536) * exponent) >> 16) + 63 + top - zeros + 1023;
    if (biased <= 0) return 0;
    // Half way between two doubles: to the even one.
    if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << (top + 9) == high) bits &= ~1ull;
    bits = (bits + (bits & 1)) >> 1;
    if (bits >= 1ull << 53) {
        bits = 1ull << 52;
        biased++;
    }
    if (biased >= 0x7ff) return 0;
    uint64_t whole = (bits & ~(1ull << 52)) | (uint64_t)biased << 52;
    memcpy(result, &whole, sizeof whole);
    return 1;
}

const void *laminar_last_line_feed(const void *bytes, intptr_t count) { return memrchr(bytes, '\n', (size_t)count); }
