/* The manager as init sees it: a child that must answer. */
#include "init.h"
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Takes no event for so long while some wait: of processor time, or of time in which it had none of that. */
static const uint64_t stuck_after = 5 * SECOND;
static const uint64_t look_again = 1 * SECOND;
static const uint64_t stopped_after = SECOND / 2; /* the same for one that a signal stopped: it cannot just be busy */
static const uint64_t look_at_stopped_again = SECOND / 4;
static const uint64_t answer_within = 1 * SECOND; /* after a shutdown signal */
static const uint64_t nudge_after =
    SECOND / 2; /* … and then a manager that does nothing at all makes place for the next one */
static const uint64_t healthy_after = 10 * SECOND;
static const uint64_t back_off_max = 5 * SECOND;
enum { ENDS_IN_SHUTDOWN_MAX = 3 };

static CHANGING struct {
    pid_t pid; /* 0: none */
    int channel;
    bool channel_full; /* the epoll waits for it to take more */
    bool stopped;      /* by a signal: SIGSTOP or a debugger's */
    bool for_ever;     /* it is not to be started again */
    uint64_t started;
    uint64_t restart_at;
    unsigned short_lives; /* in a row */
    uint32_t generation;
    char last_end[32];
} manager = {.channel = -1, .restart_at = NEVER};

/* Looks whether it takes its events; off while nothing happens. */
static CHANGING struct {
    uint64_t at, stuck_since, idle_since;
    uint64_t used, used_last; /* processor time, when it was found stuck and at the last look */
    uint32_t progress;
    bool asked; /* to end by itself, as it is stuck */
} watch = {.at = NEVER};

static CHANGING struct {
    int signal;
    bool hurry;
    bool untold;
    uint64_t answer_by, nudge_at;
    uint32_t progress;
    unsigned ends;
} shutdown_wish = {.answer_by = NEVER, .nudge_at = NEVER};

static CHANGING bool reload_untold;

static void carry_out(const struct wire_frame *frame, struct wire_message *message);
static void plan_restart(bool wished);

/* ── start and end ───────────────────────────────────────────────────────────────────────────────────────────────── */

void manager_start(void) {
    manager.restart_at = NEVER;
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0) {
        say("cannot start the manager: %s", strerror(errno));
        plan_restart(false);
        return;
    }
    struct manager_start start = {
        .init_channel = channel[1],
        .control_socket = init.control_socket,
        .generation = manager.generation,
        .last_end = manager.last_end,
        .shutdown_signal = shutdown_wish.signal,
        .hurry = shutdown_wish.hurry,
        .progress = init.progress,
    };
    keepers_fill_start(&start);
    const pid_t pid = fork();
    if (pid == 0) {
        close(init.epoll);
        close(init.signals);
        close(init.inputs);
        close(channel[0]);
        close(store_of_init);
        close(store_of_keepers);
        init_log_forget();
        keepers_forget_watches();
        store_close_all();
        host_main(&start);
    }
    close(channel[1]);
    if (pid < 0) {
        say("cannot start the manager: %s", strerror(errno));
        close(channel[0]);
        plan_restart(false);
        return;
    }
    manager.pid = pid;
    manager.channel = channel[0];
    manager.channel_full = false;
    manager.stopped = false;
    manager.started = monotonic_usec();
    watch.at = NEVER;
    manager_watch(manager.started);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = manager.channel};
    if (epoll_ctl(init.epoll, EPOLL_CTL_ADD, manager.channel, &event) < 0) {
        say("cannot hear the manager: %s", strerror(errno));
        manager_kill();
    }
    reload_untold = false; /* it reads all unit files anyway */
    if (manager.generation++ > 0) {
        keepers_tell_again();
        init_store_tell_again();
    }
    if (shutdown_wish.signal != 0) {
        shutdown_wish.untold = true;
        if (shutdown_wish.answer_by == NEVER)
            shutdown_wish.answer_by = manager.started + answer_within;
    }
}

bool manager_is(pid_t pid) {
    return pid == manager.pid;
}

void manager_kill(void) {
    if (manager.pid != 0)
        kill(manager.pid, SIGKILL);
}

void manager_end(void) {
    manager.for_ever = true;
    manager.restart_at = NEVER;
    shutdown_wish.answer_by = shutdown_wish.nudge_at = watch.at = NEVER;
    manager_kill();
}

void manager_changed(int wait_status) {
    if (WIFSTOPPED(wait_status) || WIFCONTINUED(wait_status)) {
        manager.stopped = WIFSTOPPED(wait_status);
        if (manager.stopped && shutdown_wish.answer_by != NEVER)
            manager_kill(); /* the next one can stop the units in their order */
        else if (manager.stopped)
            watch.at = monotonic_usec() + look_at_stopped_again;
        return;
    }
    manager.pid = 0;
    manager_read(); /* what it still said was stored before it was said: it counts */
    close(manager.channel);
    manager.channel = -1;
    watch.at = NEVER;
    if (manager.for_ever)
        return;
    const bool wished = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
    if (wished)
        strcpy(manager.last_end, "reexec");
    else
        describe_end(manager.last_end, sizeof manager.last_end, wait_status);
    if (shutdown_wish.signal != 0 && ++shutdown_wish.ends > ENDS_IN_SHUTDOWN_MAX) {
        stop_everything("the manager ends again and again");
        return;
    }
    plan_restart(wished);
}

