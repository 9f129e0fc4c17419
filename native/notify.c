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

/* Descriptors of BARRIER=1, until the manager has what was said before. */
enum { BARRIERS_MAX = 8 };
static CHANGING struct {
    uint32_t sequence; /* 0: free */
    int descriptor;
} barriers[BARRIERS_MAX];

static bool receive(void);
static size_t take_received(struct msghdr *message, int *descriptors);
static void hold_barrier(const uint8_t *text, size_t length, int *descriptors, size_t count);
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
    struct iovec part = {.iov_base = text, .iov_len = DATAGRAM_MAX + 1};
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
    int descriptors[DESCRIPTORS_MAX];
    size_t count = take_received(&message, descriptors);
    processes_read_reports(); /* it speaks, so its execve has been: that is told first */
    if (length > DATAGRAM_MAX)
        event_notice("NOTIFY_SIZE", EMSGSIZE, "a notification above 4096 bytes was thrown away");
    else if (length > 0) {
        uint32_t from = sender_of(sender.pid);
        store_take(from, (const char *)text, (size_t)length, descriptors, count);
        struct wire_writer *event = event_begin(WIRE_NOTIFY);
        wire_put_u32(event, WIRE_NOTIFY_SENDER, from);
        wire_put_u32(event, WIRE_NOTIFY_PID, (uint32_t)sender.pid);
        wire_put_u32(event, WIRE_NOTIFY_UID, sender.uid);
        wire_put_bytes(event, WIRE_NOTIFY_TEXT, text, (size_t)length);
        event_end(event);
        hold_barrier(text, (size_t)length, descriptors, count);
    }
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    return true;
}

static size_t take_received(struct msghdr *message, int *descriptors) {
    size_t taken = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors + taken, CMSG_DATA(c), count * sizeof(int)); /* the kernel sends DESCRIPTORS_MAX at most */
        taken += count;
    }
    return taken;
}

/* With no room for one more it is not waited: as if the manager were that quick. */
static void hold_barrier(const uint8_t *text, size_t length, int *descriptors, size_t count) {
    static const char word[] = "BARRIER=1";
    if (count != 1 || length < sizeof word - 1 || memcmp(text, word, sizeof word - 1) != 0)
        return;
    for (size_t i = 0; i < BARRIERS_MAX; i++)
        if (!barriers[i].sequence) {
            barriers[i].sequence = events_last();
            barriers[i].descriptor = descriptors[0];
            descriptors[0] = -1;
            return;
        }
}

void notify_acknowledged(uint32_t sequence) {
    for (size_t i = 0; i < BARRIERS_MAX; i++)
        if (barriers[i].sequence && barriers[i].sequence <= sequence) {
            close(barriers[i].descriptor);
            barriers[i].sequence = 0;
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
