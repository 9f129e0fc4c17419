/* init and real keepers below it: a unit is neither lost nor there twice, whoever is killed. */
#define WITH_REAL_KEEPERS
#include "init-harness.h"

/* Asks for a keeper and runs a shell script as its main process: the manager's end of the channel. */
static int run_script(uint32_t number, const char *script) {
    const int channel = keep(number);
    uint8_t buffer[1024];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_RUN, 1, 0);
    wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
    wire_put_texts(&w, WIRE_RUN_PATHS, (const char *const[]){"/bin/sh", NULL});
    wire_put_texts(&w, WIRE_RUN_ARGV, (const char *const[]){"sh", "-c", script, NULL});
    if (wire_send(channel, buffer, wire_end(&w), NULL, 0) != 0)
        _exit(LOST);
    return channel;
}

/* Waits for an event of a keeper; its pid field, or 0. */
static pid_t await_event(int channel, uint16_t type, uint16_t pid_tag) {
    struct pollfd wait = {.fd = channel, .events = POLLIN};
    while (poll(&wait, 1, PATIENCE_MSEC) == 1) {
        struct wire_message message;
        struct wire_frame frame;
        if (wire_receive(channel, received, sizeof received, &message) != 1)
            break;
        if (!wire_open(&frame, message.bytes, message.length) && frame.type == type)
            return pid_tag ? (pid_t)wire_u32(wire_find(&frame, pid_tag)) : 0;
    }
    _exit(LOST);
}

/* The script makes this file once it has done what it does. */
static void await_file(const char *path) {
    while (access(path, F_OK) < 0)
        poll(NULL, 0, 1);
}

static const char escapee[] = "(setsid sh -c 'touch /run/escaped; exec sleep 1000' &) ; exec sleep 1000";

static void manager_that_loses(const struct manager_start *start) {
    if (start->generation > 0) {
        shared->seen[6] = start->keeper_count == 1 && start->keepers[0].lost && start->keepers[0].pid == 0;
        send_kill_remains(1, SIGTERM, SLOT_TREE);
        await_frame(WIRE_REMAINS_EMPTY);
        shared->seen[3] = (int)tree_count_marked(1);
        exit_all(0);
    }
    const int channel = run_script(1, escapee);
    shared->pids[0] = await_event(channel, WIRE_STARTED, WIRE_STARTED_PID);
    await_file("/run/escaped");
    pid_t children[8];
    const size_t count = tree_children(1, children, 8);
    for (size_t i = 0; i < count && i < 8; i++)
        if (children[i] != getpid())
            kill(children[i], SIGKILL);
    const struct wire_frame frame = await_frame(WIRE_KEEPER_GONE);
    shared->seen[0] = (int)wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_LOST));
    shared->seen[1] = (int)wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_REMAINS));
    shared->seen[2] = kill(shared->pids[0], 0) == 0;
    kill(getpid(), SIGKILL);
}

static void test_lost_keeper(void) {
    const int status = run_init((struct run){.manager = manager_that_loses});
    expect(shared->seen[0] == 1 && shared->seen[1] == 2 && shared->seen[2],
        "a keeper is killed: its unit's processes live on, all are found, and the manager is told how many");
    expect(status == 0 && shared->seen[6] && shared->seen[3] == 0,
        "... and a manager that starts later knows the keeper as lost, and can have what is left killed");
}

static void manager_that_dies_at_once(const struct manager_start *start) {
    if (start->generation > 0)
        _exit(1);
    /* Without a program in the trap: what is forked while the signal goes round gets it too. */
    await_event(run_script(1, "trap ': >/run/told; exit 0' TERM; touch /run/ready; while :; do sleep 0.01; done"),
        WIRE_STARTED, WIRE_STARTED_PID);
    await_event(run_script(2, escapee), WIRE_STARTED, WIRE_STARTED_PID);
    await_event(
        run_script(3, "trap '' TERM; touch /run/deaf; while :; do sleep 1; done"), WIRE_STARTED, WIRE_STARTED_PID);
    await_file("/run/ready");
    await_file("/run/escaped");
    await_file("/run/deaf");
    if (fork() == 0) { /* sees what happened, from within */
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        await_file("/run/told");
        shared->seen[0] = 1;
        for (;;)
            pause();
    }
    tell_driver();
    _exit(1);
}

static void drive_term(pid_t init_pid) {
    kill(init_pid, SIGTERM);
}

static void test_no_manager(void) {
    setenv("PIDONE_STOP_TIMEOUT", "2", 1);
    const uint64_t before = monotonic_usec();
    const int status = run_init((struct run){.manager = manager_that_dies_at_once, .drive = drive_term});
    unsetenv("PIDONE_STOP_TIMEOUT");
    expect(
        status == 0 && shared->seen[0], "SIGTERM when no manager can be had reaches every service through its keeper");
    expect(monotonic_usec() - before < 10 * SECOND, "... and one that ignores it does not hold up the end");
}

static void manager_with_kept_channel(const struct manager_start *start) {
    if (start->generation == 0) {
        const int channel = run_script(1, "exit 7");
        await_event(channel, WIRE_EXITED, 0);
        _exit(1); /* without an acknowledgement */
    }
    uint8_t buffer[64];
    struct wire_writer w;
    const int channel = start->keepers[0].channel;
    wire_begin(&w, buffer, sizeof buffer, WIRE_RESUME, 0, 0);
    wire_put_u32(&w, WIRE_RESUME_FROM, 0);
    if (wire_send(channel, buffer, wire_end(&w), NULL, 0) != 0)
        _exit(LOST);
    await_event(channel, WIRE_HELLO, 0);
    await_event(channel, WIRE_STARTED, 0);
    await_event(channel, WIRE_EXITED, 0);
    shared->seen[0] = 1;
    wire_begin(&w, buffer, sizeof buffer, WIRE_RELEASE, 2, 2);
    if (wire_send(channel, buffer, wire_end(&w), NULL, 0) != 0)
        _exit(LOST);
    const struct wire_frame frame = await_frame(WIRE_KEEPER_GONE);
    shared->seen[1] = wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_LOST)) == 0;
    exit_all(0);
}

