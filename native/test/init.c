/* init as a process: reaping, its manager's life and death, its keepers', signals, the way out. */
#include <time.h>

#include "../procfs.h"
#include "init-harness.h"

/* ── reaping ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { ORPHANS = 1000 };

static void manager_of_orphans(const struct manager_start *start) {
    (void)start;
    int gate[2];
    if (pipe(gate) < 0)
        _exit(LOST);
    if (fork() == 0) {
        for (int i = 0; i < ORPHANS; i++)
            if (fork() == 0) {
                close(gate[1]);
                await_end(gate[0]);
                _exit(0);
            }
        _exit(0);
    }
    if (wait(NULL) < 0)
        _exit(LOST);
    shared->seen[0] = (int)tree_children(1, NULL, 0);
    close(gate[1]);
    while (tree_children(1, NULL, 0) > 1)
        poll(NULL, 0, 1);
    exit_all(3);
}

static void test_orphans(void) {
    const int status = run_init((struct run){.manager = manager_of_orphans});
    expect(status == 3 && shared->seen[0] == ORPHANS + 1, "1,000 orphans that end at once are all reaped");
}

/* ── the manager's ends ──────────────────────────────────────────────────────────────────────────────────────────── */

static void manager_that_ends(const struct manager_start *start) {
    snprintf(shared->text[start->generation], sizeof *shared->text, "%s", start->last_end);
    switch (start->generation) {
    case 0:
        _exit(3);
    case 1:
        kill(getpid(), SIGKILL);
        break;
    case 2:
        _exit(0);
    default:
        exit_all(7);
    }
}

static void test_restart(void) {
    const int status = run_init((struct run){.manager = manager_that_ends});
    expect(status == 7, "the status that a manager asks for is that of the container");
    expect(strcmp(shared->text[0], "") == 0 && strcmp(shared->text[1], "exited 3") == 0 &&
               strcmp(shared->text[2], "killed by SIGKILL") == 0 && strcmp(shared->text[3], "reexec") == 0,
        "a manager that ends is started again and told how the one before ended");
    expect(strstr(said, "the manager ended: exited 3") && strstr(said, "the manager ended: killed by SIGKILL"),
        "the end of a manager is told on stderr");
}

/* A client that waits until somebody takes its connection. */
static void leave_client_waiting(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/pidone/control"};
    if (fork() == 0) {
        const int client = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        if (connect(client, (struct sockaddr *)&address, sizeof address) == 0)
            shared->seen[0] = 1;
        pause();
    }
    while (!shared->seen[0])
        poll(NULL, 0, 1);
}

static void manager_that_stops(const struct manager_start *start) {
    if (start->generation == 0) {
        leave_client_waiting();
        kill(getpid(), SIGSTOP);
        _exit(LOST);
    }
    snprintf(shared->text[0], sizeof *shared->text, "%s", start->last_end);
    exit_all(4);
}

static void note_last_end(const struct manager_start *start) {
    snprintf(shared->text[0], sizeof shared->text[0], "%s", start->last_end);
}

static void manager_that_hangs(const struct manager_start *start) {
    if (start->generation == 0) {
        signal(SIGABRT, SIG_DFL);
        leave_client_waiting();
        for (;;)
            pause();
    }
    note_last_end(start);
    exit_all(5);
}

static void manager_that_hangs_deaf(const struct manager_start *start) {
    if (start->generation == 0) {
        signal(SIGABRT, SIG_IGN);
        leave_client_waiting();
        for (;;)
            pause();
    }
    note_last_end(start);
    exit_all(5);
}

static void manager_that_is_busy(const struct manager_start *start) {
    if (start->generation > 0)
        _exit(LOST);
    leave_client_waiting();
    for (int i = 0; i < 70; i++) { /* 7 s */
        ++*start->progress;
        poll(NULL, 0, 100);
    }
    exit_all(6);
}

