#include "listen-parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "safe-path.h"

enum {
    BEFORE_BIND,
    AFTER_BIND,
    AFTER_BIND_OF_FOUR, /* only of a socket of that family */
    AFTER_BIND_OF_SIX,
    IN_USE_TRIES = 300, /* a millisecond each */
};

static int open_socket(const struct wire_frame *open, bool patient);

int listen_open(const struct wire_frame *open, bool patient, struct listen_failure *failure) {
    /* Modes are exact: what the umask would take away is asked for. */
    const mode_t mask = umask(0);
    int descriptor = -1;
    switch (number(open, WIRE_OPEN_SOCKET_KIND)) {
    case SOCKET_SOCKET:
        descriptor = open_socket(open, patient);
        break;
    case SOCKET_FIFO:
        descriptor = listen_open_fifo(open);
        break;
    case SOCKET_SPECIAL:
        descriptor = listen_open_special(open);
        break;
    case SOCKET_QUEUE:
        descriptor = listen_open_queue(open);
        break;
    default:
        errno = EOPNOTSUPP;
    }
    umask(mask);
    *failure = (struct listen_failure){.step = "create", .error = errno};
    if (descriptor >= 0 && !listen_chown_node(open, descriptor)) {
        *failure = (struct listen_failure){.step = "chown", .error = errno};
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Its length, 0 with errno. */
static socklen_t make_address(const struct wire_frame *open, int family, union listen_address *address) {
    const char *given = text(open, WIRE_OPEN_SOCKET_ADDRESS), *scope = text(open, WIRE_OPEN_SOCKET_SCOPE);
    const uint32_t port = number(open, WIRE_OPEN_SOCKET_PORT);
    const size_t length = strlen(given);
    memset(address, 0, sizeof *address);
    address->any.sa_family = (sa_family_t)family;
    switch (family) {
    case AF_UNIX:
        if (length == 0 || length >= sizeof address->local.sun_path)
            break;
        memcpy(address->local.sun_path, given, length);
        if (*given == '@')
            address->local.sun_path[0] = '\0';
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (*given == '@' ? 0 : 1));
    case AF_INET:
        address->four.sin_port = htons((uint16_t)port);
        if (length == 0 || inet_pton(AF_INET, given, &address->four.sin_addr) == 1)
            return sizeof address->four;
        break;
    case AF_INET6:
        address->six.sin6_port = htons((uint16_t)port);
        if (*scope) {
            char *end;
            const unsigned long index = strtoul(scope, &end, 10);
            address->six.sin6_scope_id = *end ? if_nametoindex(scope) : (uint32_t)index;
            if (address->six.sin6_scope_id == 0) {
                errno = ENODEV;
                return 0;
            }
        }
        if (length == 0 || inet_pton(AF_INET6, given, &address->six.sin6_addr) == 1)
            return sizeof address->six;
        break;
    case FAMILY_NETLINK:
        address->netlink.groups = port;
        return sizeof address->netlink;
    case FAMILY_VSOCK:
        address->vsock.port = port;
        address->vsock.cid = number(open, WIRE_OPEN_SOCKET_CID);
        return sizeof address->vsock;
    default:
        errno = EAFNOSUPPORT;
        return 0;
    }
    errno = EINVAL;
    return 0;
}

/* Level, option, value and when; as many as there are names. */
static void set_numbers(int descriptor, const struct wire_frame *open, bool before, struct listen_notices *notices) {
    const struct wire_field fours = wire_find(open, WIRE_OPEN_SOCKET_OPTIONS);
    const struct wire_field names = wire_find(open, WIRE_OPEN_SOCKET_OPTION_NAMES);
    size_t at = 0;
    int family = 0;
    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &(socklen_t){sizeof family});
    for (size_t i = 0; i + 3 < fours.length / 4; i += 4) {
        const char *name = wire_next_text(names, &at);
        const uint32_t when = wire_u32_at(fours, i + 3);
        const int value = (int)wire_u32_at(fours, i + 2);
        if ((when == BEFORE_BIND) != before || (when == AFTER_BIND_OF_FOUR && family != AF_INET) ||
            (when == AFTER_BIND_OF_SIX && family != AF_INET6))
            continue;
        if (setsockopt(descriptor, (int)wire_u32_at(fours, i), (int)wire_u32_at(fours, i + 1), &value, sizeof value) ==
                0 ||
            !notices || notices->count == sizeof notices->texts / sizeof *notices->texts)
            continue;
        snprintf(notices->texts[notices->count++], sizeof *notices->texts, "%.40s failed: %s", name ? name : "?",
            strerror(errno));
    }
}

