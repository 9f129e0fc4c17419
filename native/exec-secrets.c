/* LoadCredential=, ImportCredential=, SetCredential= of systemd.exec(5); called secrets here, as credentials are who a
 * command runs as. They are gathered for the first command of an invocation in a directory that is root's until it is
 * complete, and then, like each file in it, readable for the unit's user alone. It is a mount of memory where the
 * container may mount, else a plain directory. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec.h"
#include "safe-path.h"

enum { ALL_BYTES = 1024 * 1024, COMPLETE = 0500, MOUNT_FLAGS = MS_NODEV | MS_NOEXEC | MS_NOSUID };

/* Where a secret comes from. */
enum kind {
    KIND_LOADED = 'l',     /* a file, a socket, or a directory of files */
    KIND_FALLS_BACK = 'o', /* the same, and may be missing */
    KIND_STORED = 'f',     /* a file, and may be missing */
    KIND_SET = 's',        /* the unit's own words */
};

struct store {
    const struct exec_request *request;
    const char *unit;
    int directory;
    uid_t owner;
    size_t left; /* bytes that there is room for */
};

static int gather(struct store *store);
static int load(struct store *store, const char *id, const char *path, bool only_file);
static int load_directory(struct store *store, const char *prefix, int directory);
static int load_file(struct store *store, const char *id, int directory, const char *path, bool only_file);
static int read_all(struct store *store, int source, uint8_t **bytes, size_t *length);
static int connect_to(const struct store *store, const char *path, const char *id);
static int put(struct store *store, const char *id, const uint8_t *bytes, size_t length);
static bool is_name(const char *name);
static int make_empty(const char *path, int *directory, bool *is_complete);
static void empty(int directory);
static bool is_memory(int directory);

void exec_gather_secrets(const struct exec_request *request) {
    const char *path = wire_text(wire_find(request->run, WIRE_RUN_SECRETS_DIRECTORY));
    if (!*path)
        return;
    struct store store = {.request = request,
        .unit = strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
        .directory = -1,
        .owner = (uid_t)wire_u32(wire_find(request->run, WIRE_RUN_SECRETS_OWNER)),
        .left = ALL_BYTES};
    bool is_complete = false;
    mode_t mask = umask(0022);
    int error = make_empty(path, &store.directory, &is_complete);
    if (error || is_complete) {
        umask(mask);
        if (error)
            exec_fail(request, STEP_CREDENTIALS, error);
        close(store.directory);
        return;
    }
    bool was_mounted = is_memory(store.directory);
    bool is_mounted = was_mounted || mount("ramfs", path, "ramfs", MOUNT_FLAGS | MS_NOATIME, "mode=0700") == 0;
    if (is_mounted && !was_mounted) {
        close(store.directory);
        store.directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        error = store.directory < 0 ? errno : 0;
    }
    if (!error)
        error = gather(&store);
    if (!error && (fchown(store.directory, store.owner, (gid_t)-1) < 0 || fchmod(store.directory, COMPLETE) < 0))
        error = errno;
    if (!error && is_mounted && mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MOUNT_FLAGS, NULL) < 0)
        error = errno;
    if (error && store.directory >= 0)
        empty(store.directory);
    if (store.directory >= 0)
        close(store.directory);
    umask(mask);
    if (error) {
        if (is_mounted)
            umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
        rmdir(path);
        exec_fail(request, STEP_CREDENTIALS, error);
    }
    if (!is_mounted)
        exec_tell(request, STEP_CREDENTIALS, 0, "credentials lie in a plain directory, as nothing can be mounted here");
}

