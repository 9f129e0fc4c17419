/* The namespaces of a command: those that all commands of its unit share (PrivateNetwork=, PrivateIPC=), which the
 * keeper holds; its own mounts and host name; its users (PrivateUsers=). What the container forbids is left out, and
 * that is told in one notice for all of them. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"

enum { CAPABILITY_SETGID = 6, CAPABILITY_SETUID = 7 };

/* Of this one command: it is a process of its own. */
static struct {
    uint32_t step;
    int error;
    char text[NOTICE_TEXT_MAX - sizeof "not applied in this container: "];
} left_out;
static bool has_own_users, tried_users;

static void leave_out(const struct exec_request *request, uint32_t step, int error, const char *settings);
static void enter_space(const struct exec_request *request, size_t which);
static const char *space_path(const struct exec_request *request, size_t which);
static int make_users(const struct exec_request *request);
static size_t format_map(char *map, size_t size, uint32_t own, uint32_t plus_1, bool both);
static int write_maps(const char *users, size_t users_length, const char *groups, size_t groups_length);
static int write_file(const char *name, const char *text, size_t length);

void exec_check_spaces(const struct exec_request *request) {
    for (size_t i = 0; i < SPACES; i++)
        if (request->spaces[i].error && *space_path(request, i))
            exec_fail(request, exec_spaces[i].step, request->spaces[i].error);
}

void exec_make_namespaces(const struct exec_request *request) {
    /* Without the right to make others, one of users comes first: it may give that right. */
    if (wire_u32(wire_find(request->run, WIRE_RUN_PRIVATE_USERS)) && !exec_has_capability(CAPABILITY_SYS_ADMIN)) {
        exec_set_groups(request);
        exec_make_users(request);
    }
    for (size_t i = 0; i < SPACES; i++)
        enter_space(request, i);
    const char *settings = wire_text(wire_find(request->run, WIRE_RUN_MOUNTS_OF));
    int error = exec_make_mounts(request, has_own_users);
    if (error && *settings) /* of RootDirectory= alone it is what every chroot(2) lacks */
        leave_out(request, STEP_NAMESPACE, error, settings);
    /* ProtectHostname=: the filter of system calls does the same. */
    if (wire_u32(wire_find(request->run, WIRE_RUN_NAMESPACES)) & CLONE_NEWUTS && unshare(CLONE_NEWUTS) < 0 &&
        !exec_is_forbidden(errno))
        exec_fail(request, STEP_NAMESPACE, errno);
}

void exec_make_users(const struct exec_request *request) {
    if (tried_users || !wire_u32(wire_find(request->run, WIRE_RUN_PRIVATE_USERS)))
        return;
    tried_users = true;
    int error = make_users(request);
    if (error && !exec_is_forbidden(error))
        exec_fail(request, STEP_USER, error);
    if (error)
        leave_out(request, STEP_USER, error, "PrivateUsers=");
}

void exec_tell_left_out(const struct exec_request *request) {
    if (left_out.error)
        exec_skip(request, left_out.step, left_out.error, "not applied in this container: %s", left_out.text);
}

bool exec_is_forbidden(int error) {
    return error == EPERM || error == EACCES || error == EROFS || error == ENOSYS || error == EOPNOTSUPP ||
           error == ENOSPC || error == EUSERS; /* none may be made: user.max_user_namespaces and its like */
}

static void leave_out(const struct exec_request *request, uint32_t step, int error, const char *settings) {
    if (request->flags & RUN_STRICT)
        exec_fail(request, step, error);
    size_t length = strlen(left_out.text);
    if (strstr(left_out.text, settings))
        return;
    snprintf(left_out.text + length, sizeof left_out.text - length, "%s%s", length ? ", " : "", settings);
    left_out.step = length ? STEP_NAMESPACE : step;
    left_out.error = error;
}

const struct exec_space_kind exec_spaces[SPACES] = {
    {CLONE_NEWNET, WIRE_RUN_NETWORK_PATH, STEP_NETWORK, "net"},
    {CLONE_NEWIPC, WIRE_RUN_IPC_PATH, STEP_NAMESPACE, "ipc"},
};

