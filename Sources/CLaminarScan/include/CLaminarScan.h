// Byte scanning for the text decoders: sixteen bytes at a time with SSE2, which every x86-64 has, or a plain loop.
// Inline C because Swift's SIMD types compile these masks to code seventy times slower.
#pragma once

#include <stdint.h>

#define LAMINAR_SCAN_INLINE static inline __attribute__((always_inline))

// How many bytes behind a buffer's end the scanners may read.
enum { laminar_scan_padding = 80 };

#if defined(__x86_64__)
#include <emmintrin.h>

// Bit i is set where byte i ends a plain JSON string: a quote, a backslash, a control character or a byte above 0x7F.
// With its second bit turned round a quote is 0x20, just behind the controls, which stay among themselves; less 0x21,
// saturating, all of these are negative, as bytes above 0x7F are, and the mask takes signs.
LAMINAR_SCAN_INLINE uint32_t laminar_scan_json_16(const void *bytes) {
    __m128i v = _mm_loadu_si128((const __m128i *)bytes);
    __m128i low = _mm_subs_epi8(_mm_xor_si128(v, _mm_set1_epi8(2)), _mm_set1_epi8(0x21));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}

// Bit i is set where byte i may end a plain CSV field: one of the four characters or a byte above 0x7F.
LAMINAR_SCAN_INLINE uint32_t laminar_scan_csv_16(const void *bytes, uint8_t delimiter, uint8_t quote) {
    __m128i v = _mm_loadu_si128((const __m128i *)bytes);
    __m128i m = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)delimiter)), _mm_cmpeq_epi8(v, _mm_set1_epi8((char)quote))),
        // Negative below 0x0e and, since it saturates, above 0x7f; the mask takes signs.
        _mm_subs_epi8(v, _mm_set1_epi8(0x0e)));
    return (uint32_t)_mm_movemask_epi8(m);
}

// Bit i is set where byte i must be escaped in a JSON string: a quote, a backslash or a control character.
LAMINAR_SCAN_INLINE uint32_t laminar_scan_escape_16(const void *bytes) {
    __m128i v = _mm_loadu_si128((const __m128i *)bytes);
    __m128i m = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
        _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
    return (uint32_t)_mm_movemask_epi8(m);
}

// Bit i is set where byte i must stand in quotes in a CSV field: delimiter, quote or line end.
LAMINAR_SCAN_INLINE uint32_t laminar_scan_quotable_16(const void *bytes, uint8_t delimiter, uint8_t quote) {
    __m128i v = _mm_loadu_si128((const __m128i *)bytes);
    __m128i m = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)delimiter)), _mm_cmpeq_epi8(v, _mm_set1_epi8((char)quote))),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'))));
    return (uint32_t)_mm_movemask_epi8(m);
}

// Bit i is set where byte i is the one asked for.
LAMINAR_SCAN_INLINE uint32_t laminar_scan_byte_16(const void *bytes, uint8_t byte) {
    __m128i v = _mm_loadu_si128((const __m128i *)bytes);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)byte)));
}

// Whether the sixteen bytes at `bytes` are the expected ones, but for those whose bit is set in `ignored`.
LAMINAR_SCAN_INLINE int laminar_matches_16(const void *bytes, const void *expected, uint32_t ignored) {
    __m128i v = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)bytes), _mm_loadu_si128((const __m128i *)expected));
    return ((uint32_t)_mm_movemask_epi8(v) | ignored) == 0xffff;
}

// Copies sixteen bytes.
LAMINAR_SCAN_INLINE void laminar_copy_16(const void *from, void *to) {
    _mm_storeu_si128((__m128i *)to, _mm_loadu_si128((const __m128i *)from));
}
#else
#include <string.h>

LAMINAR_SCAN_INLINE uint32_t laminar_scan_json_16(const void *bytes) {
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) {
        mask |= (uint32_t)(p[i] == '"' || p[i] == '\\' || p[i] < 0x20 || p[i] > 0x7f) << i;
    }
    return mask;
}

LAMINAR_SCAN_INLINE uint32_t laminar_scan_csv_16(const void *bytes, uint8_t delimiter, uint8_t quote) {
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) {
        mask |= (uint32_t)(p[i] == delimiter || p[i] == quote || p[i] < 0x0e || p[i] > 0x7f) << i;
    }
    return mask;
}

LAMINAR_SCAN_INLINE uint32_t laminar_scan_escape_16(const void *bytes) {
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(p[i] == '"' || p[i] == '\\' || p[i] < 0x20) << i;
    return mask;
}

LAMINAR_SCAN_INLINE uint32_t laminar_scan_quotable_16(const void *bytes, uint8_t delimiter, uint8_t quote) {
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) {
        mask |= (uint32_t)(p[i] == delimiter || p[i] == quote || p[i] == '\n' || p[i] == '\r') << i;
    }
    return mask;
}

