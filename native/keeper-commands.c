/* What the manager says. A command whose sequence was seen is not carried out again: a new manager repeats those that
 * the old one had stored (docs/wire.md). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"
#include "store.h"

static void run(const struct wire_frame *frame);
static int start(struct exec_request *request, struct slot *slot);
static void refuse(uint32_t bit, int error, const char *step);
static void kill_some(const struct wire_frame *frame);
static void kill_one(pid_t pid, int signal, const int *also, size_t also_count);
static void adopt(pid_t pid);
static int adopt_error(pid_t pid, int *watch);

void command_carry_out(const struct wire_frame *frame, struct wire_message *message) {
    events_acknowledge(frame->acknowledged);
    if (frame->sequence) {
        if (frame->sequence <= keeper.seen) {
            passed_forget();
            return;
        }
        keeper.seen = frame->sequence;
    }
    switch (frame->type) {
    case WIRE_RUN:
        run(frame);
        break;
    case WIRE_KILL:
        kill_some(frame);
        break;
    case WIRE_ADOPT:
        adopt((pid_t)wire_u32(wire_find(frame, WIRE_ADOPT_PID)));
        break;
    case WIRE_RELEASE:
        keeper.released = true;
        terminal_reset(
            wire_text(wire_find(frame, WIRE_RELEASE_TTY_PATH)), wire_u32(wire_find(frame, WIRE_RELEASE_FLAGS)));
        store_close_all(); /* init has them */
        break;
    case WIRE_PASS:
        passed_take(frame, message);
        break;
    case WIRE_RESUME:
        passed_forget(); /* what was for a command that has not come */
        events_resume(wire_u32(wire_find(frame, WIRE_RESUME_FROM)));
        break;
    case WIRE_LOGGED:
        log_take_entries(frame, message);
        break;
    case WIRE_STREAM:
        log_streams_take(frame, message);
        break;
    case WIRE_ACKNOWLEDGE:
        break;
    default:
        say("%s: the manager sent its keeper a frame of type %u", keeper.unit, frame->type);
    }
}

static void run(const struct wire_frame *frame) {
    uint32_t bit = wire_u32(wire_find(frame, WIRE_RUN_SLOT));
    struct slot *slot = bit == SLOT_MAIN ? &keeper.slots[MAIN] : &keeper.slots[CONTROL];
    struct exec_request request = {.run = frame,
        .flags = wire_u32(wire_find(frame, WIRE_RUN_FLAGS)),
        .keeper = keeper.number,
        .report = -1,
        .log = -1,
        .gid = getgid()};
    /* Who was not ended, as the unit wants it, becomes one of the tree. */
    if (slot->pid)
        processes_leave(slot);
    int error = start(&request, slot);
    passed_forget();
    if (error)
        refuse(bit, error, request.missing ? request.missing : "FORK");
}

/* Forks the command into its slot. 0 or an errno. */
static int start(struct exec_request *request, struct slot *slot) {
    int missing = exec_find_streams(request);
    if (missing)
        return missing;
    uint32_t stdout_kind = wire_u32(wire_find(request->run, WIRE_RUN_STDOUT));
    uint32_t stderr_kind = wire_u32(wire_find(request->run, WIRE_RUN_STDERR));
    if ((stdout_kind == STREAM_JOURNAL || stderr_kind == STREAM_JOURNAL) && (request->log = log_writer()) < 0)
        return errno;
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;
    fcntl(report[0], F_SETFL, O_NONBLOCK);
    /* The numbers from 3 on are for what is passed. */
    int above =
        (int)(store_size() + passed_count() + wire_count_texts(wire_find(request->run, WIRE_RUN_OPEN_FILES))) + 3;
    if (report[1] < above) {
        int moved = fcntl(report[1], F_DUPFD_CLOEXEC, above);
        int why = errno;
        close(report[1]);
        if (moved < 0) {
            close(report[0]);
            return why;
        }
        report[1] = moved;
    }

    spaces_prepare(request);
    keeper.killing = false; /* what is still dying is not to take the new command along */
    pid_t pid = fork();
    if (pid == 0) {
        close(report[0]);
        request->report = report[1];
        exec_command(request);
    }
    int error = errno;
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        return error;
    }
    slot->report = report[0];
    keeper.occupied = true;
    processes_occupy(slot, pid);
    return 0;
}

