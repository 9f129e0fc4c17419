/* init's part in socket units: it holds what the manager has opened and accepted, and knows nothing else of it. */
#include "held.h"
#include "init.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void tell_failure(const char *unit, uint32_t number, int error);

void sockets_hold(const struct wire_frame *hold, struct wire_message *message) {
    const char *unit = wire_text(wire_find(hold, WIRE_HOLD_UNIT));
    const uint32_t number = wire_u32(wire_find(hold, WIRE_HOLD_NUMBER));
    if (message->descriptor_count != 1 || !leaves_reserve(message->descriptors, 1)) {
        tell_failure(unit, number, EMFILE);
        return;
    }
    const int descriptor = message->descriptors[0];
    message->descriptor_count = 0;
    if (!held_add(unit, number, wire_u64(wire_find(hold, WIRE_HOLD_KEY)), descriptor))
        tell_failure(unit, number, ENOMEM);
}

void sockets_let_go(const struct wire_frame *frame) {
    const char *unit = wire_text(wire_find(frame, WIRE_LET_GO_UNIT));
    const uint32_t first = wire_u32(wire_find(frame, WIRE_LET_GO_FIRST));
    const uint32_t last = wire_u32(wire_find(frame, WIRE_LET_GO_LAST));
    for (size_t i = 0; i < held_size();) {
        const struct held *entry = held_at(i);
        if (entry->number >= first && entry->number <= last && strcmp(entry->unit, unit) == 0)
            held_remove(i);
        else
            i++;
    }
}

static void tell_failure(const char *unit, uint32_t number, int error) {
    say("cannot hold a socket of %s: %s", unit, strerror(error));
    uint8_t buffer[512];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_HOLD_FAILED, 0, 0);
    wire_put_text(&w, WIRE_HOLD_FAILED_UNIT, unit);
    wire_put_u32(&w, WIRE_HOLD_FAILED_NUMBER, number);
    wire_put_u32(&w, WIRE_HOLD_FAILED_ERRNO, (uint32_t)error);
    manager_send(&w);
}
