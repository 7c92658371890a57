#define _GNU_SOURCE
#include "CLaminarScan.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

const void *laminar_last_line_feed(const void *bytes, intptr_t count) { return memrchr(bytes, '\n', (size_t)count); }