/* Milliseconds. */
static uint64_t now_in(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void manager_that_is_late(const struct manager_start *start) {
    if (start->generation > 0)
        _exit(LOST);
    leave_client_waiting();
    for (int i = 0; i < 70; i++) { /* 7 s, of which it has a fifth */
        const uint64_t until = now_in(CLOCK_PROCESS_CPUTIME_ID) + 20;
        while (now_in(CLOCK_PROCESS_CPUTIME_ID) < until)
            ;
        poll(NULL, 0, 80);
    }
    exit_all(7);
}

static void test_stuck(void) {
    const int status = run_init((struct run){.manager = manager_that_stops});
    expect(status == 4 && strcmp(shared->text[0], "killed by SIGKILL") == 0,
        "a stopped manager is killed and started anew when a client waits for it");
    expect(run_init((struct run){.manager = manager_that_hangs}) == 5,
        "so is one that takes no event for 5 s while a client waits");
    expect(strcmp(shared->text[0], "killed by SIGABRT") == 0, "it may write down first which event that was");
    expect(run_init((struct run){.manager = manager_that_hangs_deaf}) == 5 &&
               strcmp(shared->text[0], "killed by SIGKILL") == 0,
        "a second later it is killed if it does not even do that");
    expect(run_init((struct run){.manager = manager_that_is_busy}) == 6, "one that goes on turning is left alone");
    expect(run_init((struct run){.manager = manager_that_is_late}) == 7,
        "and so is one that works on one event, and is late as it gets little of the processor");
}

/* ── signals ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void manager_that_obeys(const struct manager_start *start) {
    (void)start;
    tell_driver();
    await_frame(WIRE_RELOAD);
    shared->seen[0]++;
    tell_driver();
    struct wire_frame frame = await_frame(WIRE_SHUTDOWN);
    shared->seen[1] = (int)wire_u32(wire_find(&frame, WIRE_SHUTDOWN_SIGNAL));
    shared->seen[2] = (int)wire_u32(wire_find(&frame, WIRE_SHUTDOWN_HURRY));
    send_number(WIRE_PONG, 0, 0);
    tell_driver();
    frame = await_frame(WIRE_SHUTDOWN);
    shared->seen[3] = (int)wire_u32(wire_find(&frame, WIRE_SHUTDOWN_HURRY));
    send_number(WIRE_PONG, 0, 0);
    exit_all(5);
}

static void drive_signals(pid_t init_pid) {
    kill(init_pid, SIGUSR1);
    kill(init_pid, SIGPIPE);
    kill(init_pid, SIGHUP);
    await_byte(to_driver[0]);
    kill(init_pid, 34 + 3);
    await_byte(to_driver[0]);
    kill(init_pid, SIGTERM);
}

static void test_signals(void) {
    const int status = run_init((struct run){.manager = manager_that_obeys, .drive = drive_signals});
    expect(shared->seen[0] == 1, "SIGHUP reloads");
    expect(shared->seen[1] == 37 && shared->seen[2] == 0, "SIGRTMIN+3, as container engines count it, shuts down");
    expect(shared->seen[3] == 1 && status == 5, "a second signal to shut down hurries");
}

static void drive_term(pid_t init_pid) {
    kill(init_pid, SIGTERM);
}

static void keeper_that_obeys(uint32_t number, int channel, struct keeper_page *page) {
    (void)page;
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (write(channel, "r", 1) != 1)
        _exit(LOST);
    siginfo_t info;
    sigwaitinfo(&term, &info);
    shared->seen[number] = info.si_signo;
}

static void manager_that_is_deaf(const struct manager_start *start) {
    shared->pids[8] = (pid_t)start->generation;
    if (start->generation == 0) {
        for (uint32_t i = 1; i <= 3; i++)
            if (!await_byte(keep(i)))
                _exit(LOST);
        tell_driver();
    }
    for (;;)
        pause();
}

static void test_deaf_manager(void) {
    const int status =
        run_init((struct run){.manager = manager_that_is_deaf, .keeper = keeper_that_obeys, .drive = drive_term});
    expect(status == 0 && shared->seen[1] == SIGTERM && shared->seen[2] == SIGTERM && shared->seen[3] == SIGTERM,
        "SIGTERM with a manager that does not answer: every keeper is told to stop, then init leaves");
    expect(shared->pids[8] == 1, "... and before that one more manager had its chance to stop all in order");
}

static void manager_that_is_stopped(const struct manager_start *start) {
    if (start->generation == 0) {
        tell_driver();
        kill(getpid(), SIGSTOP);
        _exit(LOST);
    }
    shared->seen[0] = start->shutdown_signal;
    await_frame(WIRE_SHUTDOWN);
    send_number(WIRE_PONG, 0, 0);
    exit_all(6);
}

static void test_stopped_manager(void) {
    const int status = run_init((struct run){.manager = manager_that_is_stopped, .drive = drive_term});
    expect(
        status == 6 && shared->seen[0] == SIGTERM, "SIGTERM with a stopped manager: the next one stops all in order");
}

static void manager_that_fails(const struct manager_start *start) {
    if (start->generation == 0) {
        if (!await_byte(keep(1)))
            _exit(LOST);
        tell_driver();
    }
    _exit(1);
}

static void test_no_manager(void) {
    const int status =
        run_init((struct run){.manager = manager_that_fails, .keeper = keeper_that_obeys, .drive = drive_term});
    expect(
        status == 0 && shared->seen[1] == SIGTERM, "SIGTERM when no manager can be had: init stops the keepers itself");
}

static void keeper_that_is_deaf(uint32_t number, int channel, struct keeper_page *page) {
    (void)page, (void)number;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0)
        for (;;)
            pause();
    if (write(channel, "r", 1) != 1)
        _exit(LOST);
    for (;;)
        pause(); /* SIGTERM is blocked */
}

