/* The unit's lines on the container's stdout, which `docker logs` shows. Nobody may be reading there: what does not fit
 * is dropped, counted, and told once there is room again. A service never waits for it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

enum {
    /* A write of at most this many bytes to a pipe is taken as a whole or not at all (PIPE_BUF): lines of several
       keepers stay whole. */
    ATOMIC_BYTES = 4096,
};

static CHANGING uint32_t mode;
static CHANGING bool is_terminal;
static CHANGING size_t at_once; /* bytes of one write */
static CHANGING bool stalled;   /* lines are dropped … */
static CHANGING bool waits;     /* … until poll says that there is room */
static CHANGING bool cut;       /* stdout ends inside a line of ours */
static CHANGING uint64_t dropped;
static CHANGING size_t used;        /* of room->console */
static CHANGING size_t head_length; /* of room->line_head */
static CHANGING pid_t head_pid;

static void make_head(pid_t pid);
static void make_room(void);
static void put(const char *text, size_t length);
static void put_shown(const char *text, size_t length);
static void put_json(const char *text, size_t length);
static void json_head(uint64_t realtime, int priority, pid_t pid);
static void write_lines(const char *lines, size_t length);

void console_begin(uint32_t wanted) {
    mode = wanted;
    struct stat status;
    if (mode == CONSOLE_NONE || fstat(STDOUT_FILENO, &status) < 0) {
        mode = CONSOLE_NONE;
        return;
    }
    is_terminal = S_ISCHR(status.st_mode) && isatty(STDOUT_FILENO);
    at_once = S_ISFIFO(status.st_mode) ? ATOMIC_BYTES : sizeof room->console;
}

bool console_is_wanted(void) {
    return mode != CONSOLE_NONE;
}

void console_line(uint64_t realtime, int priority, pid_t pid, const char *line, size_t length) {
    if (stalled) {
        dropped++;
        waits = true;
        return;
    }
    if (mode == CONSOLE_JSON) {
        json_head(realtime, priority, pid);
        put_json(line, length);
        put("\"}\n", 3);
        return;
    }
    if (mode == CONSOLE_PREFIXED) {
        if (!room->line_head[0] || head_pid != pid)
            make_head(pid);
        put(room->line_head, head_length);
    }
    if (is_terminal)
        put_shown(line, length);
    else
        put(line, length);
    put("\n", 1);
}

void console_flush(void) {
    if (used) {
        write_lines(room->console, used);
        used = 0;
    }
}

bool console_waits(void) {
    return waits;
}

void console_ready(bool writable) {
    waits = false;
    if (!writable) {
        mode = CONSOLE_NONE;
        return;
    }
    char note[400];
    int n = snprintf(note, sizeof note, "%spidone: %.255s: %llu lines were not shown here, as nobody was reading\n",
        cut ? "\n" : "", keeper.unit, (unsigned long long)dropped);
    /* Not yet enough room: asked again with the next line, not at once. */
    if (dropped && write_without_blocking(STDOUT_FILENO, note, (size_t)n) != (size_t)n)
        return;
    dropped = 0;
    stalled = cut = false;
}

/* Once for many lines: formatting it costs more than all else that is done for a line. */
static void make_head(pid_t pid) {
    head_length = (size_t)snprintf(room->line_head, sizeof room->line_head, "%.255s[%d]: ", keeper.unit, pid);
    head_pid = pid;
}

/* A line that is not whole stays, but one that fills it all: who reads slowly is not left with half of it. */
static void make_room(void) {
    const char *newline = memrchr(room->console, '\n', used);
    size_t whole = newline ? (size_t)(newline + 1 - room->console) : used;
    write_lines(room->console, whole);
    used -= whole;
    memmove(room->console, room->console + whole, used);
}

static void put(const char *text, size_t length) {
    while (length) {
        if (used == sizeof room->console)
            make_room();
        size_t part = length < sizeof room->console - used ? length : sizeof room->console - used;
        memcpy(room->console + used, text, part);
        used += part;
        text += part;
        length -= part;
    }
}

/* For a terminal: what could move its cursor or set its title is shown, not done. */
static void put_shown(const char *text, size_t length) {
    while (length) {
        size_t bytes = utf8_length(text, length);
        uint8_t first = (uint8_t)text[0];
        if (bytes && (first == '\t' || !is_control(text, bytes))) {
            put(text, bytes);
        } else {
            char shown[16];
            int n = bytes == 2 ? snprintf(shown, sizeof shown, "\\u%04x", (uint8_t)text[1])
                               : snprintf(shown, sizeof shown, "\\x%02x", first);
            put(shown, (size_t)n);
        }
        text += bytes ? bytes : 1;
        length -= bytes ? bytes : 1;
    }
}

static void put_json(const char *text, size_t length) {
    while (length) {
        size_t bytes = utf8_length(text, length);
        uint8_t first = (uint8_t)text[0];
        if (!bytes) {
            put("\xef\xbf\xbd", 3); /* U+FFFD */
        } else if (is_control(text, bytes)) {
            /* JSON would take those above 0x1f as they are, a terminal obeys them. */
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", (uint8_t)text[bytes - 1]);
            put(escape, 6);
        } else {
            if (first == '"' || first == '\\')
                put("\\", 1);
            put(text, bytes);
        }
        text += bytes ? bytes : 1;
        length -= bytes ? bytes : 1;
    }
}

static void json_head(uint64_t realtime, int priority, pid_t pid) {
    time_t seconds = (time_t)(realtime / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char head[128];
    int n =
        snprintf(head, sizeof head, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06uZ\",\"unit\":\"", utc.tm_year + 1900,
            utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, (unsigned)(realtime % 1000000));
    put(head, (size_t)n);
    put_json(keeper.unit, strlen(keeper.unit));
    n = snprintf(head, sizeof head, "\",\"pid\":%d,\"priority\":%d,\"message\":\"", pid, priority);
    put(head, (size_t)n);
}

/* Whole lines at a time, as many as go into one write. */
static void write_lines(const char *lines, size_t length) {
    const char *end = lines + length;
    while (lines < end && !stalled) {
        size_t part = (size_t)(end - lines) < at_once ? (size_t)(end - lines) : at_once;
        const char *newline = memrchr(lines, '\n', part);
        if (newline)
            part = (size_t)(newline - lines) + 1;
        size_t taken = write_without_blocking(STDOUT_FILENO, lines, part);
        if (taken)
            cut = lines[taken - 1] != '\n';
        lines += taken;
        stalled = waits = taken < part;
    }
    for (const char *newline; lines < end && (newline = memchr(lines, '\n', (size_t)(end - lines)));
         lines = newline + 1)
        dropped++;
}
