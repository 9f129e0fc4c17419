#include "init-table.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "table.h"

CHANGING struct keeper_table table;
static CHANGING size_t entries_capacity, states_capacity;

/* Pages shared with the keepers, in blocks that never move. */
enum { PAGES_PER_BLOCK = 4096 / sizeof(struct keeper_page), BLOCKS_MAX = 4096 };
static struct keeper_page *blocks[BLOCKS_MAX];

size_t table_find(uint32_t keeper) {
    size_t i = 0;
    while (i < table.count && table.entries[i].keeper != keeper)
        i++;
    return i;
}

void table_drop(size_t i) {
    table.untold -= (size_t)table.states[i].gone_untold + (size_t)table.states[i].kept_untold +
                    (size_t)table.states[i].empty_untold;
    table.lost_with_remains -= table.entries[i].lost && !table.states[i].empty;
    keepers_drop_watch(i);
    if (table.entries[i].channel >= 0)
        close(table.entries[i].channel);
    table.entries[i].page->keeper = 0;
    table.entries[i] = (struct keeper_entry){.channel = -1, .page = table.entries[i].page};
    table.states[i] = (struct keeper_state){0};
}

/* True when there is room for one more in both. */
static bool grow(void) {
    if (table.count == entries_capacity) {
        void *bigger = table_grow(table.entries, sizeof *table.entries, &entries_capacity);
        if (!bigger)
            return false;
        table.entries = bigger;
    }
    if (table.count == states_capacity) {
        void *bigger = table_grow(table.states, sizeof *table.states, &states_capacity);
        if (!bigger)
            return false;
        table.states = bigger;
    }
    return true;
}

void table_forget(void) {
    table_free(table.entries, sizeof *table.entries, entries_capacity);
    table_free(table.states, sizeof *table.states, states_capacity);
}

static struct keeper_page *page_of(size_t i) {
    const size_t block = i / PAGES_PER_BLOCK;
    if (block >= BLOCKS_MAX)
        return NULL;
    if (!blocks[block]) {
        void *memory = mmap(NULL, PAGES_PER_BLOCK * sizeof(struct keeper_page), PROT_READ | PROT_WRITE,
            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        blocks[block] = memory == MAP_FAILED ? NULL : memory;
    }
    return blocks[block] ? &blocks[block][i % PAGES_PER_BLOCK] : NULL;
}

size_t table_take(uint32_t keeper, const char *unit) {
    const size_t i = table_find(0);
    if (i == table.count) {
        if (!grow() || !(table.entries[i].page = page_of(i)))
            return NO_ENTRY;
        table.count++;
    }
    table.entries[i] = (struct keeper_entry){.keeper = keeper, .channel = -1, .page = table.entries[i].page};
    table.states[i] = (struct keeper_state){0};
    snprintf(table.entries[i].unit, sizeof table.entries[i].unit, "%s", unit);
    *table.entries[i].page = (struct keeper_page){.keeper = keeper};
    return i;
}

/* ── what others ask of it ───────────────────────────────────────────────────────────────────────────────────────── */

void keepers_fill_start(struct manager_start *start) {
    start->keepers = table.entries;
    start->keeper_count = table.count;
}

int keepers_channel(uint32_t keeper, uint32_t **lost) {
    const size_t i = table_find(keeper);
    if (i == table.count || table.entries[i].pid == 0)
        return -1;
    *lost = &table.states[i].unheard;
    return table.entries[i].channel;
}

uint32_t keepers_of_process(pid_t pid) {
    size_t i = 0;
    while (i < table.count && table.entries[i].pid != pid)
        i++;
    return i < table.count ? table.entries[i].keeper : 0;
}

const char *keepers_unit(uint32_t keeper) {
    const size_t i = keeper == 0 ? table.count : table_find(keeper);
    return i < table.count ? table.entries[i].unit : NULL;
}

bool keepers_look_after(const char *unit) {
    for (size_t i = 0; i < table.count; i++)
        if (table.entries[i].keeper != 0 && table.entries[i].pid != 0 && strcmp(table.entries[i].unit, unit) == 0)
            return true;
    return false;
}
