#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pidone.h"

static void reset_signals(const struct exec_request *request);
static void find_executable(const struct exec_request *request);
static void change_root(const struct exec_request *request);
static void change_directory(const struct exec_request *request);
static char **argument_vector(const struct exec_request *request);
static _Noreturn void execute(const struct exec_request *request, char **arguments, char **environment);

_Noreturn void exec_command(const struct exec_request *request) {
    if (request->flags & RUN_SET_UMASK)
        umask((mode_t)wire_u32(wire_find(request->run, WIRE_RUN_UMASK)));
    reset_signals(request);
    if (setsid() < 0)
        exec_fail(request, STEP_SETSID, errno);
    exec_check_spaces(request);
    exec_reset_terminal(request);
    exec_open_streams(request);
    exec_open_files(request);
    exec_adjust_oom_score(request);
    exec_set_coredump_filter(request);
    exec_adjust_nice(request);
    exec_set_scheduler(request);
    exec_set_affinity(request);
    exec_set_memory_policy(request);
    exec_set_io_priority(request);
    exec_adjust_timer_slack(request);
    exec_set_personality(request);
    exec_set_memory_merge(request);
    exec_make_directories(request);
    exec_gather_secrets(request);
    exec_give_terminal(request);
    char **environment = exec_environment(request);
    char **arguments = argument_vector(request);
    exec_set_keyring(request);
    exec_set_limits(request);
    exec_make_namespaces(request);
    exec_set_groups(request);
    exec_make_users(request);
    exec_tell_left_out(request);
    bool has_root = *wire_text(wire_find(request->run, WIRE_RUN_ROOT_DIRECTORY)) != '\0';
    if (!has_root)
        find_executable(request);
    exec_drop_bounding(request);
    change_root(request);
    if (has_root)
        find_executable(request);
    exec_set_user(request);
    change_directory(request);
    exec_set_secure_bits(request);
    exec_set_no_new_privileges(request);
    execute(request, arguments, environment);
}

_Noreturn void exec_fail(const struct exec_request *request, uint32_t step, int error) {
    struct exec_report report = {.step = step, .error = (uint32_t)error, .failed = true};
    ssize_t written = write(request->report, &report, sizeof report);
    (void)written; /* the exit status still tells the step */
    _exit((int)step);
}

void exec_skip(const struct exec_request *request, uint32_t step, int error, const char *format, ...) {
    if (request->flags & RUN_STRICT)
        exec_fail(request, step, error);
    struct exec_report report = {.step = step, .error = (uint32_t)error};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report.text, sizeof report.text, format, arguments);
    va_end(arguments);
    ssize_t written = write(request->report, &report, sizeof report);
    (void)written;
}

void exec_tell(const struct exec_request *request, uint32_t step, int error, const char *text) {
    struct exec_report report = {.step = step, .error = (uint32_t)error};
    snprintf(report.text, sizeof report.text, "%s", text);
    ssize_t written = write(request->report, &report, sizeof report);
    (void)written;
}

const char *exec_step_name(uint32_t step) {
    /* From 200 on, without gaps; two are not used. */
    static const char *const names[] = {
        "CHDIR",
        "NICE",
        "FDS",
        "EXEC",
        "MEMORY",
        "LIMITS",
        "OOM_ADJUST",
        "SIGNAL_MASK",
        "STDIN",
        "STDOUT",
        "CHROOT",
        "IOPRIO",
        "TIMERSLACK",
        "SECUREBITS",
        "SETSCHEDULER",
        "CPUAFFINITY",
        "GROUP",
        "USER",
        "CAPABILITIES",
        "CGROUP",
        "SETSID",
        "CONFIRM",
        "STDERR",
        NULL,
        "PAM",
        "NETWORK",
        "NAMESPACE",
        "NO_NEW_PRIVILEGES",
        "SECCOMP",
        "SELINUX_CONTEXT",
        "PERSONALITY",
        "APPARMOR",
        "ADDRESS_FAMILIES",
        "RUNTIME_DIRECTORY",
        NULL,
        "CHOWN",
        "SMACK_PROCESS_LABEL",
        "KEYRING",
        "STATE_DIRECTORY",
        "CACHE_DIRECTORY",
        "LOGS_DIRECTORY",
        "CONFIGURATION_DIRECTORY",
        "NUMA_POLICY",
        "CREDENTIALS",
        "BPF",
        "KSM",
    };
    const char *name = step - STEP_CHDIR < sizeof names / sizeof *names ? names[step - STEP_CHDIR] : NULL;
    return name ? name : "EXCEPTION";
}

