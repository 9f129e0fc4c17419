/* All is done by descriptor, one directory at a time: depth costs a few bytes, neither stack nor descriptors nor a long
 * path. Where the walk goes up again it makes sure that it arrives where it came from. */
#include "remove-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pidone.h"
#include "safe-path.h"

/* So many entries are removed while the manager waits: a fraction of the second that control owes. */
enum { ENTRIES_AT_ONCE = 5000 };
static const size_t without_end = SIZE_MAX;

struct place {
    dev_t device;
    ino_t inode;
};

struct walk {
    int directory; /* where it is */
    dev_t device;  /* where it stays */
    struct place *above;
    size_t depth, capacity;
    size_t left; /* entries that it may yet remove */
};

static int remove_directory(int parent, const char *name, size_t entries);
static int empty(struct walk *walk);
static int remove_entries(struct walk *walk, char *deeper);
static int go_down(struct walk *walk, const char *name);
static int go_up(struct walk *walk);
static int remove_elsewhere(int parent, const char *name);
static bool is_memory(int parent, const char *name);
static int finish_in_background(int parent, const char *name);

int remove_tree(const char *path) {
    const char *name;
    int parent = open_parent_unplanted(path, false, &name);
    if (parent < 0)
        return errno == ENOENT ? 0 : errno;
    int error = unlinkat(parent, name, 0) == 0 ? 0 : errno;
    if (error == EISDIR || error == EPERM) /* what POSIX says of a directory */
        error = remove_directory(parent, name, ENTRIES_AT_ONCE);
    if ((error == EROFS || error == EBUSY) && is_memory(parent, name) &&
        umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        error = remove_directory(parent, name, ENTRIES_AT_ONCE);
    if (error == EINPROGRESS)
        error = remove_elsewhere(parent, name);
    close(parent);
    return error == ENOENT ? 0 : error;
}

/* A mount of memory, as exec-secrets.c makes them for credentials: it goes with what is in it. */
static bool is_memory(int parent, const char *name) {
    struct statfs status;
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is = directory >= 0 && fstatfs(directory, &status) == 0 && (uint32_t)status.f_type == 0x858458f6; /* ramfs */
    if (directory >= 0)
        close(directory);
    return is;
}

/* 0 or an errno; EINPROGRESS when there were more entries than that. */
static int remove_directory(int parent, const char *name, size_t entries) {
    struct stat status;
    struct walk walk = {.left = entries};
    walk.directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (walk.directory < 0)
        return errno;
    int error = fstat(walk.directory, &status) < 0 ? errno : 0;
    if (!error) {
        walk.device = status.st_dev;
        error = empty(&walk);
    }
    close(walk.directory);
    free(walk.above);
    if (!error && unlinkat(parent, name, AT_REMOVEDIR) < 0)
        error = errno;
    return error;
}

/* Goes down as long as there is a directory that is not empty, and up when there is none: what was emptied below goes
 * with the next look at the one above. */
static int empty(struct walk *walk) {
    for (;;) {
        char deeper[256] = "";
        int error = remove_entries(walk, deeper);
        if (!error && *deeper)
            error = go_down(walk, deeper);
        else if (!error && walk->depth == 0)
            return 0;
        else if (!error)
            error = go_up(walk);
        if (error)
            return error;
    }
}

/* Removes what is here, up to a directory that has entries itself: `deeper` becomes its name. */
static int remove_entries(struct walk *walk, char *deeper) {
    char entries[4096];
    if (lseek(walk->directory, 0, SEEK_SET) < 0)
        return errno;
    for (long got; (got = syscall(SYS_getdents64, walk->directory, entries, sizeof entries)) != 0;) {
        if (got < 0)
            return errno;
        for (long at = 0; at < got;) {
            /* struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name */
            uint16_t length;
            memcpy(&length, entries + at + 16, sizeof length);
            const char *name = entries + at + 19;
            at += length;
            if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                continue;
            if (walk->left == 0)
                return EINPROGRESS;
            walk->left -= walk->left != without_end;
            if (unlinkat(walk->directory, name, 0) == 0 || errno == ENOENT)
                continue;
            if (errno != EISDIR && errno != EPERM)
                return errno;
            if (unlinkat(walk->directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
                continue;
            if (errno != ENOTEMPTY && errno != EEXIST)
                return errno;
            /* What stood before it is gone: the next look begins with what comes after it. */
            memcpy(deeper, name, strlen(name) + 1);
            return 0;
        }
    }
    return 0;
}

static int go_down(struct walk *walk, const char *name) {
    if (walk->depth == walk->capacity) {
        size_t capacity = walk->capacity ? 2 * walk->capacity : 64;
        struct place *above = realloc(walk->above, capacity * sizeof *above);
        if (!above)
            return ENOMEM;
        walk->above = above;
        walk->capacity = capacity;
    }
    struct stat here, there;
    int next = openat(walk->directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) /* removed or swapped for a link meanwhile: looked at again */
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : errno;
    if (fstat(walk->directory, &here) < 0 || fstat(next, &there) < 0 || there.st_dev != walk->device) {
        close(next);
        return EXDEV;
    }
    walk->above[walk->depth++] = (struct place){.device = here.st_dev, .inode = here.st_ino};
    close(walk->directory);
    walk->directory = next;
    return 0;
}

static int go_up(struct walk *walk) {
    struct stat status;
    int above = openat(walk->directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (above < 0)
        return errno;
    const struct place *expected = &walk->above[walk->depth - 1];
    if (fstat(above, &status) < 0 || status.st_dev != expected->device || status.st_ino != expected->inode) {
        close(above); /* somebody has moved the directory while we were in it */
        return EXDEV;
    }
    walk->depth--;
    close(walk->directory);
    walk->directory = above;
    return 0;
}

/* Under a name that nobody looks for. */
static int remove_elsewhere(int parent, const char *name) {
    char removed[64];
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        random = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    }
    snprintf(removed, sizeof removed, ".pidone-removed-%016llx", (unsigned long long)random);
    if (renameat(parent, name, parent, removed) < 0)
        return errno;
    return finish_in_background(parent, removed);
}

/* A grandchild, so that nobody here waits for its end. It holds no descriptor of ours: whoever waits for us to close
 * one must not wait for it. */
static int finish_in_background(int parent, const char *name) {
    pid_t child = fork();
    if (child < 0)
        return remove_directory(parent, name, without_end);
    if (child == 0) {
        if (fork() != 0)
            _exit(0);
        set_process_title("remover", "pidone (remover)");
        if (dup2(parent, 0) < 0)
            _exit(1);
        if (syscall(SYS_close_range, 1u, ~0u, 0) < 0)
            for (int i = 1; i < 4096; i++) /* a kernel before 5.9 */
                close(i);
        _exit(remove_directory(0, name, without_end) ? 1 : 0);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}
