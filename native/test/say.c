/* What say() makes of texts that others have written: one line that no terminal obeys. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../pidone.h"
#include "tap.h"

static int ends[2];

static void check_said(const char *text, const char *expected, const char *title) {
    char line[4096];
    say("%s", text);
    const ssize_t got = read(ends[0], line, sizeof line - 1);
    line[got < 0 ? 0 : got] = '\0';
    check(strcmp(line, expected) == 0, "%s", title);
}

int main(void) {
    if (pipe2(ends, O_CLOEXEC) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return 1;
    check_said("a\t\x1b[2J\nb\x7f", "pidone: a??[2J?b?\n", "C0 and DEL are question marks");
    check_said("a\xc2\x9b 2J\xc2\xa0z", "pidone: a?? 2J\xc2\xa0z\n", "C1 is, what comes behind it is not");
    check_said("\x9b 2J \xff \xc3", "pidone: ? 2J ? ?\n", "bytes that are no UTF-8 are, be they C1 of eight bits");
    check_said("\xc3\xa9\xf0\x9f\x98\x80", "pidone: \xc3\xa9\xf0\x9f\x98\x80\n", "other characters stay");
    char most[2000], expected[2000] = "pidone: x";
    most[0] = 'x';
    for (size_t i = 1; i < sizeof most - 1; i++)
        most[i] = i % 2 ? '\xc3' : '\xa9';
    most[sizeof most - 1] = '\0';
    memcpy(expected + 9, most + 1, 1021 - 9);
    strcpy(expected + 1021, "?\n");
    check_said(most, expected, "a long line is cut, and half a character at its end is none");
    return tap_end();
}
