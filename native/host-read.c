/* Reading of files and directories for TypeScript. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-files.h"

enum { READ_STEP = 65536 };

static JSValue read_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue read_range(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue read_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue file_status(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int no_follow);
static JSValue read_link(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue real_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue access_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("readFile", 2, read_file),
    JS_CFUNC_DEF("readRange", 3, read_range),
    JS_CFUNC_DEF("readDirectory", 1, read_directory),
    JS_CFUNC_MAGIC_DEF("status", 1, file_status, 0),
    JS_CFUNC_MAGIC_DEF("statusNoFollow", 1, file_status, AT_SYMLINK_NOFOLLOW),
    JS_CFUNC_DEF("readLink", 1, read_link),
    JS_CFUNC_DEF("realPath", 1, real_path),
    JS_CFUNC_DEF("access", 2, access_path),
};

void host_add_reading(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
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
    int error = host_take_path(c, argv[0], &path);
    size_t length;
    char *bytes = NULL;
    if (error == 0)
        bytes = host_read_file(path.bytes, limit < 0 ? 0 : (size_t)limit, &length, &error);
    engine_text_free(c, path);
    if (bytes == NULL)
        return host_failure(c, error);
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
        return host_failure(c, EINVAL);
    struct engine_text path;
    int error = host_take_path(c, argv[0], &path);
    int file = error == 0 ? open_regular(path.bytes) : -error;
    engine_text_free(c, path);
    if (file < 0)
        return host_failure(c, error < 0 ? error : -file);
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
    JSValue value = error == 0 ? engine_bytes_in(c, bytes, (size_t)filled) : host_failure(c, error);
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
    int error = host_take_path(c, argv[0], &path);
    DIR *directory = NULL;
    if (error == 0 && (directory = opendir(path.bytes)) == NULL)
        error = errno;
    engine_text_free(c, path);
    if (directory == NULL)
        return host_failure(c, error);
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
        return host_failure(c, error);
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
    int error = host_take_path(c, argv[0], &path);
    if (error == 0 && fstatat(AT_FDCWD, path.bytes, &status, no_follow) < 0)
        error = errno;
    engine_text_free(c, path);
    if (error != 0)
        return host_failure(c, error);
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
    int error = host_take_path(c, argv[0], &path);
    if (error == 0 && (length = readlink(path.bytes, target, sizeof target)) < 0)
        error = errno;
    engine_text_free(c, path);
    return error != 0 ? host_failure(c, error) : engine_text_in(c, target, (size_t)length);
}

static JSValue real_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    char resolved[PATH_MAX];
    int error = host_take_path(c, argv[0], &path);
    if (error == 0 && realpath(path.bytes, resolved) == NULL)
        error = errno;
    engine_text_free(c, path);
    return error != 0 ? host_failure(c, error) : engine_text_in(c, resolved, strlen(resolved));
}

static JSValue access_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int32_t mode;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = host_take_path(c, argv[0], &path);
    /* The manager's real and effective ids are the same. */
    if (error == 0 && access(path.bytes, mode) < 0)
        error = errno;
    engine_text_free(c, path);
    return host_outcome(c, error);
}
