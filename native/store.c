#include "store.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pidone.h"
#include "table.h"

CHANGING int store_of_init = -1, store_of_keepers = -1;

static CHANGING struct stored *entries;
static CHANGING size_t count, capacity;
static CHANGING int hangups = -1;

static bool grow(void);
static void watch(const struct stored *entry);

bool store_add(const char *unit, uint32_t number, int descriptor, bool poll, const char *name) {
    if (count == capacity && !grow()) {
        close(descriptor);
        return false;
    }
    struct stored *entry = &entries[count++];
    *entry = (struct stored){.descriptor = descriptor, .number = number, .polled = poll};
    snprintf(entry->unit, sizeof entry->unit, "%s", unit);
    snprintf(entry->name, sizeof entry->name, "%s", name);
    if (poll)
        watch(entry);
    return true;
}

void store_remove(size_t at) {
    store_close(at);
    memmove(&entries[at], &entries[at + 1], (--count - at) * sizeof *entries);
}

void store_close(size_t at) {
    struct stored *entry = &entries[at];
    if (entry->descriptor < 0)
        return;
    /* By name: another process may have the same open socket, which then goes on being watched. */
    if (entry->polled && hangups >= 0)
        epoll_ctl(hangups, EPOLL_CTL_DEL, entry->descriptor, NULL);
    close(entry->descriptor);
    entry->descriptor = -1;
}

size_t store_size(void) {
    return count;
}

struct stored *store_at(size_t at) {
    return &entries[at];
}

size_t store_find(const char *unit, size_t at) {
    while (at < count && strcmp(entries[at].unit, unit) != 0)
        at++;
    return at;
}

void store_forget_others(const char *unit) {
    hangups = -1; /* it is shared with init */
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (unit && entries[i].descriptor >= 0 && strcmp(entries[i].unit, unit) == 0)
            entries[kept++] = entries[i];
    count = kept;
    if (count == 0 && capacity > 0) {
        table_free(entries, sizeof *entries, capacity);
        entries = NULL;
        capacity = 0;
    }
}

void store_close_all(void) {
    for (size_t i = 0; i < count; i++)
        if (entries[i].descriptor >= 0)
            close(entries[i].descriptor);
    if (hangups >= 0)
        close(hangups);
    store_forget_others(NULL);
}

int store_hangups(void) {
    return hangups;
}

size_t store_hung_up(void) {
    struct epoll_event event;
    if (hangups < 0 || epoll_wait(hangups, &event, 1, 0) != 1)
        return count;
    for (size_t i = 0; i < count; i++)
        if (entries[i].polled && entries[i].descriptor == event.data.fd)
            return i;
    return count;
}

static bool grow(void) {
    void *bigger = table_grow(entries, sizeof *entries, &capacity);
    if (bigger)
        entries = bigger;
    return bigger != NULL;
}

/* What cannot be polled (a file) never hangs up. */
static void watch(const struct stored *entry) {
    if (hangups < 0)
        hangups = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = 0, .data.fd = entry->descriptor}; /* EPOLLHUP and EPOLLERR always count */
    if (hangups >= 0)
        epoll_ctl(hangups, EPOLL_CTL_ADD, entry->descriptor, &event);
}