/* At once after a long life; then 10 ms, 20 ms, … 5 s. */
static void plan_restart(bool wished) {
    const uint64_t now = monotonic_usec();
    if (manager.started != 0 && now - manager.started >= healthy_after)
        manager.short_lives = 0;
    const unsigned lives = manager.short_lives++;
    uint64_t delay = lives == 0 ? 0 : lives > 10 ? back_off_max : (10 * MSEC) << (lives - 1);
    if (delay > back_off_max)
        delay = back_off_max;
    if (shutdown_wish.signal != 0)
        delay = lives == 0 ? 0 : 10 * MSEC;
    manager.restart_at = now + delay;
    if (!wished && delay == 0)
        say("the manager ended: %s; starting it again", manager.last_end);
    else if (!wished)
        say("the manager ended: %s; starting it again in %u ms", manager.last_end, (unsigned)(delay / MSEC));
}

/* ── what it says, what it is told ───────────────────────────────────────────────────────────────────────────────── */

void manager_read(void) {
    static _Alignas(4096) uint8_t buffer[WIRE_INLINE_MAX];
    while (manager.channel >= 0) {
        struct wire_message message;
        const int got = wire_receive(manager.channel, buffer, sizeof buffer, &message);
        if (got == -EBADMSG) {
            say("a message of the manager was refused: it is torn");
            continue;
        }
        if (got == 0) { /* it is ending; whoever only closed the channel is no manager any more */
            epoll_ctl(init.epoll, EPOLL_CTL_DEL, manager.channel, NULL);
            manager_kill();
        }
        if (got <= 0)
            return;
        struct wire_frame frame;
        const char *refused = wire_open(&frame, message.bytes, message.length);
        if (refused)
            say("a frame of the manager was refused: %s", refused);
        else
            carry_out(&frame, &message);
        for (size_t i = 0; i < message.descriptor_count; i++)
            close(message.descriptors[i]);
        wire_free(&message);
    }
}

static void carry_out(const struct wire_frame *frame, struct wire_message *message) {
    switch (frame->type) {
    case WIRE_KEEP:
        keepers_keep(frame, message);
        break;
    case WIRE_FORGET:
        keepers_forget(wire_u32(wire_find(frame, WIRE_FORGET_KEEPER)));
        break;
    case WIRE_KILL_REMAINS:
        keepers_kill_remains(wire_u32(wire_find(frame, WIRE_KILL_REMAINS_KEEPER)),
            (int)wire_u32(wire_find(frame, WIRE_KILL_REMAINS_SIGNAL)),
            wire_u32(wire_find(frame, WIRE_KILL_REMAINS_WHICH)));
        break;
    case WIRE_KEEP_SCOPE:
        keepers_keep_scope(frame);
        break;
    case WIRE_DROP_STORE:
        init_store_drop(wire_text(wire_find(frame, WIRE_DROP_STORE_UNIT)));
        break;
    case WIRE_HOLD:
        sockets_hold(frame, message);
        break;
    case WIRE_LET_GO:
        sockets_let_go(frame);
        break;
    case WIRE_STREAMS:
        init_streams_open(frame);
        break;
    case WIRE_READY:
        break;
    case WIRE_EXIT:
        stop_strays((int)wire_u32(wire_find(frame, WIRE_EXIT_STATUS)));
        break;
    case WIRE_PONG:
        shutdown_wish.answer_by = shutdown_wish.nudge_at = NEVER;
        break;
    default:
        say("the manager sent a frame of type %u, which is not for init", frame->type);
        break;
    }
}

static void wait_for_room(bool full) {
    if (full == manager.channel_full)
        return;
    struct epoll_event event = {.events = EPOLLIN | (full ? EPOLLOUT : 0u), .data.fd = manager.channel};
    epoll_ctl(init.epoll, EPOLL_CTL_MOD, manager.channel, &event);
    manager.channel_full = full;
}

int manager_channel(void) {
    return manager.channel;
}

bool manager_send(struct wire_writer *frame) {
    const size_t length = wire_end(frame);
    if (manager.channel < 0)
        return false;
    const int error = wire_send(manager.channel, frame->buffer, length, NULL, 0);
    wait_for_room(error == EAGAIN);
    return error == 0;
}

