/* The life of a keeper: one invocation of a unit. It is the subreaper of all that the unit's commands leave behind,
 * runs those commands at the manager's word, and leaves when nothing is below it any more and nothing more will be
 * asked. It decides nothing. */
#include "keeper.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    WAIT_SIGNALS,
    WAIT_CHANNEL,
    WAIT_NOTIFY,
    WAIT_LOG,
    WAIT_STREAMS,
    WAIT_CONSOLE,
    WAIT_STORE,
    WAIT_REPORT,
    WAIT_WATCH = WAIT_REPORT + SLOTS,
    WAITS = WAIT_WATCH + SLOTS
};

enum { REST_AFTER_MSEC = 1000 };

CHANGING struct keeper keeper;
static CHANGING struct wire_frame keep_frame;
static CHANGING uint8_t keep_fields[1024];
static const struct wire_frame *const keep = &keep_frame;
static CHANGING int signals;
static CHANGING int notify;
static CHANGING uint64_t kill_at; /* monotonic usec; 0: not stopping by itself */
static CHANGING bool is_rested;
static CHANGING bool stopping; /* at init's word, without a manager */

static _Noreturn void live(void);
static void open_journal(void);
static void begin(const struct wire_frame *frame, int channel, struct keeper_page *page);
static void copy_frame(const struct wire_frame *frame);
static void wait_for(struct pollfd *waits);
static int timeout_msec(void);
static void take_signals(void);
static void take_frames(short ready);
static void channel_ended(void);
static void stop_by_itself(void);
static void leave_when_done(void);
static bool has_read_all(void);
static _Noreturn void leave(void);

_Noreturn void keeper_main(const struct wire_frame *frame, int channel, struct keeper_page *page) {
    begin(frame, channel, page);
    room_continue(live);
}

static _Noreturn void live(void) {
    bool has_journal = keeper.number == 0;
    if (has_journal)
        open_journal();
    for (;;) {
        struct pollfd waits[WAITS];
        wait_for(waits);
        /* First what was said before somebody died, then the deaths, then the manager's word on it. */
        if (waits[WAIT_NOTIFY].revents)
            notify_drain();
        if (waits[WAIT_STORE].revents)
            store_take_hangups();
        for (size_t i = 0; i < SLOTS; i++)
            if (waits[WAIT_REPORT + i].revents && keeper.slots[i].report >= 0)
                processes_read_report(&keeper.slots[i]);
        if (waits[WAIT_LOG].revents)
            log_read();
        if (waits[WAIT_STREAMS].revents)
            log_streams_read();
        if (waits[WAIT_SIGNALS].revents)
            take_signals();
        for (size_t i = 0; i < SLOTS; i++)
            if (waits[WAIT_WATCH + i].revents && keeper.slots[i].watch >= 0)
                processes_watched_ended(&keeper.slots[i]);
        if (waits[WAIT_CONSOLE].revents)
            console_ready(!(waits[WAIT_CONSOLE].revents & (POLLERR | POLLHUP | POLLNVAL)));
        if (waits[WAIT_CHANNEL].revents)
            take_frames(waits[WAIT_CHANNEL].revents);
        if (kill_at && clock_usec(CLOCK_MONOTONIC) >= kill_at) {
            kill_at = 0;
            processes_signal_tree(SIGKILL, NULL, 0);
        }
        /* After the first command was forked: the unit need not wait for it. */
        if (!has_journal)
            open_journal();
        has_journal = true;
        leave_when_done();
    }
}

static void open_journal(void) {
    log_file_begin(wire_text(wire_find(keep, WIRE_KEEP_JOURNAL_DIRECTORY)),
        wire_u64(wire_find(keep, WIRE_KEEP_JOURNAL_BYTES)), wire_u32(wire_find(keep, WIRE_KEEP_JOURNAL_FILES)),
        wire_text(wire_find(keep, WIRE_KEEP_LOG_FIELDS)));
}

