/* The unit's output. Its commands write into one pipe; the pump reads what is there at once, cuts it into lines and
 * hands them on:
 *
 *     pipe ──read(64 KiB)──▶ lines ──┬──▶ records ──one write──▶ journal file
 *                                    └──▶ the container's stdout
 *
 * A record is one line, so that the journal can be read with any tool:
 *
 *     REALTIME CLASS PRIORITY KEEPER PID MESSAGE          realtime: usec, 16 hex digits
 *     0006478a1f2b3c4d u6 12 345 Server listening on 0.0.0.0 port 22.
 *
 * Class u is a line of the unit; U is one too, and the next record goes on with it (a line longer than LINE_MAX_BYTES).
 * Class e is what a process of the unit has said at /dev/log or the journal's socket (log-entry.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "log-entry.h"
#include "log-forward.h"

enum {
    PREFIX_BYTES = 16 + 4 + 11 + 11, /* time, class, keeper, pid */
    STREAM_ROUNDS = 64,              /* of streams that others go on writing to */
    PASSED_BYTES = 1024 * 1024,      /* of an entry that is too long for a datagram */
};

static CHANGING int pipe_ends[2] = {-1, -1};
static CHANGING size_t pipe_capacity;
static CHANGING int default_priority;
static CHANGING unsigned facility = 3 << 3; /* daemon */
static CHANGING int most_priority = 7;      /* LogLevelMax= */
static CHANGING bool looks_for_level;

static CHANGING size_t carried;    /* bytes of an unfinished line at the head of `input` */
static CHANGING bool continuing;   /* a part of that line was told already, */
static CHANGING int line_priority; /* with this priority, */
static CHANGING bool line_dropped; /* or was not told, as LogLevelMax= or LogRateLimitBurst= say */

static CHANGING size_t records_length;
static CHANGING char prefix[PREFIX_BYTES];
static CHANGING size_t prefix_length;
static CHANGING uint64_t now;
static CHANGING pid_t writer;

static void take_lines(size_t length);
static void take_line(const char *line, size_t length, bool ends);
static void forward(unsigned priority, const char *identifier, uint32_t pid, const char *line, size_t length);
static bool is_wanted(int priority);
static void make_prefix(pid_t pid);
static void add_record(char class, int priority, const char *text, size_t length);
static void add_manager_record(int priority, const char *before, unsigned number, const char *after);
static void flush(void);

void log_begin(const struct wire_frame *keep) {
    const uint32_t level = wire_u32(wire_find(keep, WIRE_KEEP_LEVEL));
    default_priority = (int)(level & 7);
    if (level > 7)
        facility = level & ~7u;
    uint32_t most = wire_u32(wire_find(keep, WIRE_KEEP_LEVEL_MAX_PLUS1));
    if (most)
        most_priority = (int)most - 1;
    log_limit_begin(wire_u64(wire_find(keep, WIRE_KEEP_LOG_INTERVAL)), wire_u32(wire_find(keep, WIRE_KEEP_LOG_BURST)));
    looks_for_level = wire_u32(wire_find(keep, WIRE_KEEP_LEVEL_PREFIX)) != 0;
    if (wire_u32(wire_find(keep, WIRE_KEEP_FORWARD_SYSLOG)))
        log_forward_begin();
}

int log_writer(void) {
    if (pipe_ends[1] >= 0)
        return pipe_ends[1];
    if (pipe2(pipe_ends, O_CLOEXEC) < 0) {
        pipe_ends[0] = pipe_ends[1] = -1;
        return -1;
    }
    fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK); /* of this end alone: the commands may block */
    int capacity = fcntl(pipe_ends[0], F_GETPIPE_SZ);
    pipe_capacity = capacity > 0 ? (size_t)capacity : READ_BYTES;
    return pipe_ends[1];
}

int log_reader(void) {
    return pipe_ends[0];
}

bool log_read(void) {
    if (pipe_ends[0] < 0)
        return false;
    ssize_t got;
    do
        got = read(pipe_ends[0], room->input + carried, READ_BYTES);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    make_prefix(0);
    take_lines((size_t)got);
    flush();
    return true;
}

