/* What comes in where a socket unit listens. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>

#include "listen-parts.h"

enum { FLUSH_MAX = 1024 };

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

static bool write_ip(const union listen_address *address, char *text, size_t capacity) {
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
    union listen_address local, peer;
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
