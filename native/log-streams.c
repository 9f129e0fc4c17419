/* Connections to the journal's stdout socket. Each begins with seven lines: an identifier, a unit (which only systemd
 * itself may say), a priority, whether lines have prefixes, and three wishes where else they should go; then come
 * lines, as journald reads them (journald-stream.c). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"
#include "log-entry.h"

/* As many streams as journald has (STDOUT_STREAMS_MAX): anybody may connect. */
enum { HEAD_LINES = 7, IDENTIFIER_BYTES = 256, PRIORITY_MAX = 999, STREAMS_MAX = 4096 };

struct stream {
    struct log_stream told;
    int descriptor;
    unsigned head; /* lines of it that were read */
    size_t carried;
    struct stream *next;
    char identifier[IDENTIFIER_BYTES], comm[LOG_COMM_BYTES];
    char input[LINE_MAX_BYTES];
};

static CHANGING struct stream *streams;
static CHANGING unsigned stream_count;
static CHANGING int epoll = -1;

static bool read_stream(struct stream *stream);
static bool take(struct stream *stream, bool last);
static bool take_head(struct stream *stream, const char *line, size_t length);
static void end(struct stream *stream);

void log_streams_take(const struct wire_frame *frame, struct wire_message *message) {
    if (message->descriptor_count != 1 || stream_count == STREAMS_MAX)
        return;
    if (epoll < 0 && (epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
        return;
    struct stream *stream = mmap(NULL, sizeof *stream, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stream == MAP_FAILED)
        return;
    stream->descriptor = message->descriptors[0];
    stream->told = (struct log_stream){.pid = wire_u32(wire_find(frame, WIRE_STREAM_PID)),
        .uid = wire_u32(wire_find(frame, WIRE_STREAM_UID)),
        .gid = wire_u32(wire_find(frame, WIRE_STREAM_GID)),
        .identifier = stream->identifier,
        .comm = stream->comm};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, stream->descriptor, &event) < 0) {
        munmap(stream, sizeof *stream);
        return;
    }
    message->descriptors[0] = -1;
    stream->next = streams;
    streams = stream;
    stream_count++;
}

bool log_streams_open(void) {
    return streams != NULL;
}

int log_streams_reader(void) {
    return streams ? epoll : -1;
}

bool log_streams_read(void) {
    enum { AT_ONCE = 16 };
    struct epoll_event events[AT_ONCE];
    const int count = streams ? epoll_wait(epoll, events, AT_ONCE, 0) : 0;
    for (int i = 0; i < count; i++)
        if (!read_stream(events[i].data.ptr))
            end(events[i].data.ptr);
    return count > 0;
}

void log_streams_end(void) {
    while (streams) {
        take(streams, true);
        end(streams);
    }
}

/* One read. False at its end. */
static bool read_stream(struct stream *stream) {
    ssize_t got;
    do
        got = read(stream->descriptor, stream->input + stream->carried, sizeof stream->input - stream->carried);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got > 0)
        stream->carried += (size_t)got;
    return take(stream, got <= 0) && got > 0;
}

/* The lines that are there. False when the head is not as it should be. */
static bool take(struct stream *stream, bool last) {
    const char *at = stream->input, *end = stream->input + stream->carried;
    while (at < end) {
        const size_t left = (size_t)(end - at);
        const char *newline = memchr(at, '\n', left);
        if (stream->head < HEAD_LINES) {
            if (!newline && left < sizeof stream->input)
                break;
            if (!newline || !take_head(stream, at, (size_t)(newline - at)))
                return false;
            at = newline + 1;
            continue;
        }
        const char *zero = memchr(at, '\0', newline ? (size_t)(newline - at) : left);
        const char *stop = zero ? zero : newline;
        if (!stop && !last && left < sizeof stream->input)
            break;
        log_stream_line(&stream->told, at, stop ? (size_t)(stop - at) : left);
        at = stop ? stop + 1 : end;
    }
    stream->carried = (size_t)(end - at);
    if (at != stream->input)
        memmove(stream->input, at, stream->carried);
    log_stream_flush();
    return true;
}

static bool take_head(struct stream *stream, const char *line, size_t length) {
    char word[IDENTIFIER_BYTES];
    const size_t taken = length < sizeof word ? length : sizeof word - 1;
    memcpy(word, line, taken);
    word[taken] = '\0';
    char *end;
    switch (stream->head++) {
    case 0:
        log_read_comm(stream->told.pid, stream->comm);
        memcpy(stream->identifier, word, taken + 1);
        return true;
    case 1:
        return true;
    case 2: {
        const unsigned long priority = strtoul(word, &end, 10);
        stream->told.priority = (unsigned)priority;
        return *word >= '0' && *word <= '9' && !*end && priority <= PRIORITY_MAX;
    }
    case 3:
        stream->told.has_prefixes = *word == '1' || *word == 'y' || *word == 't';
        return true;
    default:
        return true; /* what is said goes where the unit's other lines go */
    }
}

static void end(struct stream *ended) {
    struct stream **place = &streams;
    while (*place != ended)
        place = &(*place)->next;
    *place = ended->next;
    stream_count--;
    /* By name: a command that is just being forked has the same open socket, which would go on being watched. */
    epoll_ctl(epoll, EPOLL_CTL_DEL, ended->descriptor, NULL);
    close(ended->descriptor);
    munmap(ended, sizeof *ended);
}
