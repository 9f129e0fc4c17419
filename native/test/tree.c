/* Finding and signalling processes: every one below a root, whatever it did to get away; and nobody else. */
#include "../pidone.h"
#include "../procfs.h"
#include "tap.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What processes of a test tell. */
static int report[2];

static void tell(pid_t pid) {
    if (write(report[1], &pid, sizeof pid) != sizeof pid)
        _exit(1);
}

static pid_t hear(void) {
    pid_t pid;
    return read(report[0], &pid, sizeof pid) == sizeof pid ? pid : -1;
}

static _Noreturn void wait_for_ever(void) {
    tell(getpid());
    for (;;)
        pause();
}

/* This process is a subreaper: whatever ends below it is waited for here. Returns how many were. */
static size_t reap_all(void) {
    size_t count = 0;
    while (waitpid(-1, NULL, 0) > 0)
        count++;
    return count;
}

static void kill_all(void) {
    while (tree_signal_below(getpid(), SIGKILL, NULL, 0) > 0)
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    reap_all();
}

/* A chain of processes, each the child of the one before. */
static void chain(int length) {
    for (int i = 0; i < length; i++)
        if (fork() > 0)
            wait_for_ever();
    wait_for_ever();
}

static void test_shapes(void) {
    enum { DEPTH = 40, WIDTH = 300 };
    if (fork() == 0)
        chain(DEPTH - 1);
    for (int i = 0; i < WIDTH; i++)
        if (fork() == 0)
            wait_for_ever();
    if (fork() == 0) { /* an escapee: forked twice, a session of its own */
        if (fork() > 0)
            _exit(0);
        setsid();
        wait_for_ever();
    }
    for (int i = 0; i < DEPTH + WIDTH + 1; i++)
        hear();
    waitpid(-1, NULL, WNOHANG);
    pid_t some[4];
    const size_t children = tree_children(getpid(), some, 4);
    check(children == WIDTH + 2 || children == WIDTH + 3,
        "tree: children are all counted, also beyond the room for them");
    const size_t signalled = tree_signal_below(getpid(), SIGTERM, NULL, 0);
    check(signalled == DEPTH + WIDTH + 1, "tree: chains, crowds and escapees are all signalled (%zu)", signalled);
    check(reap_all() >= DEPTH + WIDTH + 1, "tree: ... and one SIGTERM ends them all");
}

static void *idle_thread(void *unused) {
    for (;;)
        pause();
    return unused;
}

static void *forking_thread(void *unused) {
    (void)unused;
    if (fork() == 0)
        wait_for_ever();
    return idle_thread(NULL);
}

static void test_threads(void) {
    if (fork() == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, forking_thread, NULL) != 0)
            _exit(1);
        wait_for_ever();
    }
    hear();
    hear();
    check(
        tree_signal_below(getpid(), SIGKILL, NULL, 0) == 2, "tree: a child of a thread other than the first is found");
    reap_all();

    if (fork() == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, idle_thread, NULL) != 0)
            _exit(1);
        tell(getpid());
        pthread_exit(NULL); /* the leader is a zombie, its process is not */
    }
    const pid_t leaderless = hear();
    struct process process;
    while (procfs_read(leaderless, &process) && process.threads > 1 && kill(leaderless, 0) == 0) {
        char path[64], state[256] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", (int)leaderless);
        FILE *file = fopen(path, "r");
        const bool read_it = file && fgets(state, sizeof state, file);
        if (file)
            fclose(file);
        if (!read_it || strstr(state, ") Z "))
            break;
        sched_yield();
    }
    check(procfs_read(leaderless, &process) && !process.zombie && tree_signal_below(getpid(), SIGKILL, NULL, 0) == 1,
        "tree: a process whose first thread has ended still lives");
    reap_all();
}

static void test_hostile_names(void) {
    static const char *const names[] = {") Z 1 (", "a) R 1 1", "((((((", "\n) S 1", "1 2 3 4 5 6 7"};
    size_t good = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_NAME, names[i]);
            wait_for_ever();
        }
        hear();
        struct process process;
        good += procfs_read(pid, &process) && process.parent == getpid() && !process.zombie && process.threads == 1;
    }
    check(good == sizeof names / sizeof *names, "tree: no name that a process gives itself confuses the reader");
    kill_all();
}

