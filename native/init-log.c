/* /dev/log and the journal's socket: what programs say through syslog(3) and sd_journal_send(3) goes to the keeper of
 * their unit, or to the manager where they are of none. init looks at the sender alone and passes the words on as they
 * are; it never waits, neither for a file nor for whoever reads. See docs/adr/0012. */
#include "init.h"
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char dev_log[] = "/run/systemd/journal/dev-log";
static const char journal_socket[] = "/run/systemd/journal/socket";
static const char forwarded[] = "/run/systemd/journal/syslog";

enum { SYSLOG, JOURNAL, SOCKETS };
static CHANGING int sockets[SOCKETS] = {-1, -1};
static CHANGING uint32_t lost; /* of the manager's */

/* Whose last words come when it is gone already. */
enum { REMEMBERED = 32 };
static CHANGING struct {
    pid_t pid;
    uint32_t keeper;
} remembered[REMEMBERED];

enum { ENTRY_BYTES = 48 * 1024, AT_ONCE = 64, QUEUE_BYTES = 64 * 1024 };
struct room {
    uint8_t frame[ENTRY_BYTES + 1024];
    char entry[ENTRY_BYTES];
};

static int open_datagrams(const char *path);
static void link_dev_log(void);
static bool is_devtmpfs(void);
static bool receive(int which, struct room *room);
static void forward(const char *entry, size_t length);
static void invite(void);
static void pass_on(int which, struct room *room, size_t length, const struct ucred *sender, int descriptor);
static bool offer(int channel, struct wire_writer *frame, int descriptor);

void init_log_begin(void) {
    const char *wish = getenv("PIDONE_DEV_LOG");
    if (!program.is_pid_1 || (mkdir("/run/systemd/journal", 0755) < 0 && errno != EEXIST))
        return;
    sockets[SYSLOG] = open_datagrams(dev_log);
    sockets[JOURNAL] = open_datagrams(journal_socket);
    init_streams_begin();
    if (sockets[SYSLOG] >= 0)
        invite();
    if (sockets[SYSLOG] >= 0 && !(wish && strcmp(wish, "no") == 0))
        link_dev_log();
}

static int open_datagrams(const char *path) {
    const int descriptor = init_log_socket(path, SOCK_DGRAM), on = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (descriptor >= 0 && setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
        epoll_ctl(init.epoll, EPOLL_CTL_ADD, descriptor, &event) == 0)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

int init_log_socket(const char *path, int type) {
    enum { BACKLOG = 128 };
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    const int descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        unlink(path); /* of an earlier life */
        const mode_t mask = umask(0111);
        const bool bound = bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0;
        umask(mask);
        if (bound && (type != SOCK_STREAM || listen(descriptor, BACKLOG) == 0))
            return descriptor;
    }
    close(descriptor);
    return -1;
}

