#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
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

#include "pidone.h"
#include "safe-path.h"

enum {
    BEFORE_BIND,
    AFTER_BIND,
    AFTER_BIND_SILENT,
    FAMILY_NETLINK = 16, /* numbers of linux/netlink.h and linux/vm_sockets.h */
    FAMILY_VSOCK = 40,
    IN_USE_TRIES = 300, /* a millisecond each */
    FLUSH_MAX = 1024,
};

struct netlink_address {
    uint16_t family, padding;
    uint32_t port, groups;
};

struct vsock_address {
    uint16_t family, reserved;
    uint32_t port, cid;
    uint8_t zero[4];
};

union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct netlink_address netlink;
    struct vsock_address vsock;
};

static int open_socket(const struct wire_frame *open, bool patient);
static int open_fifo(const struct wire_frame *open);
static int open_special(const struct wire_frame *open);
static int open_queue(const struct wire_frame *open);
static bool chown_node(const struct wire_frame *open, int descriptor);

static uint32_t number(const struct wire_frame *open, uint16_t tag) {
    return wire_u32(wire_find(open, tag));
}

static const char *text(const struct wire_frame *open, uint16_t tag) {
    return wire_text(wire_find(open, tag));
}

/* Closes, and keeps the errno that is there. */
static int give_up(int descriptor) {
    const int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    errno = error;
    return -1;
}

