/* The loop: waits, hands over all that is ready as one batch, lets the program answer, waits again. Idle, it does not
 * wake. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "host.h"

/* So long after the last event of a busy time, garbage is collected and memory given back; once. A time that stays
 * busy, as with a service that restarts several times a second, has it this often. */
enum { TRIM_AFTER_MSEC = 300, TRIM_EVERY_USEC = 5000000, ACCEPT_AGAIN_MSEC = 1000 };

static bool adopt_channels(void);
static void take(uint64_t source, uint32_t events);
static void take_timer(void);
static int wait_time(bool owed, bool trim);

bool host_open_loop(void) {
    host.epoll = epoll_create1(EPOLL_CLOEXEC);
    host.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    uint32_t none = 0;
    if (host.epoll < 0 || host.timer < 0 || host_listen(host.timer, &none, EPOLLIN, SOURCE_TIMER, 0) != 0)
        return false;
    return clients_listen() && adopt_channels();
}

int host_loop(void) {
    bool owed = false, trim = true;
    uint64_t trimmed = host.monotonic;
    for (unsigned turn = 0; host.leave_status < 0; turn++) {
        struct epoll_event ready[BATCH_MAX];
        int count = epoll_wait(host.epoll, ready, BATCH_MAX, wait_time(owed, trim));
        if (count < 0 && errno != EINTR) {
            say("cannot wait for events: %s", strerror(errno));
            return EXIT_CRASH;
        }
        atomic_fetch_add((volatile _Atomic uint32_t *)host.start->progress, 1);
        if (count <= 0 && !owed) {
            if (count == 0 && trim) {
                engine_trim(&host.engine);
                trim = false;
                trimmed = host.monotonic;
            }
            if (clients_are_paused())
                clients_resume();
            continue;
        }
        host_begin_batch();
        if (!trim)
            trimmed = host.monotonic; /* at rest until now, with nothing to be given back */
        trim = true;
        /* Each turn begins with another: none that is always ready keeps the batch from the rest. */
        for (int i = 0; i < count && host_batch_has_room(); i++) {
            const struct epoll_event *one = &ready[(turn + (unsigned)i) % (unsigned)count];
            take(one->data.u64, one->events);
        }
        channels_deliver_owed();
        clients_deliver_drained();
        watches_deliver();
        host_end_batch();
        owed = channels_are_owed() || clients_owe_drained() || watches_are_owed();
        if (host.monotonic - trimmed >= TRIM_EVERY_USEC) {
            engine_trim(&host.engine);
            trimmed = host.monotonic;
        }
    }
    return host.leave_status;
}

int host_listen(int descriptor, uint32_t *current, uint32_t interest, enum host_source source, uint32_t number) {
    if (*current == interest)
        return 0;
    struct epoll_event event = {.events = interest, .data.u64 = (uint64_t)source << 32 | number};
    int operation = interest == 0 ? EPOLL_CTL_DEL : *current == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(host.epoll, operation, descriptor, &event) < 0)
        return errno;
    *current = interest;
    return 0;
}

/* The channels that this manager has from init: keeper 0 is init itself. */
static bool adopt_channels(void) {
    if (channel_add(&host.keepers, 0, host.start->init_channel, false) == NULL)
        return false;
    for (size_t i = 0; i < host.start->keeper_count; i++) {
        const struct keeper_entry *entry = &host.start->keepers[i];
        if (entry->keeper != 0 && entry->channel >= 0 &&
            channel_add(&host.keepers, entry->keeper, entry->channel, false) == NULL)
            return false;
    }
    return true;
}

static void take(uint64_t source, uint32_t events) {
    uint32_t number = (uint32_t)source;
    struct channel *channel;
    switch ((enum host_source)(source >> 32)) {
    case SOURCE_KEEPER:
        channel = channel_find(&host.keepers, number);
        if (channel != NULL) {
            channel_flush(channel);
            channel_receive(channel, false);
        }
        return;
    case SOURCE_CLIENT:
        channel = channel_find(&host.clients, number);
        if (channel != NULL)
            client_ready(channel);
        return;
    case SOURCE_CONTROL:
        clients_accept();
        return;
    case SOURCE_TIMER:
        take_timer();
        return;
    case SOURCE_WATCHES:
        watches_receive();
        return;
    case SOURCE_SOCKET:
        sockets_ready(number, events);
        return;
    case SOURCE_STREAM:
        stream_ready(events);
        return;
    case SOURCE_CLOCK:
        watches_take_clock();
        return;
    }
}

static void take_timer(void) {
    uint64_t expirations;
    if (read(host.timer, &expirations, sizeof expirations) != sizeof expirations)
        return;
    host.armed = 0;
    host_deliver_timer();
}

/* How long to wait: msec for epoll_wait. */
static int wait_time(bool owed, bool trim) {
    if (owed)
        return 0;
    if (trim)
        return TRIM_AFTER_MSEC;
    return clients_are_paused() ? ACCEPT_AGAIN_MSEC : -1;
}
