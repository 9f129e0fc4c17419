/* The unit's processes. All that is below the keeper is the unit's, as orphans fall to it (PR_SET_CHILD_SUBREAPER); so
 * it is empty exactly when the keeper has no child. A child's pid stays taken until the keeper reaps it: signals to it
 * cannot go astray. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"

struct end {
    struct slot *slot;
    int code;
    int status;
};

static void tell_end(const struct end *end, bool last);
static void tell_started(const struct slot *slot, uint32_t error, const char *step);
static struct slot *slot_of(pid_t pid);
static uint32_t bit_of(const struct slot *slot);

enum { CHILDREN_TOLD = 16 };

void processes_reap(void) {
    struct end ends[SLOTS];
    size_t count = 0;
    bool was_occupied = keeper.occupied;
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL) < 0) {
            if (errno == EINTR)
                continue;
            keeper.occupied = errno != ECHILD;
            break;
        }
        if (info.si_pid == 0)
            break;
        struct slot *slot = slot_of(info.si_pid);
        if (slot && count < SLOTS)
            ends[count++] = (struct end){.slot = slot, .code = info.si_code, .status = info.si_status};
    }
    /* Whoever fell to the keeper while its parents were killed. */
    if (keeper.killing && keeper.occupied)
        tree_signal_below(keeper.pid, SIGKILL, NULL, 0);
    if (!keeper.occupied) {
        keeper.killing = false;
        log_drain(true);
    }
    for (size_t i = 0; i < count; i++)
        tell_end(&ends[i], i + 1 == count);
    if (count == 0 && was_occupied && !keeper.occupied)
        event_end(event_begin(WIRE_EMPTY));
}

void processes_watched_ended(struct slot *slot) {
    siginfo_t info = {.si_pid = 0};
    /* It may have become a child since it was adopted. Then its status is to be had, now or with the next SIGCHLD. */
    if (waitid(P_PID, (id_t)slot->pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0) {
        processes_reap();
        if (slot->watch >= 0) { /* not yet to be reaped: that comes with its SIGCHLD */
            close(slot->watch);
            slot->watch = -1;
        }
        return;
    }
    log_drain(!keeper.occupied);
    tell_end(&(struct end){.slot = slot, .code = END_UNKNOWN}, true);
}

void processes_read_report(struct slot *slot) {
    for (;;) {
        struct exec_report report;
        ssize_t got = read(slot->report, &report, sizeof report);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got != sizeof report)
            break;
        if (report.failed) {
            slot->failed = true;
            tell_started(slot, report.error, exec_step_name(report.step));
        } else {
            event_notice(exec_step_name(report.step), (int)report.error, "%.*s", (int)sizeof report.text, report.text);
        }
    }
    close(slot->report);
    slot->report = -1;
    if (!slot->failed)
        tell_started(slot, 0, "");
}

void processes_read_reports(void) {
    for (size_t i = 0; i < SLOTS; i++)
        if (keeper.slots[i].report >= 0)
            processes_read_report(&keeper.slots[i]);
}

void processes_occupy(struct slot *slot, pid_t pid) {
    if (slot->watch >= 0)
        close(slot->watch);
    slot->watch = -1;
    slot->pid = pid;
    slot->failed = false;
    keeper.page->main = keeper.slots[MAIN].pid;
    keeper.page->control = keeper.slots[CONTROL].pid;
}

void processes_leave(struct slot *slot) {
    if (slot->report >= 0)
        processes_read_report(slot);
    if (slot->report >= 0)
        close(slot->report);
    slot->report = -1;
    processes_occupy(slot, 0);
}

void processes_signal_slot(const struct slot *slot, int signal) {
    if (slot->pid > 0)
        send_signal(slot->watch, slot->pid, signal);
}

void processes_signal_tree(int signal, const int *also, size_t also_count) {
    if (signal == SIGKILL)
        keeper.killing = true;
    tree_signal_below(keeper.pid, signal, also, also_count);
}

/* `last`: of those that ended in one go. What is true of the whole tree is told with that one. */
static void tell_end(const struct end *end, bool last) {
    struct slot *slot = end->slot;
    if (slot->report >= 0)
        processes_read_report(slot); /* it is dead: the pipe is at its end */
    struct wire_writer *event = event_begin(WIRE_EXITED);
    wire_put_u32(event, WIRE_EXITED_SLOT, bit_of(slot));
    wire_put_u32(event, WIRE_EXITED_PID, (uint32_t)slot->pid);
    wire_put_u32(event, WIRE_EXITED_CODE, (uint32_t)end->code);
    wire_put_i32(event, WIRE_EXITED_STATUS, end->status);
    wire_put_u32(event, WIRE_EXITED_EMPTY, last && !keeper.occupied);
    if (keeper.occupied) {
        pid_t children[CHILDREN_TOLD];
        uint32_t told[CHILDREN_TOLD];
        size_t count = tree_children(keeper.pid, children, CHILDREN_TOLD);
        if (count > CHILDREN_TOLD)
            count = CHILDREN_TOLD;
        for (size_t i = 0; i < count; i++)
            told[i] = (uint32_t)children[i];
        wire_put_u32s(event, WIRE_EXITED_CHILDREN, told, count);
    }
    processes_occupy(slot, 0);
    event_end(event);
}

static void tell_started(const struct slot *slot, uint32_t error, const char *step) {
    struct wire_writer *event = event_begin(WIRE_STARTED);
    wire_put_u32(event, WIRE_STARTED_SLOT, bit_of(slot));
    wire_put_u32(event, WIRE_STARTED_PID, (uint32_t)slot->pid);
    wire_put_u32(event, WIRE_STARTED_ERRNO, error);
    wire_put_text(event, WIRE_STARTED_STEP, step);
    wire_put_u32(event, WIRE_STARTED_KEEPER, (uint32_t)getpid());
    event_end(event);
}

static struct slot *slot_of(pid_t pid) {
    for (size_t i = 0; i < SLOTS; i++)
        if (keeper.slots[i].pid == pid)
            return &keeper.slots[i];
    return NULL;
}

static uint32_t bit_of(const struct slot *slot) {
    return slot == &keeper.slots[MAIN] ? SLOT_MAIN : SLOT_CONTROL;
}
