/* Files for TypeScript: HostFiles of src/host.d.ts. Nothing here blocks on what a path may turn out to be, and nothing
 * reads more than it was allowed to. Each function returns its value or an errno; a path that holds a NUL or is not
 * absolute is EINVAL. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "remove-tree.h"

/* openAppend's handles are indices here: a number that TypeScript mixes up closes nothing else. */
enum { APPEND_MAX = 64, READ_STEP = 65536 };
static int append_descriptors[APPEND_MAX];
static bool append_used[APPEND_MAX];

static JSValue read_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue read_range(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue read_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue file_status(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int no_follow);
static JSValue read_link(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue real_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue access_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue write_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue touch_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue make_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue make_symlink(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue rename_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue remove_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int flags);
static JSValue remove_whole_tree(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue open_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue append_text(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue close_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("readFile", 2, read_file),
    JS_CFUNC_DEF("readRange", 3, read_range),
    JS_CFUNC_DEF("readDirectory", 1, read_directory),
    JS_CFUNC_MAGIC_DEF("status", 1, file_status, 0),
    JS_CFUNC_MAGIC_DEF("statusNoFollow", 1, file_status, AT_SYMLINK_NOFOLLOW),
    JS_CFUNC_DEF("readLink", 1, read_link),
    JS_CFUNC_DEF("realPath", 1, real_path),
    JS_CFUNC_DEF("access", 2, access_path),
    JS_CFUNC_DEF("writeFile", 3, write_file),
    JS_CFUNC_DEF("touchFile", 2, touch_file),
    JS_CFUNC_DEF("makeDirectory", 2, make_directory),
    JS_CFUNC_DEF("makeSymlink", 2, make_symlink),
    JS_CFUNC_DEF("rename", 2, rename_path),
    JS_CFUNC_MAGIC_DEF("remove", 1, remove_path, 0),
    JS_CFUNC_MAGIC_DEF("removeDirectory", 1, remove_path, AT_REMOVEDIR),
    JS_CFUNC_DEF("removeTree", 1, remove_whole_tree),
    JS_CFUNC_DEF("openAppend", 2, open_append),
    JS_CFUNC_DEF("append", 2, append_text),
    JS_CFUNC_DEF("close", 1, close_append),
};

void host_add_files(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A path argument; engine_text_free it whatever came. 0, an errno, or -1 with an exception pending. */
static int take_path(JSContext *c, JSValueConst value, struct engine_text *path) {
    *path = engine_text_out(c, value);
    if (path->bytes == NULL)
        return -1;
    if (path->length == 0)
        return ENOENT;
    return path->bytes[0] != '/' || memchr(path->bytes, '\0', path->length) != NULL ? EINVAL : 0;
}

static JSValue failure(JSContext *c, int error) {
    return error < 0 ? JS_EXCEPTION : JS_NewInt32(c, error);
}

static JSValue outcome(JSContext *c, int error) {
    return error == 0 ? JS_UNDEFINED : failure(c, error);
}

/* A descriptor of a regular file, or minus an errno. Looked at before it is opened: to open a device may do something.
 */
static int open_regular(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return -EINVAL;
    }
    return file;
}

/* Reads to the end or `limit` bytes + 1, growing as it goes: procfs says no size. */
static char *read_all(int file, size_t limit, size_t *length, int *error) {
    size_t capacity = READ_STEP < limit ? READ_STEP : limit + 1;
    char *bytes = malloc(capacity + 1);
    size_t filled = 0;
    while (bytes != NULL) {
        ssize_t count = read(file, bytes + filled, capacity - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            *error = errno;
            free(bytes);
            return NULL;
        }
        filled += (size_t)count;
        if (filled > limit) {
            *error = EFBIG;
            free(bytes);
            return NULL;
        }
        if (count == 0) {
            bytes[filled] = '\0';
            *length = filled;
            return bytes;
        }
        if (filled < capacity)
            continue;
        capacity = capacity > limit / 2 ? limit + 1 : capacity * 2;
        char *larger = realloc(bytes, capacity + 1);
        if (larger == NULL)
            free(bytes);
        bytes = larger;
    }
    *error = ENOMEM;
    return NULL;
}

char *host_read_file(const char *path, size_t limit, size_t *length, int *error) {
    int file = open_regular(path);
    if (file < 0) {
        *error = -file;
        return NULL;
    }
    char *bytes = read_all(file, limit, length, error);
    close(file);
    return bytes;
}

static JSValue read_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int64_t limit;
    if (JS_ToInt64(c, &limit, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = take_path(c, argv[0], &path);
    size_t length;
    char *bytes = NULL;
    if (error == 0)
        bytes = host_read_file(path.bytes, limit < 0 ? 0 : (size_t)limit, &length, &error);
    engine_text_free(c, path);
    if (bytes == NULL)
        return failure(c, error);
    crash_allow_for(length);
    JSValue text = engine_text_in(c, bytes, length);
    free(bytes);
    return text;
}

static JSValue read_range(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int64_t offset, length;
    if (JS_ToInt64(c, &offset, argv[1]) < 0 || JS_ToInt64(c, &length, argv[2]) < 0)
        return JS_EXCEPTION;
    if (offset < 0 || length < 0 || length > ENGINE_MEMORY_LIMIT)
        return failure(c, EINVAL);
    struct engine_text path;
    int error = take_path(c, argv[0], &path);
    int file = error == 0 ? open_regular(path.bytes) : -error;
    engine_text_free(c, path);
    if (file < 0)
        return failure(c, error < 0 ? error : -file);
    struct stat status;
    if (fstat(file, &status) == 0 && status.st_size > 0 && length > status.st_size - offset)
        length = offset < status.st_size ? status.st_size - offset : 0;
    uint8_t *bytes = malloc((size_t)length + 1);
    ssize_t count = 0;
    int64_t filled = 0;
    while (bytes != NULL && filled < length &&
           (count = pread(file, bytes + filled, (size_t)(length - filled), offset + filled)) > 0)
        filled += count;
    error = bytes == NULL ? ENOMEM : count < 0 ? errno : 0;
    close(file);
    JSValue value = error == 0 ? engine_bytes_in(c, bytes, (size_t)filled) : failure(c, error);
    free(bytes);
    return value;
}

static const char *type_name(mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symlink";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    case S_IFBLK:
        return "block";
    default:
        return "character";
    }
}

static JSValue read_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int error = take_path(c, argv[0], &path);
    DIR *directory = NULL;
    if (error == 0 && (directory = opendir(path.bytes)) == NULL)
        error = errno;
    engine_text_free(c, path);
    if (directory == NULL)
        return failure(c, error);
    JSAtom name_atom = JS_NewAtom(c, "name"), type_atom = JS_NewAtom(c, "type");
    JSValue list = JS_NewArray(c);
    uint32_t count = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (entry == NULL)
            break;
        const char *name = entry->d_name;
        if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
            continue;
        mode_t mode = DTTOIF(entry->d_type);
        struct stat status;
        if (entry->d_type == DT_UNKNOWN && fstatat(dirfd(directory), name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            mode = status.st_mode;
        JSValue item = JS_NewObject(c);
        JS_DefinePropertyValue(c, item, name_atom, engine_text_in(c, name, strlen(name)), JS_PROP_C_W_E);
        JS_DefinePropertyValue(c, item, type_atom, JS_NewString(c, type_name(mode)), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(c, list, count++, item, JS_PROP_C_W_E);
    }
    error = errno;
    closedir(directory);
    JS_FreeAtom(c, name_atom);
    JS_FreeAtom(c, type_atom);
    if (error != 0) {
        JS_FreeValue(c, list);
        return failure(c, error);
    }
    return list;
}

static void put(JSContext *c, JSValueConst object, const char *name, JSValue value) {
    JS_DefinePropertyValueStr(c, object, name, value, JS_PROP_C_W_E);
}

static JSValue file_status(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int no_follow) {
    (void)this, (void)argc;
    struct engine_text path;
    struct stat status;
    int error = take_path(c, argv[0], &path);
    if (error == 0 && fstatat(AT_FDCWD, path.bytes, &status, no_follow) < 0)
        error = errno;
    engine_text_free(c, path);
    if (error != 0)
        return failure(c, error);
    char identity[64];
    snprintf(
        identity, sizeof identity, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    JSValue value = JS_NewObject(c);
    put(c, value, "type", JS_NewString(c, type_name(status.st_mode)));
    put(c, value, "size", JS_NewInt64(c, status.st_size));
    put(c, value, "mode", JS_NewInt32(c, status.st_mode & 07777));
    put(c, value, "uid", JS_NewInt64(c, status.st_uid));
    put(c, value, "gid", JS_NewInt64(c, status.st_gid));
    put(c, value, "modified", JS_NewInt64(c, status.st_mtim.tv_sec * 1000000 + status.st_mtim.tv_nsec / 1000));
    put(c, value, "identity", JS_NewString(c, identity));
    return value;
}

static JSValue read_link(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    char target[PATH_MAX];
    ssize_t length = 0;
    int error = take_path(c, argv[0], &path);
    if (error == 0 && (length = readlink(path.bytes, target, sizeof target)) < 0)
        error = errno;
    engine_text_free(c, path);
    return error != 0 ? failure(c, error) : engine_text_in(c, target, (size_t)length);
}

static JSValue real_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    char resolved[PATH_MAX];
    int error = take_path(c, argv[0], &path);
    if (error == 0 && realpath(path.bytes, resolved) == NULL)
        error = errno;
    engine_text_free(c, path);
    return error != 0 ? failure(c, error) : engine_text_in(c, resolved, strlen(resolved));
}

static JSValue access_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int32_t mode;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = take_path(c, argv[0], &path);
    /* The manager's real and effective ids are the same. */
    if (error == 0 && access(path.bytes, mode) < 0)
        error = errno;
    engine_text_free(c, path);
    return outcome(c, error);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int write_all(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(file, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

int host_write_file(const char *path, const void *bytes, size_t length, mode_t mode) {
    char temporary[PATH_MAX];
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = host_now(CLOCK_MONOTONIC);
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash[1] == '\0')
        return EISDIR;
    int size = snprintf(temporary, sizeof temporary, "%.*s/.#%.200s%016llx", (int)(slash - path), path, slash + 1,
        (unsigned long long)random);
    if (size < 0 || (size_t)size >= sizeof temporary)
        return ENAMETOOLONG;
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    int error = write_all(file, bytes, length);
    if (error == 0 && fchmod(file, mode & 07777) < 0)
        error = errno;
    if (close(file) < 0 && error == 0)
        error = errno;
    if (error == 0 && rename(temporary, path) < 0)
        error = errno;
    if (error != 0)
        unlink(temporary);
    return error;
}

static JSValue write_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int32_t mode;
    if (JS_ToInt32(c, &mode, argv[2]) < 0)
        return JS_EXCEPTION;
    struct engine_text text = engine_text_out(c, argv[1]);
    if (text.bytes == NULL)
        return JS_EXCEPTION;
    int error = take_path(c, argv[0], &path);
    if (error == 0)
        error = host_write_file(path.bytes, text.bytes, text.length, (mode_t)mode);
    engine_text_free(c, path);
    engine_text_free(c, text);
    return outcome(c, error);
}

/* undefined: now. */
static JSValue touch_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    if (!JS_IsUndefined(argv[1])) {
        int64_t usec;
        if (JS_ToInt64(c, &usec, argv[1]) < 0)
            return JS_EXCEPTION;
        times[0] = times[1] = (struct timespec){(time_t)(usec / 1000000), (long)(usec % 1000000) * 1000};
    }
    int error = take_path(c, argv[0], &path);
    if (error == 0) {
        int file = open(path.bytes, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
        if (file < 0 || futimens(file, times) < 0)
            error = errno;
        if (file >= 0)
            close(file);
    }
    engine_text_free(c, path);
    return outcome(c, error);
}

static JSValue make_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int32_t mode;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = take_path(c, argv[0], &path);
    if (error == 0 && mkdir(path.bytes, (mode_t)mode & 07777) < 0)
        error = errno;
    engine_text_free(c, path);
    return outcome(c, error);
}

/* Two paths, the first of them perhaps not one (a symlink's target). */
static JSValue with_two(JSContext *c, JSValueConst *argv, bool any_target, int (*call)(const char *, const char *)) {
    struct engine_text first, second;
    int error = take_path(c, argv[0], &first);
    if (error == EINVAL && any_target && memchr(first.bytes, '\0', first.length) == NULL)
        error = 0;
    if (error != 0) {
        engine_text_free(c, first);
        return failure(c, error);
    }
    error = take_path(c, argv[1], &second);
    if (error == 0 && call(first.bytes, second.bytes) < 0)
        error = errno;
    engine_text_free(c, first);
    engine_text_free(c, second);
    return outcome(c, error);
}

static JSValue make_symlink(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    return with_two(c, argv, true, symlink);
}

static JSValue rename_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    return with_two(c, argv, false, rename);
}

static JSValue remove_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int flags) {
    (void)this, (void)argc;
    struct engine_text path;
    int error = take_path(c, argv[0], &path);
    if (error == 0 && unlinkat(AT_FDCWD, path.bytes, flags) < 0)
        error = errno;
    engine_text_free(c, path);
    return outcome(c, error);
}

static JSValue remove_whole_tree(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int error = take_path(c, argv[0], &path);
    if (error == 0)
        error = remove_tree(path.bytes);
    engine_text_free(c, path);
    return outcome(c, error);
}

/* ── appending ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static JSValue open_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    struct stat status;
    int32_t mode, handle = 0;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = take_path(c, argv[0], &path);
    int file = -1;
    if (error == 0) {
        file = open(path.bytes, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
            (mode_t)mode & 07777);
        if (file < 0)
            error = errno;
        else if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode))
            error = EINVAL;
    }
    engine_text_free(c, path);
    while (error == 0 && handle < APPEND_MAX && append_used[handle])
        handle++;
    if (error == 0 && handle == APPEND_MAX)
        error = EMFILE;
    if (error != 0) {
        if (file >= 0)
            close(file);
        return error < 0 ? JS_EXCEPTION : JS_NewInt32(c, -error);
    }
    append_descriptors[handle] = file;
    append_used[handle] = true;
    return JS_NewInt32(c, handle);
}

static int descriptor_of(JSContext *c, JSValueConst value, int32_t *handle) {
    if (JS_ToInt32(c, handle, value) < 0)
        return -2;
    return *handle >= 0 && *handle < APPEND_MAX && append_used[*handle] ? append_descriptors[*handle] : -1;
}

static JSValue append_text(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int32_t handle;
    int file = descriptor_of(c, argv[0], &handle);
    if (file < 0)
        return file == -2 ? JS_EXCEPTION : failure(c, EBADF);
    struct engine_text text = engine_text_out(c, argv[1]);
    if (text.bytes == NULL)
        return JS_EXCEPTION;
    ssize_t count = write(file, text.bytes, text.length);
    /* Part of it: the disk is full. */
    int error = count < 0 ? errno : (size_t)count < text.length ? ENOSPC : 0;
    engine_text_free(c, text);
    return outcome(c, error);
}

static JSValue close_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int32_t handle;
    int file = descriptor_of(c, argv[0], &handle);
    if (file == -2)
        return JS_EXCEPTION;
    if (file >= 0) {
        close(file);
        append_used[handle] = false;
    }
    return JS_UNDEFINED;
}
