/* PrivateTmp=, ProtectSystem= and their like: a mount namespace for the command. The manager says what is mounted
 * where, in which order and with which flags; here it is done, on a copy of the root that then takes its place, so that
 * no mount hides what a later one needs. Where the container forbids it, the command stays where it is, and that is
 * told. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exec.h"

/* mount_setattr(2), which musl has not; the number is the same everywhere. */
enum { SYS_MOUNT_SETATTR = 442, ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NOEXEC = 8 };

struct attributes {
    uint64_t set, clear, propagation, user_namespace;
};

/* As the manager has written it: a letter for what, then flags: `-` what is not there is passed over, r read-only, 1
 * not what is mounted below, n nothing is executed, e it is, x a place of its own for that, s no set-user-id. */
struct operation {
    const char *what, *path, *source;
    const char *options; /* of a new tmpfs after its MS_… */
};

struct plan {
    const char *root; /* where it is put together; RootDirectory=, which stays there, when `stays` */
    bool stays;
    size_t count;
    struct operation *operations;
};

/* Of this one command: a /proc of its own could not be had. */
static bool keeps_proc;

static int set_up(const struct plan *plan, uint32_t propagation);
static void furnish(const char *path);
static int establish(const struct operation *operation);
static int change_flags(const struct plan *plan);
static int apply_flags(const struct plan *plan, const struct operation *operation, const char *table,
    const struct attributes *attributes, bool of_execution);
static char *read_table(void);
static bool unescape(const char *from, size_t length, char *to, size_t size);
static bool is_mount_point(const char *path);
static bool is_below(const char *path, const char *above);
static bool has(const struct operation *operation, char flag);
static int bind_mount(const char *source, const char *path, bool recursive, bool make);
static int make_point(const char *source, const char *path);
static void make_parents(const char *path);
static void clear_below(const char *path);
static int mount_memory(const struct operation *operation);
static int make_inaccessible(const struct operation *operation);
static int make_private_tmp(const struct operation *operation);

int exec_make_mounts(const struct exec_request *request, bool has_own_users) {
    struct wire_field field = wire_find(request->run, WIRE_RUN_MOUNTS);
    const char *root = wire_text(wire_find(request->run, WIRE_RUN_MOUNT_ROOT));
    if (!*root)
        return 0;
    const char *own_root = wire_text(wire_find(request->run, WIRE_RUN_ROOT_DIRECTORY));
    struct plan plan = {.root = *own_root ? own_root : root, .stays = *own_root, .count = wire_count_texts(field) / 4};
    plan.operations = calloc(plan.count + 1, sizeof *plan.operations);
    if (!plan.operations)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    size_t at = 0;
    for (size_t i = 0; i < plan.count; i++) {
        struct operation *operation = &plan.operations[i];
        operation->what = wire_next_text(field, &at);
        operation->path = wire_next_text(field, &at);
        operation->source = wire_next_text(field, &at);
        operation->options = wire_next_text(field, &at);
    }
    int before = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = unshare(CLONE_NEWNS) < 0 ? errno : 0;
    bool is_made = !error;
    if (is_made) {
        mode_t mask = umask(0);
        error = set_up(&plan, wire_u32(wire_find(request->run, WIRE_RUN_PROPAGATION)));
        umask(mask);
    }
    if (error && (!exec_is_forbidden(error) || request->flags & RUN_STRICT))
        exec_fail(request, STEP_NAMESPACE, error);
    if (error && is_made) {
        /* A security module may forbid mounts though the namespace could be made. Out of one that users of the
         * command's own have made there is no way back: there it is put together and not taken. */
        bool is_back = before >= 0 && setns(before, CLONE_NEWNS) == 0;
        if (!is_back && (!has_own_users || plan.stays))
            exec_fail(request, STEP_NAMESPACE, error);
        if (!is_back)
            umount2(plan.root, MNT_DETACH);
        if (directory >= 0 && fchdir(directory) < 0 && chdir("/") < 0)
            exec_fail(request, STEP_NAMESPACE, errno);
    }
    if (!error && keeps_proc)
        exec_skip(request, STEP_NAMESPACE, EPERM, "not applied to /proc in this container: ProtectProc=, ProcSubset=");
    if (before >= 0)
        close(before);
    if (directory >= 0)
        close(directory);
    free(plan.operations);
    return error;
}

