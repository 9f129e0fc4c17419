/* The tree of a unit is what is below its keeper: nobody escapes from it, and nobody else gets into it. */
#include <sched.h>

#include "driver.h"

/* ── what this program does as a unit's command ──────────────────────────────────────────────────────────────────── */

/* Each process forks and ends at once: its pid is old by the time that somebody reads it. */
static void run_away(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            for (;;)
                if (fork() > 0)
                    _exit(0);
        }
    for (;;)
        pause();
}

/* Each process forks as long as it may. */
static void multiply(void) {
    for (;;)
        if (fork() < 0)
            sched_yield();
}

/* ── the tests ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* As in /proc/PID/stat; X when it is not there. */
static char state_of(pid_t pid) {
    char path[40], text[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    const char *state = got > 0 ? strrchr(text, ')') : NULL;
    return state ? state[2] : 'X';
}

static bool is_alive(pid_t pid) {
    return state_of(pid) != 'Z' && state_of(pid) != 'X';
}

static pid_t pid_in(const char *path) {
    char *text = read_all(path, NULL);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    free(text);
    return pid;
}

/* A keeper whose main process is a shell in its folder. */
static struct subject start_shell(const char *unit, const char *script, struct event *started) {
    struct subject s = start_keeper((struct keep){.unit = unit, .no_journal = true});
    struct wire_writer w = shell_command(&s, SLOT_MAIN, script);
    wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, s.folder);
    send_command(&s, &w);
    await_event(&s, WIRE_STARTED, started);
    return s;
}

static void escapee(void) {
    struct event event;
    struct subject s = start_shell("escapee.service",
        "(setsid sh -c 'echo $$ >pid; exec sleep 1000' >/dev/null 2>&1 & ) ; while ! [ -s pid ]; do :; done; exit 3",
        &event);
    await_event(&s, WIRE_EXITED, &event);
    check(
        event.slot == SLOT_MAIN && event.code == END_EXITED && event.status == 3 && !event.empty && event.children == 1,
        "the end of the main process is told, with who is left");
    pid_t pid = pid_in(in(s.folder, "pid"));
    check(is_alive(pid), "who left its session and its parent lives on");
    send_kill(&s, SLOT_TREE, SIGKILL);
    check(await_event(&s, WIRE_EMPTY, &event) && !is_alive(pid), "and is killed with the tree");
    check(end_keeper(&s), "then the keeper leaves");
}

static void slots(void) {
    struct event main_started, control_started, event;
    struct subject s = start_shell("slots.service", "sleep 1000 & exec sleep 1001", &main_started);
    run_shell(&s, SLOT_CONTROL, "exec sleep 1002");
    await_event(&s, WIRE_STARTED, &control_started);
    check(s.page->main == (pid_t)main_started.pid && s.page->control == (pid_t)control_started.pid,
        "the shared page has both pids");
    send_kill(&s, SLOT_CONTROL, SIGTERM);
    await_event(&s, WIRE_EXITED, &event);
    check(event.slot == SLOT_CONTROL && event.pid == control_started.pid && event.code == END_KILLED &&
              event.status == SIGTERM && !event.empty,
        "a signal to the control process reaches it alone");
    check(is_alive((pid_t)main_started.pid) && s.page->control == 0, "the main process has none of it");

    struct wire_writer w = command(&s, WIRE_KILL);
    wire_put_u32(&w, WIRE_KILL_PID, (uint32_t)getpid());
    wire_put_i32(&w, WIRE_KILL_SIGNAL, SIGKILL);
    send_command(&s, &w);
    w = command(&s, WIRE_KILL);
    wire_put_u32(&w, WIRE_KILL_PID, main_started.pid);
    wire_put_i32(&w, WIRE_KILL_SIGNAL, SIGUSR1);
    send_command(&s, &w);
    await_event(&s, WIRE_EXITED, &event);
    check(event.pid == main_started.pid && event.status == SIGUSR1,
        "a process of the tree can be signalled by its pid, a stranger cannot");
    check(!event.empty && event.children == 1, "its child fell to the keeper");
    send_kill(&s, SLOT_TREE, SIGTERM);
    check(await_event(&s, WIRE_EMPTY, &event), "a tree that becomes empty later says so");
    end_keeper(&s);
}

