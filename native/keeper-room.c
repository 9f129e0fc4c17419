/* The keeper's large buffers, in a mapping of their own. An idle keeper has none of their pages, and its small
 * variables lie close together. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"

struct keeper_room *room;

static void give_back(void *start, size_t used, size_t size);

void room_begin(void) {
    room = mmap(NULL, sizeof *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        say("%s: no memory for its keeper: %s", keeper.unit, strerror(errno));
        _exit(1);
    }
}

void room_rest(void) {
    give_back(room->events, events_bytes(), sizeof room->events);
    give_back(room->input, log_carried(), sizeof room->input);
    give_back(&room->scratch, 0, sizeof room->scratch);
    give_back(room->console, 0, sizeof room->console);
}

/* All but the pages that hold the first `used` bytes. */
static void give_back(void *start, size_t used, size_t size) {
    enum { PAGE = 4096 };
    size_t kept = (used + PAGE - 1) / PAGE * PAGE;
    if (kept < size)
        madvise((char *)start + kept, size - kept, MADV_DONTNEED);
}
