/* Connections to the journal's stdout socket as a keeper has them: what their head may be, how they end, and no bytes
 * do harm. */
#include "../keeper.h"
#include "../log-entry.h"
#include "fuzz.h"
#include "tap.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ── doubles ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static char lines[65536];
static size_t lines_length;

void log_stream_line(const struct log_stream *stream, const char *line, size_t length) {
    lines_length += (size_t)snprintf(lines + lines_length, sizeof lines - lines_length, "%u%s:%.*s;", stream->priority,
        stream->has_prefixes ? "p" : "", (int)(length < 100 ? length : 100), line);
    if (lines_length > sizeof lines / 2)
        lines_length = 0;
}

void log_stream_flush(void) {}

void log_read_comm(uint32_t pid, char comm[LOG_COMM_BYTES]) {
    (void)pid;
    comm[0] = '\0';
}

/* ── streams ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char head[] = "name\n\n30\n1\n0\n0\n0\n";

/* Our end of a new stream, or -1. */
static int connect_stream(void) {
    int ends[2];
    uint8_t buffer[64];
    struct wire_writer writer;
    struct wire_frame frame;
    wire_begin(&writer, buffer, sizeof buffer, WIRE_STREAM, 0, 0);
    wire_put_u32(&writer, WIRE_STREAM_PID, 7);
    if (wire_open(&frame, buffer, wire_end(&writer)) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
        return -1;
    struct wire_message message = {.descriptor_count = 1};
    message.descriptors[0] = ends[1];
    log_streams_take(&frame, &message);
    if (message.descriptors[0] >= 0) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    return ends[0];
}

static void put(int stream, const char *bytes, size_t length) {
    const ssize_t written = send(stream, bytes, length, MSG_NOSIGNAL); /* it may have been ended */
    (void)written;
}

static void read_all(void) {
    for (int i = 0; i < 100 && log_streams_read(); i++)
        ;
}

static const char *said(const char *bytes, size_t length) {
    lines_length = 0;
    lines[0] = '\0';
    const int stream = connect_stream();
    put(stream, bytes, length);
    read_all();
    close(stream);
    read_all();
    return lines;
}

static void test_heads(void) {
    char text[256];
    snprintf(text, sizeof text, "%sone\ntwo", head);
    check(strcmp(said(text, strlen(text)), "30p:one;30p:two;") == 0 && !log_streams_open(),
        "lines come after seven others, the last one at the end");
    check(strcmp(said("name\n\nx\n1\n0\n0\n0\na\n", 19), "") == 0 && !log_streams_open(),
        "a priority that is none ends the stream");
    check(strcmp(said("name\n\n3", 7), "") == 0 && !log_streams_open(), "a head that is cut says nothing");
}

/* A command that is just being forked has what the keeper has, for a moment that may be long. */
static void test_fork(void) {
    const int stream = connect_stream();
    int hold[2];
    if (pipe(hold) < 0)
        exit(1);
    put(stream, head, sizeof head - 1);
    read_all();
    const pid_t child = fork();
    if (child == 0) {
        char byte;
        close(hold[1]);
        _exit((int)read(hold[0], &byte, 1));
    }
    shutdown(stream, SHUT_RDWR);
    close(stream);
    read_all();
    check(!log_streams_open() && !log_streams_read(), "a stream that has ended is not read, though a fork has it yet");
    const int other = connect_stream();
    check(!log_streams_read(), "nor is it when there is another one");
    close(other);
    read_all();
    close(hold[1]);
    close(hold[0]);
    waitpid(child, NULL, 0);
}

static void test_any_bytes(void) {
    static const char *const pieces[] = {
        "name", "\n", "\n", "\n", "30", "0", "1", "yes", "999", "1000", "a line of words\n", "<3>", head, NULL};
    for (size_t round = fuzz_rounds(500); round > 0; round--) {
        int streams[3];
        for (size_t i = 0; i < 3; i++)
            streams[i] = connect_stream();
        for (size_t turn = fuzz_below(6); turn > 0; turn--) {
            size_t length;
            char *bytes = fuzz_text(pieces, fuzz_below(20) ? 200 : 60000, &length);
            if (fuzz_below(2))
                put(streams[fuzz_below(3)], head, sizeof head - 1);
            put(streams[fuzz_below(3)], bytes, length);
            log_streams_read();
            free(bytes);
        }
        if (fuzz_below(4) == 0)
            log_streams_end();
        for (size_t i = 0; i < 3; i++)
            close(streams[i]);
        read_all();
    }
    log_streams_end();
    check(!log_streams_open(), "no bytes do harm");
}

int main(void) {
    test_heads();
    test_fork();
    test_any_bytes();
    return tap_end();
}
