/* descriptors FILE: what an activated service sees of the descriptors that were passed to it, into FILE: a line for
 * each, with its name, what it is, where it listens, its flags, and every option of the kernel's that a socket unit can
 * set; then who is at the other end. The last line is `end`. Status 1: the file cannot be written. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Numbers of linux/netlink.h and linux/vm_sockets.h. */
enum { FAMILY_VSOCK = 40, LEVEL_NETLINK = 270 };

static const struct {
    const char *name;
    int level, option;
} OPTIONS[] = {
    {"reuse-address", SOL_SOCKET, SO_REUSEADDR},
    {"reuse-port", SOL_SOCKET, SO_REUSEPORT},
    {"keep-alive", SOL_SOCKET, SO_KEEPALIVE},
    {"broadcast", SOL_SOCKET, SO_BROADCAST},
    {"pass-credentials", SOL_SOCKET, SO_PASSCRED},
    {"pass-security", SOL_SOCKET, SO_PASSSEC},
    {"priority", SOL_SOCKET, SO_PRIORITY},
    {"mark", SOL_SOCKET, SO_MARK},
    {"receive-buffer", SOL_SOCKET, SO_RCVBUF},
    {"send-buffer", SOL_SOCKET, SO_SNDBUF},
    {"timestamp", SOL_SOCKET, SO_TIMESTAMP},
    {"timestamp-ns", SOL_SOCKET, SO_TIMESTAMPNS},
    {"keep-idle", IPPROTO_TCP, TCP_KEEPIDLE},
    {"keep-interval", IPPROTO_TCP, TCP_KEEPINTVL},
    {"keep-count", IPPROTO_TCP, TCP_KEEPCNT},
    {"defer-accept", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"no-delay", IPPROTO_TCP, TCP_NODELAY},
    {"free-bind", IPPROTO_IP, IP_FREEBIND},
    {"transparent", IPPROTO_IP, IP_TRANSPARENT},
    {"packet-info", IPPROTO_IP, IP_PKTINFO},
    {"tos", IPPROTO_IP, IP_TOS},
    {"ttl", IPPROTO_IP, IP_TTL},
    {"packet-info-6", IPPROTO_IPV6, IPV6_RECVPKTINFO},
    {"hops", IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {"only-6", IPPROTO_IPV6, IPV6_V6ONLY},
    {"netlink-packet-info", LEVEL_NETLINK, 3},
};

static void tell_address(FILE *out, int fd, int family) {
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
        uint32_t words[4];
    } address = {0};
    socklen_t length = sizeof address;
    char text[INET6_ADDRSTRLEN] = "";
    if (getsockname(fd, &address.any, &length) < 0)
        return;
    if (family == AF_INET)
        fprintf(
            out, " %s:%u", inet_ntop(AF_INET, &address.four.sin_addr, text, sizeof text), ntohs(address.four.sin_port));
    else if (family == AF_INET6)
        fprintf(out, " [%s]:%u%%%u", inet_ntop(AF_INET6, &address.six.sin6_addr, text, sizeof text),
            ntohs(address.six.sin6_port), address.six.sin6_scope_id);
    else if (family == AF_UNIX) {
        const size_t bytes = length - offsetof(struct sockaddr_un, sun_path);
        fprintf(out, " %s%.*s", bytes > 0 && *address.local.sun_path == '\0' ? "@" : "",
            (int)(bytes > 0 && *address.local.sun_path == '\0' ? bytes - 1 : bytes),
            address.local.sun_path + (bytes > 0 && *address.local.sun_path == '\0'));
    } else if (family == AF_NETLINK)
        fprintf(out, " groups %u", address.words[2]);
    else if (family == FAMILY_VSOCK)
        fprintf(out, " cid %u port %u", address.words[2], address.words[1]);
}

static void tell_socket(FILE *out, int fd) {
    int family = 0, type = 0, protocol = 0, listens = 0;
    socklen_t length = sizeof family;
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
    getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
    fprintf(out, "socket %d/%d/%d%s", family, type, protocol, listens ? " listens" : "");
    tell_address(out, fd, family);
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        int value = 0;
        length = sizeof value;
        /* Of another family's the kernel would tell something, or what another option of that number is. */
        const int level = OPTIONS[i].level;
        if ((level == IPPROTO_TCP && protocol != IPPROTO_TCP) || (level == LEVEL_NETLINK && family != AF_NETLINK) ||
            (level == IPPROTO_IP && family != AF_INET && family != AF_INET6) ||
            (level == IPPROTO_IPV6 && family != AF_INET6))
            continue;
        if (getsockopt(fd, level, OPTIONS[i].option, &value, &length) == 0)
            fprintf(out, " %s=%d", OPTIONS[i].name, value);
    }
    char word[32] = "";
    length = sizeof word;
    if ((family == AF_INET || family == AF_INET6) && getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, word, &length) == 0 &&
        length > 0)
        fprintf(out, " device=%s", word);
    length = sizeof word;
    if (protocol == IPPROTO_TCP && getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, word, &length) == 0)
        fprintf(out, " congestion=%s", word);
    struct tcp_info info;
    length = sizeof info;
    if (listens && protocol == IPPROTO_TCP && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0)
        fprintf(out, " backlog=%u", info.tcpi_sacked);
}

static void tell_one(FILE *out, int fd, const char *name) {
    struct stat status;
    fprintf(out, "%d %s: ", fd, name);
    if (fstat(fd, &status) < 0) {
        fprintf(out, "nothing\n");
        return;
    }
    struct mq_attr queue;
    if (S_ISSOCK(status.st_mode))
        tell_socket(out, fd);
    else if (S_ISFIFO(status.st_mode))
        fprintf(out, "fifo size=%d", fcntl(fd, F_GETPIPE_SZ));
    else if (mq_getattr(fd, &queue) == 0)
        fprintf(out, "queue messages=%ld size=%ld", queue.mq_maxmsg, queue.mq_msgsize);
    else
        fprintf(out, S_ISCHR(status.st_mode) ? "device" : "file");
    const int flags = fcntl(fd, F_GETFL);
    fprintf(out, " access=%d%s%s\n", flags & O_ACCMODE, flags & O_NONBLOCK ? " waits-for-nothing" : "",
        fcntl(fd, F_GETFD) & FD_CLOEXEC ? " to-be-closed" : "");
}

int main(int argc, char **argv) {
    FILE *out = argc == 2 ? fopen(argv[1], "ae") : NULL;
    if (out == NULL)
        return 1;
    const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID"), *names = getenv("LISTEN_FDNAMES");
    char *rest = strdup(names == NULL ? "" : names);
    fprintf(out, "%s descriptors%s\n", count == NULL ? "no" : count,
        pid == NULL || atoi(pid) == getpid() ? "" : " for another process");
    for (int fd = 3; count != NULL && fd < 3 + atoi(count); fd++) {
        const char *name = rest == NULL ? NULL : strsep(&rest, ":");
        tell_one(out, fd, name == NULL ? "?" : name);
    }
    const char *peer = getenv("REMOTE_ADDR");
    if (peer != NULL)
        fprintf(out, "from %s, %s a port\n", peer, getenv("REMOTE_PORT") == NULL ? "without" : "with");
    fprintf(out, "end\n");
    return fclose(out) == 0 ? 0 : 1;
}
