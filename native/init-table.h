/* init's table of keepers, as the files that work on it see it. It grows with need and is handed to each manager by its
 * fork. */
#ifndef PIDONE_INIT_TABLE_H
#define PIDONE_INIT_TABLE_H

#include "init.h"

/* What init alone knows of entries[i]. */
struct keeper_state {
    int code, status;  /* of the keeper process's own end */
    uint32_t remains;  /* when it was lost */
    int failure;       /* errno of a fork that failed, else 0 */
    bool gone_untold;  /* the manager must hear keeperGone (keeperFailed) */
    bool empty;        /* lost, and nothing is left */
    bool empty_untold; /* the manager must hear remainsEmpty */
    bool killing;      /* SIGKILL was asked for: whoever turns up gets it too */
    uint32_t unheard;  /* log entries that it did not take */
    bool terminal;     /* it was given PID 1's */
    bool kept_untold;  /* the manager must hear scopeKept */
    int watch_plus_1;  /* of a scope: pidfd of one of its processes */
};

struct keeper_table {
    struct keeper_entry *entries;
    struct keeper_state *states;
    size_t count;  /* entries up to here are, or were, in use: keeper 0 is none */
    size_t untold; /* flags …_untold that are set; 0: nothing to look for */
    size_t lost_with_remains;
};
extern struct keeper_table table;

/* Index of the keeper, or count. */
size_t table_find(uint32_t keeper);
/* Index of a free entry for the keeper, with its page and nothing known yet; NO_ENTRY where there is no memory. */
#define NO_ENTRY SIZE_MAX
size_t table_take(uint32_t keeper, const char *unit);
void table_drop(size_t i);
/* In a fork that has no use for it. */
void table_forget(void);

/* init-remains.c: its processes are not watched any more. */
void keepers_drop_watch(size_t i);
/* init-tell.c, of a keeper that is not in the table; false when the channel takes no more. */
bool keepers_tell_failure(uint32_t keeper, int error);
bool keepers_tell_empty(uint32_t keeper);

#endif
