/* What the files of the keeper share. One keeper is one process, so its state is one object.
 *
 *   keeper.c            the loop: waits, looks who is ready, calls
 *   keeper-commands.c   run, kill, adopt, release, resume: what the manager says
 *   keeper-processes.c  slots, reaping, the end of the tree
 *   keeper-events.c     what happened, numbered, kept until the manager has it in its store
 *   keeper-room.c       large buffers
 *   exec.c, exec-….c    between fork and execve
 *   notify.c            NOTIFY_SOCKET
 *   keeper-store.c      descriptors that the unit stores
 *   keeper-passed.c     descriptors that its sockets listen on
 *   log-entry.c, log-limit.c   what is said at /dev/log; how much of it is taken
 *   log-streams.c       what is said over connections to the journal
 *   log-pump.c          the unit's output: pipe, lines, records ──▶ log-file.c (journal) and console.c (container's
 * stdout) */
#ifndef PIDONE_KEEPER_H
#define PIDONE_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "pidone.h"
#include "wire.h"

/* A command of the unit that the manager follows: main, or one of ExecStartPre=, ExecReload=, ExecStop=, … at a time.
 */
struct slot {
    pid_t pid;   /* 0: free */
    int watch;   /* pidfd of an adopted process that is no child (somebody else will reap it), else -1 */
    int report;  /* read end of the pipe for struct exec_report until the execve is decided, else -1 */
    bool failed; /* a step before the execve failed, and `started` has told so */
};

enum { MAIN, CONTROL, SLOTS };

struct keeper {
    uint32_t number; /* 0: it has no unit, and only reads streams */
    const char *unit;
    const char *invocation; /* 32 hex digits */
    const char *identifier; /* SYSLOG_IDENTIFIER */
    pid_t pid;
    int channel; /* to the manager */
    struct keeper_page *page;
    struct slot slots[SLOTS];
    uint32_t seen; /* sequence of the last command that was carried out */
    bool occupied; /* something is below this keeper */
    bool killing;  /* SIGKILL was sent to the whole tree: whoever turns up gets it too */
    bool released; /* no more commands will come */
};
extern struct keeper keeper;

uint64_t clock_usec(clockid_t clock);

/* ── keeper-room.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum { LINE_MAX_BYTES = 48 * 1024, READ_BYTES = 64 * 1024, DATAGRAM_MAX = 4096 };

/* Of all this an idle keeper has nothing. What is in `scratch` is forgotten when the part that uses it returns to the
 * loop. */
struct keeper_room {
    /* Datagrams come as long as no more than 64 KiB wait; the rest is for exits, which are always kept. */
    uint8_t events[128 * 1024];
    _Alignas(4096) char input[LINE_MAX_BYTES + READ_BYTES];
    union {
        uint8_t frame[WIRE_INLINE_MAX];
        uint8_t datagram[DATAGRAM_MAX + 1];
        char records[128 * 1024];
    } scratch;
    char line_head[300]; /* what stands before each line of a process in the console; empty: to be made */
    char console[64 * 1024 - 300];
    char entry[64 * 1024];
};
extern struct keeper_room *room;

void room_begin(void);
/* Goes on at the very beginning of the stack: what init had on it is forgotten. */
_Noreturn void room_continue(void (*function)(void));
/* Gives back what holds nothing. */
void room_rest(void);
/* After a rest, before anything else. */
void room_wake(void);