LAMINAR_SCAN_INLINE uint32_t laminar_scan_byte_16(const void *bytes, uint8_t byte) {
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(p[i] == byte) << i;
    return mask;
}

LAMINAR_SCAN_INLINE int laminar_matches_16(const void *bytes, const void *expected, uint32_t ignored) {
    const uint8_t *p = (const uint8_t *)bytes, *q = (const uint8_t *)expected;
    uint32_t mask = ignored;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(p[i] == q[i]) << i;
    return mask == 0xffff;
}

LAMINAR_SCAN_INLINE void laminar_copy_16(const void *from, void *to) { memcpy(to, from, 16); }
#endif

LAMINAR_SCAN_INLINE uint64_t laminar_scan_json_64(const void *bytes) {
    const char *p = (const char *)bytes;
    return (uint64_t)laminar_scan_json_16(p) | (uint64_t)laminar_scan_json_16(p + 16) << 16
        | (uint64_t)laminar_scan_json_16(p + 32) << 32 | (uint64_t)laminar_scan_json_16(p + 48) << 48;
}

// The number of plain bytes at `bytes` before one that ends a JSON string; such a byte must come.
LAMINAR_SCAN_INLINE intptr_t laminar_scan_json(const void *bytes) {
    const char *p = (const char *)bytes;
    uint32_t first = laminar_scan_json_16(p);
    if (first != 0) return __builtin_ctz(first);
    intptr_t i = 16;
    for (;;) {
        uint64_t mask = laminar_scan_json_64(p + i);
        if (mask != 0) return i + __builtin_ctzll(mask);
        i += 64;
    }
}

LAMINAR_SCAN_INLINE uint64_t laminar_scan_csv_64(const void *bytes, uint8_t delimiter, uint8_t quote) {
    const char *p = (const char *)bytes;
    return (uint64_t)laminar_scan_csv_16(p, delimiter, quote)
        | (uint64_t)laminar_scan_csv_16(p + 16, delimiter, quote) << 16
        | (uint64_t)laminar_scan_csv_16(p + 32, delimiter, quote) << 32
        | (uint64_t)laminar_scan_csv_16(p + 48, delimiter, quote) << 48;
}

// The number of plain bytes at `bytes` before one that may end a CSV field; such a byte must come.
LAMINAR_SCAN_INLINE intptr_t laminar_scan_csv(const void *bytes, uint8_t delimiter, uint8_t quote) {
    const char *p = (const char *)bytes;
    uint32_t first = laminar_scan_csv_16(p, delimiter, quote);
    if (first != 0) return __builtin_ctz(first);
    intptr_t i = 16;
    for (;;) {
        uint64_t mask = laminar_scan_csv_64(p + i, delimiter, quote);
        if (mask != 0) return i + __builtin_ctzll(mask);
        i += 64;
    }
}

// Copies `count` bytes in sixteens: both sides need room for fifteen more.
LAMINAR_SCAN_INLINE void laminar_copy_padded(const void *from, void *to, intptr_t count) {
    for (intptr_t i = 0; i < count; i += 16) laminar_copy_16((const char *)from + i, (char *)to + i);
}

// strtod and strtof with the C locale, whatever locale the process has set.
double laminar_parse_double(const char *text, const char **end);
float laminar_parse_float(const char *text, const char **end);

// The double nearest to `mantissa` times 10 to the power of `exponent`; 0 where that is left to laminar_parse_double.
int laminar_scaled_double(uint64_t mantissa, int64_t exponent, double *result);

// The last line feed of `count` bytes, or null.
const void *laminar_last_line_feed(const void *bytes, intptr_t count);

// 10 to the power of 0…19.
LAMINAR_SCAN_INLINE uint64_t laminar_power_of_ten(int32_t exponent) {
    static const uint64_t powers[20] = {
        1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull, 1000000000ull,
        10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull, 100000000000000ull,
        1000000000000000ull, 10000000000000000ull, 100000000000000000ull, 1000000000000000000ull,
        10000000000000000000ull};
    return powers[exponent];
}

// 10 to the power of 0…22, all exact.
LAMINAR_SCAN_INLINE double laminar_double_power_of_ten(int32_t exponent) {
    static const double powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return powers[exponent];
}

// The same number, about which the optimiser knows nothing: a prediction stays one, though it was compared.
LAMINAR_SCAN_INLINE intptr_t laminar_predicted(intptr_t value) {
    __asm__("" : "+r"(value));
    return value;
}

// The two digits of 0...99 in the order in which they are written.
LAMINAR_SCAN_INLINE uint16_t laminar_two_digits(uint32_t value) {
    static const char digits[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
        "555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    uint16_t pair;
    __builtin_memcpy(&pair, digits + 2 * value, 2);
    return pair;
}
