/* RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory= of systemd.exec(5), and
 * links to them: made, owned and given their mode before the exec. All is done by descriptor: a link swapped in
 * meanwhile is refused, its target left alone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "safe-path.h"

/* How a path is made. What a dynamic user leaves lies below `private`, in a directory that is for that user alone: a
 * later user of the same number is given it, nobody else comes in. systemd hides `private` itself and mounts what is
 * needed into the service; without mounts it is `private` that can be passed through. */
enum kind {
    KIND_USUAL = 'd',
    KIND_USUAL_OF_DYNAMIC = 'D', /* its files lose set-user-id and set-group-id */
    KIND_KEEPS = 'k',            /* one that is there stays as it is */
    KIND_PRIVATE = 'p',          /* below `private`, with a link in its place */
    KIND_BELOW_PRIVATE = 'q',    /* without a link: that of a directory above leads there */
    KIND_LINK = 'l',
};

struct wanted {
    char kind;
    mode_t mode;
    uid_t uid;
    gid_t gid;
    const char *root, *path, *target;
};

static int make(const struct wanted *wanted);
static int make_usual(const struct wanted *wanted, const char *path, bool keeps, mode_t mask);
static int make_private(const struct wanted *wanted);
static int open_private_root(const char *root);
static int move(const char *from, const char *to);
static int move_back(const struct wanted *wanted, const char *path);
static int make_link(const char *path, const char *target);
static bool leads_to_private(int parent, const char *last, const char *path);
static int claim(int directory, const struct wanted *wanted, mode_t mask);
static int give(int descriptor, const struct stat *status, const struct wanted *wanted, uid_t before, mode_t mask);

void exec_make_directories(const struct exec_request *request) {
    struct wire_field records = wire_find(request->run, WIRE_RUN_DIRECTORIES);
    size_t at = 0;
    for (const char *record; (record = wire_next_text(records, &at));) {
        char *rest;
        uint32_t step = (uint32_t)strtoul(record, &rest, 10);
        struct wanted wanted = {.kind = *rest == ' ' ? rest[1] : '\0'};
        if (wanted.kind) {
            wanted.mode = (mode_t)strtoul(rest + 2, &rest, 8) & 07777;
            wanted.uid = (uid_t)strtoul(rest, &rest, 10);
            wanted.gid = (gid_t)strtoul(rest, &rest, 10);
        }
        wanted.root = wire_next_text(records, &at);
        wanted.path = wire_next_text(records, &at);
        wanted.target = wire_next_text(records, &at);
        mode_t mask = umask(0022);
        int error = wanted.target && !*rest ? make(&wanted) : EINVAL;
        umask(mask);
        if (error)
            exec_fail(request, step, error);
    }
}

/* 0 or an errno, as all below. */
static int make(const struct wanted *wanted) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", wanted->root, wanted->path) >= (int)sizeof path)
        return ENAMETOOLONG;
    switch ((enum kind)wanted->kind) {
    case KIND_USUAL:
    case KIND_USUAL_OF_DYNAMIC: {
        int error = move_back(wanted, path);
        return error ? error : make_usual(wanted, path, false, wanted->kind == KIND_USUAL_OF_DYNAMIC ? 01777 : 07777);
    }
    case KIND_KEEPS:
        return make_usual(wanted, path, true, 07777);
    case KIND_PRIVATE:
    case KIND_BELOW_PRIVATE:
        return make_private(wanted);
    case KIND_LINK:
        return make_link(path, wanted->target);
    }
    return EINVAL;
}

static int make_usual(const struct wanted *wanted, const char *path, bool keeps, mode_t mask) {
    const char *last;
    int parent = open_parent_unplanted(path, true, &last);
    int error = parent < 0 ? errno : 0;
    bool is_there = false;
    if (!error && mkdirat(parent, last, wanted->mode) < 0) {
        is_there = errno == EEXIST;
        error = is_there ? 0 : errno;
    }
    struct stat status;
    if (!error && is_there && keeps) {
        error = fstatat(parent, last, &status, 0) < 0 ? errno : 0; /* whatever it is */
    } else if (!error) {
        int directory = open_directory_unplanted(parent, last, O_RDONLY);
        if (directory < 0)
            error = errno;
        else
            error = claim(directory, wanted, mask);
        if (directory >= 0)
            close(directory);
    }
    if (parent >= 0)
        close(parent);
    return error;
}