void log_drain(bool last) {
    /* What was written until now fits into the pipe; what others of the unit write meanwhile can wait. */
    for (size_t i = 0; i <= pipe_capacity / READ_BYTES && log_read(); i++)
        ;
    for (size_t i = 0; i < STREAM_ROUNDS && log_streams_read(); i++)
        ;
    if (last && carried > 0) {
        size_t length = carried;
        carried = 0;
        make_prefix(0);
        take_line(room->input, length, true);
        flush();
    }
}

size_t log_carried(void) {
    return carried;
}

static void take_lines(size_t length) {
    const char *at = room->input, *end = room->input + carried + length;
    const char *search = room->input + carried; /* what was carried has no newline */
    for (const char *newline; (newline = memchr(search, '\n', (size_t)(end - search)));) {
        take_line(at, (size_t)(newline - at), true);
        at = search = newline + 1;
    }
    while (end - at > LINE_MAX_BYTES) {
        take_line(at, LINE_MAX_BYTES, false);
        at += LINE_MAX_BYTES;
    }
    carried = (size_t)(end - at);
    if (at != room->input)
        memmove(room->input, at, carried);
}

/* `ends`: a newline follows, or the end of the output. */
static void take_line(const char *line, size_t length, bool ends) {
    if (!continuing) {
        unsigned priority = (unsigned)default_priority;
        const char *begin = line;
        if (looks_for_level)
            log_read_priority(&line, line + length, false, &priority);
        length -= (size_t)(line - begin);
        line_priority = (int)priority;
        line_dropped = !is_wanted(line_priority);
    }
    while (length > LINE_MAX_BYTES) {
        take_line(line, LINE_MAX_BYTES, false);
        line += LINE_MAX_BYTES;
        length -= LINE_MAX_BYTES;
    }
    continuing = !ends;
    if (line_dropped)
        return;
    if (console_is_wanted())
        console_line(now, line_priority, writer, line, length);
    if (ends)
        length = log_stripped(line, length);
    if (length == 0 && ends)
        return;
    forward((unsigned)line_priority | facility, keeper.identifier, (uint32_t)writer, line, length);
    add_record(ends ? 'u' : 'U', line_priority, line, length);
}

void log_stream_line(const struct log_stream *stream, const char *line, size_t length) {
    unsigned priority = stream->priority;
    const char *begin = line;
    if (stream->has_prefixes && log_read_priority(&line, line + length, false, &priority))
        priority |= stream->priority & ~7u;
    length = log_stripped(line, length - (size_t)(line - begin));
    const int importance = (int)(priority & 7);
    if (length == 0 || !is_wanted(importance))
        return;
    make_prefix((pid_t)stream->pid);
    if (console_is_wanted())
        console_line(now, importance, writer, line, length);
    forward(priority, *stream->identifier ? stream->identifier : stream->comm, stream->pid, line, length);
    const struct log_datagram sender = {
        .pid = stream->pid, .uid = stream->uid, .gid = stream->gid, .comm = stream->comm};
    const size_t taken =
        log_entry_of_stream(room->entry, sizeof room->entry, line, length, &sender, stream->identifier, priority);
    add_record('e', importance, room->entry, taken);
}

void log_stream_flush(void) {
    flush();
}

