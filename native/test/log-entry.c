/* What is said at /dev/log and at the journal's socket: taken apart as journald does it, and no bytes do harm. */
#include "../log-entry.h"
#include "fuzz.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 4096 };

/* The payloads of a datagram, each after its priority, with `|` between fields and `;` after each entry. */
static const char *payloads(const char *bytes, size_t length, bool native) {
    static char text[8 * CAPACITY];
    char *exact = malloc(length + 1), buffer[CAPACITY]; /* for the sanitizer to see what is read behind the end */
    memcpy(exact, bytes, length);
    char *copy = realloc(exact, length ? length : 1);
    const struct log_datagram datagram = {.bytes = copy, .length = length, .native = native, .uid = 7, .gid = 8};
    struct log_entry entry;
    char *out = text;
    for (size_t at = 0; log_entry_next(&datagram, &at, buffer, sizeof buffer, &entry);) {
        *out++ = (char)('0' + entry.priority);
        for (size_t i = 0; i < entry.length && out < text + sizeof text - 3; i++)
            *out++ = entry.payload[i] == 0x1e ? '|' : entry.payload[i];
        *out++ = ';';
    }
    *out = '\0';
    free(copy);
    return text;
}

static void is(const char *said, bool native, const char *wanted, const char *rule) {
    const char *got = payloads(said, strlen(said), native);
    if (strcmp(got, wanted) != 0)
        printf("# got    %s\n# wanted %s\n", got, wanted);
    check(strcmp(got, wanted) == 0, "%s", rule);
}

#define FROM "|_TRANSPORT=syslog|_UID=7|_GID=8"

static void test_syslog(void) {
    is("<86>Nov 25 20:31:00 sshd[12]: Accepted publickey\n", false,
        "6Accepted publickey" FROM "|SYSLOG_IDENTIFIER=sshd|SYSLOG_PID=12|SYSLOG_FACILITY=10;",
        "syslog(3): priority, facility, name and pid");
    is("<13>Nov  5 01:02:03 root: hello  ", false, "5hello" FROM "|SYSLOG_IDENTIFIER=root|SYSLOG_FACILITY=1;",
        "a day with a blank, no pid, blanks at the end");
    is("just words", false, "6just words" FROM "|SYSLOG_FACILITY=1;", "without anything else it is user.info");
    is("<3>name: ", false, "3" FROM "|SYSLOG_IDENTIFIER=name;", "no message; facility kern is none");
    is("<30>Nov 25 20:31:00 no colon: here", false, "6no colon: here" FROM "|SYSLOG_FACILITY=3;",
        "only the first word may be the name");
    is("<1234>x", false, "6<1234>x" FROM "|SYSLOG_FACILITY=1;", "no priority has four digits");
    is("a]: b", false, "6b" FROM "|SYSLOG_IDENTIFIER=a]|SYSLOG_FACILITY=1;", "a name with one bracket");
    is("a: b\nc\\d", false, "6b\\nc\\\\d" FROM "|SYSLOG_IDENTIFIER=a|SYSLOG_FACILITY=1;",
        "newlines and backslashes are escaped");
    is("", false, "", "nothing is nothing");
}

#undef FROM
#define FROM "|_TRANSPORT=journal|_UID=7|_GID=8"

static void test_native(void) {
    is("PRIORITY=3\nMESSAGE=hello\nA=b=c\n", true, "3hello" FROM "|A=b=c;", "fields of the journal, the message first");
    is("MESSAGE=one\n\nMESSAGE=two\nPRIORITY=7\n", true, "6one" FROM ";7two" FROM ";", "several entries");
    is("_PID=1\nMESSAGE=a\nlower=1\n1A=1\nB=\n", true, "6a" FROM "|B=;",
        "what begins with an underscore is not a program's to set, nor are odd names");
    is("A=1", true, "6" FROM "|A=1;", "no message, no newline at the end");
    is("\n\n", true, "", "no fields are no entry");
    static const char binary[] = "MESSAGE\n\3\0\0\0\0\0\0\0a\nb\nC=d\n";
    const char *got = payloads(binary, sizeof binary - 1, true);
    check(strcmp(got, "6a\\nb" FROM "|C=d;") == 0, "a value of any bytes has its length before it");
    static const char torn[] = "C=d\nMESSAGE\n\377\377\377\377\377\377\377\377a\n";
    got = payloads(torn, sizeof torn - 1, true);
    check(strcmp(got, "6" FROM "|C=d;") == 0, "one that is longer than the datagram ends it");
}

static void test_room(void) {
    char said[3 * CAPACITY];
    memset(said, '\n', sizeof said);
    memcpy(said, "n: x", 4);
    said[sizeof said - 1] = 'x';
    check(strlen(payloads(said, sizeof said, false)) <= CAPACITY + 2, "what does not fit is cut");
}

static void test_any_bytes(void) {
    static const char *const pieces[] = {"<", ">", "[", "]", ":", "= ", "\n", "\n\n", "aA_9.#", "MESSAGE=", "MESSAGE\n",
        "PRIORITY=3\n", "\1", "<30>Nov 25 20:31:00 ", "name[12]: ", NULL};
    for (size_t round = fuzz_rounds(200000); round > 0; round--) {
        size_t length;
        char *said = fuzz_text(pieces, 64, &length);
        /* The length of a value of any bytes: most of it is NULs. */
        for (size_t i = fuzz_below(4) == 0 ? fuzz_below(length + 1) : length; i < length && i % 9 != 0; i++)
            said[i] = '\0';
        payloads(said, length, round & 1);
        free(said);
    }
    check(true, "no bytes do harm");
}

static void test_prefix(void) {
    static const struct {
        const char *line;
        bool facility;
        int priority;
        size_t read;
    } cases[] = {{"<3>a", false, 3, 3}, {"<03>a", false, 3, 4}, {"<007>a", false, 7, 5}, {"<8>a", false, -1, 0},
        {"<30>a", false, -1, 0}, {"<>a", false, -1, 0}, {"<3", false, -1, 0}, {"<-1>", false, -1, 0},
        {"<3>", false, 3, 3}, {"< 3>", false, -1, 0}, {"<0003>", false, -1, 0}, {"<191>", true, 191, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i].line;
        unsigned priority = 99;
        const bool is = log_read_priority(&at, at + strlen(at), cases[i].facility, &priority);
        check(is == (cases[i].priority >= 0) && (size_t)(at - cases[i].line) == cases[i].read &&
                  (!is || (int)priority == cases[i].priority),
            "the prefix of '%s'", cases[i].line);
    }
}

int main(void) {
    test_syslog();
    test_native();
    test_room();
    test_any_bytes();
    test_prefix();
    return tap_end();
}