static void stopped(void) {
    struct event event;
    struct subject s = start_shell("stopped.service", "trap 'exit 7' TERM; kill -STOP $$; while :; do :; done", &event);
    while (state_of((pid_t)event.pid) != 'T')
        sched_yield();
    struct wire_writer w = command(&s, WIRE_KILL);
    wire_put_u32(&w, WIRE_KILL_WHICH, SLOT_TREE);
    wire_put_i32(&w, WIRE_KILL_SIGNAL, SIGTERM);
    wire_put_u32s(&w, WIRE_KILL_ALSO, (const uint32_t[]){SIGCONT}, 1);
    send_command(&s, &w);
    check(await_event(&s, WIRE_EXITED, &event) && event.status == 7,
        "`also` follows the signal: a stopped process gets to hear SIGTERM");
    end_keeper(&s);
}

static void adopt_is(struct subject *s, pid_t pid, uint32_t error, const char *title) {
    struct event event;
    send_adopt(s, pid);
    bool good = await_event(s, WIRE_ADOPTED, &event) && event.error == error && event.pid == (uint32_t)pid;
    if (!good)
        printf("# errno %u\n", event.error);
    check(good, "%s", title);
}

static void adoption(void) {
    struct event event, control;
    struct subject other = start_shell("other.service", "exec sleep 1000", &event);
    pid_t stranger = (pid_t)event.pid;
    struct subject s = start_keeper((struct keep){.unit = "forking.service", .no_journal = true});
    struct wire_writer w = shell_command(&s, SLOT_CONTROL,
        "(setsid sh -c 'echo $$ >orphan; exec sleep 1000' & ) ; (sh -c 'echo $$ >grandchild; exec sleep 1000'; read x) "
        "& while ! [ -s orphan ] || ! [ -s grandchild ]; do :; done");
    wire_put_text(&w, WIRE_RUN_WORKING_DIRECTORY, s.folder);
    send_command(&s, &w);
    await_event(&s, WIRE_EXITED, &event);
    pid_t orphan = pid_in(in(s.folder, "orphan")), grandchild = pid_in(in(s.folder, "grandchild"));

    run_shell(&s, SLOT_CONTROL, "exec sleep 1000");
    await_event(&s, WIRE_STARTED, &control);
    adopt_is(&s, 1, EPERM, "pid 1 cannot be made the main process");
    adopt_is(&s, 0, EPERM, "nor pid 0");
    adopt_is(&s, -1, EPERM, "nor pid -1");
    adopt_is(&s, s.pid, EPERM, "nor the keeper");
    adopt_is(&s, getpid(), EPERM, "nor the manager");
    adopt_is(&s, stranger, EPERM, "nor another unit's process");
    adopt_is(&s, (pid_t)control.pid, EPERM, "nor the control process");
    adopt_is(&s, 4194303, ESRCH, "nor one that is not there");
    check(s.page->main == 0, "after which there is no main process");

    adopt_is(&s, grandchild, 0, "a process anywhere below the keeper can");
    check(s.page->main == grandchild, "and is the main one then");
    send_kill(&s, SLOT_MAIN, SIGTERM);
    await_event(&s, WIRE_EXITED, &event);
    check(event.slot == SLOT_MAIN && event.pid == (uint32_t)grandchild &&
              (event.code == END_UNKNOWN || event.status == SIGTERM),
        "the end of somebody else's child is told, without its status");
    adopt_is(&s, orphan, 0, "an orphan can");
    send_kill(&s, SLOT_MAIN, SIGUSR2);
    await_event(&s, WIRE_EXITED, &event);
    check(event.slot == SLOT_MAIN && event.code == END_KILLED && event.status == SIGUSR2,
        "and its status is known, as it fell to the keeper");
    check(is_alive(stranger), "the other unit's process is untouched");
    end_keeper(&s);
    end_keeper(&other);
}