/* A descriptor that came in place of words: a file in memory, which reading never waits for. NULL: it is no such. */
static char *read_passed(int descriptor, size_t *length) {
    char *bytes = fcntl(descriptor, F_GET_SEALS) < 0
                      ? MAP_FAILED
                      : mmap(NULL, PASSED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    const ssize_t got = pread(descriptor, bytes, PASSED_BYTES, 0);
    *length = got > 0 ? (size_t)got : 0;
    return bytes;
}

void log_take_entries(const struct wire_frame *logged, const struct wire_message *message) {
    struct wire_field data = wire_find(logged, WIRE_LOGGED_DATA);
    size_t passed_length = 0;
    char *passed = message->descriptor_count == 1 ? read_passed(message->descriptors[0], &passed_length) : NULL;
    if (passed) {
        data.bytes = (const uint8_t *)passed;
        data.length = (uint32_t)passed_length;
    }
    const struct log_datagram datagram = {.bytes = (const char *)data.bytes,
        .length = data.length,
        .native = wire_u32(wire_find(logged, WIRE_LOGGED_NATIVE)) != 0,
        .pid = wire_u32(wire_find(logged, WIRE_LOGGED_PID)),
        .uid = wire_u32(wire_find(logged, WIRE_LOGGED_UID)),
        .gid = wire_u32(wire_find(logged, WIRE_LOGGED_GID))};
    /* What the frame lies in is where records are gathered: each goes its way at once. */
    make_prefix((pid_t)datagram.pid);
    const uint32_t lost = wire_u32(wire_find(logged, WIRE_LOGGED_LOST));
    struct log_entry entry;
    for (size_t at = 0;
         log_entry_next(&datagram, &at, room->entry + PREFIX_BYTES, sizeof room->entry - PREFIX_BYTES - 1, &entry);) {
        if (!is_wanted(entry.priority))
            continue;
        const char *line = entry.message, *end = entry.message + entry.message_length;
        while (console_is_wanted() && line < end) {
            const char *newline = memchr(line, '\n', (size_t)(end - line));
            const char *stop = newline ? newline : end;
            console_line(now, entry.priority, (pid_t)datagram.pid, line, (size_t)(stop - line));
            line = stop + 1;
        }
        /* What came by syslog, init has sent on. */
        if (datagram.native)
            log_forward((unsigned)entry.priority | entry.facility << 3, entry.identifier, entry.identifier_length,
                datagram.pid, entry.message, entry.message_length);
        if (!log_file_is_wanted())
            continue;
        char *record = room->entry + PREFIX_BYTES - prefix_length;
        memcpy(record, prefix, prefix_length);
        record[17] = 'e';
        record[18] = (char)('0' + entry.priority);
        record[prefix_length + entry.length] = '\n';
        log_file_append(record, prefix_length + entry.length + 1);
    }
    if (lost)
        add_manager_record(4, "", lost, " messages of this unit were lost: more came than could be taken");
    flush();
    if (passed)
        munmap(passed, PASSED_BYTES);
}

static void forward(unsigned priority, const char *identifier, uint32_t pid, const char *line, size_t length) {
    log_forward(priority, identifier, strlen(identifier), pid, line, length);
}

/* And tells what was not wanted before. */
static bool is_wanted(int priority) {
    uint32_t suppressed;
    if (priority > most_priority || !log_limit_allows(priority, &suppressed))
        return false;
    if (suppressed) {
        char after[300];
        snprintf(after, sizeof after, " messages from %.255s", keeper.unit);
        add_manager_record(6, "Suppressed ", suppressed, after);
    }
    return true;
}

static void add_record(char class, int priority, const char *text, size_t length) {
    if (!log_file_is_wanted())
        return;
    if (records_length + prefix_length + length + 1 > sizeof room->scratch.records)
        flush();
    char *record = room->scratch.records + records_length;
    memcpy(record, prefix, prefix_length);
    record[17] = class;
    record[18] = (char)('0' + priority);
    memcpy(record + prefix_length, text, length);
    record[prefix_length + length] = '\n';
    records_length += prefix_length + length + 1;
}

/* Words of pidone's own, not through the pipe. */
static void add_manager_record(int priority, const char *before, unsigned number, const char *after) {
    if (!log_file_is_wanted())
        return;
    char record[PREFIX_BYTES + 400];
    int length = snprintf(record, sizeof record, "%.17sm%d %u %d %s%u%.300s\n", prefix, priority, keeper.number,
        keeper.pid, before, number, after);
    flush();
    log_file_append(record, (size_t)length);
}

/* All lines of one read have the same time and writer. */
static void make_prefix(pid_t pid) {
    now = clock_usec(CLOCK_REALTIME);
    if (pid)
        writer = pid;
    else
        writer = keeper.slots[MAIN].pid ? keeper.slots[MAIN].pid : keeper.slots[CONTROL].pid;
    char *at = prefix;
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[now >> shift & 15];
    memcpy(at, " u0 ", 4);
    at += 4;
    for (int i = 0; i < 2; i++) {
        uint32_t number = i == 0 ? keeper.number : (uint32_t)writer;
        char digits[10];
        size_t count = 0;
        do
            digits[count++] = (char)('0' + number % 10);
        while (number /= 10);
        while (count)
            *at++ = digits[--count];
        *at++ = ' ';
    }
    prefix_length = (size_t)(at - prefix);
}

static void flush(void) {
    if (records_length) {
        log_file_append(room->scratch.records, records_length);
        records_length = 0;
    }
    console_flush();
}