/* A /dev/log that somebody listens at, or that was mounted there, stays. */
static void link_dev_log(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    const int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return;
    const bool answers = connect(probe, (struct sockaddr *)&address, sizeof address) == 0 || errno == EPROTOTYPE;
    close(probe);
    if (answers || is_devtmpfs())
        return;
    struct stat status;
    if (lstat("/dev/log", &status) == 0 && (S_ISLNK(status.st_mode) || S_ISSOCK(status.st_mode)))
        unlink("/dev/log");
    if (symlink(dev_log, "/dev/log") < 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
        say("no /dev/log: %s", strerror(errno));
}

/* That one is the machine's, not this container's. */
static bool is_devtmpfs(void) {
    FILE *mounts = fopen("/proc/self/mounts", "re");
    bool is = false;
    char line[1024], path[512], type[64];
    while (mounts && fgets(line, sizeof line, mounts))
        if (sscanf(line, "%*s %511s %63s", path, type) == 2 && strcmp(path, "/dev") == 0)
            is = strcmp(type, "devtmpfs") == 0;
    if (mounts)
        fclose(mounts);
    return is;
}

bool init_log_ready(int descriptor) {
    int which = 0;
    while (which < SOCKETS && (sockets[which] < 0 || sockets[which] != descriptor))
        which++;
    if (which == SOCKETS)
        return false;
    struct room *room = mmap(NULL, sizeof *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return true;
    /* The rest when others have had their turn. */
    for (size_t i = 0; i < AT_ONCE && receive(which, room); i++)
        ;
    munmap(room, sizeof *room);
    return true;
}

void init_log_forget(void) {
    for (int which = 0; which < SOCKETS; which++)
        if (sockets[which] >= 0)
            close(sockets[which]);
    init_streams_forget();
}

static bool receive(int which, struct room *room) {
    union {
        struct cmsghdr header;
        /* A descriptor, and one more for the kernel to leave the rest to nobody. */
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = room->entry, .iov_len = sizeof room->entry};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    const ssize_t got = recvmsg(sockets[which], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0)
        return errno == EINTR;
    struct ucred sender = {0};
    int passed[2] = {-1, -1}; /* instead of words, where they are long */
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        if (header->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(header), sizeof sender);
        else if (header->cmsg_type == SCM_RIGHTS && header->cmsg_len <= CMSG_LEN(sizeof passed))
            memcpy(passed, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    }
    if (sender.pid && (got > 0 || (which == JOURNAL && passed[0] >= 0)))
        pass_on(which, room, (size_t)got, &sender, passed[0]);
    for (size_t i = 0; i < 2; i++)
        if (passed[i] >= 0)
            close(passed[i]);
    return true;
}

static void pass_on(int which, struct room *room, size_t length, const struct ucred *sender, int descriptor) {
    if (which == SYSLOG)
        forward(room->entry, length);
    const uint32_t keeper = init_log_sender(sender->pid);
    uint32_t *missing = &lost;
    const int channel = keeper ? keepers_channel(keeper, &missing) : manager_channel();
    struct wire_writer frame;
    wire_begin(&frame, room->frame, sizeof room->frame, WIRE_LOGGED, 0, 0);
    wire_put_u32(&frame, WIRE_LOGGED_PID, (uint32_t)sender->pid);
    wire_put_u32(&frame, WIRE_LOGGED_UID, sender->uid);
    wire_put_u32(&frame, WIRE_LOGGED_GID, sender->gid);
    wire_put_u32(&frame, WIRE_LOGGED_NATIVE, which == JOURNAL);
    wire_put_u32(&frame, WIRE_LOGGED_LOST, *missing);
    wire_put_bytes(&frame, WIRE_LOGGED_DATA, room->entry, length);
    /* What is too long for the manager's host, too, is written by who reads streams. */
    const bool is_taken = keeper || descriptor < 0
                              ? offer(channel, &frame, descriptor)
                              : init_streams_tell_scribe(frame.buffer, wire_end(&frame), descriptor);
    *missing = is_taken ? 0 : *missing + 1;
}

/* Never so much that there is no room for what matters more. */
static bool offer(int channel, struct wire_writer *frame, int descriptor) {
    int queued = 0;
    if (channel < 0 || ioctl(channel, TIOCOUTQ, &queued) < 0 || queued > QUEUE_BYTES)
        return false;
    return wire_send(channel, frame->buffer, wire_end(frame), &descriptor, descriptor >= 0) == 0;
}

static struct sockaddr_un forwarded_address(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, forwarded, sizeof forwarded);
    return address;
}

/* To a syslog daemon that listens where journald would pass on what it gets. */
static void forward(const char *entry, size_t length) {
    const struct sockaddr_un address = forwarded_address();
    if (sendto(sockets[SYSLOG], entry, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
            sizeof address) < 0 &&
        errno == ENOENT)
        invite();
}

/* A syslog daemon that finds a socket there takes its place, and leaves /dev/log alone. */
static void invite(void) {
    const struct sockaddr_un address = forwarded_address();
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) {
        (void)(bind(descriptor, (const struct sockaddr *)&address, sizeof address) < 0); /* EADDRINUSE: it is there */
        close(descriptor);
    }
}

/* Up from the sender to a keeper, which is a child of init. A dead one that nobody has waited for still has a parent.
 * 0: of no unit. */
uint32_t init_log_sender(pid_t pid) {
    const size_t place = (size_t)pid % REMEMBERED;
    struct process process = {.parent = 0};
    bool gone = true;
    for (pid_t at = pid; at > 1 && procfs_read(at, &process); at = process.parent) {
        gone = false;
        if (process.parent != program.init_pid)
            continue;
        const uint32_t keeper = keepers_of_process(at);
        if (keeper) {
            remembered[place].pid = pid;
            remembered[place].keeper = keeper;
        }
        return keeper;
    }
    return gone && remembered[place].pid == pid ? remembered[place].keeper : 0;
}
