/* What every test program says: the Test Anything Protocol (testanything.org). */
#ifndef PIDONE_TEST_TAP_H
#define PIDONE_TEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_number, tap_failures;

__attribute__((unused, format(printf, 2, 3))) static bool check(bool good, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    printf("%sok %d - ", good ? "" : "not ", ++tap_number);
    vprintf(format, arguments);
    puts("");
    fflush(stdout);
    va_end(arguments);
    tap_failures += !good;
    return good;
}

__attribute__((unused)) static void skip(const char *title, const char *why) {
    printf("ok %d - %s # SKIP %s\n", ++tap_number, title, why);
    fflush(stdout);
}

__attribute__((unused)) static int tap_end(void) {
    printf("1..%d\n", tap_number);
    return tap_failures == 0 ? 0 : 1;
}

#endif