static void test_resume(void) {
    const int status = run_init((struct run){.manager = manager_with_kept_channel});
    expect(status == 0 && shared->seen[0],
        "an exit that the manager did not store before it died is told to the next one");
    expect(shared->seen[1], "... which releases the keeper: it leaves by itself");
}

/* Descriptors of this process that stand for processes. */
static int pidfds(void) {
    int count = 0;
    for (int descriptor = 0; descriptor < 256; descriptor++) {
        char path[32], target[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        const ssize_t length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        count += strcmp(target, "anon_inode:[pidfd]") == 0;
    }
    return count;
}

static void manager_of_scope(const struct manager_start *start) {
    if (start->generation > 0) {
        shared->seen[1] = start->keeper_count == 1;
        shared->seen[2] = pidfds();
        kill(shared->pids[0], SIGKILL);
        await_frame(WIRE_REMAINS_EMPTY);
        exit_all(0);
    }
    const pid_t member = fork();
    if (member == 0)
        for (;;)
            pause();
    if (member < 0)
        _exit(LOST);
    shared->pids[0] = member;
    uint8_t buffer[128];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEP_SCOPE, 0, 0);
    wire_put_u32(&w, WIRE_KEEP_SCOPE_KEEPER, 1);
    wire_put_text(&w, WIRE_KEEP_SCOPE_UNIT, "test.scope");
    wire_put_u32(&w, WIRE_KEEP_SCOPE_PID, (uint32_t)shared->pids[0]);
    send_to_init(&w, NULL, 0);
    await_frame(WIRE_SCOPE_KEPT);
    shared->seen[0] = 1;
    kill(getpid(), SIGKILL);
}

static void send_keep_scope(uint32_t number, pid_t pid) {
    uint8_t buffer[128];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEP_SCOPE, 0, 0);
    wire_put_u32(&w, WIRE_KEEP_SCOPE_KEEPER, number);
    wire_put_text(&w, WIRE_KEEP_SCOPE_UNIT, "a.scope");
    wire_put_u32(&w, WIRE_KEEP_SCOPE_PID, (uint32_t)pid);
    send_to_init(&w, NULL, 0);
}

/* A process that is nobody's keeper's, and waits until it may make another one. */
static void manager_with_scope(const struct manager_start *start) {
    if (start->generation > 0) {
        shared->seen[3] = start->keeper_count == 1 && start->keepers[0].lost;
        send_keep_scope(5, shared->pids[0]);
        await_frame(WIRE_SCOPE_KEPT);
        shared->seen[4] = tree_count_marked(5) == 1;
        send_kill_remains(5, SIGTERM, SLOT_TREE);
        await_frame(WIRE_REMAINS_EMPTY);
        shared->seen[5] = tree_count_marked(5) == 0;
        /* The number of a process that has ended. */
        send_keep_scope(6, shared->pids[0]);
        const struct wire_frame frame = await_frame(WIRE_REMAINS_EMPTY);
        shared->seen[6] = wire_u32(wire_find(&frame, WIRE_REMAINS_EMPTY_KEEPER)) == 6;
        exit_all(0);
    }
    int go[2];
    if (pipe2(go, O_CLOEXEC) < 0)
        _exit(LOST);
    const pid_t pid = fork();
    if (pid == 0) {
        signal(SIGTERM, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        close(go[1]);
        char byte;
        if (read(go[0], &byte, 1) == 1 && fork() == 0) {
            setsid();
            execlp("sh", "sh", "-c", "touch /run/second; exec sleep 1000", NULL);
        }
        for (;;)
            pause();
    }
    shared->pids[0] = pid;
    send_keep_scope(5, pid);
    const struct wire_frame frame = await_frame(WIRE_SCOPE_KEPT);
    shared->seen[0] = wire_u32(wire_find(&frame, WIRE_SCOPE_KEPT_KEEPER)) == 5 && tree_count_marked(5) == 1;
    if (write(go[1], "x", 1) != 1)
        _exit(LOST);
    await_file("/run/second");
    shared->seen[1] = tree_count_marked(5) == 2;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    shared->seen[2] = tree_count_marked(5) == 1;
    kill(getpid(), SIGKILL);
}

static void test_scope(void) {
    const int status = run_init((struct run){.manager = manager_of_scope});
    expect(status == 0 && shared->seen[0] && shared->seen[1] && shared->seen[2] == 0,
        "a scope outlives the manager, and the next one inherits no watch over its process, so that its end wakes init "
        "once");
}

static void test_scope_life(void) {
    const int status = run_init((struct run){.manager = manager_with_scope});
    expect(shared->seen[0] && shared->seen[1],
        "a process that a scope is made for is marked before anybody is told, and so is what it forks");
    expect(shared->seen[2] && shared->seen[3] && shared->seen[4],
        "... it ends, and the manager dies: the scope is there as long as one of its processes is");
    expect(status == 0 && shared->seen[5] && shared->seen[6],
        "... which a signal for all of it ends; and a scope for a process that has ended is over at once");
}

int main(void) {
    if (begin_tests()) {
        test_lost_keeper();
        test_no_manager();
        test_resume();
        test_scope();
        test_scope_life();
    }
    return tap_end();
}
