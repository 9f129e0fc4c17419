/* Descriptors that units have stored (FDSTORE=1 of sd_notify(3)) for their next start. init holds them all, as it
 * outlives every other process; a keeper has copies of its own unit's, which it inherits by its fork and hands to
 * ExecStart=. Each change that a keeper makes to its copies it tells init over a socket that all keepers share. */
#ifndef PIDONE_STORE_H
#define PIDONE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_NAME_BYTES = 256 };

struct stored {
    int descriptor;  /* -1: the other end hung up, and the manager does not know yet (init only) */
    uint32_t number; /* a keeper's own count */
    bool polled;
    char unit[256];
    char name[STORE_NAME_BYTES];
};

/* The ends of the socket: set by init before its first fork, -1 where there is none. */
extern int store_of_init, store_of_keepers;

/* Takes over the descriptor; false (closed) when there is no memory. */
bool store_add(const char *unit, uint32_t number, int descriptor, bool poll, const char *name);
/* Closes and forgets; others move up. */
void store_remove(size_t at);
/* Of all units, in the order in which they came. */
size_t store_size(void);
struct stored *store_at(size_t at);
/* The next entry of the unit from `at` on, or store_size(). */
size_t store_find(const char *unit, size_t at);
/* In a fork: the copies of other units (all, for NULL) are none of its business. Their descriptors are not closed here:
 * the caller closes all that it does not know. */
void store_forget_others(const char *unit);
/* In a fork: closes all. */
void store_close_all(void);

/* Readable when somebody hung up; -1 while nothing is polled. */
int store_hangups(void);
/* An entry whose other end hung up, or store_size(). */
size_t store_hung_up(void);
/* Not polled any more; closed. */
void store_close(size_t at);

#endif
