/* The host from the inside: what its parts owe each other. What it is for TypeScript: src/host.d.ts.
 *
 *   host.c          starts the engine, gets the program, loops
 *   host-loop.c     epoll: all that is ready is one batch
 *   host-channels.c sockets to init and keepers and the queues before them
 *   host-clients.c  those who ask
 *   host-watches.c  inotify, and the wall clock when it is set
 *   host-sockets.c  what socket units listen on
 *   host-stream.c   a connection of the manager's own
 *   host-events.c   an event for TypeScript: made, or refused
 *   host-effects.c  what TypeScript wants done
 *   host-crash.c    the end of a manager, written down for the next one
 *   host-files.c, host-facts.c   the functions of `host` that answer at once
 */
#ifndef PIDONE_HOST_H
#define PIDONE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "engine.h"
#include "pidone.h"

/* ── what there is ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum { FRAME_DESCRIPTORS = 4 };

/* A frame that waits for its socket to take it. */
struct queued_frame {
    struct queued_frame *next;
    size_t length;
    int descriptors[FRAME_DESCRIPTORS]; /* closed when sent; -1 */
    uint8_t bytes[];
};

/* A socket of frames: init (keeper 0), a keeper, or a client. */
struct channel {
    uint32_t number;
    int socket;        /* -1: gone */
    uint32_t interest; /* epoll's */
    bool is_client;
    bool ending;      /* closed once the queue is out */
    bool drained_due; /* a client-drained event is owed */
    uint64_t sent;    /* bytes for the client since its last client-drained */
    size_t queued;    /* bytes in the queue */
    struct queued_frame *first, *last;
};

/* By number, ascending. */
struct channel_table {
    struct channel **entries;
    size_t count, capacity;
};

struct host {
    const struct manager_start *start;
    struct engine engine;
    JSContext *context;
    JSValue program, handle, flush; /* program.handle, program.flush */
    JSValue clock;                  /* of this batch */
    uint64_t monotonic;             /* of this batch, usec */
    int epoll, timer;
    uint64_t armed; /* 0: not */
    struct channel_table keepers, clients;
    uint32_t next_client;
    size_t batch_limit;     /* events of a batch: one for a while after a crash */
    uint64_t careful_until; /* usec */
    int leave_status;       /* -1: stay */
};
extern struct host host;

/* ── host.c ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The life of a manager with modules from there; its exit status. */
int host_run(const struct manager_start *start, engine_module_source *source);

/* ── the loop (host-loop.c) ──────────────────────────────────────────────────────────────────────────────────────── */

/* What an epoll entry stands for: kind in the upper half, the number of a channel in the lower. */
enum host_source {
    SOURCE_KEEPER = 1,
    SOURCE_CLIENT,
    SOURCE_CONTROL,
    SOURCE_TIMER,
    SOURCE_WATCHES,
    SOURCE_SOCKET,
    SOURCE_CLOCK,
    SOURCE_STREAM
};

bool host_open_loop(void);
/* Until the program leaves; its exit status. */
int host_loop(void);
/* 0, or an errno; interest 0 takes it out. */
int host_listen(int descriptor, uint32_t *current, uint32_t interest, enum host_source source, uint32_t number);

/* ── events (host-events.c) ──────────────────────────────────────────────────────────────────────────────────────── */

/* Room for one more event in this batch. What finds none stays where it is: it is ready again at the next turn. */
bool host_batch_has_room(void);
void host_begin_batch(void);
/* Runs what the events have set off and carries out the effects. */
void host_end_batch(void);

void host_deliver_start(const char *last_end, unsigned start_crashes);
void host_deliver_frame(uint32_t keeper, const uint8_t *bytes, size_t length, size_t descriptors);
void host_deliver_channel_closed(uint32_t keeper);
void host_deliver_client(uint32_t client, uid_t uid, pid_t pid);
/* False: the request was refused, the client is to be told and closed. */
bool host_deliver_client_frame(uint32_t client, const uint8_t *bytes, size_t length);
void host_deliver_client_drained(uint32_t client);
void host_deliver_client_closed(uint32_t client);
void host_deliver_changed(uint32_t watch);
void host_deliver_socket_ready(const char *unit, uint32_t number, bool readable);
/* No bytes: it was closed. */
void host_deliver_stream(const uint8_t *bytes, size_t length);
void host_deliver_timer(void);

/* FNV-1a over bytes, eight a step: it tells things apart, nobody's secrets. */
uint64_t host_hash(const void *bytes, size_t length);

/* ── effects (host-effects.c) ────────────────────────────────────────────────────────────────────────────────────── */

/* Carries out the array that flush() gave. False with an exception pending: the program gave something that is no
 * effect. */
bool host_carry_out(JSValueConst effects);

/* ── channels (host-channels.c) ──────────────────────────────────────────────────────────────────────────────────── */

struct channel *channel_find(const struct channel_table *table, uint32_t number);
/* Adds one; takes the socket. NULL: no memory, the socket is closed. */
struct channel *channel_add(struct channel_table *table, uint32_t number, int socket, bool is_client);
void channel_remove(struct channel_table *table, struct channel *channel);
/* Sends now or queues; two descriptors may come along (-1: none), they are taken. A socket that is gone swallows it. */
void channel_send(struct channel *channel, const uint8_t *frame, size_t length, int descriptor, int other);
/* As above; the descriptors stay the caller's. */
void channel_send_copies(
    struct channel *channel, const uint8_t *frame, size_t length, const int *descriptors, size_t count);
