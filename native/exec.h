/* The child between fork and execve: one function a step, in the order that systemd has (execute.c, exec_child()). A
 * step that fails ends the child with the exit status that systemd.exec(5) lists under "Process Exit Codes". */
#ifndef PIDONE_EXEC_H
#define PIDONE_EXEC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pidone.h"
#include "wire.h"

/* Exit statuses of the steps, as in systemd.exec(5). */
enum exec_step {
    STEP_CHDIR = 200,
    STEP_NICE = 201,
    STEP_FDS = 202,
    STEP_EXEC = 203,
    STEP_MEMORY = 204,
    STEP_LIMITS = 205,
    STEP_OOM_ADJUST = 206,
    STEP_SIGNAL_MASK = 207,
    STEP_STDIN = 208,
    STEP_STDOUT = 209,
    STEP_CHROOT = 210,
    STEP_IOPRIO = 211,
    STEP_TIMERSLACK = 212,
    STEP_SECUREBITS = 213,
    STEP_SETSCHEDULER = 214,
    STEP_CPUAFFINITY = 215,
    STEP_GROUP = 216,
    STEP_USER = 217,
    STEP_CAPABILITIES = 218,
    STEP_SETSID = 220,
    STEP_STDERR = 222,
    STEP_NETWORK = 225,
    STEP_NAMESPACE = 226,
    STEP_NO_NEW_PRIVILEGES = 227,
    STEP_SECCOMP = 228,
    STEP_PERSONALITY = 230,
    STEP_RUNTIME_DIRECTORY = 233,
    STEP_KEYRING = 237,
    STEP_STATE_DIRECTORY = 238,
    STEP_CACHE_DIRECTORY = 239,
    STEP_LOGS_DIRECTORY = 240,
    STEP_CONFIGURATION_DIRECTORY = 241,
    STEP_NUMA_POLICY = 242,
    STEP_CREDENTIALS = 243,
    STEP_MEMORY_MERGE = 245,
};

/* What the child tells its keeper over a close-on-exec pipe, each in one write(2). The end of the file without a
 * failure says that execve succeeded. */
struct exec_report {
    uint32_t step;              /* enum exec_step */
    uint32_t error;             /* errno */
    bool failed;                /* false: the step was skipped */
    char text[NOTICE_TEXT_MAX]; /* of a skipped step: what the operator must know */
};

/* A namespace that all commands of the unit share (keeper-spaces.c): a descriptor, or -1 and why there is none. */
enum { SPACES = 2 };
struct exec_space {
    int descriptor, error;
};
struct exec_space_kind {
    uint32_t flag; /* CLONE_NEW… */
    uint16_t path; /* field of `run` */
    uint32_t step;
    const char *name; /* in /proc/self/ns */
};
extern const struct exec_space_kind exec_spaces[SPACES];

struct exec_request {
    const struct wire_frame *run;
    uint32_t flags;  /* RUN_… */
    uint32_t keeper; /* number, for the mark */
    int report;      /* where struct exec_report goes */
    int log;         /* write end of the unit's log pipe, -1 when no stream needs it */
    int named[3];    /* what stdin, stdout, stderr `fd` are, else -1: exec_find_streams() */
    const char *missing;
    struct exec_space spaces[SPACES];
    gid_t gid; /* the keeper's */
};

/* One that the command is given (sd_listen_fds(3)). */
struct exec_descriptor {
    int descriptor;
    const char *name;
};

/* Becomes the command of the `run` frame. */
_Noreturn void exec_command(const struct exec_request *request);

/* Before the fork: 0, or the errno of a stream that asks for a descriptor that is not passed; `missing` says which
 * kind. */
int exec_find_streams(struct exec_request *request);

/* The name that systemd has for a step's exit status ("EXEC" for 203), as `systemctl status` prints it. */
const char *exec_step_name(uint32_t step);

/* ── for the steps ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* Tells the keeper and ends the child. */
_Noreturn void exec_fail(const struct exec_request *request, uint32_t step, int error);

