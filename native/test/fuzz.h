/* Random inputs for parsers of what others send: the same each time, unless PIDONE_FUZZ_SEED says otherwise, and so
 * many times as many as PIDONE_FUZZ_TIMES says (test/nightly/native-fuzz.test.ts). */
#ifndef PIDONE_TEST_FUZZ_H
#define PIDONE_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t fuzz_state = 0x9e3779b97f4a7c15u;

__attribute__((unused)) static size_t fuzz_below(size_t bound) {
    fuzz_state ^= fuzz_state << 13;
    fuzz_state ^= fuzz_state >> 7;
    fuzz_state ^= fuzz_state << 17;
    return (size_t)(fuzz_state % bound);
}

/* Begins, and says how many rounds there are. */
__attribute__((unused)) static size_t fuzz_rounds(size_t usual) {
    const char *seed = getenv("PIDONE_FUZZ_SEED"), *times = getenv("PIDONE_FUZZ_TIMES");
    if (seed) {
        fuzz_state ^= strtoull(seed, NULL, 10) * 0x2545f4914f6cdd1du;
        printf("# PIDONE_FUZZ_SEED=%s\n", seed);
    }
    return times ? usual * strtoul(times, NULL, 10) : usual;
}

/* Up to `longest` bytes, mostly of these pieces (NULL ends them), in memory that is exactly as
 * long: one byte further is an error that a sanitizer sees. To be freed. */
__attribute__((unused)) static char *fuzz_text(const char *const *pieces, size_t longest, size_t *length) {
    size_t count = 0, wanted = fuzz_below(longest + 1);
    while (pieces[count])
        count++;
    char *text = malloc(wanted ? wanted : 1);
    for (*length = 0; *length < wanted;) {
        const char *piece = pieces[fuzz_below(count)];
        const char odd = (char)fuzz_below(256);
        const int is_odd = fuzz_below(8) == 0;
        const size_t size = is_odd ? 1 : strlen(piece);
        const size_t part = size < wanted - *length ? size : wanted - *length;
        memcpy(text + *length, is_odd ? &odd : piece, part);
        *length += part;
    }
    return text;
}

#endif
