#include "safe-path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int walk(const char *path, bool make, mode_t mode, const char **last);
static int step_into(int directory, const char *name, bool make, mode_t mode);
static bool only_ours(int directory);

int open_unplanted(const char *path, int flags, mode_t mode) {
    const char *last;
    int parent = open_parent_unplanted(path, false, &last);
    if (parent < 0)
        return -1;
    bool ours = only_ours(parent);
    /* What it is comes to light when it is open: to truncate waits for that. */
    int early = ours ? flags : (flags & ~O_TRUNC) | O_NOFOLLOW;
    int descriptor = openat(parent, last, early, mode);
    int error = errno;
    struct stat there, file;
    if (descriptor >= 0 && !ours &&
        (fstat(parent, &there) < 0 || fstat(descriptor, &file) < 0 ||
            (S_ISREG(file.st_mode) && file.st_nlink > 1 &&
                (file.st_uid != there.st_uid || (there.st_mode & (S_IWGRP | S_IWOTH)))))) {
        close(descriptor);
        descriptor = -1;
        error = EPERM;
    }
    if (descriptor >= 0 && (flags & ~early & O_TRUNC) && S_ISREG(file.st_mode) && ftruncate(descriptor, 0) < 0) {
        error = errno;
        close(descriptor);
        descriptor = -1;
    }
    close(parent);
    errno = error;
    return descriptor;
}

int open_parent_unplanted(const char *path, bool make, const char **last) {
    return walk(path, make, 0755, last);
}

int make_parent_unplanted(const char *path, mode_t mode, const char **last) {
    return walk(path, true, mode, last);
}

static int walk(const char *path, bool make, mode_t mode, const char **last) {
    if (*path != '/') {
        errno = EINVAL;
        return -1;
    }
    int directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -1;
    for (;;) {
        path += strspn(path, "/");
        size_t length = strcspn(path, "/");
        char name[NAME_MAX + 1];
        int error = 0;
        if (length > NAME_MAX)
            error = ENAMETOOLONG;
        else if (length == 0 || (length == 2 && path[0] == '.' && path[1] == '.') || (length == 1 && path[0] == '.'))
            error = EINVAL;
        else if (!path[length]) {
            *last = path;
            return directory;
        }
        int next = -1;
        if (!error) {
            memcpy(name, path, length);
            name[length] = '\0';
            next = step_into(directory, name, make, mode);
            error = errno;
        }
        close(directory);
        if (next < 0) {
            errno = error;
            return -1;
        }
        directory = next;
        path += length;
    }
}

/* The directory below `directory`: -1 with errno. */
static int step_into(int directory, const char *name, bool make, mode_t mode) {
    int next = open_directory_unplanted(directory, name, O_PATH);
    if (next < 0 && errno == ENOENT && make) {
        if (mkdirat(directory, name, mode) < 0 && errno != EEXIST)
            return -1;
        next = open_directory_unplanted(directory, name, O_PATH);
    }
    return next;
}

int open_directory_unplanted(int parent, const char *name, int flags) {
    flags |= O_DIRECTORY | O_CLOEXEC;
    int directory = openat(parent, name, flags | O_NOFOLLOW);
    /* A link (seen as ENOTDIR or ELOOP): whoever could have planted it decides. */
    if (directory < 0 && (errno == ENOTDIR || errno == ELOOP) && only_ours(parent))
        directory = openat(parent, name, flags);
    return directory;
}

static bool only_ours(int directory) {
    struct stat status;
    return fstat(directory, &status) == 0 && (status.st_uid == 0 || status.st_uid == geteuid()) &&
           !(status.st_mode & (S_IWGRP | S_IWOTH));
}
