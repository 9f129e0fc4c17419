/* As server_forward_syslog() of journald does it. */
#include "log-forward.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "pidone.h"

/* How often it is looked whether a daemon is there. */
enum { LOOK_NSEC = 100 * 1000 * 1000, FACILITY_USER = 1 << 3 };

static CHANGING bool is_wanted;
static CHANGING int daemon_socket = -1;
static CHANGING struct timespec looked;

static bool find_daemon(void);

void log_forward_begin(void) {
    is_wanted = true;
}

void log_forward(unsigned priority, const char *identifier, size_t identifier_length, uint32_t pid, const char *message,
    size_t length) {
    if (!is_wanted || !find_daemon())
        return;
    if (priority < FACILITY_USER)
        priority |= FACILITY_USER; /* the kernel's are nobody else's */
    char head[64], number[32];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    int head_length = snprintf(head, sizeof head, "<%u>", priority);
    head_length += (int)strftime(head + head_length, sizeof head - (size_t)head_length, "%b %e %T ", &local);
    const int number_length =
        pid ? snprintf(number, sizeof number, "[%u]: ", pid) : snprintf(number, sizeof number, ": ");
    struct iovec parts[] = {{.iov_base = head, .iov_len = (size_t)head_length},
        {.iov_base = (void *)(uintptr_t)identifier, .iov_len = identifier_length},
        {.iov_base = number, .iov_len = (size_t)number_length},
        {.iov_base = (void *)(uintptr_t)message, .iov_len = length}};
    const struct msghdr datagram = {.msg_iov = parts, .msg_iovlen = 4};
    if (sendmsg(daemon_socket, &datagram, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN && errno != EMSGSIZE) {
        close(daemon_socket);
        daemon_socket = -1;
    }
}

static bool find_daemon(void) {
    struct timespec now;
    if (daemon_socket >= 0)
        return true;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (looked.tv_sec + looked.tv_nsec != 0 &&
        (now.tv_sec - looked.tv_sec) * 1000000000 + now.tv_nsec - looked.tv_nsec < LOOK_NSEC)
        return false;
    looked = now;
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/syslog"};
    daemon_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (daemon_socket < 0)
        return false;
    if (connect(daemon_socket, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    close(daemon_socket);
    daemon_socket = -1;
    return false;
}
