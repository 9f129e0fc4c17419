/* systemd-cat: becomes a command whose output is the journal's, or sends its own input there. It needs no manager. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "pidone.h"

static int open_stream(const char *head);
static int copy_input(void);

int cat_run(char *const *words, const char *head, const char *stderr_head) {
    const int output = open_stream(head), error = stderr_head ? open_stream(stderr_head) : output;
    if (output < 0 || error < 0) {
        fprintf(stderr, "Failed to create stream fd: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    const int own_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    struct stat status;
    char stream[64];
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(error, STDERR_FILENO) < 0 || fstat(STDERR_FILENO, &status) < 0)
        return EXIT_FAILURE;
    if (words[0] == NULL)
        return copy_input();
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    execvp(words[0], words);
    dprintf(own_error, "Failed to execute process: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

static int open_stream(const char *head) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/stdout"};
    const int stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const size_t length = strlen(head);
    if (stream < 0 || connect(stream, (struct sockaddr *)&address, sizeof address) < 0 ||
        shutdown(stream, SHUT_RD) < 0 || write(stream, head, length) != (ssize_t)length)
        return -1;
    /* A command may end before anybody has looked whose it is: whoever looked has read the head. */
    enum { TRIES = 100 };
    int unread = 0;
    for (int i = 0; i < TRIES && ioctl(stream, TIOCOUTQ, &unread) == 0 && unread > 0; i++)
        poll(NULL, 0, 1);
    return stream;
}

static int copy_input(void) {
    static char piece[16 * 1024];
    ssize_t length;
    while ((length = read(STDIN_FILENO, piece, sizeof piece)) != 0) {
        if (length < 0 && errno != EINTR)
            return EXIT_FAILURE;
        for (ssize_t done = 0, count; done < length; done += count)
            if ((count = write(STDOUT_FILENO, piece + done, (size_t)(length - done))) < 0)
                return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
