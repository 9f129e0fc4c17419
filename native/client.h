/* What the client's files share. */
#ifndef PIDONE_CLIENT_H
#define PIDONE_CLIENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* client-connect.c. A socket to the manager, or -1 with *error. ENOENT: there is none. */
int client_connect_manager(int *error);
/* How long a request may lie unread, or a connection be refused, before the client gives up. */
int client_patience_msec(void);

/* client-request.c. */
struct request {
    uint8_t *frame; /* NULL: nothing was asked yet */
    size_t capacity;
    size_t length;
    char id[33];
};
/* False: there is no memory. `again`: with the same id, and the cursor. */
bool client_make_request(struct request *request, bool again);
/* What is sent along when it is asked again: the data, and a text behind it. */
void client_set_cursor(struct wire_field data, const char *tail);
/* Whether the tool of that name runs commands of whoever calls it: then all their environment matters. */
bool client_runs_commands(const char *name);

/* client.c. All of it, whatever the descriptor's flags. A reader that has gone ends the client, quietly. */
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
