/* What the parts of the C half owe each other. One process starts as init (or client) and becomes, by fork without
 * exec:
 *
 *   main.c ──▶ init.c ──fork──▶ keeper.c   one a unit invocation
 *          │          └─fork──▶ host.c     the manager: engine, loop, TypeScript
 *          ├─▶ client.c ──────▶ tool.c     no manager there: the same TypeScript in this process
 *          └─▶ single.c ──fork──▶ COMMAND   one program, no unit
 *
 * No part knows a unit file, a dependency or a restart rule. */
#ifndef PIDONE_H
#define PIDONE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* For small variables that change while a process lives: native/layout.ld puts them into one page, so that each of many
 * forks has one page of its own for them, not one for each file. */
#define CHANGING __attribute__((section("changing")))

/* Bytes of what the operator is told of a step that this container does not allow; a whole report fits into PIPE_BUF.
 */
#define NOTICE_TEXT_MAX 1024

/* Written by a keeper, read by init after the keeper's death. Lives in memory that init shares with all keepers. */
struct keeper_page {
    uint32_t keeper; /* 0: free */
    volatile pid_t main;
    volatile pid_t control;
};

/* init's table, which a manager inherits by its fork. */
struct keeper_entry {
    uint32_t keeper; /* number of this keeper, from 1, given by the manager; 0: free */
    pid_t pid;       /* 0 when lost */
    int channel;     /* copy of the manager's end of the keeper's channel */
    bool lost;       /* the keeper died before its tree was empty */
    struct keeper_page *page;
    char unit[256]; /* for messages */
};

/* What every process of pidone knows since init's start. */
struct program {
    int argc;
    char **argv;
    char **environment;               /* the container's, as given */
    char runtime_directory[108 - 24]; /* "/run/pidone" or where it could be made; "" when nowhere */
    pid_t init_pid;
    bool is_pid_1;
    sigset_t original_mask; /* what children get back */
    struct {
        uint64_t soft, hard;
    } original_nofile, original_locks;
    int original_oom_score_adjust;
    uint16_t instance; /* a part of the marks: other pidones' processes, in containers below or beside, are not ours */
};
extern struct program program;

/* program.c */
void program_begin(int argc, char **argv);                   /* first of all in main() */
void set_process_title(const char *name, const char *title); /* comm (15 bytes) and the command line that ps shows */
uintptr_t stack_end(void); /* below it lies the stack of main(), above it arguments and environment; 0: not known */

/* program-file.c: pages of the program's file that were used, and can be had again, leave this process's memory. For
 * who comes to rest. */
void program_file_rest(void);
void program_file_forget(const void *bytes, size_t length);

/* Blocks every signal that can wait to be read, and tells which those are. A fault kills, blocked or not; only
 * unblocked it can be looked at (core, sanitizer). */
void block_signals(sigset_t *blocked);

/* init.c: never returns */
_Noreturn void init_main(void);

/* single.c: PID 1 for one command (words, NULL); its exit status, or 128 + its signal, is ours */
_Noreturn void single_main(char **command);

/* keeper.c: life of a keeper, in the forked child. `frame` is the `keep` frame (bytes, valid for ever), `channel` the
 * keeper's end. */
struct wire_frame;
_Noreturn void keeper_main(const struct wire_frame *keep, int channel, struct keeper_page *page);

/* host.c: life of a manager, in the forked child. */
struct manager_start {
    int init_channel;    /* SEQPACKET with init */
    int control_socket;  /* listening SEQPACKET socket, -1 when none could be had */
    uint32_t generation; /* 0: boot */
    const char *last_end;
    const struct keeper_entry *keepers;
    size_t keeper_count;
    int shutdown_signal; /* asked for already, else 0 */
    bool hurry;
    /* Shared with init: the host adds one for every turn of its loop, so that init can tell a busy manager from a stuck
     * one. */
    volatile uint32_t *progress;
};
_Noreturn void host_main(const struct manager_start *start);

/* client.c: systemctl, journalctl …: exit status */
int client_main(void);

/* tool.c: a verb without a manager: exit status, or TOOL_ASKS where only a manager can answer (for MANAGER_UNASKED) */
enum manager_reach { MANAGER_UNASKED, MANAGER_ABSENT, MANAGER_CLOSED };
enum { TOOL_ASKS = -1 };
int tool_main(enum manager_reach reach);

/* errand.c: runs a program (NULL-terminated words) at the terminal and waits for it: its status, 128 and the signal, or
 * 127 where there is none of that name. Without words: standard input becomes the file `input`, which must be new; 0
 * or 1. */
int errand_run(char *const *words, const char *input);

/* cat.c: the command, or a copy of standard input, with streams of the journal that begin so; the second may be NULL.
 * Returns an exit status, or not at all. */
int cat_run(char *const *words, const char *head, const char *stderr_head);

/* ── processes (tree.c) ──────────────────────────────────────────────────────────────────────────────────────────── */

/* The mark that every process of a keeper's unit inherits: soft RLIMIT_LOCKS = keeper_mark(keeper). The kernel has not
 * used that limit since 2.4. pam_limits (su, sshd, cron sessions) resets it: "marked" therefore always means the marked
 * processes and all their descendants. */
uint64_t keeper_mark(uint32_t keeper);
void mark_self(uint32_t keeper); /* before the exec */

/* Sends signals to processes without a pid-reuse race (pidfd_open, then the parentage or mark is checked again, then
 * pidfd_send_signal). Every one below `root` (not root itself), newest forks included: repeats until a pass finds
 * nobody new. Returns how many were signalled. */
size_t tree_signal_below(pid_t root, int signal, const int *also, size_t also_count);
size_t tree_signal_marked(uint32_t keeper, int signal);
size_t tree_count_marked(uint32_t keeper);
/* One that lives; 0: none does. */
pid_t tree_any_marked(uint32_t keeper);
/* One signal to one process; pidfd -1: there is none. With the value that is set now, if one is (sigqueue(3)). */
void send_signal(int pidfd, pid_t pid, int signal);
extern struct signal_value {
    bool is_set;
    union sigval value;
} signal_value;
bool tree_is_below(pid_t process, pid_t root);
/* Direct children of this process, at most `capacity`; the count that there is. */
size_t tree_children(pid_t of, pid_t *children, size_t capacity);

/* ── messages (say.c) ────────────────────────────────────────────────────────────────────────────────────────────── */

/* One line to the container's stderr, "pidone: …", never blocking. What could control a terminal, and what is no text,
 * becomes question marks. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes of the character at the head of the text, 0 when it is not well-formed UTF-8 (RFC 3629). */
size_t utf8_length(const char *text, size_t length);

/* A character (of so many bytes, by utf8_length) that terminals obey: C0, DEL, C1. */
bool is_control(const char *character, size_t bytes);

/* Bytes to a descriptor that others share, without blocking and without changing its flags: how many were taken (0 when
 * it is full or gone). */
size_t write_without_blocking(int descriptor, const void *bytes, size_t length);

/* Opens what write_without_blocking needs for stdout and stderr now, so that all forks share it. Returns the highest
 * descriptor that is to stay open in every fork (2 at least). */
int say_prepare(void);

#endif