static bool bind_path(
    int descriptor, const struct wire_frame *open, const struct sockaddr_un *address, socklen_t length) {
    const char *last;
    const int parent = make_parent_unplanted(address->sun_path, number(open, WIRE_OPEN_SOCKET_DIRECTORY_MODE), &last);
    if (parent < 0)
        return false;
    umask((mode_t)~number(open, WIRE_OPEN_SOCKET_MODE) & 0777);
    int error = bind(descriptor, (const struct sockaddr *)address, length) < 0 ? errno : 0;
    /* What another life has left there, or somebody has planted. */
    if (error == EADDRINUSE && unlinkat(parent, last, 0) == 0)
        error = bind(descriptor, (const struct sockaddr *)address, length) < 0 ? errno : 0;
    umask(0);
    /* It is bound by its whole path, which its users know it by: somebody may have changed the way meanwhile. */
    struct stat node;
    if (error == 0 && (fstatat(parent, last, &node, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISSOCK(node.st_mode)))
        error = ELOOP;
    close(parent);
    errno = error;
    return error == 0;
}

/* Until those who have inherited the descriptor that was let go have closed it: a keeper that was just forked. */
static bool bind_patiently(int descriptor, const union listen_address *address, socklen_t length, bool patient) {
    for (int tries = patient ? IN_USE_TRIES : 1; bind(descriptor, &address->any, length) < 0; tries--) {
        if (errno != EADDRINUSE || tries <= 1)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return true;
}

static int open_socket(const struct wire_frame *open, bool patient) {
    int family = (int)number(open, WIRE_OPEN_SOCKET_FAMILY);
    const bool either = family == 0;
    if (either)
        family = AF_INET6;
    const int type = (int)number(open, WIRE_OPEN_SOCKET_TYPE) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    const int protocol = (int)number(open, WIRE_OPEN_SOCKET_PROTOCOL);
    int descriptor = socket(family, type, protocol);
    if (descriptor < 0 && either && errno == EAFNOSUPPORT)
        descriptor = socket(family = AF_INET, type, protocol);
    union listen_address address;
    const socklen_t length = descriptor < 0 ? 0 : make_address(open, family, &address);
    if (length == 0)
        return give_up(descriptor);
    const char *device = text(open, WIRE_OPEN_SOCKET_DEVICE);
    if (*device && (family == AF_INET || family == AF_INET6) &&
        setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1) < 0)
        return give_up(descriptor);
    set_numbers(descriptor, open, true, NULL);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    const bool bound = family == AF_UNIX && is_path(open) ? bind_path(descriptor, open, &address.local, length)
                                                          : bind_patiently(descriptor, &address, length, patient);
    return bound ? descriptor : give_up(descriptor);
}

static bool accepts(int descriptor) {
    int type;
    socklen_t length = sizeof type;
    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
           (type == SOCK_STREAM || type == SOCK_SEQPACKET);
}

bool listen_begin(int descriptor, const struct wire_frame *open, struct listen_failure *failure) {
    if (number(open, WIRE_OPEN_SOCKET_KIND) == SOCKET_SOCKET && accepts(descriptor) &&
        listen(descriptor, (int)number(open, WIRE_OPEN_SOCKET_BACKLOG)) < 0) {
        *failure = (struct listen_failure){.step = "listen", .error = errno};
        return false;
    }
    /* Who watches the path sees that it is ready: by a change of its times, as systemd does it. */
    if (is_path(open) && number(open, WIRE_OPEN_SOCKET_KIND) == SOCKET_SOCKET) {
        const char *last;
        const int parent = open_parent_unplanted(text(open, WIRE_OPEN_SOCKET_ADDRESS), false, &last);
        if (parent >= 0) {
            utimensat(parent, last, NULL, AT_SYMLINK_NOFOLLOW);
            close(parent);
        }
    }
    return true;
}

static void set_buffer(
    int descriptor, uint32_t bytes, const int options[2], const char *name, struct listen_notices *notices) {
    int size = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes, there = 0;
    socklen_t length = sizeof there;
    if (size == 0)
        return;
    /* Above the usual limit only who administers the network may go. */
    setsockopt(descriptor, SOL_SOCKET, options[0], &size, sizeof size);
    if (getsockopt(descriptor, SOL_SOCKET, options[0], &there, &length) == 0 && there == 2 * size)
        return;
    if (setsockopt(descriptor, SOL_SOCKET, options[1], &size, sizeof size) < 0 && notices &&
        notices->count < sizeof notices->texts / sizeof *notices->texts)
        snprintf(notices->texts[notices->count++], sizeof *notices->texts, "SO_%s/SO_%sFORCE failed: %s", name, name,
            strerror(errno));
}

void listen_set_options(int descriptor, const struct wire_frame *open, struct listen_notices *notices) {
    const uint32_t kind = number(open, WIRE_OPEN_SOCKET_KIND);
    const uint32_t pipe_size = number(open, WIRE_OPEN_SOCKET_PIPE_SIZE);
    const char *congestion = text(open, WIRE_OPEN_SOCKET_CONGESTION);
    const bool has_room = notices->count < sizeof notices->texts / sizeof *notices->texts;
    if (kind == SOCKET_FIFO && pipe_size > 0 && fcntl(descriptor, F_SETPIPE_SZ, (int)pipe_size) < 0 && has_room)
        snprintf(
            notices->texts[notices->count++], sizeof *notices->texts, "Setting pipe size failed: %s", strerror(errno));
    if (kind != SOCKET_SOCKET)
        return;
    set_numbers(descriptor, open, false, notices);
    set_buffer(descriptor, number(open, WIRE_OPEN_SOCKET_RECEIVE_BUFFER), (const int[]){SO_RCVBUF, SO_RCVBUFFORCE},
        "RCVBUF", notices);
    set_buffer(descriptor, number(open, WIRE_OPEN_SOCKET_SEND_BUFFER), (const int[]){SO_SNDBUF, SO_SNDBUFFORCE},
        "SNDBUF", notices);
    if (*congestion &&
        setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, congestion, (socklen_t)strlen(congestion) + 1) < 0 &&
        notices->count < sizeof notices->texts / sizeof *notices->texts)
        snprintf(
            notices->texts[notices->count++], sizeof *notices->texts, "TCP_CONGESTION failed: %s", strerror(errno));
}
