/* Messages, and writing that never waits. */
#include "pidone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void say(const char *format, ...) {
    static const char prefix[] = "pidone: ";
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    const size_t start = sizeof prefix - 1;
    const int wanted = vsnprintf(line + start, sizeof line - start - 1, format, arguments);
    va_end(arguments);
    if (wanted < 0)
        return;
    for (size_t i = 0; i < start; i++)
        line[i] = prefix[i];
    size_t end = start + (size_t)wanted;
    if (end > sizeof line - 2)
        end = sizeof line - 2;
    /* Names of others may be in it, and the line may go to a terminal. */
    for (size_t i = start; i < end;) {
        const size_t bytes = utf8_length(line + i, end - i);
        const size_t next = i + (bytes ? bytes : 1);
        if (!bytes || is_control(line + i, bytes))
            memset(line + i, '?', next - i);
        i = next;
    }
    line[end] = '\n';
    write_without_blocking(2, line, end + 1);
}

size_t utf8_length(const char *text, size_t length) {
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80)
        return 1;
    size_t bytes = at[0] >= 0xc2 && at[0] < 0xe0   ? 2
                   : at[0] >= 0xe0 && at[0] < 0xf0 ? 3
                   : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
                                                   : 0;
    if (!bytes || bytes > length)
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool wrong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ||
                 (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90);
    return wrong ? 0 : bytes;
}

bool is_control(const char *character, size_t bytes) {
    const uint8_t first = (uint8_t)character[0];
    return first < 0x20 || first == 0x7f || (bytes == 2 && first == 0xc2 && (uint8_t)character[1] < 0xa0);
}

/* Own open file descriptions of the container's stdout and stderr: O_NONBLOCK on the given ones would be everybody's.
 */
enum { NOT_TRIED = 0, NOT_TO_BE_HAD = -1 };
static int reopened[3] = {NOT_TRIED, NOT_TRIED, NOT_TRIED};

static int reopen(int descriptor) {
    if (descriptor < 0 || descriptor > 2)
        return NOT_TO_BE_HAD;
    if (reopened[descriptor] == NOT_TRIED) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        const int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        reopened[descriptor] = own < 0 ? NOT_TO_BE_HAD : own;
    }
    return reopened[descriptor];
}

int say_prepare(void) {
    int highest = 2;
    for (int descriptor = 1; descriptor <= 2; descriptor++) {
        struct stat status;
        if (fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) &&
            reopen(descriptor) > highest)
            highest = reopened[descriptor];
    }
    return highest;
}

static size_t taken(ssize_t n) {
    return n < 0 ? 0 : (size_t)n;
}

/* A pipe or terminal that could not be opened anew. Whoever else writes to it may fill it between poll and write: then
 * this waits; PIPE_BUF is the least that a writable pipe takes. */
static size_t write_when_ready(int descriptor, const void *bytes, size_t length) {
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
        return 0;
    return taken(write(descriptor, bytes, length < PIPE_BUF ? length : PIPE_BUF));
}

size_t write_without_blocking(int descriptor, const void *bytes, size_t length) {
    struct stat status;
    if (fstat(descriptor, &status) < 0)
        return 0;
    if (S_ISSOCK(status.st_mode))
        return taken(send(descriptor, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL));
    if (S_ISREG(status.st_mode)) /* never waits for a reader; anew it would lose O_APPEND and its place */
        return taken(write(descriptor, bytes, length));
    const int own = reopen(descriptor);
    return own == NOT_TO_BE_HAD ? write_when_ready(descriptor, bytes, length) : taken(write(own, bytes, length));
}