static void test_below(void) {
    const pid_t child = fork();
    if (child == 0)
        chain(2);
    const pid_t stranger = getppid();
    pid_t deepest = 0;
    for (int i = 0; i < 3; i++) {
        const pid_t pid = hear();
        struct process process;
        if (tree_children(pid, NULL, 0) == 0 && procfs_read(pid, &process))
            deepest = pid;
    }
    check(tree_is_below(child, getpid()) && tree_is_below(deepest, getpid()) && tree_is_below(deepest, child),
        "tree: children and grandchildren are below");
    check(!tree_is_below(child, deepest) && !tree_is_below(getpid(), getpid()) && !tree_is_below(stranger, getpid()),
        "tree: parents, strangers and the root itself are not");
    check(!tree_is_below(0, getpid()) && !tree_is_below(1, getpid()) && !tree_is_below(-1, getpid()) &&
              !tree_is_below(child, 0) && !tree_is_below(0x7fffffff, getpid()),
        "tree: nor are 0, 1, -1 and pids that nobody has");
    kill_all();
}

static void test_also(void) {
    const pid_t stopped = fork();
    if (stopped == 0) {
        tell(getpid());
        raise(SIGSTOP);
        wait_for_ever();
    }
    hear();
    int status;
    waitpid(stopped, &status, WUNTRACED);
    tree_signal_below(getpid(), SIGTERM, (const int[]){SIGCONT}, 1);
    check(waitpid(stopped, &status, 0) == stopped && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
        "tree: a further signal goes to the same processes: a stopped one gets its SIGTERM");
}

static void test_marks(void) {
    const pid_t outside = fork();
    if (outside == 0)
        wait_for_ever();
    hear();
    if (fork() == 0) {
        mark_self(4711);
        if (fork() == 0) { /* a session by PAM: its limits are those of PID 1 again */
            const struct rlimit limit = {program.original_locks.soft, program.original_locks.hard};
            setrlimit(RLIMIT_LOCKS, &limit);
            chain(1);
        }
        if (fork() == 0) {
            setsid();
            execl("/bin/sleep", "sleep", "1000", (char *)NULL);
            _exit(127);
        }
        wait_for_ever();
    }
    for (int i = 0; i < 3; i++)
        hear();
    check(tree_count_marked(4711) == 4, "tree: the marked and all below them are counted, over exec and setsid (%zu)",
        tree_count_marked(4711));
    check(tree_count_marked(4712) == 0, "tree: another keeper's mark is another mark");
    check(tree_signal_marked(4711, SIGKILL) == 4, "tree: ... and signalled");
    size_t ended = 0;
    while (ended < 4 && waitpid(-1, NULL, 0) > 0)
        ended++;
    check(kill(outside, 0) == 0 && tree_count_marked(4711) == 0,
        "tree: whoever has no mark, nor one above, is left alone");
    kill_all();
}

static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* Forks as fast as it can, each child too; bounded by a limit of processes, as the user is not root. It ends by itself
 * when nobody could end it, so that a test that fails leaves nothing behind. */
static void bomb(time_t end) {
    while (now() < end)
        if (fork() < 0)
            sched_yield();
    _exit(0);
}

static void test_bomb(void) {
    const time_t end = now() + 40;
    const uid_t user = 54321 + (uid_t)(getpid() % 10000); /* of this run alone: the limit counts a user's processes */
    const pid_t fuse = fork();
    if (fuse == 0) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        const pid_t first = fork();
        if (first == 0) {
            const struct rlimit few = {100, 100}; /* more would keep a busy machine from killing them */
            setrlimit(RLIMIT_NPROC, &few);
            if (geteuid() == 0 && setuid(user) < 0)
                _exit(1);
            bomb(end);
        }
        /* Who of them has forked how many is chance. */
        while (tree_signal_below(getpid(), 0, NULL, 0) < 50 && now() < end)
            sched_yield();
        for (;;) {
            tree_signal_below(getpid(), SIGKILL, NULL, 0);
            pid_t pid;
            while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
                ;
            if (pid < 0 && errno == ECHILD)
                _exit(now() < end ? 0 : 1);
        }
    }
    int status;
    waitpid(fuse, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "tree: a fork bomb is killed to its last process");
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("TAP version 13");
    static char *argv[] = {"tree", NULL};
    program_begin(1, argv);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    alarm(60); /* whatever hangs ends */
    if (pipe(report) < 0)
        return 1;
    test_shapes();
    test_threads();
    test_hostile_names();
    test_below();
    test_also();
    test_marks();
    test_bomb();
    return tap_end();
}
