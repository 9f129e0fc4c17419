/* /run/systemd/journal/stdout: whoever connects there has its lines in the journal (sd_journal_stream_fd(3),
 * systemd-cat). The connection goes to the keeper of the sender's unit, or to a keeper without commands where the
 * sender is of none; it lives for as long as there are such streams. See docs/adr/0012. */
#include "init.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 16 };

/* Its frame is the `keep` of that keeper. */
#define SAME(field) _Static_assert((int)WIRE_STREAMS_##field == (int)WIRE_KEEP_##field, "a field of `keep`")
SAME(UNIT);
SAME(JOURNAL_DIRECTORY);
SAME(JOURNAL_BYTES);
SAME(JOURNAL_FILES);
SAME(FORWARD_SYSLOG);

static CHANGING int listening = -1;
static CHANGING bool is_open;
static CHANGING uint8_t *fields;
static CHANGING struct wire_frame settings;
static CHANGING int scribe = -1; /* channel of the keeper without commands */

static bool await_senders(int operation);
static void take(int connection);

void init_streams_begin(void) {
    listening = init_log_socket("/run/systemd/journal/stdout", SOCK_STREAM);
}

void init_streams_open(const struct wire_frame *frame) {
    /* A keeper gives back the page that its frame begins: this one begins none. */
    enum { APART = 8 };
    uint8_t *copy = listening < 0 ? NULL : malloc(APART + frame->length);
    if (!copy)
        return;
    memcpy(copy + APART, frame->fields, frame->length);
    free(fields);
    fields = copy;
    settings = *frame;
    settings.fields = copy + APART;
    is_open = is_open || await_senders(EPOLL_CTL_ADD);
}

/* At an edge: where the kernel has no file for another (ENFILE), that would be told without end. */
static bool await_senders(int operation) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = listening};
    return epoll_ctl(init.epoll, operation, listening, &event) == 0;
}

bool init_streams_ready(int descriptor) {
    if (listening < 0 || descriptor != listening)
        return false;
    for (size_t i = 0; i < AT_ONCE; i++) {
        const int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0 && errno != EINTR && errno != ECONNABORTED)
            return true; /* none waits; or the next that comes has another try made */
        if (connection < 0)
            continue;
        if (leaves_reserve(&connection, 1))
            take(connection);
        close(connection); /* what nobody could take ends here, and its sender gets EPIPE */
    }
    await_senders(EPOLL_CTL_MOD); /* more may wait: others have their turn first */
    return true;
}

void init_streams_forget(void) {
    if (listening >= 0)
        close(listening);
    if (scribe >= 0)
        close(scribe);
}

static void take(int connection) {
    struct ucred sender;
    socklen_t size = sizeof sender;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &sender, &size) < 0)
        return;
    uint8_t buffer[64];
    struct wire_writer frame;
    wire_begin(&frame, buffer, sizeof buffer, WIRE_STREAM, 0, 0);
    wire_put_u32(&frame, WIRE_STREAM_PID, (uint32_t)sender.pid);
    wire_put_u32(&frame, WIRE_STREAM_UID, sender.uid);
    wire_put_u32(&frame, WIRE_STREAM_GID, sender.gid);
    const size_t length = wire_end(&frame);
    uint32_t *lost;
    const uint32_t keeper = init_log_sender(sender.pid);
    const int channel = keeper ? keepers_channel(keeper, &lost) : -1;
    if (channel >= 0)
        wire_send(channel, buffer, length, &connection, 1);
    else
        init_streams_tell_scribe(buffer, length, connection);
}

bool init_streams_tell_scribe(const uint8_t *frame, size_t length, int descriptor) {
    if (scribe >= 0) {
        const int error = wire_send(scribe, frame, length, &descriptor, 1);
        if (error != EPIPE)
            return error == 0;
        /* It has shut its end: it takes no more, and leaves when its streams have ended. */
        close(scribe);
        scribe = -1;
    }
    int channel[2];
    if (!is_open || stop_kills() || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
        return false;
    wire_send(channel[1], frame, length, &descriptor, 1); /* first: it leaves as soon as it has nothing */
    const pid_t pid = fork();
    if (pid == 0) {
        static CHANGING struct keeper_page page;
        keepers_become(&settings, channel[0], &page);
    }
    close(channel[0]);
    if (pid < 0) {
        say("no journal for processes of no unit: %s", strerror(errno));
        close(channel[1]);
        return false;
    }
    scribe = channel[1];
    return true;
}
