/* Descriptors of socket units: what they listen on, and connections that they have accepted. init holds them, so that
 * they outlive the service, its keeper and the manager; a manager has copies by its fork, which it polls, accepts from
 * and passes on. The same table in both; nobody else has one. */
#ifndef PIDONE_HELD_H
#define PIDONE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct held {
    int descriptor;
    uint32_t number; /* the unit's own: which line Listen…=, or which connection */
    uint64_t key;    /* what it was opened for */
    uint32_t id;     /* this process's own, of no other entry at the same time */
    uint32_t interest;
    char unit[256];
};

/* Takes over the descriptor; one that is there under the same number is closed. NULL (closed): there is no memory. */
struct held *held_add(const char *unit, uint32_t number, uint64_t key, int descriptor);
/* NULL: it is not there. */
struct held *held_find(const char *unit, uint32_t number);
struct held *held_find_id(uint32_t id);
/* In the order in which they came. */
size_t held_size(void);
struct held *held_at(size_t at);
/* Closes and forgets; others move up. */
void held_remove(size_t at);
/* In a fork that needs none of it. The descriptors are not closed here. */
void held_forget(void);

#endif
