/* What the files of init share. There is one init, so its state is one object.
 *
 *   init.c          the loop: waits, looks who is ready, calls
 *   init-start.c    runtime directory, control socket, limits
 *   init-manager.c  starts the manager, watches over it, tells it what happened
 *   init-table.c    the table of keepers
 *   init-keepers.c  their life: fork, end
 *   init-remains.c  what is left of a lost one, and scopes
 *   init-tell.c     what the manager must hear of them
 *   init-store.c    descriptors that units have stored
 *   init-sockets.c  what socket units listen on
 *   init-log.c      /dev/log: who said it, and on to the keeper
 *   init-streams.c  the journal's streams: the same
 *   init-terminal.c whose the container's terminal is
 *   init-stop.c     the way out: the manager's, and init's own when no manager can be had
 *
 * Nothing that the manager must hear is queued: what was not told yet is a flag beside the fact, so a manager that does
 * not listen costs nothing, and the next one is told the same facts again. */
#ifndef PIDONE_INIT_H
#define PIDONE_INIT_H

#include "pidone.h"
#include "wire.h"

#define NEVER UINT64_MAX
#define MSEC 1000ull
#define SECOND 1000000ull

struct init {
    int epoll;
    int signals;
    int inputs;         /* an epoll of what the manager reads (keepers, control socket): the first input wakes init */
    int control_socket; /* -1: none could be had */
    int highest_shared; /* descriptors up to this one stay open in every fork */
    volatile uint32_t *progress; /* struct manager_start */
};
extern struct init init;

uint64_t monotonic_usec(void);
/* As the manager is told it: "exited 1", "killed by SIGKILL". */
void describe_end(char *text, size_t capacity, int wait_status);
int end_code(int wait_status);  /* END_… */
int end_value(int wait_status); /* exit status or signal */

/* ── init-start.c ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Makes program.runtime_directory and the listening socket below it: its descriptor, or -1 (told). Leaves the program
 * when another pidone answers there. */
int open_control_socket(void);
void remove_control_socket(void);
/* For sd_booted(3). */
void pretend_systemd_booted(void);
void raise_descriptor_limit(void);

/* ── init-manager.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

void manager_start(void);
bool manager_is(pid_t pid);
/* It ended, stopped or goes on (waitpid's status). */
void manager_changed(int wait_status);
void manager_kill(void);
/* For the last time: nobody starts it again. */
void manager_end(void);
/* The channel is ready: carry out its frames. */
void manager_read(void);
/* Tells all that is not told yet, as far as the channel takes it. */
void manager_tell(void);
/* One frame; false when the channel takes no more now: manager_tell() will come again. */
bool manager_send(struct wire_writer *frame);
/* -1: there is none. */
int manager_channel(void);
/* SIGTERM and its like; SIGHUP. */
void manager_ask_shutdown(int signal);
void manager_ask_reload(void);
/* Something happened that a manager should take note of: soon it is looked whether it does. */
void manager_watch(uint64_t now);
uint64_t manager_deadline(void);
void manager_time(uint64_t now);

/* ── init-keepers.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

void keepers_keep(const struct wire_frame *keep, struct wire_message *message);
void keepers_forget(uint32_t keeper);
void keepers_kill_remains(uint32_t keeper, int signal, uint32_t which);
void keepers_keep_scope(const struct wire_frame *frame);
/* A process of a scope ended: false when the descriptor is no scope's. */
bool keepers_scope_ready(int descriptor);
/* In a fork: closes what it watches scopes by. */
void keepers_forget_watches(void);
/* A child ended: false when it was no keeper. */
bool keepers_ended(pid_t pid, int wait_status);
/* Children ended: is something left of lost keepers? */
void keepers_count_remains(void);
bool keepers_tell(void);
/* A new manager knows nothing of what was told before. */
void keepers_tell_again(void);
void keepers_fill_start(struct manager_start *start);
/* SIGTERM to every keeper and to what is left of lost ones. Returns how many units are not ended. */
size_t keepers_terminate(void);
size_t keepers_alive(void);
/* SIGKILL to all below every keeper, and to the keepers. */
void keepers_destroy(void);

/* In a fork: a keeper with this end of its channel. */
_Noreturn void keepers_become(const struct wire_frame *keep, int channel, struct keeper_page *page);
/* Where frames to a living keeper go, else -1; `lost` becomes its count of what it did not get. */
int keepers_channel(uint32_t keeper, uint32_t **lost);
/* The keeper that this process is, or 0. */
uint32_t keepers_of_process(pid_t pid);
/* The unit of a keeper that is known, else NULL; and whether a living keeper looks after a unit. */
const char *keepers_unit(uint32_t keeper);
bool keepers_look_after(const char *unit);
/* Whether these new descriptors leave room for the next manager, for looking into /proc, for messages. */
bool leaves_reserve(const int *descriptors, size_t descriptor_count);

/* ── init-store.c ────────────────────────────────────────────────────────────────────────────────────────────────── */

void init_store_begin(void);
/* False: the descriptor is not the store's. */
bool init_store_ready(int descriptor);
/* Takes what keepers have sent. */
void init_store_drain(void);
void init_store_drop(const char *unit);
bool init_store_tell(void);
void init_store_tell_again(void);

/* ── init-sockets.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

void sockets_hold(const struct wire_frame *hold, struct wire_message *message);
void sockets_let_go(const struct wire_frame *frame);

/* ── init-log.c ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Binds what programs log to; PID 1 alone. */
void init_log_begin(void);
/* False: the descriptor is no such socket. */
bool init_log_ready(int descriptor);
/* In a fork. */
void init_log_forget(void);
/* Bound, and listening; whoever is there already keeps it. -1: none could be had. */
int init_log_socket(const char *path, int type);
/* The keeper of the process that said something, or 0. */
uint32_t init_log_sender(pid_t pid);

/* ── init-streams.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

void init_streams_begin(void);
/* The manager's `streams`: from now on they are taken. */
void init_streams_open(const struct wire_frame *frame);
/* To the keeper that has no unit, which is made with need: a frame that comes with a descriptor. */
bool init_streams_tell_scribe(const uint8_t *frame, size_t length, int descriptor);
/* False: the descriptor is not theirs. */
bool init_streams_ready(int descriptor);
/* In a fork. */
void init_streams_forget(void);

/* ── init-terminal.c ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* A keeper whose unit wants it begins; and ends. */
void terminal_let_go(void);
void terminal_take_back(void);

/* ── init-stop.c ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The manager cannot stop the units: init does it, in no order, then leaves. */
void stop_everything(const char *why);
/* All units are stopped: strays, then exit. */
void stop_strays(int status);
bool stop_has_begun(void);
bool stop_kills(void); /* keepers too, and whatever is left of them with the strays */
void stop_hurry(void);
uint64_t stop_deadline(void);
/* Children ended, or time passed. Returns only while there is something to wait for. */
void stop_continue(uint64_t now);

#endif
