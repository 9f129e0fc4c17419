/* `pidone -- COMMAND`: the command's status and signals, its terminal, and what it leaves behind. Each check forks a
 * pidone with a pipe as its output, which tells when something has happened. */
#include "../pidone.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MSEC = 20000 };

static int output; /* read end of what the command says */
static char said[4096];
static size_t said_length;

/* A pidone as a subreaper, with this command. */
static pid_t run(char **command) {
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) < 0)
        exit(1);
    fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(pipes[1], 1);
        dup2(pipes[1], 2);
        single_main(command);
    }
    close(pipes[1]);
    output = pipes[0];
    said_length = 0;
    return pid;
}

static pid_t run_shell(const char *script) {
    static char *command[] = {"sh", "-c", NULL, NULL};
    command[2] = (char *)(uintptr_t)script;
    return run(command);
}

/* Until the words have been said, or nobody is left to say them. */
static bool hears(const char *words) {
    for (;;) {
        said[said_length] = '\0';
        if (strstr(said, words))
            return true;
        struct pollfd ready = {.fd = output, .events = POLLIN};
        if (poll(&ready, 1, PATIENCE_MSEC) != 1 || said_length + 1 == sizeof said)
            return false;
        const ssize_t length = read(output, said + said_length, sizeof said - 1 - said_length);
        if (length <= 0)
            return false;
        said_length += (size_t)length;
    }
}

static int end_of(pid_t pid) {
    int status = -1;
    waitpid(pid, &status, 0);
    close(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_status(void) {
    check(end_of(run_shell("exit 7")) == 7, "single: the command's exit status is pidone's");
    check(end_of(run_shell("kill -9 $$")) == 128 + 9, "single: a signal that kills it is 128 and its number");
    static char *missing[] = {"/no/such/program", NULL}, *directory[] = {"/etc", NULL}, *nothing[] = {NULL};
    pid_t pid = run(missing);
    check(hears("cannot run /no/such/program: No such file or directory") && end_of(pid) == 127,
        "single: a missing program is 127, and told");
    pid = run(directory);
    check(hears("cannot run /etc: ") && end_of(pid) == 126, "single: one that cannot be run is 126, and told");
    pid = run(nothing);
    check(hears("usage: pidone -- COMMAND") && end_of(pid) == 2, "single: without a command the usage is told");
}

static void test_signals(void) {
    pid_t pid = run_shell("trap 'echo hup' HUP; trap 'echo usr1; exit 3' USR1; echo ready; while :; do read x; done");
    bool good = hears("ready");
    kill(pid, SIGHUP);
    good &= hears("hup");
    kill(pid, SIGUSR1);
    good &= hears("usr1");
    check(good && end_of(pid) == 3, "single: signals are the command's");
    pid = run_shell("grep SigBlk /proc/self/status; exit 4");
    check(hears("SigBlk:\t0000000000000000") && end_of(pid) == 4, "single: the command has no signal blocked");
}

static void test_orphans(void) {
    const pid_t pid = run_shell("(sh -c 'echo $$ is ready; exec sleep 100000' & ) ; kill -STOP $$; exit 5");
    hears("ready");
    const pid_t orphan = (pid_t)strtol(said, NULL, 10);
    check(orphan > 1 && kill(orphan, SIGKILL) == 0, "single: an orphan lives on (%d)", (int)orphan);
    while (kill(orphan, 0) == 0) /* a zombie still answers */
        sched_yield();
    check(errno == ESRCH, "single: an orphan that ends is reaped");
    pid_t command;
    while (tree_children(pid, &command, 1) != 1)
        sched_yield();
    kill(command, SIGCONT);
    check(end_of(pid) == 5, "single: ... and its end is not that of the command");
}

/* A session with a terminal, as an engine's -t makes it. */
static void test_terminal(void) {
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0) {
        skip("single: the command has the terminal", "no pseudo terminal");
        return;
    }
    char name[64];
    snprintf(name, sizeof name, "%s", ptsname(terminal));
    fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        setsid();
        const int own = open(name, O_RDWR);
        ioctl(own, TIOCSCTTY, 0);
        dup2(own, 0);
        dup2(own, 1);
        dup2(own, 2);
        static char *command[] = {
            "sh", "-c", "trap 'echo interrupted; exit 6' INT; echo ready; while :; do read x; done", NULL};
        single_main(command);
    }
    output = fcntl(terminal, F_DUPFD_CLOEXEC, 0);
    said_length = 0;
    const bool ready = hears("ready");
    check(ready && write(terminal, "\003", 1) == 1 && hears("interrupted"),
        "single: the command has the terminal, and its Ctrl-C");
    check(end_of(pid) == 6, "single: ... which pidone itself does not end of");
    close(terminal);
}

int main(int argc, char **argv) {
    alarm(60); /* whatever hangs ends */
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("TAP version 13");
    program_begin(argc, argv);
    test_status();
    test_signals();
    test_orphans();
    test_terminal();
    return tap_end();
}