/* 0 or an errno. */
static int set_up(const struct plan *plan, uint32_t propagation) {
    if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
        return errno;
    if (plan->stays) {
        if (!is_mount_point(plan->root) && mount(plan->root, plan->root, NULL, MS_BIND | MS_REC, NULL) < 0)
            return errno;
        furnish(plan->root);
    } else {
        if (mkdir(plan->root, 0700) < 0 && errno != EEXIST)
            return errno;
        if (mount("/", plan->root, NULL, MS_BIND | MS_REC, NULL) < 0)
            return errno;
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct operation *operation = &plan->operations[i];
        int error = establish(operation);
        if (error == ENOENT && has(operation, '-'))
            continue;
        if (error)
            return error;
    }
    int error = change_flags(plan);
    if (error)
        return error;
    /* The chroot(2) of RootDirectory= comes later. */
    if (!plan->stays &&
        (chdir(plan->root) < 0 || mount(plan->root, "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0))
        return errno;
    return mount(NULL, "/", NULL, propagation | MS_REC, NULL) < 0 ? errno : 0;
}

/* What every root directory has, where it can be made: places to mount on. */
static void furnish(const char *path) {
    static const char *const folders[] = {"usr", "var", "etc", "proc", "sys", "dev"};
    static const char *const links[][2] = {{"bin", "usr/bin"}, {"sbin", "usr/sbin"}, {"lib", "usr/lib"}};
    int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdirat(root, folders[i], 0755);
    mkdirat(root, "root", 0750);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (faccessat(root, links[i][1], F_OK, 0) == 0)
            symlinkat(links[i][1], root, links[i][0]); /* not over what is there */
    close(root);
}

static int establish(const struct operation *operation) {
    const char *path = operation->path;
    struct stat status;
    switch (*operation->what) {
    case 'i':
        return make_inaccessible(operation);
    case 'm':
        if (lstat(path, &status) < 0)
            return errno;
        return is_mount_point(path) ? 0 : bind_mount(path, path, true, false);
    case 'b':
        return bind_mount(operation->source, path, false, true);
    case 'B':
        return bind_mount(operation->source, path, true, true);
    case 'T':
        return make_private_tmp(operation);
    case 'd':
        return exec_make_devices(path);
    case 'D':
        return is_mount_point(path) ? 0 : bind_mount("/dev", path, true, true);
    case 't':
        if (has(operation, '-') && lstat(path, &status) < 0)
            return errno;
        make_parents(path);
        mkdir(path, 0755);
        clear_below(path);
        return mount_memory(operation);
    case 's':
        mkdir(path, 0755);
        return mount("sysfs", path, "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) == 0
                   ? 0
                   : bind_mount("/sys", path, true, true);
    case 'p':
        mkdir(path, 0755);
        /* One of its own; without its options on kernels that do not know them; or the one that there is. */
        if (mount("proc", path, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, operation->options) == 0)
            return 0;
        if (errno == EINVAL && mount("proc", path, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) == 0)
            return 0;
        if (errno != EPERM)
            return errno;
        keeps_proc = true; /* what hides something in it may not be taken away */
        return is_mount_point(path) ? 0 : bind_mount("/proc", path, true, true);
    case 'q':
        mkdir(path, 0755);
        return mount("mqueue", path, "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? errno : 0;
    default:
        return EINVAL;
    }
}

/* When all is mounted: read-only, then executable or not, then without set-user-id. */
static int change_flags(const struct plan *plan) {
    char *table = read_table();
    if (!table)
        return errno;
    int error = 0;
    for (unsigned round = 0; round < 3 && !error; round++)
        for (size_t i = 0; i < plan->count && !error; i++) {
            const struct operation *operation = &plan->operations[i];
            struct attributes attributes = {0};
            if (round == 0 && has(operation, 'r'))
                attributes.set = ATTR_RDONLY;
            if (round == 1 && has(operation, 'n'))
                attributes.set = ATTR_NOEXEC;
            if (round == 1 && has(operation, 'e'))
                attributes.clear = ATTR_NOEXEC;
            if (round == 2 && has(operation, 's'))
                attributes.set = ATTR_NOSUID;
            if (attributes.set || attributes.clear)
                error = apply_flags(plan, operation, table, &attributes, round == 1);
            if (error == ENOENT && has(operation, '-'))
                error = 0;
        }
    free(table);
    return error;
}

/* On the mount at this place, and those below it but where another operation of the plan has its place. */
static int apply_flags(const struct plan *plan, const struct operation *operation, const char *table,
    const struct attributes *attributes, bool of_execution) {
    bool found = false;
    for (const char *line = table; *line;) {
        const char *end = strchr(line, '\n');
        /* "ID PARENT MAJOR:MINOR ROOT PLACE …" */
        const char *place = line;
        for (int skip = 0; skip < 4 && place; skip++)
            place = (place = strchr(place, ' ')) ? place + 1 : NULL;
        const char *next = end ? end + 1 : line + strlen(line);
        line = next;
        if (!place)
            continue;
        char path[4096];
        if (!unescape(place, strcspn(place, " \n"), path, sizeof path))
            continue;
        bool itself = strcmp(path, operation->path) == 0;
        if (!itself && (has(operation, '1') || !is_below(path, operation->path)))
            continue;
        bool left_out = false;
        for (size_t i = 0; i < plan->count && !itself && !left_out; i++) {
            const struct operation *other = &plan->operations[i];
            if (other == operation || !is_below(other->path, operation->path) || (of_execution && !has(other, 'x')))
                continue;
            left_out = strcmp(path, other->path) == 0 || is_below(path, other->path);
        }
        if (left_out)
            continue;
        found |= itself;
        if (syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, attributes, sizeof *attributes) < 0 &&
            /* Below something that hides it, or gone since. */
            (itself || (errno != ENOENT && errno != EINVAL && errno != EACCES)))
            return errno;
    }
    return found ? 0 : ENOENT;
}

/* /proc/self/mountinfo; NULL with errno. */
static char *read_table(void) {
    int file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    for (ssize_t got = 1; text && got > 0;) {
        if (room - size < 4096) {
            char *larger = realloc(text, room *= 2);
            if (!larger)
                free(text);
            text = larger;
            if (!text)
                break;
        }
        got = read(file, text + size, room - size - 1);
        if (got > 0)
            size += (size_t)got;
    }
    close(file);
    if (text)
        text[size] = 0;
    return text;
}

/* \040 and its like. False when it does not fit. */
static bool unescape(const char *from, size_t length, char *to, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (used + 1 >= size)
            return false;
        if (from[i] == '\\' && i + 3 < length) {
            to[used++] = (char)((from[i + 1] - '0') << 6 | (from[i + 2] - '0') << 3 | (from[i + 3] - '0'));
            i += 3;
        } else {
            to[used++] = from[i];
        }
    }
    to[used] = 0;
    return true;
}

static bool is_mount_point(const char *path) {
    char *table = read_table();
    bool found = false;
    for (const char *line = table; line && *line && !found;) {
        const char *place = line;
        for (int skip = 0; skip < 4 && place; skip++)
            place = (place = strchr(place, ' ')) ? place + 1 : NULL;
        char text[4096];
        found = place && unescape(place, strcspn(place, " \n"), text, sizeof text) && strcmp(text, path) == 0;
        line = (line = strchr(line, '\n')) ? line + 1 : NULL;
    }
    free(table);
    return found;
}

static bool is_below(const char *path, const char *above) {
    size_t length = strlen(above);
    return strncmp(path, above, length) == 0 && (path[length] == '/' || (length == 1 && path[1]));
}

static bool has(const struct operation *operation, char flag) {
    return strchr(operation->what + 1, flag) != NULL;
}

static int bind_mount(const char *source, const char *path, bool recursive, bool make) {
    unsigned long flags = MS_BIND | (recursive ? MS_REC : 0);
    if (mount(source, path, NULL, flags, NULL) == 0)
        return 0;
    if (errno != ENOENT || !make)
        return errno;
    int error = make_point(source, path);
    return error ? error : mount(source, path, NULL, flags, NULL) < 0 ? errno : 0;
}

/* Something of the same kind to mount on. */
static int make_point(const char *source, const char *path) {
    struct stat status;
    if (stat(source, &status) < 0)
        return errno;
    make_parents(path);
    if (S_ISDIR(status.st_mode))
        return mkdir(path, 0755) < 0 && errno != EEXIST ? errno : 0;
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0)
        return errno == EEXIST ? 0 : errno;
    close(file);
    return 0;
}

static void make_parents(const char *path) {
    char part[4096];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);
        if (length >= sizeof part)
            return;
        memcpy(part, path, length);
        part[length] = 0;
        mkdir(part, 0755); /* those that are there stay; what is missing shows at the mount */
    }
}

