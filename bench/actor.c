/* A service of the bench.
 *
 *   actor run SLOT           tells the board that it is there, and waits; on SIGTERM it tells that too, and ends with 0
 *   actor tree SLOT          the same, with a child, and a grandchild that has left its session and its parent
 *   actor flood SLOT LINES   the same, and writes so many lines to its stdout whenever the board wants a flood
 *   actor raise PROGRAM…     notes the time and becomes the program: the supervisor */
#include "board.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 4096, LINE = 64 };

static struct board *board;
static struct slot *slot;

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "bench actor: %s: %s\n", what, strerror(errno));
    _exit(111);
}

static void on_term(int signal_number) {
    (void)signal_number;
    atomic_fetch_add(&slot->terms, 1);
    board_changed(board);
    _exit(0);
}

static void appear(void) {
    struct sigaction action = {.sa_handler = on_term};
    sigset_t none;
    sigemptyset(&none);
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigprocmask(SIG_SETMASK, &none, NULL) != 0)
        fail("signals");
    atomic_store(&slot->pid, getpid());
    atomic_store(&slot->started, board_now());
    atomic_fetch_add(&slot->starts, 1);
    board_changed(board);
}

_Noreturn static void rest(void) {
    for (;;)
        pause();
}

static void grow_tree(void) {
    const pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        rest();
    atomic_store(&slot->child, child);
    const pid_t between = fork();
    if (between < 0)
        fail("fork");
    if (between == 0) {
        if (setsid() < 0)
            fail("setsid");
        const pid_t escapee = fork();
        if (escapee < 0)
            fail("fork");
        if (escapee == 0)
            rest();
        atomic_store(&slot->escapee, escapee);
        _exit(0);
    }
    while (waitpid(between, NULL, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
}

static void write_all(const char *text, size_t length) {
    while (length > 0) {
        const ssize_t written = write(STDOUT_FILENO, text, length);
        if (written < 0) {
            if (errno == EINTR)
                continue;
            fail("write");
        }
        text += written;
        length -= (size_t)written;
    }
}

/* In blocks of 4 KB, as stdio writes into a pipe. What the logger has read is not in the pipe any more. */
static void flood(uint32_t number, char *text, unsigned lines) {
    char line[LINE + 64];
    for (unsigned at = 0; at < lines; at++) {
        snprintf(line, sizeof line, "flood %4u line %8u: as long as the lines of a log usually are, say\n", number, at);
        memcpy(text + (size_t)at * LINE, line, LINE);
        text[(size_t)at * LINE + LINE - 1] = '\n';
    }
    const int64_t begin = board_now();
    for (size_t at = 0, size = (size_t)lines * LINE; at < size; at += BLOCK)
        write_all(text + at, size - at < BLOCK ? size - at : BLOCK);
    for (int waiting = 0; ioctl(STDOUT_FILENO, FIONREAD, &waiting) == 0 && waiting > 0;)
        usleep(50);
    atomic_store(&board->flood_time, board_now() - begin);
    atomic_store(&board->floods_done, number);
    board_changed(board);
}

_Noreturn static void write_floods(unsigned lines) {
    char *text = malloc((size_t)lines * LINE + 1);
    if (text == NULL)
        fail("memory");
    for (;;) {
        const uint32_t wanted = atomic_load(&board->floods_wanted);
        if (atomic_load(&board->floods_done) == wanted)
            board_wait(&board->floods_wanted, wanted, INT64_MAX);
        else
            flood(wanted, text, lines);
    }
}

int main(int count, char **words) {
    if (count < 3) {
        fputs("usage: actor run|tree|flood SLOT [LINES] | raise PROGRAM…\n", stderr);
        return 111;
    }
    board = board_open("");
    if (strcmp(words[1], "raise") == 0) {
        atomic_store(&board->raised, board_now());
        execv(words[2], words + 2);
        fail(words[2]);
    }
    const unsigned long number = strtoul(words[2], NULL, 10);
    if (number >= BOARD_SLOTS) {
        fputs("bench actor: no such slot\n", stderr);
        return 111;
    }
    slot = &board->slots[number];
    if (strcmp(words[1], "tree") == 0)
        grow_tree();
    appear();
    if (strcmp(words[1], "flood") == 0 && count > 3)
        write_floods((unsigned)strtoul(words[3], NULL, 10));
    rest();
}
