/* The keeper's large buffers, in a mapping of their own. An idle keeper has none of their pages, and its small
 * variables lie close together. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"

KEEPER_STATE struct keeper_room *room;

static void give_back(void *start, size_t used, size_t size);
static void give_back_stack(void);

void room_begin(void) {
    room = mmap(NULL, sizeof *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        say("no memory for a keeper: %s", strerror(errno));
        _exit(1);
    }
}

void room_rest(void) {
    give_back(room, offsetof(struct keeper_room, events) + events_bytes(), offsetof(struct keeper_room, input));
    give_back(room->input, log_carried(), sizeof room->input);
    give_back(&room->scratch, 0, sizeof room->scratch);
    give_back(room->console, 0, sizeof room->console);
    give_back_stack();
}

/* What lies below the frames that are in use is left from deeper calls. */
static void give_back_stack(void) {
    enum { PAGE = 4096, DEPTH = 64 * 1024, MARGIN = 1024 };
    char here;
    uintptr_t end = ((uintptr_t)&here - MARGIN) & ~(uintptr_t)(PAGE - 1);
    madvise((void *)(end - DEPTH), DEPTH, MADV_DONTNEED); /* ENOMEM where the stack never was so deep */
}

/* All but the pages that hold the first `used` bytes. */
static void give_back(void *start, size_t used, size_t size) {
    enum { PAGE = 4096 };
    size_t kept = (used + PAGE - 1) / PAGE * PAGE;
    if (kept < size)
        madvise((char *)start + kept, size - kept, MADV_DONTNEED);
}
