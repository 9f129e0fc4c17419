/* What happened, for the manager: numbered from 1 and kept until a frame of the manager acknowledges it, so that none
 * is lost when the manager dies (docs/wire.md). The frames lie one after the other, as they are sent. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "keeper.h"

static CHANGING size_t kept_length;
static CHANGING size_t sent_length; /* bytes of room->events that the channel has taken */
static CHANGING uint32_t last_sequence;
static CHANGING bool hello_due;
static CHANGING const char *told[24]; /* steps that were noticed */

static uint32_t u32_at(const uint8_t *bytes);
static bool send_hello(void);

struct wire_writer *event_begin(uint16_t type) {
    static CHANGING struct wire_writer writer;
    wire_begin(
        &writer, room->events + kept_length, sizeof room->events - kept_length, type, last_sequence + 1, keeper.seen);
    return &writer;
}

void event_end(struct wire_writer *event) {
    size_t length = wire_end(event);
    if (!length) {
        say("%s: an event for the manager was lost: no room", keeper.unit);
        return;
    }
    last_sequence++;
    kept_length += length;
    events_send();
}

void event_notice(const char *step, int error, const char *format, ...) {
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (!told[i]) {
            told[i] = step;
            break;
        }
        if (strcmp(told[i], step) == 0)
            return;
    }
    char text[NOTICE_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct wire_writer *event = event_begin(WIRE_NOTICE);
    wire_put_text(event, WIRE_NOTICE_STEP, step);
    wire_put_u32(event, WIRE_NOTICE_ERRNO, (uint32_t)error);
    wire_put_text(event, WIRE_NOTICE_TEXT, text);
    event_end(event);
}

uint32_t events_last(void) {
    return last_sequence;
}

void events_acknowledge(uint32_t sequence) {
    notify_acknowledged(sequence);
    size_t done = 0;
    while (done < kept_length && u32_at(room->events + done + 8) <= sequence)
        done += u32_at(room->events + done + 4);
    if (!done)
        return;
    memmove(room->events, room->events + done, kept_length - done);
    kept_length -= done;
    sent_length = sent_length > done ? sent_length - done : 0;
}

void events_resume(uint32_t from) {
    events_acknowledge(from);
    sent_length = 0;
    hello_due = true;
    events_send();
}

void events_send(void) {
    if (hello_due && !send_hello())
        return;
    while (sent_length < kept_length) {
        uint8_t *frame = room->events + sent_length;
        size_t length = u32_at(frame + 4);
        memcpy(frame + 12, &keeper.seen, sizeof keeper.seen); /* `acknowledged` as of now */
        int error = wire_send(keeper.channel, frame, length, NULL, 0);
        if (error)
            return; /* full: poll tells when it is not. Gone: poll tells that too. */
        sent_length += length;
    }
}

bool events_waiting(void) {
    return hello_due || sent_length < kept_length;
}

size_t events_bytes(void) {
    return kept_length;
}

static bool send_hello(void) {
    uint8_t frame[128];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_HELLO, 0, keeper.seen);
    wire_put_u32(&writer, WIRE_HELLO_PID, (uint32_t)keeper.pid);
    wire_put_u32(&writer, WIRE_HELLO_SEEN, keeper.seen);
    wire_put_u32(&writer, WIRE_HELLO_MAIN, (uint32_t)keeper.slots[MAIN].pid);
    wire_put_u32(&writer, WIRE_HELLO_CONTROL, (uint32_t)keeper.slots[CONTROL].pid);
    wire_put_u32(&writer, WIRE_HELLO_EMPTY, !keeper.occupied);
    hello_due = wire_send(keeper.channel, frame, wire_end(&writer), NULL, 0) != 0;
    return !hello_due;
}

static uint32_t u32_at(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}
