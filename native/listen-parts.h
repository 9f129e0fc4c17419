/* What the files share that open what a socket unit listens on. */
#ifndef PIDONE_LISTEN_PARTS_H
#define PIDONE_LISTEN_PARTS_H

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"
#include "pidone.h"

enum { FAMILY_NETLINK = 16, FAMILY_VSOCK = 40 }; /* numbers of linux/netlink.h and linux/vm_sockets.h */

struct netlink_address {
    uint16_t family, padding;
    uint32_t port, groups;
};

struct vsock_address {
    uint16_t family, reserved;
    uint32_t port, cid;
    uint8_t zero[4];
};

union listen_address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct netlink_address netlink;
    struct vsock_address vsock;
};

static inline uint32_t number(const struct wire_frame *open, uint16_t tag) {
    return wire_u32(wire_find(open, tag));
}

static inline const char *text(const struct wire_frame *open, uint16_t tag) {
    return wire_text(wire_find(open, tag));
}

static inline bool is_path(const struct wire_frame *open) {
    return *text(open, WIRE_OPEN_SOCKET_ADDRESS) == '/';
}

/* Closes, and keeps the errno that is there. */
static inline int give_up(int descriptor) {
    const int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    errno = error;
    return -1;
}

/* listen-nodes.c: what has no address but a path or a name; -1 with errno. */
int listen_open_fifo(const struct wire_frame *open);
int listen_open_special(const struct wire_frame *open);
int listen_open_queue(const struct wire_frame *open);
/* Of sockets and FIFOs that have a path: the others are nobody's. */
bool listen_chown_node(const struct wire_frame *open, int descriptor);

#endif