static void test_deaf_keeper(void) {
    setenv("PIDONE_STOP_TIMEOUT", "2", 1);
    const uint64_t before = monotonic_usec();
    const int status =
        run_init((struct run){.manager = manager_that_fails, .keeper = keeper_that_is_deaf, .drive = drive_term});
    unsetenv("PIDONE_STOP_TIMEOUT");
    expect(status == 0 && strstr(said, "time is up") && monotonic_usec() - before < 10 * SECOND,
        "a keeper that does not stop is killed with its tree when PIDONE_STOP_TIMEOUT is nearly over");
}

/* ── keepers ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void keeper_that_looks_around(uint32_t number, int channel, struct keeper_page *page) {
    struct process self;
    shared->seen[0] = (int)page->keeper == (int)number;
    shared->seen[1] = procfs_has_mark(getpid(), number) && procfs_read(getpid(), &self) && self.parent == 1;
    for (int descriptor = 3; number == 201 && descriptor < 1024; descriptor++)
        shared->seen[2] += fcntl(descriptor, F_GETFD) >= 0;
    page->main = 4711;
    if (write(channel, "r", 1) != 1)
        _exit(LOST);
    await_end(channel);
}

static void manager_that_keeps(const struct manager_start *start) {
    if (start->generation == 0) {
        for (uint32_t i = 1; i <= 200; i++)
            keep(i);
        const int last = keep(201);
        if (!await_byte(last))
            _exit(LOST);
        _exit(0);
    }
    for (size_t i = 0; i < start->keeper_count; i++) {
        const struct keeper_entry *entry = &start->keepers[i];
        shared->seen[3] += entry->keeper == i + 1 && entry->pid > 1 && !entry->lost;
        shared->seen[4] += strcmp(entry->unit, "test.service") == 0 && fcntl(entry->channel, F_GETFD) == FD_CLOEXEC;
    }
    shared->seen[5] = start->keepers[200].page->main;
    exit_all(0);
}

static void test_keep(void) {
    const int status = run_init((struct run){.manager = manager_that_keeps, .keeper = keeper_that_looks_around});
    expect(status == 0 && shared->seen[0] && shared->seen[1], "a keeper is a child of init and carries its own mark");
    expect(shared->seen[2] == 2,
        "a keeper has its own channel open, the socket for what its unit stores, and nothing else of init's");
    expect(shared->seen[3] == 201 && shared->seen[4] == 201 && shared->seen[5] == 4711,
        "the next manager inherits the table of keepers, their channels and pages");
}

static void keeper_that_ends(uint32_t number, int channel, struct keeper_page *page) {
    (void)number, (void)channel, (void)page;
}

static void manager_told_again(const struct manager_start *start) {
    if (start->generation == 0)
        keep(1);
    const struct wire_frame frame = await_frame(WIRE_KEEPER_GONE);
    shared->seen[start->generation] = wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_KEEPER)) == 1 &&
                                      wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_LOST)) == 0 &&
                                      wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_CODE)) == END_EXITED;
    if (start->generation == 0)
        _exit(1);
    send_number(WIRE_FORGET, WIRE_FORGET_KEEPER, 1);
    keep(1); /* the number is free again */
    await_frame(WIRE_KEEPER_GONE);
    exit_all(0);
}

static void test_gone(void) {
    const int status = run_init((struct run){.manager = manager_told_again, .keeper = keeper_that_ends});
    expect(status == 0 && shared->seen[0] && shared->seen[1],
        "the end of a keeper is told to every manager until one says that it may be forgotten");
}