/* ── keeper-events.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Fields are put between the two. event_end() numbers the event, keeps it and tries to send it. */
struct wire_writer *event_begin(uint16_t type);
void event_end(struct wire_writer *event);
/* `notice`, once for each step (a constant) in the life of this keeper. */
void event_notice(const char *step, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

void events_acknowledge(uint32_t sequence);
/* Answers with `hello`, then sends again all that is kept after `from`. */
void events_resume(uint32_t from);
/* What the channel takes. */
void events_send(void);
bool events_waiting(void);  /* for the channel to take more */
size_t events_bytes(void);  /* kept, not acknowledged */
uint32_t events_last(void); /* sequence of the newest */

/* ── keeper-commands.c ───────────────────────────────────────────────────────────────────────────────────────────── */

void command_carry_out(const struct wire_frame *frame, struct wire_message *message);

/* ── keeper-processes.c ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Reaps every dead child, tells the end of slots and of the tree. */
void processes_reap(void);
/* The pidfd of a slot is readable. */
void processes_watched_ended(struct slot *slot);
/* Reads what the child between fork and execve says. */
void processes_read_report(struct slot *slot);
/* Of every slot, what is there. */
void processes_read_reports(void);
/* A process takes or leaves (0) a slot. */
void processes_occupy(struct slot *slot, pid_t pid);
/* Its process, if there is one, is of no slot any more: nobody is told when it ends. */
void processes_leave(struct slot *slot);
void processes_signal_slot(const struct slot *slot, int signal);
void processes_signal_tree(int signal, const int *also, size_t also_count);

/* ── notify.c ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Binds the socket; its descriptor, -1 when there is none. */
int notify_open(const char *path);
/* Tells every datagram that waits, as long as events_bytes() allows. */
void notify_drain(void);
void notify_close(void);
/* 64 KiB of events wait for the manager: datagrams wait in the socket. */
bool notify_is_throttled(void);

/* Events up to this one are in the manager's store: whoever waits at a BARRIER=1 among them goes on. */
void notify_acknowledged(uint32_t sequence);

/* ── keeper-store.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* How many descriptors may be stored, and bits 1 << SENDER_… of who may. */
void store_begin(uint32_t most, uint32_t senders);
/* What a notification says about the store. Descriptors that are taken (or closed) become -1. */
void store_take(uint32_t sender, const char *text, size_t length, int *descriptors, size_t count);
/* store_hangups() is readable. */
void store_take_hangups(void);

/* ── keeper-passed.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* A descriptor of a socket unit for the next command. */
struct passed {
    int descriptor;
    char name[256];
};
/* Takes what came with the frame: its descriptors become -1. */
void passed_take(const struct wire_frame *pass, struct wire_message *message);
size_t passed_count(void);
const struct passed *passed_at(size_t at);
/* The command has them: they are closed here, so that nothing but the unit itself holds them. */
void passed_forget(void);

/* ── keeper-spaces.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct exec_request;
/* Makes or opens the namespaces that the command is to share with others; what fails is told by the command. */
void spaces_prepare(struct exec_request *request);

/* ── log-pump.c ──────────────────────────────────────────────────────────────────────────────────────────────────── */

void log_begin(const struct wire_frame *keep);
/* The write end for a command's stdout and stderr; made at the first call. -1 with errno. */
int log_writer(void);
/* The read end to wait for, -1 when there is none. */
int log_reader(void);
/* One read(2) and what follows from it. False when nothing was there. */
bool log_read(void);
/* All that the unit has written so far; with `last`, an unfinished line too. */
void log_drain(bool last);
/* What processes of the unit said at /dev/log and the journal's socket: a frame `logged`. */
void log_take_entries(const struct wire_frame *logged, const struct wire_message *message);
/* Bytes of an unfinished line at the head of the input. */
size_t log_carried(void);

/* Who says lines over a connection, and how. */
struct log_stream {
    uint32_t pid, uid, gid;
    unsigned priority; /* with a facility */
    bool has_prefixes;
    const char *identifier, *comm;
};
void log_stream_line(const struct log_stream *stream, const char *line, size_t length);
/* Writes what log_stream_line() has gathered. */
void log_stream_flush(void);

/* ── log-streams.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* The connection that came with the frame: its descriptor becomes -1. */
void log_streams_take(const struct wire_frame *frame, struct wire_message *message);
bool log_streams_open(void);
/* To wait for, -1 when there is no stream. */
int log_streams_reader(void);
/* One read of each that has something. False when none has. */
bool log_streams_read(void);
/* Their unfinished lines, and no more. */
void log_streams_end(void);

/* ── log-limit.c ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* 0: no limit. */
void log_limit_begin(uint64_t usec, uint32_t most);
/* Whether an entry may be told; `suppressed`: how many before it were not, and nobody was told so yet. */
bool log_limit_allows(int priority, uint32_t *suppressed);

/* ── log-file.c ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* `directory` "" for no journal. Makes the directory and opens the file at once. `fields`: those of every record. */
void log_file_begin(const char *directory, uint64_t bytes, uint32_t files, const char *fields);
/* Whole records, each ending with a newline. */
void log_file_append(const char *records, size_t length);
bool log_file_is_wanted(void);

/* ── console.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

void console_begin(uint32_t mode);
bool console_is_wanted(void);
/* One line without its newline. `continued`: the next one goes on with it. */
void console_line(uint64_t realtime, int priority, pid_t pid, const char *line, size_t length);
/* Writes what console_line() has gathered. */
void console_flush(void);
/* Lines were dropped, as the container's stdout was full: whether to wait until it can be written to … */
bool console_waits(void);
/* … and it can now, or (false) nobody will ever read there again. */
void console_ready(bool writable);

#endif