uint64_t clock_usec(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void begin(const struct wire_frame *frame, int channel, struct keeper_page *page) {
    room_begin();
    copy_frame(frame);
    keeper = (struct keeper){
        .number = wire_u32(wire_find(keep, WIRE_KEEP_KEEPER)),
        .unit = wire_text(wire_find(keep, WIRE_KEEP_UNIT)),
        .invocation = wire_text(wire_find(keep, WIRE_KEEP_INVOCATION)),
        .identifier = wire_text(wire_find(keep, WIRE_KEEP_IDENTIFIER)),
        .pid = getpid(),
        .channel = channel,
        .page = page,
        .slots = {{.watch = -1, .report = -1}, {.watch = -1, .report = -1}},
    };
    keeper.released = keeper.number == 0;
    char title[300];
    snprintf(title, sizeof title, "pidone (%.255s)", keeper.unit);
    set_process_title(keeper.unit, title);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        event_notice("SUBREAPER", errno, "processes that leave their parent cannot be held");

    /* Everything is blocked: two signals are read, the others mean nothing to a keeper. */
    sigset_t all, read;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&read);
    sigaddset(&read, SIGCHLD);
    sigaddset(&read, SIGTERM);
    signals = signalfd(-1, &read, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) {
        say("%s: cannot watch over processes: %s", keeper.unit, strerror(errno));
        _exit(1);
    }
    fcntl(channel, F_SETFL, O_NONBLOCK);
    log_begin(keep);
    console_begin(wire_u32(wire_find(keep, WIRE_KEEP_CONSOLE_MODE)));
    notify = notify_open(wire_text(wire_find(keep, WIRE_KEEP_NOTIFY_PATH)));
    store_begin(wire_u32(wire_find(keep, WIRE_KEEP_STORE_MAX)), wire_u32(wire_find(keep, WIRE_KEEP_STORE_FROM)));
}

/* The `keep` frame lies in init's receive buffer, one page that this process needs for nothing else. */
static void copy_frame(const struct wire_frame *frame) {
    keep_frame = *frame;
    if (frame->length > sizeof keep_fields)
        return;
    memcpy(keep_fields, frame->fields, frame->length);
    keep_frame.fields = keep_fields;
    uint8_t *start = (uint8_t *)(uintptr_t)frame->fields - WIRE_HEADER_BYTES;
    if ((uintptr_t)start % 4096 == 0) /* then the whole page is the buffer's */
        madvise(start, 4096, MADV_DONTNEED);
}

static void wait_for(struct pollfd *waits) {
    waits[WAIT_SIGNALS] = (struct pollfd){.fd = signals, .events = POLLIN};
    short receiving = stopping ? 0 : POLLIN, sending = events_waiting() ? POLLOUT : 0;
    waits[WAIT_CHANNEL] = (struct pollfd){.fd = keeper.channel, .events = (short)(receiving | sending)};
    waits[WAIT_NOTIFY] = (struct pollfd){.fd = notify_is_throttled() ? -1 : notify, .events = POLLIN};
    waits[WAIT_LOG] = (struct pollfd){.fd = log_reader(), .events = POLLIN};
    waits[WAIT_STREAMS] = (struct pollfd){.fd = log_streams_reader(), .events = POLLIN};
    waits[WAIT_STORE] = (struct pollfd){.fd = store_hangups(), .events = POLLIN};
    waits[WAIT_CONSOLE] = (struct pollfd){.fd = console_waits() ? STDOUT_FILENO : -1, .events = POLLOUT};
    for (size_t i = 0; i < SLOTS; i++) {
        waits[WAIT_REPORT + i] = (struct pollfd){.fd = keeper.slots[i].report, .events = POLLIN};
        waits[WAIT_WATCH + i] = (struct pollfd){.fd = keeper.slots[i].watch, .events = POLLIN};
    }
    int ready = poll(waits, WAITS, timeout_msec());
    if (is_rested)
        room_wake();
    if (ready == 0 && !kill_at)
        room_rest();
    is_rested = ready == 0;
    if (ready < 0)
        for (size_t i = 0; i < WAITS; i++)
            waits[i].revents = 0;
}

