/* `pidone -- COMMAND…`: PID 1 for one program, with no unit and no manager. The program has the terminal, gets every
 * signal, and its end is the container's; whatever it leaves behind is reaped. */
#include "pidone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a shell tells them. */
enum { STATUS_USAGE = 2, STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127, STATUS_SIGNAL = 128 };

static pid_t start(char **command);
static _Noreturn void become(char **command);
static void reap(pid_t program_pid);

_Noreturn void single_main(char **command) {
    if (!command[0]) {
        say("nothing to run; usage: pidone -- COMMAND [ARGUMENT…]");
        _exit(STATUS_USAGE);
    }
    sigset_t waited;
    block_signals(&waited);
    if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        say("processes that leave their parent are not reaped: PR_SET_CHILD_SUBREAPER: %s", strerror(errno));
    const pid_t child = start(command);
    for (;;) {
        const int signal = sigwaitinfo(&waited, NULL);
        if (signal == SIGCHLD)
            reap(child);
        else if (signal > 0)
            kill(child, signal);
    }
}

static pid_t start(char **command) {
    const pid_t child = fork();
    if (child == 0)
        become(command);
    if (child < 0) {
        say("cannot run %s: %s", command[0], strerror(errno));
        _exit(STATUS_CANNOT_RUN);
    }
    return child;
}

/* In a group of its own, so that keys like Ctrl-C reach it once, from the terminal alone. */
static _Noreturn void become(char **command) {
    setpgid(0, 0);
    if (isatty(STDIN_FILENO))
        tcsetpgrp(STDIN_FILENO, getpid()); /* SIGTTOU is blocked; it may be no terminal of this session */
    sigprocmask(SIG_SETMASK, &program.original_mask, NULL);
    execvp(command[0], command);
    const int error = errno;
    say("cannot run %s: %s", command[0], strerror(error));
    _exit(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN);
}

/* One SIGCHLD may stand for any number of children. */
static void reap(pid_t program_pid) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == program_pid)
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status));
}
