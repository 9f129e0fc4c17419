#include "held.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pidone.h"
#include "table.h"

static CHANGING struct held *entries;
static CHANGING size_t count, capacity;
static CHANGING uint32_t last_id;

static bool grow(void);

struct held *held_add(const char *unit, uint32_t number, uint64_t key, int descriptor) {
    struct held *entry = held_find(unit, number);
    if (entry) {
        close(entry->descriptor);
    } else {
        if (count == capacity && !grow()) {
            close(descriptor);
            return NULL;
        }
        entry = &entries[count++];
    }
    *entry = (struct held){.descriptor = descriptor, .number = number, .key = key, .id = ++last_id};
    snprintf(entry->unit, sizeof entry->unit, "%s", unit);
    return entry;
}

struct held *held_find(const char *unit, uint32_t number) {
    for (size_t i = 0; i < count; i++)
        if (entries[i].number == number && strcmp(entries[i].unit, unit) == 0)
            return &entries[i];
    return NULL;
}

struct held *held_find_id(uint32_t id) {
    for (size_t i = 0; i < count; i++)
        if (entries[i].id == id)
            return &entries[i];
    return NULL;
}

size_t held_size(void) {
    return count;
}

struct held *held_at(size_t at) {
    return &entries[at];
}

void held_remove(size_t at) {
    close(entries[at].descriptor);
    memmove(&entries[at], &entries[at + 1], (--count - at) * sizeof *entries);
}

void held_forget(void) {
    table_free(entries, sizeof *entries, capacity);
    entries = NULL;
    count = capacity = 0;
}

static bool grow(void) {
    void *bigger = table_grow(entries, sizeof *entries, &capacity);
    if (bigger)
        entries = bigger;
    return bigger != NULL;
}