/* A second after the last event, memory is given back; then nothing wakes an idle keeper. */
static int timeout_msec(void) {
    if (!kill_at)
        return is_rested ? -1 : REST_AFTER_MSEC;
    uint64_t now = clock_usec(CLOCK_MONOTONIC);
    return now >= kill_at ? 0 : (int)((kill_at - now + 999) / 1000);
}

static void take_signals(void) {
    struct signalfd_siginfo info;
    bool child = false, terminate = false;
    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        child |= info.ssi_signo == SIGCHLD;
        terminate |= info.ssi_signo == SIGTERM;
    }
    if (child) {
        /* Its last words come before its end, and while it can still be told who said them. */
        notify_drain();
        log_drain(false);
        processes_reap();
    }
    if (terminate && !stopping && keeper.number != 0)
        stop_by_itself();
}

static void take_frames(short ready) {
    enum { AT_ONCE = 64 }; /* who logs without end is not to keep the rest from its turn */
    events_send();
    for (int taken = 0; !stopping; taken++) {
        if (taken == AT_ONCE)
            return;
        struct wire_message message;
        int got = wire_receive(keeper.channel, room->scratch.frame, sizeof room->scratch.frame, &message);
        if (got == -EAGAIN)
            return;
        if (got == 0 || (got < 0 && got != -EBADMSG)) {
            channel_ended();
            return;
        }
        struct wire_frame frame;
        const char *refused = got < 0 ? "it is torn" : wire_open(&frame, message.bytes, message.length);
        if (refused)
            say("%s: a frame of the manager was refused: %s", keeper.unit, refused);
        else
            command_carry_out(&frame, &message);
        if (got > 0) {
            for (size_t i = 0; i < message.descriptor_count; i++)
                if (message.descriptors[i] >= 0)
                    close(message.descriptors[i]);
            wire_free(&message);
        }
    }
    if (ready & (POLLHUP | POLLERR))
        channel_ended();
}

/* Neither a manager nor init is there: nobody will ever ask for this unit again. */
static void channel_ended(void) {
    close(keeper.channel);
    keeper.channel = -1;
    keeper.released = true;
    store_close_all();
    if (keeper.occupied && !stopping)
        processes_signal_tree(SIGKILL, NULL, 0);
}

/* Init found no manager and the container is to end: SIGTERM to all, and SIGKILL for those that are still there after a
 * while. */
static void stop_by_itself(void) {
    uint64_t grace_usec = 5000000;
    for (char **variable = program.environment; *variable; variable++)
        if (strncmp(*variable, "PIDONE_STOP_TIMEOUT=", 20) == 0) {
            double seconds = strtod(*variable + 20, NULL);
            if (seconds > 0 && seconds < 1e6)
                grace_usec = (uint64_t)(seconds * 750000);
        }
    stopping = true;
    keeper.released = true;
    kill_at = clock_usec(CLOCK_MONOTONIC) + grace_usec;
    processes_signal_tree(SIGTERM, (const int[]){SIGCONT}, 1);
}

static void leave_when_done(void) {
    if (!keeper.released || keeper.occupied || (keeper.number == 0 && !has_read_all()))
        return;
    /* The last events wait in the socket, whose other end init and the manager hold. */
    if (keeper.channel >= 0 && !stopping && events_waiting())
        return;
    leave();
}

/* Without a unit. What init hands over from now on fails, and it takes another one. */
static bool has_read_all(void) {
    if (!log_streams_open() && keeper.channel >= 0 && shutdown(keeper.channel, SHUT_RD) == 0)
        take_frames(0);
    return !log_streams_open();
}

static _Noreturn void leave(void) {
    log_drain(true);
    log_streams_end();
    notify_close();
    _exit(0);
}
