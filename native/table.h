/* Tables that grow, of init and of keepers: pages of their own, which a fork gives back that has no use for them. */
#ifndef PIDONE_TABLE_H
#define PIDONE_TABLE_H

#include <stddef.h>

/* Twice the room, what was there moved; *capacity says how much. NULL: there is no memory, and all is as it was. */
void *table_grow(void *entries, size_t entry_bytes, size_t *capacity);
/* Nothing is left of it. */
void table_free(void *entries, size_t entry_bytes, size_t capacity);

#endif
