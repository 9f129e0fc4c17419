/*
 * brake INIT LINE COUNT: stops the manager of a pidone exactly where its recording (PIDONE_RECORD=) gets a line.
 *
 *   event     the line of the COUNT-th event is written, nothing of it is handled
 *   effects   the line of the COUNT-th batch of effects is written, none of them is out
 *   amid      the first message after that line is out
 *
 * It sees the manager's system calls by ptrace(2), so no moment is missed and the program needs no hook. INIT is the
 * process that will be pidone and has not started yet: its first child is the manager. "ready" is said when INIT may go
 * on, "reached" when the manager stands; then "kill" on standard input kills it, anything else lets it go. Exit status
 * 1: it ended before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENT_FORK = 1, EVENT_VFORK = 2, EVENT_CLONE = 3, EVENT_STOP = 128, PREFIX = 12, INFO = 128 };
enum { ENTRY = 1, EXIT = 2 };

/* What PTRACE_GET_SYSCALL_INFO gives at the entry of a call (ptrace(2)). */
struct entry {
    unsigned char op, pad[3];
    unsigned arch;
    unsigned long long instruction, stack, number, arguments[6];
};

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "brake: %s: %s\n", what, strerror(errno));
    _exit(2);
}

static void say(const char *word) {
    if (write(STDOUT_FILENO, word, strlen(word)) < 0)
        fail("stdout");
}

static long trace(int request, pid_t pid, unsigned long address, unsigned long data, const char *what) {
    const long result = ptrace(request, pid, (void *)address, (void *)data);
    if (result < 0)
        fail(what);
    return result;
}

static int wait_for(pid_t pid) {
    int status;
    while (waitpid(pid, &status, __WALL) < 0)
        if (errno != EINTR)
            fail("waitpid");
    return status;
}

/* The manager, standing before its first instruction; init is let go. */
static pid_t first_child(pid_t init) {
    const unsigned long forks = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    trace(PTRACE_SEIZE, init, 0, forks, "seize init");
    say("ready\n");
    for (;;) {
        const int status = wait_for(init);
        if (!WIFSTOPPED(status))
            _exit(1);
        const int event = status >> 16;
        if (event == EVENT_FORK || event == EVENT_VFORK || event == EVENT_CLONE) {
            unsigned long child;
            trace(PTRACE_GETEVENTMSG, init, 0, (unsigned long)&child, "child");
            wait_for((pid_t)child);
            trace(PTRACE_DETACH, init, 0, 0, "detach init");
            return (pid_t)child;
        }
        trace(PTRACE_CONT, init, 0, event == EVENT_STOP ? 0 : (unsigned long)WSTOPSIG(status), "continue init");
    }
}

/* Whether this is a write(2) of a line that begins so. */
static bool writes(pid_t pid, const struct entry *call, const char *begin) {
    char text[PREFIX] = "";
    const size_t length = strlen(begin);
    if (call->number != SYS_write || call->arguments[2] < length)
        return false;
    const struct iovec here = {.iov_base = text, .iov_len = length};
    const struct iovec there = {.iov_base = (void *)(unsigned long)call->arguments[1], .iov_len = length};
    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)length && memcmp(text, begin, length) == 0;
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    const char *begin = strcmp(argv[2], "event") == 0 ? "{\"event\":" : "{\"effects\":";
    const bool amid = strcmp(argv[2], "amid") == 0;
    long left = atol(argv[3]);
    const pid_t manager = first_child((pid_t)atol(argv[1]));
    trace(PTRACE_SETOPTIONS, manager, 0, PTRACE_O_TRACESYSGOOD, "options");
    unsigned long signal = 0;
    bool counts = false; /* the call that goes on is one that is waited for */
    for (;;) {
        trace(PTRACE_SYSCALL, manager, 0, signal, "go on");
        const int status = wait_for(manager);
        if (!WIFSTOPPED(status))
            _exit(1);
        signal = 0;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            if (status >> 16 == 0)
                signal = (unsigned long)WSTOPSIG(status);
            continue;
        }
        union {
            struct entry call;
            char room[INFO];
        } info;
        trace(PTRACE_GET_SYSCALL_INFO, manager, sizeof info, (unsigned long)&info, "call");
        if (info.call.op == ENTRY) {
            counts = left > 0 ? writes(manager, &info.call, begin)
                              : info.call.number == SYS_sendmsg || info.call.number == SYS_sendto;
        } else if (info.call.op == EXIT && counts) {
            counts = false;
            left--;
            if (left == 0 ? !amid : left < 0)
                break;
        }
    }
    say("reached\n");
    char order[8] = "";
    const ssize_t length = read(STDIN_FILENO, order, sizeof order - 1);
    if (length < 0)
        fail("stdin");
    if (strncmp(order, "kill", 4) != 0) {
        trace(PTRACE_DETACH, manager, 0, 0, "let go");
        return 0;
    }
    if (kill(manager, SIGKILL) < 0)
        fail("kill");
    while (WIFSTOPPED(wait_for(manager)))
        ;
    return 0;
}
