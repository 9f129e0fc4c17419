/* Standard input, output and error that a client gives (systemd-run --pipe, --pty): asked for at its socket, each time
 * that a command begins. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec.h"

/* A client that is stopped must not hold the unit for ever. */
enum { PATIENCE_SECONDS = 30 };

static int ask(const char *path, int given[3]);

void exec_take_client_streams(const struct exec_request *request) {
    int given[3];
    int error = ask(wire_text(wire_find(request->run, WIRE_RUN_STDIN_PATH)), given);
    if (error != 0)
        exec_fail(request, STEP_STDIN, error);
    for (int i = 0; i < 3; i++)
        if (dup2(given[i], i) < 0)
            exec_fail(request, STEP_STDIN, errno);
    /* A terminal that no session has is this one's. */
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

/* 0 or an errno. */
static int ask(const char *path, int given[3]) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (connection < 0 || setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0 ||
        connect(connection, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return errno;
    if (peer.uid != 0 && peer.uid != geteuid())
        return EACCES;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(3 * sizeof(int))];
    } control;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t count;
    while ((count = recvmsg(connection, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    if (count < 0)
        return errno == EAGAIN ? ETIMEDOUT : errno;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head == NULL || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(3 * sizeof(int)))
        return ECONNRESET;
    memcpy(given, CMSG_DATA(head), 3 * sizeof(int));
    close(connection);
    return 0;
}
