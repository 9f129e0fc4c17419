/* Tables of init that grow: pages of their own, as a fork that has no use for one gives it back, and init has no heap.
 */
#ifndef PIDONE_TABLE_H
#define PIDONE_TABLE_H

#include <stddef.h>

/* Twice the room, what was there moved; *capacity says how much. NULL: there is no memory, and all is as it was. */
void *table_grow(void *entries, size_t entry_bytes, size_t *capacity);
/* Nothing is left of it. */
void table_free(void *entries, size_t entry_bytes, size_t capacity);

#endif
