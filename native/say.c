/* Messages, and writing that never waits. */
#include "pidone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
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
    for (size_t i = start; i < end; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[end] = '\n';
    write_without_blocking(2, line, end + 1);
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
