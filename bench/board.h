/* What the services of the bench tell, and the probe reads: a page or more of memory that all of them map. A start
 * costs a service two stores and a futex call, so that what is measured is the supervisor. */
#ifndef PIDONE_BENCH_BOARD_H
#define PIDONE_BENCH_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#define BOARD_PATH "/bench/board"

enum { BOARD_SLOTS = 2048 };

/* One service. Pids are those of the supervisor's namespace; times are CLOCK_MONOTONIC, in nsec. */
struct slot {
    _Atomic int64_t started; /* the last time */
    _Atomic int32_t pid;     /* 0: not started yet */
    _Atomic uint32_t starts;
    _Atomic uint32_t terms; /* SIGTERMs it got */
    _Atomic int32_t child;
    _Atomic int32_t escapee;
};

struct board {
    _Atomic uint32_t changes;       /* futex: goes up with whatever changes below */
    _Atomic uint32_t floods_wanted; /* futex: up to which flood the talkative service shall write */
    _Atomic uint32_t floods_done;
    _Atomic int64_t flood_time; /* nsec, of the last flood, from its first byte to an empty pipe */
    _Atomic int64_t raised;     /* when the supervisor was executed */
    struct slot slots[BOARD_SLOTS];
};

/* Maps the board of a root directory ("" is ours), which it creates where there is none; exits with 111 if it cannot.
 */
struct board *board_open(const char *root);

void board_changed(struct board *board);

/* Adds one to a word and wakes who waits for it; its new value. */
uint32_t board_raise(_Atomic uint32_t *word);

/* Waits until `word` is not `seen` any more, or `deadline` (CLOCK_MONOTONIC, nsec) has passed. */
void board_wait(_Atomic uint32_t *word, uint32_t seen, int64_t deadline);

int64_t board_now(void);

#endif