/* Nothing was forked: told as a command that had no pid and ended with EXIT_EXCEPTION. */
static void refuse(uint32_t bit, int error, const char *step) {
    struct wire_writer *event = event_begin(WIRE_STARTED);
    wire_put_u32(event, WIRE_STARTED_SLOT, bit);
    wire_put_u32(event, WIRE_STARTED_ERRNO, (uint32_t)error);
    wire_put_text(event, WIRE_STARTED_STEP, step);
    event_end(event);
    event = event_begin(WIRE_EXITED);
    wire_put_u32(event, WIRE_EXITED_SLOT, bit);
    wire_put_u32(event, WIRE_EXITED_CODE, END_EXITED);
    wire_put_i32(event, WIRE_EXITED_STATUS, 255);
    wire_put_u32(event, WIRE_EXITED_EMPTY, !keeper.occupied);
    event_end(event);
}

static void kill_some(const struct wire_frame *frame) {
    int signal = (int)wire_u32(wire_find(frame, WIRE_KILL_SIGNAL));
    uint32_t which = wire_u32(wire_find(frame, WIRE_KILL_WHICH));
    pid_t pid = (pid_t)wire_u32(wire_find(frame, WIRE_KILL_PID));
    struct wire_field also_field = wire_find(frame, WIRE_KILL_ALSO);
    int also[4];
    size_t also_count = also_field.length / sizeof(uint32_t);
    if (also_count > sizeof also / sizeof *also)
        also_count = sizeof also / sizeof *also;
    for (size_t i = 0; i < also_count; i++)
        also[i] = (int)wire_u32_at(also_field, i);

    signal_value.is_set = wire_u32(wire_find(frame, WIRE_KILL_QUEUED)) != 0;
    signal_value.value.sival_int = (int)wire_u32(wire_find(frame, WIRE_KILL_VALUE));
    if (pid)
        kill_one(pid, signal, also, also_count);
    else if (which & SLOT_TREE)
        processes_signal_tree(signal, also, also_count);
    else
        for (size_t i = 0; i < SLOTS; i++) {
            const struct slot *slot = &keeper.slots[i];
            if (!slot->pid || !(which & (i == MAIN ? SLOT_MAIN : SLOT_CONTROL)))
                continue;
            processes_signal_slot(slot, signal);
            for (size_t j = 0; j < also_count; j++)
                processes_signal_slot(slot, also[j]);
        }
    signal_value.is_set = false;
}

static void kill_one(pid_t pid, int signal, const int *also, size_t also_count) {
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0 && errno != ENOSYS)
        return;
    /* Looked at after the pidfd was had: from now on the number cannot come to mean another process. */
    if (pid > 1 && pid != keeper.pid && tree_is_below(pid, keeper.pid)) {
        for (size_t i = 0; i <= also_count; i++) {
            int next = i == 0 ? signal : also[i - 1];
            send_signal(process, pid, next);
        }
    }
    if (process >= 0)
        close(process);
}

static void adopt(pid_t pid) {
    int watch = -1;
    int error = adopt_error(pid, &watch);
    if (!error) {
        struct slot *slot = &keeper.slots[MAIN];
        processes_leave(slot);
        processes_occupy(slot, pid);
        slot->watch = watch;
    }
    struct wire_writer *event = event_begin(WIRE_ADOPTED);
    wire_put_u32(event, WIRE_ADOPTED_PID, (uint32_t)pid);
    wire_put_u32(event, WIRE_ADOPTED_ERRNO, (uint32_t)error);
    event_end(event);
}

/* Only a living process below this keeper, and not the control command, can be the main one. */
static int adopt_error(pid_t pid, int *watch) {
    if (pid <= 1 || pid == keeper.pid || pid == keeper.slots[CONTROL].pid)
        return EPERM;
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0 && (errno == ESRCH || errno == EINVAL))
        return ESRCH;
    siginfo_t info = {.si_pid = 0};
    bool is_child = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
    int error = 0;
    struct pollfd ended = {.fd = process, .events = POLLIN};
    if (is_child ? info.si_pid != 0 : process >= 0 && poll(&ended, 1, 0) > 0)
        error = ESRCH; /* dead, not yet reaped */
    else if (!is_child && !tree_is_below(pid, keeper.pid))
        error = EPERM;
    if (!error && !is_child && process < 0)
        error = ENOSYS; /* without pidfds its end could not be seen */
    if (!error && !is_child)
        *watch = process;
    else if (process >= 0)
        close(process);
    return error;
}
