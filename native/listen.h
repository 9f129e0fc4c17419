/* Opens what a socket unit listens on, from an `openSocket` frame, and takes what comes in there. Mechanism alone:
 * which address, owner and options is said in the frame. */
#ifndef PIDONE_LISTEN_H
#define PIDONE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* Of what could not be set and is none the worse for it: one sentence each. */
struct listen_notices {
    size_t count;
    char texts[16][96];
};

struct listen_failure {
    const char *step; /* "create", "chown", "listen" */
    int error;
};

/* The descriptor, bound and owned as asked but not listening yet; -1 with *failure. `patient`: an address that is in
 * use was let go a moment ago, and may be free in the next. */
int listen_open(const struct wire_frame *open, bool patient, struct listen_failure *failure);
/* Sets the options that hold for connections too. */
void listen_set_options(int descriptor, const struct wire_frame *open, struct listen_notices *notices);
/* From here on others get through. False with *failure. */
bool listen_begin(int descriptor, const struct wire_frame *open, struct listen_failure *failure);

/* Takes one connection: its descriptor, or minus an errno (EAGAIN: nobody is there any more). */
int listen_accept(int listener);
/* Who is at both its ends, for names and limits: "ip LOCAL PORT PEER PORT", "unix PID UID", "vsock CID PORT CID PORT",
 * "unknown"; or "" with errno: the peer has gone. */
void listen_describe(int connection, char *text, size_t capacity);
/* Drops all that waits there. */
void listen_flush(int descriptor);

#endif