static void bombs(void) {
    static const struct {
        const char *name, *title;
    } kinds[] = {{"run-away", "processes that fork and end faster than they can be read are all killed"},
        {"multiply", "so are those that multiply as far as their limit allows"}};
    for (size_t i = 0; i < 2; i++) {
        if (i == 1 && getuid() != 0) {
            skip(kinds[i].title, "needs root");
            continue;
        }
        struct subject s = start_keeper((struct keep){.unit = "bomb.service", .no_journal = true});
        struct wire_writer w = run_command(&s, SLOT_MAIN, (const char *const[]){"/proc/self/exe", NULL},
            (const char *const[]){"bomb", kinds[i].name, NULL});
        if (i == 1) {
            wire_put_u64s(&w, WIRE_RUN_LIMITS, (const uint64_t[]){RLIMIT_NPROC, 150, 150}, 3);
            wire_put_u32(&w, WIRE_RUN_UID_PLUS1, 54322);
            wire_put_u32(&w, WIRE_RUN_GID_PLUS1, 54322);
        }
        send_command(&s, &w);
        struct event event;
        await_event(&s, WIRE_STARTED, &event);
        while (event.error == 0 && tree_signal_below(s.pid, 0, NULL, 0) < 5)
            sched_yield();
        send_kill(&s, SLOT_TREE, SIGKILL);
        check(event.error == 0 && await_event(&s, WIRE_EXITED, &event) &&
                  (event.empty || await_event(&s, WIRE_EMPTY, &event)),
            "%s", kinds[i].title);
        end_keeper(&s);
    }
}

static void abandoned(void) {
    struct event event;
    struct subject s = start_shell("abandoned.service",
        "trap '' TERM; (setsid sh -c 'echo $$ >pid; exec sleep 1000' & ) ; while :; do sleep 1000; done", &event);
    while (!pid_in(in(s.folder, "pid")))
        sched_yield();
    pid_t escapee = pid_in(in(s.folder, "pid"));
    int status = -1;
    close(s.channel);
    waitpid(s.pid, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0 && !is_alive((pid_t)event.pid) && !is_alive(escapee),
        "when manager and init are gone the keeper kills its tree and leaves");
    remove_tree(s.folder);
}

static void terminated(void) {
    struct event event;
    struct subject s = start_shell("terminated.service",
        "trap 'echo yes >told' TERM; sh -c 'trap \"\" TERM; echo $$ >pid; while :; do sleep 1000; done' & while :; do "
        "wait; done",
        &event);
    while (!pid_in(in(s.folder, "pid")))
        sched_yield();
    pid_t deaf = pid_in(in(s.folder, "pid"));
    int status = -1;
    kill(s.pid, SIGTERM);
    waitpid(s.pid, &status, 0);
    check(access(in(s.folder, "told"), F_OK) == 0, "SIGTERM to the keeper reaches its tree");
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0 && !is_alive(deaf),
        "who does not listen is killed after the grace, and the keeper leaves");
    close(s.channel);
    remove_tree(s.folder);

    s = start_shell("deaf.service", "exec sleep 1000", &event);
    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP && number != SIGTERM)
            kill(s.pid, number);
    kill(s.pid, SIGCONT);
    send_resume(&s, s.acknowledged);
    check(
        await_event(&s, WIRE_HELLO, &event) && is_alive((pid_t)s.page->main), "other signals mean nothing to a keeper");
    end_keeper(&s);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "run-away") == 0)
        run_away();
    if (argc == 2 && strcmp(argv[1], "multiply") == 0)
        multiply();
    begin_tests();
    escapee();
    slots();
    stopped();
    adoption();
    bombs();
    abandoned();
    terminated();
    return tap_end();
}