static int make_private(const struct wanted *wanted) {
    char usual[PATH_MAX], hidden[PATH_MAX], target[PATH_MAX] = "";
    if (snprintf(usual, sizeof usual, "%s/%s", wanted->root, wanted->path) >= (int)sizeof usual ||
        snprintf(hidden, sizeof hidden, "%s/private/%s", wanted->root, wanted->path) >= (int)sizeof hidden)
        return ENAMETOOLONG;
    int error = open_private_root(wanted->root);
    if (!error && wanted->kind == KIND_PRIVATE)
        error = move(usual, hidden); /* of a time when the user was not dynamic */
    if (error)
        return error;
    struct wanted own = *wanted;
    if (wanted->kind == KIND_PRIVATE)
        own.mode &= 07700;
    error = make_usual(&own, hidden, false, 01777);
    if (error || wanted->kind == KIND_BELOW_PRIVATE)
        return error;
    size_t length = 0;
    for (const char *slash = strchr(wanted->path, '/'); slash && length + 3 < sizeof target;
         slash = strchr(slash + 1, '/'))
        length += (size_t)snprintf(target + length, sizeof target - length, "../");
    if (snprintf(target + length, sizeof target - length, "private/%s", wanted->path) >= (int)(sizeof target - length))
        return ENAMETOOLONG;
    return make_link(usual, target);
}

/* Makes `private`, or lets others pass through one that is there: what is in it is closed to them first. */
static int open_private_root(const char *root) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/private", root) >= (int)sizeof path)
        return ENAMETOOLONG;
    const char *last;
    int parent = open_parent_unplanted(path, true, &last);
    if (parent < 0)
        return errno;
    int error = mkdirat(parent, last, 0711) < 0 && errno != EEXIST ? errno : 0;
    int directory = error ? -1 : openat(parent, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (!error && directory < 0)
        error = errno;
    close(parent);
    struct stat status;
    if (!error && fstat(directory, &status) < 0)
        error = errno;
    if (error || (status.st_mode & 0777) == 0711) {
        if (directory >= 0)
            close(directory);
        return error;
    }
    int copy = dup(directory);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        error = errno;
    for (struct dirent *entry; !error && (entry = readdir(entries));) {
        int child = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && child >= 0 &&
            (fstat(child, &status) < 0 || ((status.st_mode & 077) && fchmod(child, status.st_mode & 07700) < 0)))
            error = errno;
        if (child >= 0)
            close(child);
    }
    if (entries)
        closedir(entries);
    if (!error && (fchown(directory, geteuid(), getegid()) < 0 || fchmod(directory, 0711) < 0))
        error = errno;
    close(directory);
    return error;
}

/* A directory goes from one place to the other if it is there and nothing is at the other. */
static int move(const char *from, const char *to) {
    const char *old_name, *new_name;
    struct stat status;
    int source = open_parent_unplanted(from, false, &old_name);
    if (source < 0)
        return errno == ENOENT ? 0 : errno;
    int error = 0;
    if (fstatat(source, old_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode)) {
        int destination = open_parent_unplanted(to, true, &new_name);
        if (destination < 0)
            error = errno;
        else if (fstatat(destination, new_name, &status, AT_SYMLINK_NOFOLLOW) < 0 &&
                 renameat(source, old_name, destination, new_name) < 0)
            error = errno;
        if (destination >= 0)
            close(destination);
    }
    close(source);
    return error;
}