/* What is mounted at a place and below it goes, as far as it can. */
static void clear_below(const char *path) {
    while (is_mount_point(path) && umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        continue;
}

static int mount_memory(const struct operation *operation) {
    char *options;
    unsigned long flags = strtoul(operation->options, &options, 10);
    return mount("tmpfs", operation->path, "tmpfs", flags, *options ? options + 1 : options) < 0 ? errno : 0;
}

static int make_inaccessible(const struct operation *operation) {
    struct stat status;
    if (lstat(operation->path, &status) < 0)
        return errno;
    clear_below(operation->path);
    if (S_ISDIR(status.st_mode))
        return mount("tmpfs", operation->path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                   "mode=000,size=4k,nr_inodes=1") < 0
                   ? errno
                   : 0;
    if (S_ISLNK(status.st_mode))
        return ELOOP;
    /* One of its kind that nobody may open; a device is one that no driver has, or a socket where devices cannot be
     * made. */
    char node[4096];
    mode_t kind = status.st_mode & S_IFMT;
    for (;;) {
        int length = snprintf(node, sizeof node, "%s.%o", operation->source, kind);
        if (length < 0 || (size_t)length >= sizeof node)
            return ENAMETOOLONG;
        if (mknod(node, kind, makedev(0, 0)) == 0 || errno == EEXIST)
            return bind_mount(node, operation->path, false, false);
        if (errno != EPERM || kind == S_IFSOCK)
            return errno;
        kind = S_IFSOCK;
    }
}

/* The outer directory is for root alone, so that nobody reaches into the inner one from outside. */
static int make_private_tmp(const struct operation *operation) {
    char inner[4096];
    struct stat status;
    int length = snprintf(inner, sizeof inner, "%s/tmp", operation->source);
    if (length < 0 || (size_t)length >= sizeof inner)
        return ENAMETOOLONG;
    if (mkdir(operation->source, 0700) < 0 && errno != EEXIST)
        return errno;
    if (lstat(operation->source, &status) < 0)
        return errno;
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077))
        return EEXIST; /* somebody else's */
    if (mkdir(inner, 01777) < 0 && errno != EEXIST)
        return errno;
    return bind_mount(inner, operation->path, true, true);
}
