/* NOTIFY_SOCKET (sd_notify(3)): one socket a keeper, so a datagram can only be about this unit. Who sent it is asked of
 * the kernel, and where in the tree that process stands; the text is passed on as it is. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keeper.h"

enum {
    EVENTS_MAX = 64 * 1024,
    DESCRIPTORS_MAX = 253, /* SCM_MAX_FD */
    DATAGRAMS_AT_ONCE = 64,
};

static CHANGING int notify_socket = -1;
static CHANGING const char *socket_path;

static bool receive(void);
static void close_received(struct msghdr *message);
static uint32_t sender_of(pid_t pid);

int notify_open(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (!length)
        return -1;
    int error = ENAMETOOLONG;
    if (length < sizeof address.sun_path) {
        memcpy(address.sun_path, path, length);
        notify_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        unlink(path); /* of a keeper that was killed */
        mode_t mask = umask(0111);
        int on = 1;
        bool bound = notify_socket >= 0 && setsockopt(notify_socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
                     bind(notify_socket, (struct sockaddr *)&address, sizeof address) == 0;
        error = errno;
        umask(mask);
        if (bound) {
            socket_path = path;
            return notify_socket;
        }
        if (notify_socket >= 0)
            close(notify_socket);
        notify_socket = -1;
    }
    event_notice("NOTIFY", error, "no notification socket at %s", path);
    return -1;
}

void notify_drain(void) {
    for (int i = 0; i < DATAGRAMS_AT_ONCE && notify_socket >= 0 && !notify_is_throttled(); i++)
        if (!receive())
            return;
}

bool notify_is_throttled(void) {
    return events_bytes() > EVENTS_MAX;
}

void notify_close(void) {
    if (socket_path)
        unlink(socket_path);
}

/* False when none waited. */
static bool receive(void) {
    uint8_t *text = room->scratch.datagram;
    union {
        struct cmsghdr header; /* for its alignment */
        uint8_t bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = text, .iov_len = DATAGRAM_MAX};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length;
    do
        length = recvmsg(notify_socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return false;

    struct ucred sender = {.pid = 0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(c), sizeof sender);
    if (message.msg_flags & MSG_TRUNC)
        event_notice("NOTIFY_SIZE", EMSGSIZE, "a notification above 64 KiB was thrown away");
    else if (length > 0) {
        struct wire_writer *event = event_begin(WIRE_NOTIFY);
        wire_put_u32(event, WIRE_NOTIFY_SENDER, sender_of(sender.pid));
        wire_put_u32(event, WIRE_NOTIFY_PID, (uint32_t)sender.pid);
        wire_put_u32(event, WIRE_NOTIFY_UID, sender.uid);
        wire_put_bytes(event, WIRE_NOTIFY_TEXT, text, (size_t)length);
        event_end(event);
    }
    /* After the event is kept: BARRIER=1 waits for its descriptor to be closed. */
    close_received(&message);
    return true;
}

static void close_received(struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(c) + i * sizeof descriptor, sizeof descriptor);
            close(descriptor);
        }
    }
}

static uint32_t sender_of(pid_t pid) {
    if (pid <= 0)
        return SENDER_FOREIGN;
    if (pid == keeper.slots[MAIN].pid)
        return SENDER_MAIN;
    if (pid == keeper.slots[CONTROL].pid)
        return SENDER_CONTROL;
    return tree_is_below(pid, keeper.pid) ? SENDER_OTHER : SENDER_FOREIGN;
}