int listen_open(const struct wire_frame *open, bool patient, struct listen_failure *failure) {
    /* Modes are exact: what the umask would take away is asked for. */
    const mode_t mask = umask(0);
    int descriptor = -1;
    switch (number(open, WIRE_OPEN_SOCKET_KIND)) {
    case SOCKET_SOCKET:
        descriptor = open_socket(open, patient);
        break;
    case SOCKET_FIFO:
        descriptor = open_fifo(open);
        break;
    case SOCKET_SPECIAL:
        descriptor = open_special(open);
        break;
    case SOCKET_QUEUE:
        descriptor = open_queue(open);
        break;
    default:
        errno = EOPNOTSUPP;
    }
    umask(mask);
    *failure = (struct listen_failure){.step = "create", .error = errno};
    if (descriptor >= 0 && !chown_node(open, descriptor)) {
        *failure = (struct listen_failure){.step = "chown", .error = errno};
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_path(const struct wire_frame *open) {
    return *text(open, WIRE_OPEN_SOCKET_ADDRESS) == '/';
}

/* Its length, 0 with errno. */
static socklen_t make_address(const struct wire_frame *open, int family, union address *address) {
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
    for (size_t i = 0; i + 3 < fours.length / 4; i += 4) {
        const char *name = wire_next_text(names, &at);
        const uint32_t when = wire_u32_at(fours, i + 3);
        const int value = (int)wire_u32_at(fours, i + 2);
        if ((when == BEFORE_BIND) != before)
            continue;
        if (setsockopt(descriptor, (int)wire_u32_at(fours, i), (int)wire_u32_at(fours, i + 1), &value, sizeof value) ==
                0 ||
            when == AFTER_BIND_SILENT || !notices || notices->count == sizeof notices->texts / sizeof *notices->texts)
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
static bool bind_patiently(int descriptor, const union address *address, socklen_t length, bool patient) {
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
    union address address;
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

/* ── FIFOs, files, queues ────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether a node that may have been there is what we would have made. */
static bool is_ours(int descriptor, const struct wire_frame *open, mode_t type) {
    struct stat status;
    if (fstat(descriptor, &status) < 0)
        return false;
    if ((type != 0 && (status.st_mode & S_IFMT) != type) ||
        (status.st_mode & 0777) != (number(open, WIRE_OPEN_SOCKET_MODE) & 0777) || status.st_uid != geteuid() ||
        status.st_gid != getegid()) {
        errno = EEXIST;
        return false;
    }
    return true;
}

static int open_fifo(const struct wire_frame *open) {
    const char *last;
    const int parent = make_parent_unplanted(
        text(open, WIRE_OPEN_SOCKET_ADDRESS), number(open, WIRE_OPEN_SOCKET_DIRECTORY_MODE), &last);
    if (parent < 0)
        return -1;
    int descriptor = -1;
    if (mkfifoat(parent, last, number(open, WIRE_OPEN_SOCKET_MODE)) == 0 || errno == EEXIST)
        descriptor = openat(parent, last, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    give_up(parent);
    if (descriptor >= 0 && !is_ours(descriptor, open, S_IFIFO))
        return give_up(descriptor);
    return descriptor;
}

static int open_special(const struct wire_frame *open) {
    const int access = number(open, WIRE_OPEN_SOCKET_WRITABLE) ? O_RDWR : O_RDONLY;
    const int descriptor =
        open_unplanted(text(open, WIRE_OPEN_SOCKET_ADDRESS), access | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) < 0)
        return give_up(descriptor);
    if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
        errno = EEXIST;
        return give_up(descriptor);
    }
    return descriptor;
}

static int open_queue(const struct wire_frame *open) {
    struct mq_attr limits = {.mq_maxmsg = number(open, WIRE_OPEN_SOCKET_MAX_MESSAGES),
        .mq_msgsize = number(open, WIRE_OPEN_SOCKET_MESSAGE_SIZE)};
    const bool limited = limits.mq_maxmsg > 0 && limits.mq_msgsize > 0;
    const mqd_t queue = mq_open(text(open, WIRE_OPEN_SOCKET_ADDRESS), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_CREAT,
        number(open, WIRE_OPEN_SOCKET_MODE), limited ? &limits : NULL);
    if (queue >= 0 && !is_ours(queue, open, 0))
        return give_up(queue);
    return queue;
}

/* Of sockets and FIFOs that have a path: the others are nobody's. */
static bool chown_node(const struct wire_frame *open, int descriptor) {
    const uint32_t kind = number(open, WIRE_OPEN_SOCKET_KIND);
    const uid_t owner = number(open, WIRE_OPEN_SOCKET_UID_PLUS1) - 1;
    const gid_t group = number(open, WIRE_OPEN_SOCKET_GID_PLUS1) - 1;
    if ((owner == (uid_t)-1 && group == (gid_t)-1) || !is_path(open) || (kind != SOCKET_SOCKET && kind != SOCKET_FIFO))
        return true;
    if (kind == SOCKET_FIFO)
        return fchown(descriptor, owner, group) == 0;
    const char *last;
    const int parent = open_parent_unplanted(text(open, WIRE_OPEN_SOCKET_ADDRESS), false, &last);
    if (parent < 0)
        return false;
    const bool done = fchownat(parent, last, owner, group, AT_SYMLINK_NOFOLLOW) == 0;
    give_up(parent);
    return done;
}

/* ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────── */

int listen_accept(int listener) {
    const int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection >= 0)
        return connection;
    switch (errno) {
    case ECONNABORTED: /* of the connection, not of the listener: accept(2) */
    case EINTR:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
    case ECONNRESET:
        return -EAGAIN;
    default:
        return -errno;
    }
}

static bool write_ip(const union address *address, char *text, size_t capacity) {
    const bool is_six = address->any.sa_family == AF_INET6;
    char host[INET6_ADDRSTRLEN];
    /* One of IPv4 that came to a socket of IPv6 is told as what it is. */
    if (is_six && IN6_IS_ADDR_V4MAPPED(&address->six.sin6_addr))
        inet_ntop(AF_INET, &address->six.sin6_addr.s6_addr[12], host, sizeof host);
    else if (is_six)
        inet_ntop(AF_INET6, &address->six.sin6_addr, host, sizeof host);
    else
        inet_ntop(AF_INET, &address->four.sin_addr, host, sizeof host);
    return snprintf(text, capacity, " %s %u", host, ntohs(is_six ? address->six.sin6_port : address->four.sin_port)) <
           (int)capacity;
}

void listen_describe(int connection, char *text, size_t capacity) {
    union address local, peer;
    socklen_t length = sizeof local;
    char one[80], other[80];
    struct ucred who;
    *text = '\0';
    if (getsockname(connection, &local.any, &length) < 0)
        return;
    switch (local.any.sa_family) {
    case AF_INET:
    case AF_INET6:
        length = sizeof peer;
        if (getpeername(connection, &peer.any, &length) == 0 && write_ip(&local, one, sizeof one) &&
            write_ip(&peer, other, sizeof other))
            snprintf(text, capacity, "ip%s%s", one, other);
        return;
    case FAMILY_VSOCK:
        length = sizeof peer;
        if (getpeername(connection, &peer.any, &length) == 0)
            snprintf(text, capacity, "vsock %u %u %u %u", local.vsock.cid, local.vsock.port, peer.vsock.cid,
                peer.vsock.port);
        return;
    case AF_UNIX:
        length = sizeof who;
        if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0) {
            snprintf(text, capacity, "unix %d %u", (int)who.pid, (unsigned)who.uid);
            return;
        }
        break;
    default:
        break;
    }
    snprintf(text, capacity, "unknown");
}

void listen_flush(int descriptor) {
    int listening = 0;
    socklen_t length = sizeof listening;
    getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length);
    /* Whoever had it may have made it wait. */
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    for (int i = 0; i < FLUSH_MAX; i++) {
        char buffer[4096];
        if (!listening) {
            if (read(descriptor, buffer, sizeof buffer) <= 0)
                return;
            continue;
        }
        const int connection = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0)
            close(connection);
        else if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}