/* A command starts with nothing blocked and nothing ignored (but SIGPIPE, IgnoreSIGPIPE=), whatever the container's
 * engine or its entry point gave to PID 1. */
static void reset_signals(const struct exec_request *request) {
    struct sigaction to_default = {.sa_handler = SIG_DFL};
    struct sigaction to_ignore = {.sa_handler = SIG_IGN};
    for (int signal = 1; signal < _NSIG; signal++) {
        bool ignore = signal == SIGPIPE && (request->flags & RUN_IGNORE_SIGPIPE);
        /* Fails for SIGKILL, SIGSTOP and the two that libc keeps: those are as they must be. */
        sigaction(signal, ignore ? &to_ignore : &to_default, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        exec_fail(request, STEP_SIGNAL_MASK, errno);
}

/* systemd looks for the executable, in the root directory if there is one, before it changes user and directory: a
 * missing one is told before those. */
static void find_executable(const struct exec_request *request) {
    struct wire_field paths = wire_find(request->run, WIRE_RUN_PATHS);
    size_t at = 0;
    int error = ENOENT;
    for (const char *path; (path = wire_next_text(paths, &at));) {
        if (access(path, X_OK) == 0)
            return;
        if (errno != ENOENT && errno != ENOTDIR)
            error = errno;
    }
    if (request->flags & RUN_MAY_MISS)
        _exit(0); /* `-`: as if it had run, and well */
    exec_fail(request, STEP_EXEC, error);
}

static void change_root(const struct exec_request *request) {
    const char *root = wire_text(wire_find(request->run, WIRE_RUN_ROOT_DIRECTORY));
    if (*root && (chroot(root) < 0 || chdir("/") < 0))
        exec_fail(request, STEP_CHROOT, errno);
}

/* As the unit's user: only that one may have the right to go there. */
static void change_directory(const struct exec_request *request) {
    const char *directory = wire_text(wire_find(request->run, WIRE_RUN_WORKING_DIRECTORY));
    if (chdir(*directory ? directory : "/") == 0)
        return;
    if (!(request->flags & RUN_DIRECTORY_MAY_MISS))
        exec_fail(request, STEP_CHDIR, errno);
    if (chdir("/") < 0)
        exec_fail(request, STEP_CHDIR, errno);
}

static char **argument_vector(const struct exec_request *request) {
    struct wire_field argv = wire_find(request->run, WIRE_RUN_ARGV);
    size_t count = wire_count_texts(argv), at = 0;
    char **arguments = malloc((count + 1) * sizeof *arguments);
    if (!arguments)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    for (size_t i = 0; i < count; i++)
        arguments[i] = (char *)(uintptr_t)wire_next_text(argv, &at); /* execve(2) does not write to them */
    arguments[count] = NULL;
    return arguments;
}

static _Noreturn void execute(const struct exec_request *request, char **arguments, char **environment) {
    exec_pass_descriptors(request);
    mark_self(request->keeper); /* last of the limits, so that nothing overwrites it */
    exec_install_filter(request);
    struct wire_field paths = wire_find(request->run, WIRE_RUN_PATHS);
    size_t at = 0;
    int error = ENOENT;
    for (const char *path; (path = wire_next_text(paths, &at));) {
        execve(path, arguments, environment);
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            exec_fail(request, STEP_EXEC, errno);
        if (errno == EACCES)
            error = EACCES; /* the next directory may have one that can be run */
    }
    exec_fail(request, STEP_EXEC, error);
}