/* What a dynamic user has left takes the place of the link to it when the user is dynamic no more. */
static int move_back(const struct wanted *wanted, const char *path) {
    const char *last;
    int parent = open_parent_unplanted(path, false, &last);
    if (parent < 0)
        return errno == ENOENT ? 0 : errno;
    bool leads = leads_to_private(parent, last, wanted->path);
    int error = leads && unlinkat(parent, last, 0) < 0 ? errno : 0;
    close(parent);
    if (!leads || error)
        return error;
    char hidden[PATH_MAX];
    if (snprintf(hidden, sizeof hidden, "%s/private/%s", wanted->root, wanted->path) >= (int)sizeof hidden)
        return ENAMETOOLONG;
    return move(hidden, path);
}

static bool leads_to_private(int parent, const char *last, const char *path) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(parent, last, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    const char *rest = target;
    while (strncmp(rest, "../", 3) == 0)
        rest += 3;
    return strncmp(rest, "private/", 8) == 0 && strcmp(rest + 8, path) == 0;
}

/* One that is there must lead to the same. */
static int make_link(const char *path, const char *target) {
    const char *last;
    int parent = open_parent_unplanted(path, true, &last);
    if (parent < 0)
        return errno;
    int error = symlinkat(target, parent, last) < 0 ? errno : 0;
    if (error == EEXIST) {
        char there[PATH_MAX];
        ssize_t length = readlinkat(parent, last, there, sizeof there);
        if (length >= 0 && (size_t)length == strlen(target) && memcmp(there, target, (size_t)length) == 0)
            error = 0;
    }
    close(parent);
    return error;
}

/* Owner and mode of a directory; where the owner changes, all that is in it changes hands. What only the mask keeps
 * back (set-user-id of a dynamic user's files) goes in any case where the directory shows that it is needed. */
static int claim(int directory, const struct wanted *wanted, mode_t mask) {
    struct stat status;
    if (fstat(directory, &status) < 0)
        return errno;
    if ((status.st_mode & 07777) != wanted->mode && fchmod(directory, wanted->mode) < 0)
        return errno;
    if (status.st_uid == wanted->uid && status.st_gid == wanted->gid && !(wanted->mode & 07777 & ~mask))
        return 0;
    status.st_mode = (status.st_mode & S_IFMT) | wanted->mode;
    return give(directory, &status, wanted, status.st_uid, mask);
}

/* A file with another name elsewhere goes to the new owner only if it was the old one's: others may have linked to it.
 */
static int give(int descriptor, const struct stat *status, const struct wanted *wanted, uid_t before, mode_t mask) {
    if (S_ISDIR(status->st_mode)) {
        int copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *entries = copy < 0 ? NULL : fdopendir(copy);
        if (!entries) {
            int error = errno;
            if (copy >= 0)
                close(copy);
            return error;
        }
        int error = 0;
        for (struct dirent *entry; !error && (entry = readdir(entries));) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            struct stat child;
            int inside = openat(descriptor, entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
            if (inside < 0 || fstat(inside, &child) < 0)
                error = errno == ENOENT ? 0 : errno;
            else if (!S_ISDIR(child.st_mode) || child.st_dev == status->st_dev) /* no mount below it */
                error = give(inside, &child, wanted, before, mask);
            if (inside >= 0)
                close(inside);
        }
        closedir(entries);
        if (error)
            return error;
    } else if (!S_ISLNK(status->st_mode) && status->st_nlink > 1 && status->st_uid != before) {
        return 0;
    }
    bool changes = status->st_uid != wanted->uid || status->st_gid != wanted->gid;
    mode_t mode = status->st_mode & mask & 07777;
    if (changes && fchownat(descriptor, "", wanted->uid, wanted->gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
        return errno;
    /* A new owner may have cost it bits of its mode. A descriptor of O_PATH takes no fchmod(2), but its name in /proc
     * does chmod(2); without /proc those bits stay off. */
    if (S_ISLNK(status->st_mode) || (!changes && mode == (status->st_mode & 07777)))
        return 0;
    char name[48];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return chmod(name, mode) < 0 && errno != ENOENT ? errno : 0;
}
