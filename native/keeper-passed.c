/* What socket units listen on, and what they have accepted, comes with the command that is to have it: `pass` frames
 * just before its `run`. Here it is kept no longer than until that command is forked: a port that the unit does not use
 * is nobody's. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "table.h"

enum { PASSED_MAX = 4096 };

static CHANGING struct passed *passed;
static CHANGING size_t count, capacity;

static bool grow(void);

void passed_take(const struct wire_frame *pass, struct wire_message *message) {
    if (wire_u32(wire_find(pass, WIRE_PASS_FIRST)))
        passed_forget();
    const struct wire_field names = wire_find(pass, WIRE_PASS_NAMES);
    if (wire_count_texts(names) != message->descriptor_count)
        event_notice("FDS", EMFILE, "not every socket could be passed");
    size_t at = 0;
    for (size_t i = 0; i < message->descriptor_count; i++) {
        const char *name = wire_next_text(names, &at);
        if (count == capacity && !grow()) {
            event_notice("FDS", ENOMEM, "not every socket could be passed");
            return;
        }
        passed[count] = (struct passed){.descriptor = message->descriptors[i]};
        if (name)
            strncpy(passed[count].name, name, sizeof passed->name - 1);
        message->descriptors[i] = -1;
        count++;
    }
}

size_t passed_count(void) {
    return count;
}

const struct passed *passed_at(size_t at) {
    return &passed[at];
}

void passed_forget(void) {
    for (size_t i = 0; i < count; i++)
        close(passed[i].descriptor);
    table_free(passed, sizeof *passed, capacity);
    passed = NULL;
    count = capacity = 0;
}

static bool grow(void) {
    if (2 * capacity > PASSED_MAX)
        return false;
    void *bigger = table_grow(passed, sizeof *passed, &capacity);
    if (!bigger)
        return false;
    passed = bigger;
    return true;
}
