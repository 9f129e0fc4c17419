/* Namespaces of the network and of System V's and POSIX' objects that all commands of an invocation share, and with
 * JoinsNamespaceOf= those of several units: made or opened for the first command that wants one, held here as long as
 * the keeper lives. Units that join find each other through a file, in which each keeper says where it holds what. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"

enum { NS_GET_NSTYPE = 0xb703 }; /* linux/nsfs.h is not there with musl */

static CHANGING int held_plus_1[SPACES];

static int obtain(size_t which, const char *path, const char *list);
static int open_path(const char *path, uint32_t flag);
static int make(const struct exec_space_kind *kind);
static int open_list(const char *path);
static int find(int list, size_t which);
static void join_list(int list, size_t which, int space);

void spaces_prepare(struct exec_request *request) {
    uint32_t wanted = wire_u32(wire_find(request->run, WIRE_RUN_SPACES));
    for (size_t i = 0; i < SPACES; i++) {
        request->spaces[i] = (struct exec_space){.descriptor = -1};
        if (!(wanted & exec_spaces[i].flag))
            continue;
        if (!held_plus_1[i]) {
            int space = obtain(i, wire_text(wire_find(request->run, exec_spaces[i].path)),
                wire_text(wire_find(request->run, WIRE_RUN_SPACES_LIST)));
            if (space < 0)
                request->spaces[i].error = -space;
            else
                held_plus_1[i] = space + 1;
        }
        request->spaces[i].descriptor = held_plus_1[i] - 1;
    }
}

/* A descriptor, or minus an errno. */
static int obtain(size_t which, const char *path, const char *list_path) {
    const struct exec_space_kind *kind = &exec_spaces[which];
    int list = *list_path ? open_list(list_path) : -1;
    int space = list >= 0 ? find(list, which) : -1;
    bool is_found = space >= 0;
    if (!is_found)
        space = *path ? open_path(path, kind->flag) : make(kind);
    if (list >= 0) {
        if (space >= 0)
            join_list(list, which, space);
        close(list);
    }
    return space;
}

static int open_path(const char *path, uint32_t flag) {
    int space = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (space < 0)
        return -errno;
    if (ioctl(space, NS_GET_NSTYPE) == (int)flag)
        return space;
    close(space);
    return -EINVAL;
}

/* The keeper goes in, opens it, and comes back. */
static int make(const struct exec_space_kind *kind) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/ns/%s", kind->name);
    int before = open(path, O_RDONLY | O_CLOEXEC);
    if (before < 0)
        return -errno;
    int space = -1;
    if (unshare((int)kind->flag) < 0) {
        space = -errno;
    } else {
        if (kind->flag == CLONE_NEWNET)
            exec_raise_loopback();
        space = open(path, O_RDONLY | O_CLOEXEC);
        if (space < 0)
            space = -errno;
        if (setns(before, (int)kind->flag) < 0)
            event_notice(exec_step_name(kind->step), errno, "the keeper cannot leave the namespace that it has made");
    }
    close(before);
    return space;
}

void exec_raise_loopback(void) {
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (any < 0)
        return;
    ioctl(any, SIOCSIFFLAGS, &request); /* as in systemd, a network without it is one as well */
    close(any);
}

/* Opened, and locked until it is closed; -1: they do not find each other. */
static int open_list(const char *path) {
    int list = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (list < 0)
        return -1;
    while (flock(list, LOCK_EX) < 0)
        if (errno != EINTR) {
            close(list);
            return -1;
        }
    return list;
}

struct entry {
    char name[4];
    int pid, descriptor;
    unsigned long long inode;
};

/* What another process of our user holds there, if it is still what it was; -1 else. */
static int open_entry(const struct entry *entry) {
    char path[48];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", entry->pid);
    if (stat(path, &status) < 0 || status.st_uid != geteuid())
        return -1;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", entry->pid, entry->descriptor);
    int space = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (space >= 0 && (fstat(space, &status) < 0 || status.st_ino != entry->inode)) {
        close(space);
        space = -1;
    }
    return space;
}

/* Those that are gone are taken out on the way. A descriptor or -1. */
static int find(int list, size_t which) {
    char text[8192], kept[8192]; /* of some 250 units that share them */
    ssize_t length = pread(list, text, sizeof text - 1, 0);
    size_t used = 0;
    int found = -1;
    text[length > 0 ? length : 0] = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        struct entry entry = {.pid = 0};
        *end = 0;
        if (sscanf(line, "%3s %d %d %llu", entry.name, &entry.pid, &entry.descriptor, &entry.inode) != 4)
            continue;
        int space = open_entry(&entry);
        if (space < 0)
            continue;
        used += (size_t)snprintf(kept + used, sizeof kept - used, "%s\n", line);
        if (found < 0 && strcmp(entry.name, exec_spaces[which].name) == 0)
            found = space;
        else
            close(space);
    }
    if (ftruncate(list, 0) == 0 && used && pwrite(list, kept, used, 0) < 0)
        say("%s: cannot write the list of shared namespaces: %s", keeper.unit, strerror(errno));
    return found;
}

static void join_list(int list, size_t which, int space) {
    struct stat status;
    if (fstat(space, &status) == 0 && lseek(list, 0, SEEK_END) >= 0)
        dprintf(list, "%s %d %d %llu\n", exec_spaces[which].name, keeper.pid, space, (unsigned long long)status.st_ino);
}