/* The socket takes more. */
void channel_flush(struct channel *channel);
/* A frame that init would have sent, to be delivered at the next turn: a keeper could not be had. */
void channel_owe_init_frame(const uint8_t *frame, size_t length);
void channels_deliver_owed(void);
bool channels_are_owed(void);
/* A keeper's channel is readable: delivers what is there, while there is room in the batch; or all that is there. */
void channel_receive(struct channel *channel, bool all);

/* ── clients (host-clients.c) ────────────────────────────────────────────────────────────────────────────────────── */

/* Begins to listen to the control socket, where there is one. */
bool clients_listen(void);
void clients_accept(void);
/* No descriptor was free for the next one: to be tried again. */
bool clients_are_paused(void);
void clients_resume(void);
/* A client's socket is ready for something. */
void client_ready(struct channel *channel);
void client_send(struct channel *channel, const uint8_t *frame, size_t length);
void client_end(struct channel *channel);
/* Where the queue is out: ends the client if that was asked (true: it is gone), or owes it a client-drained. */
bool client_flushed(struct channel *channel);
/* Delivers the client-drained events that are owed, while there is room in the batch; and whether some are still. */
void clients_deliver_drained(void);
bool clients_owe_drained(void);
/* A sentence and status 1, then the end. */
void client_refuse(struct channel *channel, const char *sentence);

/* ── watches (host-watches.c) ────────────────────────────────────────────────────────────────────────────────────── */

void watches_receive(void);
void watches_take_clock(void);
void watches_deliver(void);
bool watches_are_owed(void);

/* ── sockets (host-sockets.c) ────────────────────────────────────────────────────────────────────────────────────── */

/* What is held under this id has something to tell (epoll's events). */
void sockets_ready(uint32_t id, uint32_t events);
/* Sends what is held, an array of { unit, number, name }, to a keeper, for its next `run`. False with an exception
 * pending. */
bool sockets_pass(struct channel *channel, JSValueConst list);

/* ── the manager's own connection (host-stream.c) ────────────────────────────────────────────────────────────────── */

void stream_ready(uint32_t events);
void stream_close(void);

/* ── the end (host-crash.c) ──────────────────────────────────────────────────────────────────────────────────────── */

/* What must be known of an event when it turns out to be deadly. */
struct event_mark {
    const char *kind;  /* "frame" … */
    uint32_t number;   /* keeper, client or watch; 0 */
    uint32_t type;     /* of the frame; 0 */
    uint32_t sequence; /* of the frame; 0 */
    uint64_t hash;     /* over what makes it this event and no other */
    char detail[96];   /* of a request: its words */
};

enum { BATCH_MAX = 64, EXIT_CRASH = 70, CRASHES_TO_REFUSE = 2 };

/* Reads the record of the manager before; NULL or why it ended ("exception: …"). */
const char *crash_read_record(void);
/* Managers in a row that died in their start. */
unsigned crash_start_count(void);
/* There is a record: one event a batch is better for a while. */
bool crash_is_suspected(void);
/* This event has killed CRASHES_TO_REFUSE managers: *description says what it is. */
bool crash_is_refused(const struct event_mark *mark, const char **description);
void crash_describe(const struct event_mark *mark, char *text, size_t capacity);

void crash_begin_batch(void);
/* All went well: nothing of it is suspect. */
void crash_end_batch(void);
/* It is handed over now. */
void crash_enter_event(const struct event_mark *mark);
/* It went well so far: from here on the whole batch is suspect. */
void crash_leave_event(void);
/* The start went well: it is suspect no more. */
void crash_survived_start(void);
/* Tells the exception, writes the record, and is the end of this manager. Takes the exception. */
_Noreturn void crash_with(JSValue exception, const char *where);
/* Fatal signals leave a record too. */
void crash_catch_signals(void);
/* For the engine: an event that runs for too long. */
/* So many bytes were read, which the event may take its time for. */
void crash_allow_for(size_t bytes);
int crash_interrupt(JSRuntime *runtime, void *opaque);

/* ── functions of `host` ─────────────────────────────────────────────────────────────────────────────────────────── */

void host_add_files(JSContext *context, JSValueConst object);
void host_add_facts(JSContext *context, JSValueConst object);
void host_add_users(JSContext *context, JSValueConst object);
void host_add_watches(JSContext *context, JSValueConst object);
void host_add_sockets(JSContext *context, JSValueConst object);
void host_add_stream(JSContext *context, JSValueConst object);
void host_add_program(JSContext *context, JSValueConst object); /* load, log */

/* An object with all of them but watches, sockets and the stream; to be freed. */
JSValue host_make_object(JSContext *context);

/* A regular file as host.d.ts says, read at once: its bytes (to be freed with free, a NUL follows) or NULL and *error.
 */
char *host_read_file(const char *path, size_t limit, size_t *length, int *error);
/* Replaces a file in one step; 0 or an errno. */
int host_write_file(const char *path, const void *bytes, size_t length, mode_t mode);
/* As strerror, in glibc's words. */
const char *error_text(int error);
uint64_t host_now(clockid_t clock); /* usec */
JSValue host_clock(JSContext *context, uint64_t monotonic, uint64_t realtime);

#endif