/* Tells the keeper that this step was left out, as the container forbids it; with RUN_STRICT it fails instead. */
void exec_skip(const struct exec_request *request, uint32_t step, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Tells the keeper what the operator must know; nothing was left out. */
void exec_tell(const struct exec_request *request, uint32_t step, int error, const char *text);

void exec_open_streams(const struct exec_request *request); /* exec-streams.c */
/* OpenFile=, before their names are asked for: exec-open-files.c */
void exec_open_files(const struct exec_request *request);
size_t exec_opened_files(void);
struct exec_descriptor exec_opened_file(size_t i);
/* TTYReset= and its like, of the terminal that is there before; stdin, when it is one, becomes the user's. */
void exec_reset_terminal(const struct exec_request *request);
void exec_give_terminal(const struct exec_request *request);
/* `flags`: RUN_TTY_… */
void terminal_reset(const char *path, uint32_t flags);
void exec_take_client_streams(const struct exec_request *request); /* exec-client.c */
/* A descriptor, or -1 with errno: exec-terminal.c */
int exec_open_terminal(const struct exec_request *request, int flags);
int exec_acquire_terminal(const struct exec_request *request);
void exec_make_directories(const struct exec_request *request); /* exec-directories.c */
void exec_gather_secrets(const struct exec_request *request);   /* exec-secrets.c */
void exec_adjust_oom_score(const struct exec_request *request); /* exec-tuning.c */
void exec_adjust_nice(const struct exec_request *request);
void exec_adjust_timer_slack(const struct exec_request *request);
void exec_set_limits(const struct exec_request *request);
void exec_set_coredump_filter(const struct exec_request *request); /* exec-scheduling.c */
void exec_set_scheduler(const struct exec_request *request);
void exec_set_affinity(const struct exec_request *request);
void exec_set_memory_policy(const struct exec_request *request);
void exec_set_io_priority(const struct exec_request *request);
void exec_set_personality(const struct exec_request *request);
void exec_set_memory_merge(const struct exec_request *request);
void exec_drop_bounding(const struct exec_request *request); /* exec-privileges.c */
void exec_set_groups(const struct exec_request *request);
void exec_set_user(const struct exec_request *request); /* and the ambient capabilities, which must survive it */
void exec_set_secure_bits(const struct exec_request *request);
void exec_set_no_new_privileges(const struct exec_request *request);
enum { CAPABILITY_SYS_ADMIN = 21 };
bool exec_has_capability(unsigned capability); /* exec-privileges.c: effective, now */
/* exec-namespaces.c; what the container forbids is told at the end. */
void exec_check_spaces(const struct exec_request *request);
void exec_make_namespaces(const struct exec_request *request);
void exec_make_users(const struct exec_request *request);
void exec_tell_left_out(const struct exec_request *request);
bool exec_is_forbidden(int error); /* by the container, where it is about namespaces and mounts */
void exec_raise_loopback(void);    /* keeper-spaces.c: of a new network, in which it is down */
/* exec-mounts.c: 0, or why the command stays where it is. */
int exec_make_mounts(const struct exec_request *request, bool has_own_users);
int exec_make_devices(const char *path);                   /* exec-devices.c: 0 or an errno */
void exec_set_keyring(const struct exec_request *request); /* exec-keyring.c */
/* The unit's user, 0 for pidone's own, also of a command that does not become it. */
struct exec_owner {
    uint32_t uid_plus_1, gid_plus_1;
};
struct exec_owner exec_owner(const struct exec_request *request); /* exec-privileges.c */
void exec_install_filter(const struct exec_request *request);     /* exec-seccomp.c: last of all */
char **exec_environment(const struct exec_request *request);      /* exec-environment.c */
void exec_pass_descriptors(const struct exec_request *request); /* exec-descriptors.c: last, as they take low numbers */
size_t exec_descriptors(const struct exec_request *request);    /* how many */
bool exec_has_socket_stream(const struct exec_request *request); /* exec-socket.c */
int exec_socket_stream(void);                                    /* the descriptor; -1 with errno */
struct exec_descriptor exec_descriptor(const struct exec_request *request, size_t i);
char *exec_descriptor_names(const struct exec_request *request); /* LISTEN_FDNAMES=… */

#endif
