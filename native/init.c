/* PID 1: waits, reaps, and knows nothing of units. */
#include "init.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Numbers as glibc and container engines count them; musl's SIGRTMIN is one higher. */
enum { SIGNAL_HALT = 34 + 3, SIGNAL_POWER_OFF = 34 + 4 };

CHANGING struct init init = {.control_socket = -1};

static void begin(void);
static bool wait_for_something(void);
static void take_signals(void);
static void take_signal(int signal);
static void reap(void);

_Noreturn void init_main(void) {
    begin();
    manager_start();
    for (;;) {
        const bool manager_speaks = wait_for_something();
        take_signals();
        if (manager_speaks)
            manager_read();
        const uint64_t now = monotonic_usec();
        manager_time(now);
        manager_tell();
        stop_continue(now);
    }
}

static void give_up(const char *what) {
    say("cannot start: %s: %s", what, strerror(errno));
    _exit(1);
}

static void begin(void) {
    program.init_pid = getpid();
    program.is_pid_1 = program.init_pid == 1;
    if (getrandom(&program.instance, sizeof program.instance, GRND_NONBLOCK) < 0)
        program.instance = (uint16_t)program.init_pid; /* no randomness yet: the machine has just started */
    sigset_t all;
    block_signals(&all);
    if (chdir("/") < 0)
        say("cannot change to /: %s", strerror(errno));
    init.highest_shared = say_prepare();
    if (!program.is_pid_1) {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
            give_up("PR_SET_CHILD_SUBREAPER");
        say("not PID 1 but %d: processes that leave their parent fall to me as a subreaper", (int)program.init_pid);
    }
    raise_descriptor_limit();
    pretend_systemd_booted();
    init.control_socket = open_control_socket();

    init.progress = mmap(NULL, sizeof *init.progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (init.progress == MAP_FAILED)
        give_up("mmap");
    init.epoll = epoll_create1(EPOLL_CLOEXEC);
    init.inputs = epoll_create1(EPOLL_CLOEXEC);
    init.signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    struct epoll_event signal_event = {.events = EPOLLIN, .data.fd = init.signals};
    struct epoll_event inputs_event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = init.inputs};
    struct epoll_event control_event = {.events = EPOLLIN, .data.fd = init.control_socket};
    if (init.epoll < 0 || init.inputs < 0 || init.signals < 0 ||
        epoll_ctl(init.epoll, EPOLL_CTL_ADD, init.signals, &signal_event) < 0 ||
        epoll_ctl(init.epoll, EPOLL_CTL_ADD, init.inputs, &inputs_event) < 0)
        give_up("epoll");
    init_store_begin();
    init_log_begin();
    if (init.control_socket >= 0)
        epoll_ctl(init.inputs, EPOLL_CTL_ADD, init.control_socket, &control_event);
}

/* Whether the manager's channel is ready. */
static bool wait_for_something(void) {
    uint64_t deadline = manager_deadline();
    if (stop_deadline() < deadline)
        deadline = stop_deadline();
    int timeout = -1;
    if (deadline != NEVER) {
        const uint64_t now = monotonic_usec();
        timeout = now >= deadline ? 0 : (int)((deadline - now + MSEC - 1) / MSEC);
    }
    struct epoll_event events[5];
    const int ready = epoll_wait(init.epoll, events, 5, timeout);
    bool manager_speaks = false, is_for_manager = false;
    for (int i = 0; i < ready; i++) {
        if (init_log_ready(events[i].data.fd) || init_streams_ready(events[i].data.fd))
            continue;
        is_for_manager = true;
        manager_speaks |= events[i].data.fd != init.signals && events[i].data.fd != init.inputs &&
                          !init_store_ready(events[i].data.fd) && !keepers_scope_ready(events[i].data.fd);
    }
    if (is_for_manager)
        manager_watch(monotonic_usec());
    return manager_speaks;
}

/* Children first: what became of the manager decides what a shutdown does. */
static void take_signals(void) {
    struct signalfd_siginfo infos[16];
    ssize_t length;
    do {
        length = read(init.signals, infos, sizeof infos);
        const size_t count = length > 0 ? (size_t)length / sizeof *infos : 0;
        for (size_t i = 0; i < count; i++)
            if (infos[i].ssi_signo == SIGCHLD)
                reap();
        for (size_t i = 0; i < count; i++)
            take_signal((int)infos[i].ssi_signo);
    } while (length == (ssize_t)sizeof infos);
}

static void take_signal(int signal) {
    switch (signal) {
    case SIGTERM:
    case SIGINT:
    case SIGPWR:
    case SIGNAL_HALT:
    case SIGNAL_POWER_OFF:
        manager_ask_shutdown(signal);
        break;
    case SIGHUP:
        manager_ask_reload();
        break;
    default: /* nothing of init's, and it must not kill it */
        break;
    }
}

/* One SIGCHLD may stand for any number of children. */
static void reap(void) {
    bool ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
        const bool alive = WIFSTOPPED(status) || WIFCONTINUED(status);
        if (manager_is(pid))
            manager_changed(status);
        else if (!alive)
            keepers_ended(pid, status);
        ended |= !alive;
    }
    if (ended)
        keepers_count_remains();
}

uint64_t monotonic_usec(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec / 1000;
}

int end_code(int wait_status) {
    if (WIFEXITED(wait_status))
        return END_EXITED;
    return WCOREDUMP(wait_status) ? END_DUMPED : END_KILLED;
}

int end_value(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : WTERMSIG(wait_status);
}

void describe_end(char *text, size_t capacity, int wait_status) {
    static const char *const names[] = {[SIGHUP] = "SIGHUP",
        [SIGINT] = "SIGINT",
        [SIGQUIT] = "SIGQUIT",
        [SIGILL] = "SIGILL",
        [SIGTRAP] = "SIGTRAP",
        [SIGABRT] = "SIGABRT",
        [SIGBUS] = "SIGBUS",
        [SIGFPE] = "SIGFPE",
        [SIGKILL] = "SIGKILL",
        [SIGSEGV] = "SIGSEGV",
        [SIGPIPE] = "SIGPIPE",
        [SIGALRM] = "SIGALRM",
        [SIGTERM] = "SIGTERM",
        [SIGSYS] = "SIGSYS"};
    const int value = end_value(wait_status);
    if (WIFEXITED(wait_status))
        snprintf(text, capacity, "exited %d", value);
    else if ((size_t)value < sizeof names / sizeof *names && names[value])
        snprintf(text, capacity, "killed by %s", names[value]);
    else
        snprintf(text, capacity, "killed by signal %d", value);
}
