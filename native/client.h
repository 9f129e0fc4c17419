/* What the client's files share. */
#ifndef PIDONE_CLIENT_H
#define PIDONE_CLIENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of it, whatever the descriptor's flags. A reader that has gone ends the client, quietly. */
void client_copy_out(int descriptor, const uint8_t *bytes, size_t length);

/* client-streams.c. Listens at the path for the unit, with the client's own descriptors or those of a new terminal to
 * give: its name is written, else "0". False: it was told why not. */
bool streams_offer(const char *path, bool terminal, char *name, size_t size);
/* The unit runs: bytes are carried from now on. */
void streams_begin(void);
/* What is to be waited for, and what is done when something of it is ready. SIGWINCH is blocked between. */
enum { STREAMS_WATCHED = 3 };
size_t streams_watch(struct pollfd list[STREAMS_WATCHED]);
void streams_carry(const struct pollfd list[STREAMS_WATCHED]);
/* The unit has ended: what it has still written, and the terminal as it was. */
void streams_end(void);
/* The terminal as it was, and no socket left; also out of a signal's handler. */
void streams_restore(void);

/* client-become.c. The client becomes the program, changed as the errand says; returns with errno what could not be
 * done. */
struct wire_frame;
const char *client_become(const struct wire_frame *errand, char *const *words);

#endif