/* Below the keeper: a process and, below that, an escapee that made itself a session of its own. */
static void keeper_with_tree(uint32_t number, int channel, struct keeper_page *page) {
    (void)number;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t none;
    sigemptyset(&none);
    const pid_t main_pid = fork();
    if (main_pid == 0) {
        if (fork() == 0) {
            setsid();
            sigprocmask(SIG_SETMASK, &none, NULL);
            if (write(channel, "e", 1) != 1)
                _exit(LOST);
            pause();
        }
        sigprocmask(SIG_SETMASK, &none, NULL);
        pause();
    }
    page->main = main_pid;
    for (;;)
        pause();
}

static void manager_of_lost(const struct manager_start *start) {
    if (start->generation > 0)
        _exit(LOST);
    const int channel = keep(1);
    if (!await_byte(channel))
        _exit(LOST);
    if (fork() == 0) { /* nobody's business: must live on */
        signal(SIGTERM, SIG_IGN);
        pause();
    }
    pid_t children[16];
    const size_t count = tree_children(1, children, 16);
    for (size_t i = 0; i < count; i++)
        if (children[i] != getpid())
            kill(children[i], SIGKILL);
    struct wire_frame frame = await_frame(WIRE_KEEPER_GONE);
    shared->seen[0] = (int)wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_LOST));
    shared->seen[1] = (int)wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_REMAINS));
    shared->seen[2] = (int)wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_STATUS));
    send_kill_remains(1, SIGTERM, SLOT_MAIN);
    while (tree_count_marked(1) > 1)
        poll(NULL, 0, 1);
    shared->seen[3] = (int)tree_count_marked(1);
    send_kill_remains(1, SIGTERM, SLOT_TREE);
    frame = await_frame(WIRE_REMAINS_EMPTY);
    shared->seen[4] = (int)wire_u32(wire_find(&frame, WIRE_REMAINS_EMPTY_KEEPER));
    shared->seen[5] = (int)tree_count_marked(1);
    send_kill_remains(1, SIGTERM, SLOT_TREE);
    await_frame(WIRE_REMAINS_EMPTY);
    shared->seen[6] = 1;
    exit_all(0);
}

static void test_lost(void) {
    const int status = run_init((struct run){.manager = manager_of_lost, .keeper = keeper_with_tree});
    expect(status == 0 && shared->seen[0] == 1 && shared->seen[1] == 2 && shared->seen[2] == SIGKILL,
        "a killed keeper is told as lost, with the number of processes that are left of its unit");
    expect(shared->seen[3] == 1, "what is left of a lost keeper can be signalled by slot");
    expect(
        shared->seen[4] == 1 && shared->seen[5] == 0, "... and as a whole, escapees included; then it is told empty");
    expect(shared->seen[6] == 1, "to kill what is empty already is answered too");
}

static void manager_without_room(const struct manager_start *start) {
    if (start->generation > 0) {
        shared->seen[1] = (int)start->keeper_count;
        exit_all(0);
    }
    for (uint32_t i = 1; i <= 60; i++)
        close(keep(i));
    for (;;) {
        const struct wire_frame frame = await_frame(WIRE_KEEPER_FAILED);
        shared->seen[0] += wire_u32(wire_find(&frame, WIRE_KEEPER_FAILED_ERRNO)) == EMFILE;
        if (wire_u32(wire_find(&frame, WIRE_KEEPER_FAILED_KEEPER)) == 60)
            _exit(1);
    }
}

static void keeper_that_waits(uint32_t number, int channel, struct keeper_page *page) {
    (void)number, (void)page;
    await_end(channel);
}

static void test_descriptors(void) {
    const int status =
        run_init((struct run){.manager = manager_without_room, .keeper = keeper_that_waits, .descriptor_limit = 64});
    expect(status == 0 && shared->seen[0] > 0 && shared->seen[0] + shared->seen[1] == 60,
        "without room for more descriptors a keeper is refused with EMFILE, and the next manager still starts");
}

/* ── the way out ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void manager_with_strays(const struct manager_start *start) {
    (void)start;
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            signal(SIGTERM, SIG_IGN);
            signal(SIGHUP, SIG_IGN);
            setsid();
            if (fork() == 0) /* and an orphan of it */
                for (;;)
                    pause();
            shared->pids[i] = getpid();
            for (;;)
                pause();
        }
    while (!shared->pids[0] || !shared->pids[1])
        poll(NULL, 0, 1);
    exit_all(42);
}

static void test_strays(void) {
    expect(run_init((struct run){.manager = manager_with_strays}) == 42,
        "on the way out strays that ignore SIGTERM are killed, and the status is the manager's");
}