/* 0 or an errno, as all below. */
static int gather(struct store *store) {
    struct wire_field records = wire_find(store->request->run, WIRE_RUN_SECRETS);
    struct wire_field data = wire_find(store->request->run, WIRE_RUN_SECRETS_DATA);
    size_t at = 0;
    int error = 0;
    for (const char *record; !error && (record = wire_next_text(records, &at));) {
        const char *id = wire_next_text(records, &at);
        const char *path = wire_next_text(records, &at);
        if (!path || !is_name(id))
            return EINVAL;
        /* The first one of a name counts. */
        if (faccessat(store->directory, id, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        switch ((enum kind)record[0]) {
        case KIND_LOADED:
        case KIND_FALLS_BACK:
            error = load(store, id, path, false);
            if (error == ENOENT && record[0] == KIND_FALLS_BACK)
                error = 0;
            break;
        case KIND_STORED:
            error = load(store, id, path, true);
            if (error == ENOENT)
                error = 0;
            break;
        case KIND_SET: {
            char *rest;
            size_t from = strtoul(record + 1, &rest, 10), length = strtoul(rest, &rest, 10);
            if (from > data.length || length > data.length - from)
                return EINVAL;
            error = put(store, id, data.bytes + from, length);
            break;
        }
        default:
            error = EINVAL;
        }
    }
    return error;
}

static int load(struct store *store, const char *id, const char *path, bool only_file) {
    /* What root reads the unit's user gets: no link of that user's making leads to it. */
    int directory = only_file ? -1 : open_unplanted(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (directory < 0)
        return only_file || errno == ENOTDIR || errno == ENOENT ? load_file(store, id, AT_FDCWD, path, only_file)
                                                                : errno;
    return load_directory(store, id, directory);
}

/* Files and sockets, each named after its way with `_` between; no links, nothing that begins with a dot. */
static int load_directory(struct store *store, const char *prefix, int directory) {
    DIR *entries = fdopendir(directory);
    if (!entries) {
        int error = errno;
        close(directory);
        return error;
    }
    int error = 0;
    for (struct dirent *entry; !error && (entry = readdir(entries));) {
        char id[512];
        struct stat status;
        if (entry->d_name[0] == '.' || fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (snprintf(id, sizeof id, "%s_%s", prefix, entry->d_name) >= (int)sizeof id)
            error = EINVAL;
        else if (S_ISDIR(status.st_mode)) {
            int below = openat(dirfd(entries), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            error = below < 0 ? errno : load_directory(store, id, below);
        } else if (S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode)) {
            if (!is_name(id))
                error = EINVAL;
            else if (faccessat(store->directory, id, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
                error = load_file(store, id, dirfd(entries), entry->d_name, false);
        }
    }
    closedir(entries);
    return error;
}

static int load_file(struct store *store, const char *id, int directory, const char *path, bool only_file) {
    const int flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    int source = directory == AT_FDCWD ? open_unplanted(path, flags, 0) : openat(directory, path, flags | O_NOFOLLOW);
    if (source < 0 && errno == ENXIO && !only_file) {
        char name[sizeof((struct sockaddr_un *)0)->sun_path];
        const char *full = path;
        if (directory != AT_FDCWD) {
            /* By the name that the directory has in /proc: the path of a socket is short. */
            if (snprintf(name, sizeof name, "/proc/self/fd/%d/%s", directory, path) >= (int)sizeof name)
                return ENAMETOOLONG;
            full = name;
        }
        source = connect_to(store, full, id);
    }
    if (source < 0)
        return errno;
    uint8_t *bytes = NULL;
    size_t length = 0;
    int error = read_all(store, source, &bytes, &length);
    close(source);
    if (!error)
        error = put(store, id, bytes, length);
    if (bytes)
        explicit_bzero(bytes, length);
    free(bytes);
    return error;
}

static int read_all(struct store *store, int source, uint8_t **bytes, size_t *length) {
    size_t capacity = 0;
    for (;;) {
        if (*length == capacity) {
            capacity = capacity ? 2 * capacity : 4096;
            uint8_t *grown = realloc(*bytes, capacity);
            if (!grown)
                return ENOMEM;
            *bytes = grown;
        }
        ssize_t got = read(source, *bytes + *length, capacity - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            return 0;
        *length += (size_t)got;
        if (*length > store->left)
            return E2BIG;
    }
}

/* Who listens learns by the name of this end which unit asks for what. */
static int connect_to(const struct store *store, const char *path, const char *id) {
    struct sockaddr_un own = {.sun_family = AF_UNIX}, other = {.sun_family = AF_UNIX};
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) < 0)
        number = (uint64_t)getpid();
    int length = snprintf(
        own.sun_path + 1, sizeof own.sun_path - 1, "%llx/unit/%s/%s", (unsigned long long)number, store->unit, id);
    if (length >= (int)sizeof own.sun_path - 1 ||
        snprintf(other.sun_path, sizeof other.sun_path, "%s", path) >= (int)sizeof other.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int channel = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (channel < 0)
        return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    if (bind(channel, (struct sockaddr *)&own, size) < 0 ||
        connect(channel, (struct sockaddr *)&other, sizeof other) < 0 || shutdown(channel, SHUT_WR) < 0) {
        int error = errno;
        close(channel);
        errno = error;
        return -1;
    }
    return channel;
}

static int put(struct store *store, const char *id, const uint8_t *bytes, size_t length) {
    if (length > store->left)
        return E2BIG;
    int file = openat(store->directory, id, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    int error = 0;
    for (size_t at = 0; !error && at < length;) {
        ssize_t wrote = write(file, bytes + at, length - at);
        if (wrote >= 0)
            at += (size_t)wrote;
        else if (errno != EINTR)
            error = errno;
    }
    if (!error && (fchown(file, store->owner, (gid_t)-1) < 0 || fchmod(file, 0400) < 0))
        error = errno;
    close(file);
    store->left -= length;
    return error;
}

/* As file names and names of descriptors are. */
static bool is_name(const char *name) {
    size_t length = strlen(name);
    if (length == 0 || length > 255 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const char *at = name; *at; at++)
        if (*at < ' ' || *at == 127 || *at == ':' || *at == '/')
            return false;
    return true;
}

/* The directory, empty and root's alone; or, from an earlier command of the invocation, complete. */
static int make_empty(const char *path, int *directory, bool *is_complete) {
    const char *last;
    struct stat status;
    int parent = open_parent_unplanted(path, true, &last);
    if (parent < 0)
        return errno;
    int error = mkdirat(parent, last, 0700) < 0 && errno != EEXIST ? errno : 0;
    if (!error) {
        *directory = openat(parent, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        error = *directory < 0 || fstat(*directory, &status) < 0 ? errno : 0;
    }
    close(parent);
    if (error)
        return error;
    *is_complete = (status.st_mode & 07777) == COMPLETE;
    if (*is_complete)
        return 0;
    if (fchmod(*directory, 0700) < 0)
        return errno;
    empty(*directory);
    return 0;
}

static void empty(int directory) {
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(directory, entry->d_name, 0);
    closedir(entries);
}

static bool is_memory(int directory) {
    struct statfs status;
    return fstatfs(directory, &status) == 0 && (uint32_t)status.f_type == 0x858458f6; /* ramfs */
}