static void enter_space(const struct exec_request *request, size_t which) {
    const struct exec_space_kind *kind = &exec_spaces[which];
    if (!(wire_u32(wire_find(request->run, WIRE_RUN_SPACES)) & kind->flag))
        return;
    const struct exec_space *space = &request->spaces[which];
    const bool has_path = *space_path(request, which);
    int error = space->error;
    if (space->descriptor >= 0)
        error = setns(space->descriptor, (int)kind->flag) < 0 ? errno : 0;
    else if (has_own_users && !has_path) /* one of this command's own then */
        error = unshare((int)kind->flag) < 0 ? errno : 0;
    if (!error && space->descriptor < 0 && kind->flag == CLONE_NEWNET)
        exec_raise_loopback();
    if (!error)
        return;
    if (!exec_is_forbidden(error))
        exec_fail(request, kind->step, error);
    static const char *const settings[SPACES][2] = {
        {"PrivateNetwork=", "NetworkNamespacePath="}, {"PrivateIPC=", "IPCNamespacePath="}};
    leave_out(request, kind->step, error, settings[which][has_path]);
}

static const char *space_path(const struct exec_request *request, size_t which) {
    return wire_text(wire_find(request->run, exec_spaces[which].path));
}

/* A namespace in which pidone's user and the unit's are themselves, and all others nobody. What maps them must stay
 * outside: a process that waits until the namespace is there. 0 or an errno. */
static int make_users(const struct exec_request *request) {
    char users[80], groups[80];
    size_t users_length, groups_length;
    if (wire_u32(wire_find(request->run, WIRE_RUN_PRIVATE_USERS)) == USERS_IDENTITY) {
        users_length = groups_length = (size_t)snprintf(users, sizeof users, "0 0 65536\n");
        memcpy(groups, users, sizeof groups);
    } else {
        struct exec_owner owner = exec_owner(request);
        users_length =
            format_map(users, sizeof users, getuid(), owner.uid_plus_1, exec_has_capability(CAPABILITY_SETUID));
        /* The groups may have been set already: pidone's own are those of the keeper. */
        groups_length =
            format_map(groups, sizeof groups, request->gid, owner.gid_plus_1, exec_has_capability(CAPABILITY_SETGID));
    }
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0)
        return errno;
    pid_t helper = fork();
    if (helper == 0) {
        char byte;
        close(ready[1]);
        if (read(ready[0], &byte, 1) != 1)
            _exit(0);
        _exit(write_maps(users, users_length, groups, groups_length));
    }
    int error = helper < 0 ? errno : 0;
    bool is_made = !error && unshare(CLONE_NEWUSER) == 0;
    if (!error && !is_made)
        error = errno;
    if (is_made && write(ready[1], "", 1) != 1)
        error = errno;
    close(ready[0]);
    close(ready[1]);
    int status = 0;
    if (helper > 0)
        while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
            continue;
    if (is_made && !error)
        error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
    if (is_made && error) /* there is no way back */
        exec_fail(request, STEP_USER, error);
    has_own_users = is_made;
    return error;
}

/* Two lines need a capability. */
static size_t format_map(char *map, size_t size, uint32_t own, uint32_t plus_1, bool both) {
    int length = snprintf(map, size, "%u %u 1\n", own, own);
    if (both && plus_1 && plus_1 - 1 != own)
        length += snprintf(map + length, size - (size_t)length, "%u %u 1\n", plus_1 - 1, plus_1 - 1);
    return (size_t)length;
}

/* Of the parent; setgroups(2) is no more for it. 0 or an errno. */
static int write_maps(const char *users, size_t users_length, const char *groups, size_t groups_length) {
    int error = write_file("setgroups", "deny\n", 5);
    if (error && error != ENOENT)
        return error;
    error = write_file("gid_map", groups, groups_length);
    return error ? error : write_file("uid_map", users, users_length);
}

static int write_file(const char *name, const char *text, size_t length) {
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/%s", getppid(), name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    int error = write(file, text, length) == (ssize_t)length ? 0 : errno;
    close(file);
    return error;
}