static void manager_with_outsider(const struct manager_start *start) {
    (void)start;
    if (fork() == 0) {
        setsid();
        if (fork() > 0)
            _exit(0);
        shared->pids[0] = getpid();
        for (;;)
            pause();
    }
    while (!shared->pids[0])
        poll(NULL, 0, 1);
    wait(NULL);
    exit_all(8);
}

static void test_subreaper(void) {
    char folder[] = "/tmp/pidone-init-XXXXXX";
    if (!mkdtemp(folder))
        exit(1);
    char path[64], link_path[64], told[128];
    snprintf(path, sizeof path, "%s/run", folder);
    setenv("PIDONE_RUNTIME_DIRECTORY", path, 1);
    int status = run_init((struct run){.manager = manager_with_outsider, .below_others = true});
    expect(status == 8 && strstr(said, "not PID 1"), "not PID 1: init says so, and works as a subreaper");
    expect(kill(shared->pids[0], 0) < 0 && errno == ESRCH, "... and leaves nobody behind");

    struct stat file;
    snprintf(told, sizeof told, "%s/control", path);
    expect(stat(path, &file) == 0 && (file.st_mode & 07777) == 0755 && stat(told, &file) < 0,
        "the runtime directory is made; the control socket goes with init");

    snprintf(link_path, sizeof link_path, "%s/link", folder);
    if (symlink(path, link_path) == 0)
        setenv("PIDONE_RUNTIME_DIRECTORY", link_path, 1);
    status = run_init((struct run){.manager = manager_with_outsider, .below_others = true});
    snprintf(told, sizeof told, "cannot use the runtime directory %s", link_path);
    expect(status == 8 && (geteuid() != 0 || strstr(said, told)), "a runtime directory that is a symlink is refused");
    unsetenv("PIDONE_RUNTIME_DIRECTORY");
    unlink(link_path);
    rmdir(path);
    rmdir(folder);
}

static void manager_that_looks_back(const struct manager_start *start) {
    (void)start;
    char path[128];
    snprintf(path, sizeof path, "%s/state", program.runtime_directory);
    shared->seen[0] = access(path, F_OK) < 0 && errno == ENOENT;
    snprintf(path, sizeof path, "%s/crash", program.runtime_directory);
    shared->seen[1] = access(path, F_OK) < 0 && errno == ENOENT;
    exit_all(4);
}

static void test_earlier_life(void) {
    char folder[] = "/tmp/pidone-init-XXXXXX", path[64];
    if (!mkdtemp(folder))
        exit(1);
    const char *const names[] = {"state", "crash"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
    setenv("PIDONE_RUNTIME_DIRECTORY", folder, 1);
    const int status = run_init((struct run){.manager = manager_that_looks_back, .below_others = true});
    unsetenv("PIDONE_RUNTIME_DIRECTORY");
    expect(status == 4 && shared->seen[0] && shared->seen[1],
        "a container that is started again: what a manager stored "
        "in its earlier life is gone before the first one looks");
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void manager_that_babbles(const struct manager_start *start) {
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 2000; i++) {
        uint8_t junk[64];
        for (size_t k = 0; k < sizeof junk; k++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            junk[k] = (uint8_t)state;
        }
        while (wire_send(start->init_channel, junk, sizeof junk, (const int[]){0, 1}, i % 3) == EAGAIN)
            poll(&(struct pollfd){.fd = start->init_channel, .events = POLLOUT}, 1, PATIENCE_MSEC);
    }
    send_number(WIRE_FORGET, WIRE_FORGET_KEEPER, 12345);
    send_kill_remains(12345, SIGKILL, SLOT_TREE);
    send_number(WIRE_REMAINS_EMPTY, WIRE_REMAINS_EMPTY_KEEPER, 1); /* not for init */
    exit_all(9);
}

static void test_junk(void) {
    expect(run_init((struct run){.manager = manager_that_babbles}) == 9,
        "2,000 frames of junk, and commands about keepers "
        "that are not there, do init no harm");
}

int main(void) {
    void (*const as_pid_1[])(void) = {test_orphans, test_restart, test_signals, test_deaf_manager, test_stopped_manager,
        test_no_manager, test_deaf_keeper, test_keep, test_gone, test_lost, test_descriptors, test_strays, test_junk,
        test_stuck};
    if (begin_tests())
        for (size_t i = 0; i < sizeof as_pid_1 / sizeof *as_pid_1; i++)
            as_pid_1[i]();
    test_subreaper();
    test_earlier_life();
    return tap_end();
}
