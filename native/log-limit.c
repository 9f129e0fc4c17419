/* LogRateLimitIntervalSec= and LogRateLimitBurst=: so many entries of about one importance in a time, as journald
 * counts them (journald-rate-limit.c). */
#include "keeper.h"

enum { POOLS = 5 };

static CHANGING uint64_t interval; /* usec; 0: no limit */
static CHANGING uint32_t burst;
static CHANGING struct {
    uint64_t begin;
    uint32_t taken, suppressed;
} pools[POOLS];

void log_limit_begin(uint64_t usec, uint32_t most) {
    interval = most ? usec : 0;
    burst = most;
}

bool log_limit_allows(int priority, uint32_t *suppressed) {
    static const uint8_t pool_of[] = {0, 0, 0, 1, 2, 3, 3, 4};
    *suppressed = 0;
    if (!interval)
        return true;
    const uint64_t now = clock_usec(CLOCK_MONOTONIC);
    const size_t pool = pool_of[priority & 7];
    if (pools[pool].begin == 0 || pools[pool].begin + interval < now) {
        *suppressed = pools[pool].suppressed;
        pools[pool].begin = now;
        pools[pool].taken = 1;
        pools[pool].suppressed = 0;
        return true;
    }
    if (pools[pool].taken < burst) {
        pools[pool].taken++;
        return true;
    }
    pools[pool].suppressed++;
    return false;
}
