/* Writing, making and removing of files for TypeScript. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-files.h"
#include "remove-tree.h"
#include "safe-path.h"

/* openAppend's handles are indices here: a number that TypeScript mixes up closes nothing else. */
enum { APPEND_MAX = 64 };
static int append_descriptors[APPEND_MAX];
static bool append_used[APPEND_MAX];

static JSValue write_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue touch_file(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue make_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue make_symlink(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue rename_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue remove_path(JSContext *c, JSValueConst this, int argc, JSValueConst *argv, int flags);
static JSValue remove_whole_tree(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue remove_ipc(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue open_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue append_text(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue close_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("writeFile", 3, write_file),
    JS_CFUNC_DEF("touchFile", 2, touch_file),
    JS_CFUNC_DEF("makeDirectory", 2, make_directory),
    JS_CFUNC_DEF("makeSymlink", 2, make_symlink),
    JS_CFUNC_DEF("rename", 2, rename_path),
    JS_CFUNC_MAGIC_DEF("remove", 1, remove_path, 0),
    JS_CFUNC_MAGIC_DEF("removeDirectory", 1, remove_path, AT_REMOVEDIR),
    JS_CFUNC_DEF("removeTree", 1, remove_whole_tree),
    JS_CFUNC_DEF("removeIpc", 3, remove_ipc),
    JS_CFUNC_DEF("openAppend", 2, open_append),
    JS_CFUNC_DEF("append", 2, append_text),
    JS_CFUNC_DEF("close", 1, close_append),
};

void host_add_writing(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

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
    int error = host_take_path(c, argv[0], &path);
    if (error == 0)
        error = host_write_file(path.bytes, text.bytes, text.length, (mode_t)mode);
    engine_text_free(c, path);
    engine_text_free(c, text);
    return host_outcome(c, error);
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
    int error = host_take_path(c, argv[0], &path);
    if (error == 0) {
        int file = open(path.bytes, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
        if (file < 0 || futimens(file, times) < 0)
            error = errno;
        if (file >= 0)
            close(file);
    }
    engine_text_free(c, path);
    return host_outcome(c, error);
}

static JSValue make_directory(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int32_t mode;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = host_take_path(c, argv[0], &path);
    if (error == 0 && mkdir(path.bytes, (mode_t)mode & 07777) < 0)
        error = errno;
    engine_text_free(c, path);
    return host_outcome(c, error);
}

/* Two paths, the first of them perhaps not one (a symlink's target). */
static JSValue with_two(JSContext *c, JSValueConst *argv, bool any_target, int (*call)(const char *, const char *)) {
    struct engine_text first, second;
    int error = host_take_path(c, argv[0], &first);
    if (error == EINVAL && any_target && memchr(first.bytes, '\0', first.length) == NULL)
        error = 0;
    if (error != 0) {
        engine_text_free(c, first);
        return host_failure(c, error);
    }
    error = host_take_path(c, argv[1], &second);
    if (error == 0 && call(first.bytes, second.bytes) < 0)
        error = errno;
    engine_text_free(c, first);
    engine_text_free(c, second);
    return host_outcome(c, error);
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
    int error = host_take_path(c, argv[0], &path);
    if (error == 0) {
        const char *last;
        int parent = open_parent_unplanted(path.bytes, false, &last);
        if (parent < 0 || unlinkat(parent, last, flags) < 0)
            error = errno;
        if (parent >= 0)
            close(parent);
    }
    engine_text_free(c, path);
    return host_outcome(c, error);
}

static JSValue remove_whole_tree(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    int error = host_take_path(c, argv[0], &path);
    if (error == 0)
        error = remove_tree(path.bytes);
    engine_text_free(c, path);
    return host_outcome(c, error);
}

/* ── appending ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* removeIpc(kind, id, uid): 0 memory, 1 semaphores, 2 messages of System V. As their owner, for CAP_SYS_ADMIN is not
 * there. What is gone already is no error to anybody. */
static JSValue remove_ipc(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int32_t kind = -1, id = -1;
    uint32_t owner = 0;
    if (JS_ToInt32(c, &kind, argv[0]) < 0 || JS_ToInt32(c, &id, argv[1]) < 0 || JS_ToUint32(c, &owner, argv[2]) < 0)
        return JS_EXCEPTION;
    const uid_t own = geteuid();
    const bool changes = own != owner && seteuid(owner) == 0;
    if (kind == 0)
        shmctl(id, IPC_RMID, NULL);
    else if (kind == 1)
        semctl(id, 0, IPC_RMID);
    else
        msgctl(id, IPC_RMID, NULL);
    if (changes && seteuid(own) < 0)
        abort(); /* who could become another can become itself again; never go on as somebody else */
    return JS_UNDEFINED;
}

static JSValue open_append(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text path;
    struct stat status;
    int32_t mode, handle = 0;
    if (JS_ToInt32(c, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    int error = host_take_path(c, argv[0], &path);
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
        return file == -2 ? JS_EXCEPTION : host_failure(c, EBADF);
    struct engine_text text = engine_text_out(c, argv[1]);
    if (text.bytes == NULL)
        return JS_EXCEPTION;
    ssize_t count = write(file, text.bytes, text.length);
    /* Part of it: the disk is full. */
    int error = count < 0 ? errno : (size_t)count < text.length ? ENOSPC : 0;
    engine_text_free(c, text);
    return host_outcome(c, error);
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