void manager_tell(void) {
    if (manager.channel < 0 || manager.for_ever)
        return;
    uint8_t buffer[64];
    struct wire_writer w;
    if (shutdown_wish.untold) {
        wire_begin(&w, buffer, sizeof buffer, WIRE_SHUTDOWN, 0, 0);
        wire_put_i32(&w, WIRE_SHUTDOWN_SIGNAL, shutdown_wish.signal);
        wire_put_u32(&w, WIRE_SHUTDOWN_HURRY, shutdown_wish.hurry);
        if (!manager_send(&w))
            return;
        shutdown_wish.untold = false;
    }
    if (reload_untold) {
        wire_begin(&w, buffer, sizeof buffer, WIRE_RELOAD, 0, 0);
        if (!manager_send(&w))
            return;
        reload_untold = false;
    }
    if (keepers_tell())
        init_store_tell();
}

void manager_ask_shutdown(int signal) {
    if (stop_has_begun()) {
        stop_hurry();
        return;
    }
    const uint64_t now = monotonic_usec();
    shutdown_wish.hurry = shutdown_wish.signal != 0;
    shutdown_wish.signal = signal;
    shutdown_wish.untold = true;
    if (shutdown_wish.answer_by == NEVER) {
        shutdown_wish.answer_by = now + answer_within;
        shutdown_wish.nudge_at = now + nudge_after;
        shutdown_wish.progress = *init.progress;
    }
    if (manager.stopped)
        manager_kill(); /* the next one can stop the units in their order */
    if (manager.restart_at != NEVER)
        manager.restart_at = now;
}

void manager_ask_reload(void) {
    reload_untold = true;
}

/* ── is it alive? ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool input_waits(void) {
    int unread = 0; /* by the manager, of what init sent: SIOCOUTQ of linux/sockios.h has the same number */
    if (ioctl(manager.channel, TIOCOUTQ, &unread) == 0 && unread > 0)
        return true;
    struct epoll_event event;
    return epoll_wait(init.inputs, &event, 1, 0) > 0;
}

void manager_watch(uint64_t now) {
    if (watch.at != NEVER || manager.pid == 0 || manager.for_ever)
        return;
    watch.at = now + look_again;
    watch.stuck_since = 0;
    watch.progress = *init.progress;
    watch.asked = false;
}

/* SIGABRT lets it write down which event it was about, so that the next one can refuse it; SIGKILL is for one that does
 * not even do that. */
static void end_stuck(uint64_t now) {
    if (manager.stopped || watch.asked) {
        say("the manager takes no event%s: killing it", manager.stopped ? ", as a signal stopped it" : "");
        manager_kill();
        watch.at = NEVER;
        return;
    }
    say("the manager takes no event: ending it");
    kill(manager.pid, SIGABRT);
    watch.asked = true;
    watch.at = now + look_again;
}

/* On a machine that has too much to do a manager that works is late and not stuck. */
static uint64_t processor_time(void) {
    clockid_t clock;
    struct timespec time = {.tv_sec = 0};
    if (clock_getcpuclockid(manager.pid, &clock) != 0 || clock_gettime(clock, &time) < 0)
        return 0;
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec / (1000000000 / SECOND);
}

static void look(uint64_t now) {
    const uint64_t again = manager.stopped ? look_at_stopped_again : look_again;
    const bool moves = *init.progress != watch.progress;
    if (moves || !input_waits()) {
        watch.stuck_since = 0;
        watch.progress = *init.progress;
        /* A healthy manager is left alone until something happens again: so init is not woken more than once in a
         * while. */
        watch.at = manager.stopped ? now + again : NEVER;
        struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = init.inputs};
        epoll_ctl(init.epoll, EPOLL_CTL_MOD, init.inputs, &event);
        program_file_rest();
        return;
    }
    const uint64_t used = processor_time();
    if (watch.stuck_since == 0) {
        watch.stuck_since = now;
        watch.used = used;
    }
    if (watch.stuck_since == now || used - watch.used_last > SECOND / 100) {
        watch.idle_since = now;
        watch.used_last = used;
    }
    watch.at = now + again;
    if (manager.stopped ? now - watch.stuck_since >= stopped_after
                        : now - watch.idle_since >= stuck_after || used - watch.used >= stuck_after)
        end_stuck(now);
}

uint64_t manager_deadline(void) {
    uint64_t first = manager.restart_at;
    const uint64_t others[] = {watch.at, shutdown_wish.answer_by, shutdown_wish.nudge_at};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] < first)
            first = others[i];
    return first;
}

void manager_time(uint64_t now) {
    if (now >= watch.at)
        look(now);
    if (now >= shutdown_wish.nudge_at) {
        shutdown_wish.nudge_at = NEVER;
        if (*init.progress == shutdown_wish.progress)
            manager_kill();
    }
    if (now >= shutdown_wish.answer_by) {
        shutdown_wish.answer_by = NEVER;
        stop_everything("the manager does not answer");
    }
    if (now >= manager.restart_at)
        manager_start();
}
