/* What the manager must hear of keepers. Nothing is queued: see init.h. */
#include "init-table.h"

bool keepers_tell_failure(uint32_t keeper, int error) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEPER_FAILED, 0, 0);
    wire_put_u32(&w, WIRE_KEEPER_FAILED_KEEPER, keeper);
    wire_put_u32(&w, WIRE_KEEPER_FAILED_ERRNO, (uint32_t)error);
    return manager_send(&w);
}

static bool tell_gone(size_t i) {
    uint8_t buffer[128];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEPER_GONE, 0, 0);
    wire_put_u32(&w, WIRE_KEEPER_GONE_KEEPER, table.entries[i].keeper);
    wire_put_u32(&w, WIRE_KEEPER_GONE_LOST, table.entries[i].lost);
    wire_put_u32(&w, WIRE_KEEPER_GONE_CODE, (uint32_t)table.states[i].code);
    wire_put_i32(&w, WIRE_KEEPER_GONE_STATUS, table.states[i].status);
    wire_put_u32(&w, WIRE_KEEPER_GONE_REMAINS, table.states[i].remains);
    return manager_send(&w);
}

bool keepers_tell_empty(uint32_t keeper) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_REMAINS_EMPTY, 0, 0);
    wire_put_u32(&w, WIRE_REMAINS_EMPTY_KEEPER, keeper);
    return manager_send(&w);
}

static bool tell_kept(uint32_t keeper) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_SCOPE_KEPT, 0, 0);
    wire_put_u32(&w, WIRE_SCOPE_KEPT_KEEPER, keeper);
    return manager_send(&w);
}

bool keepers_tell(void) {
    for (size_t i = 0; table.untold > 0 && i < table.count; i++) {
        if (table.states[i].gone_untold) {
            if (!(table.states[i].failure != 0 ? keepers_tell_failure(table.entries[i].keeper, table.states[i].failure)
                                               : tell_gone(i)))
                return false;
            table.states[i].gone_untold = false;
            table.untold--;
            if (table.states[i].failure != 0) {
                table_drop(i);
                continue;
            }
        }
        if (table.states[i].kept_untold) {
            if (!tell_kept(table.entries[i].keeper))
                return false;
            table.states[i].kept_untold = false;
            table.untold--;
        }
        if (table.states[i].empty_untold) {
            if (!keepers_tell_empty(table.entries[i].keeper))
                return false;
            table.states[i].empty_untold = false;
            table.untold--;
        }
    }
    return true;
}

void keepers_tell_again(void) {
    for (size_t i = 0; i < table.count; i++) {
        if (table.entries[i].keeper == 0 || table.entries[i].pid != 0)
            continue;
        table.untold += !table.states[i].gone_untold;
        table.states[i].gone_untold = true;
        if (table.states[i].remains > 0 && table.states[i].empty) {
            table.untold += !table.states[i].empty_untold;
            table.states[i].empty_untold = true;
        }
    }
}
