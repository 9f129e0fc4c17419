#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include "listen-parts.h"
#include "safe-path.h"

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

int listen_open_fifo(const struct wire_frame *open) {
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

int listen_open_special(const struct wire_frame *open) {
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

int listen_open_queue(const struct wire_frame *open) {
    struct mq_attr limits = {.mq_maxmsg = number(open, WIRE_OPEN_SOCKET_MAX_MESSAGES),
        .mq_msgsize = number(open, WIRE_OPEN_SOCKET_MESSAGE_SIZE)};
    const bool limited = limits.mq_maxmsg > 0 && limits.mq_msgsize > 0;
    const mqd_t queue = mq_open(text(open, WIRE_OPEN_SOCKET_ADDRESS), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_CREAT,
        number(open, WIRE_OPEN_SOCKET_MODE), limited ? &limits : NULL);
    if (queue >= 0 && !is_ours(queue, open, 0))
        return give_up(queue);
    return queue;
}

bool listen_chown_node(const struct wire_frame *open, int descriptor) {
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
    /* Somebody may have put a link to another's file in its place meanwhile. */
    const int node = openat(parent, last, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    give_up(parent);
    struct stat status;
    bool done = node >= 0 && fstat(node, &status) == 0;
    if (done && !S_ISSOCK(status.st_mode)) {
        errno = ELOOP;
        done = false;
    }
    done = done && fchownat(node, "", owner, group, AT_EMPTY_PATH) == 0;
    give_up(node);
    return done;
}
