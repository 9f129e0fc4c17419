/* The bench's stopwatch: does something to a supervisor or its services, and prints what it took, in microseconds, as
 * JSON. It runs in the supervisor's namespaces (`down` outside of them).
 *
 *   probe up SERVICES MSEC                     until all have started, from when the supervisor was executed
 *   probe time ROUNDS PROGRAM…                 a whole process, from its spawn to its end
 *   probe cycle SLOT ROUNDS PAUSE PROGRAM… -- PROGRAM…   stop until the service is gone, start until it is there again
 *   probe restart SLOT ROUNDS PAUSE MSEC       SIGKILL of a service until it has started again
 *   probe orphans COUNT MSEC                   so many orphans die at once: until all are reaped
 *   probe manager PID PROGRAM…                 SIGKILL of the manager until a command answers
 *   probe tree SLOT                            what is left of a tree: { "child": alive?, "escapee": alive? }
 *   probe flood ROUNDS MSEC                    nsec until each flood was taken out of the pipe
 *   probe lines FLOOD                          reads a log: how many of that flood's lines are there, and whether in
 * order probe down PID SERVICES MSEC               SIGTERM to the supervisor until it is gone, and how many services
 * got one
 *
 * A time of -1: not within MSEC. PAUSE is in msec. */
#include "board.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const int64_t MSEC = 1000000;
static const int64_t LONG_ENOUGH = 60 * INT64_C(1000000000);

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "bench probe: %s: %s\n", what, strerror(errno));
    exit(111);
}

static long number(const char *text) {
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < 0) {
        errno = EINVAL;
        fail(text);
    }
    return value;
}

static void pause_for(long msec) {
    const struct timespec time = {.tv_sec = msec / 1000, .tv_nsec = msec % 1000 * MSEC};
    nanosleep(&time, NULL);
}

static void print_list(const char *name, const int64_t *nsec, long count) {
    printf("\"%s\":[", name);
    for (long at = 0; at < count; at++)
        printf("%s%.1f", at ? "," : "", nsec[at] < 0 ? -1.0 : (double)nsec[at] / 1000);
    printf("]");
}

static int64_t *list_of(long count) {
    int64_t *list = calloc((size_t)count, sizeof *list);
    if (list == NULL)
        fail("memory");
    return list;
}

static struct slot *slot_of(struct board *board, const char *text) {
    const long slot = number(text);
    if (slot >= BOARD_SLOTS) {
        errno = ERANGE;
        fail(text);
    }
    return &board->slots[slot];
}

static int open_process(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Whether it ended in time. A process that has ended is readable, be it reaped or not. */
static bool await_end(int process, int64_t deadline) {
    struct pollfd entry = {.fd = process, .events = POLLIN};
    for (;;) {
        const int64_t left = deadline - board_now();
        const int ready = poll(&entry, 1, left <= 0 ? 0 : (int)(left / MSEC + 1));
        if (ready > 0)
            return true;
        if (ready == 0 && left <= 0)
            return false;
    }
}

/* Runs a program with nothing to read and nobody to write to. Returns its exit status, 128 and more for a signal. */
static int run(char **words) {
    static posix_spawn_file_actions_t silence;
    static bool prepared;
    if (!prepared) {
        posix_spawn_file_actions_init(&silence);
        for (int fd = 0; fd < 3; fd++)
            posix_spawn_file_actions_addopen(&silence, fd, "/dev/null", O_RDWR, 0);
        prepared = true;
    }
    pid_t pid;
    errno = posix_spawn(&pid, words[0], &silence, NULL, words, environ);
    if (errno != 0)
        fail(words[0]);
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- up */

static void up(struct board *board, long services, int64_t deadline) {
    long there;
    int64_t last;
    for (;;) {
        const uint32_t seen = atomic_load(&board->changes);
        there = 0;
        last = 0;
        for (long at = 0; at < services && at < BOARD_SLOTS; at++) {
            struct slot *slot = &board->slots[at];
            if (atomic_load(&slot->starts) == 0)
                continue;
            const int64_t started = atomic_load(&slot->started);
            there++;
            last = started > last ? started : last;
        }
        if (there == services || board_now() >= deadline)
            break;
        board_wait(&board->changes, seen, deadline);
    }
    const int64_t taken = there == services ? last - atomic_load(&board->raised) : -1;
    printf("{\"services\":%ld,", there);
    print_list("usec", &taken, 1);
    puts("}");
}

/* ---- commands */

static void time_command(long rounds, char **words) {
    int64_t *taken = list_of(rounds);
    int failures = 0;
    for (long round = 0; round < rounds; round++) {
        const int64_t begin = board_now();
        failures += run(words) != 0;
        taken[round] = board_now() - begin;
    }
    printf("{\"failures\":%d,", failures);
    print_list("usec", taken, rounds);
    puts("}");
}

/* Until the service has started once more than `starts` times; its time, or -1. */
static int64_t await_start(struct board *board, struct slot *slot, uint32_t starts, int64_t deadline) {
    for (;;) {
        const uint32_t seen = atomic_load(&board->changes);
        if (atomic_load(&slot->starts) != starts)
            return atomic_load(&slot->started);
        if (board_now() >= deadline)
            return -1;
        board_wait(&board->changes, seen, deadline);
    }
}

static void cycle(struct board *board, struct slot *slot, long rounds, long pause_msec, char **stop, char **start) {
    int64_t *stopped = list_of(rounds), *started = list_of(rounds);
    int failures = 0;
    for (long round = 0; round < rounds; round++) {
        pause_for(pause_msec);
        const int process = open_process(atomic_load(&slot->pid));
        if (process < 0)
            fail("pidfd_open");
        const int64_t before_stop = board_now();
        failures += run(stop) != 0;
        stopped[round] = await_end(process, board_now() + LONG_ENOUGH / 4) ? board_now() - before_stop : -1;
        close(process);
        pause_for(pause_msec);

        const uint32_t starts = atomic_load(&slot->starts);
        const int64_t before_start = board_now();
        failures += run(start) != 0;
        const int64_t done = board_now();
        const int64_t there = await_start(board, slot, starts, done + LONG_ENOUGH / 4);
        started[round] = there < 0 ? -1 : (there > done ? there : done) - before_start;
    }
    printf("{\"failures\":%d,", failures);
    print_list("stop", stopped, rounds);
    printf(",");
    print_list("start", started, rounds);
    puts("}");
}

static void restart(struct board *board, struct slot *slot, long rounds, long pause_msec, int64_t patience) {
    int64_t *taken = list_of(rounds);
    for (long round = 0; round < rounds; round++) {
        pause_for(pause_msec);
        const uint32_t starts = atomic_load(&slot->starts);
        const int64_t begin = board_now();
        if (kill(atomic_load(&slot->pid), SIGKILL) != 0)
            fail("kill");
        const int64_t there = await_start(board, slot, starts, begin + patience);
        taken[round] = there < 0 ? -1 : there - begin;
        if (there < 0) { /* it will not come in the next rounds either */
            rounds = round + 1;
            break;
        }
    }
    printf("{");
    print_list("usec", taken, rounds);
    puts("}");
}

static void manager(pid_t pid, char **words) {
    const int64_t begin = board_now();
    if (kill(pid, SIGKILL) != 0)
        fail("kill");
    const int status = run(words);
    const int64_t taken = status == 0 ? board_now() - begin : -1;
    printf("{");
    print_list("usec", &taken, 1);
    puts("}");
}

/* ---- orphans */

static void orphans(long count, int64_t patience) {
    _Atomic pid_t *pids =
        mmap(NULL, (size_t)count * sizeof *pids, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int gate[2];
    if (pids == MAP_FAILED || pipe(gate) != 0)
        fail("orphans");
    const pid_t parent = fork();
    if (parent < 0)
        fail("fork");
    if (parent == 0) {
        close(gate[1]);
        for (long at = 0; at < count; at++) {
            const pid_t orphan = fork();
            if (orphan < 0)
                _exit(1);
            if (orphan == 0) {
                char byte;
                _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
            }
            atomic_store(&pids[at], orphan);
        }
        _exit(0);
    }
    int status;
    while (waitpid(parent, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    if (status != 0) {
        errno = EAGAIN;
        fail("orphans");
    }
    pause_for(200); /* let the supervisor get used to its new children */

    const int64_t begin = board_now();
    close(gate[1]);
    long left = count;
    while (left > 0) { /* those that are not reaped can still be asked for */
        if (kill(atomic_load(&pids[left - 1]), 0) != 0 && errno == ESRCH) {
            left--;
            continue;
        }
        if (board_now() - begin > patience)
            break;
        usleep(100);
    }
    const int64_t taken = left == 0 ? board_now() - begin : -1;
    printf("{\"left\":%ld,", left);
    print_list("usec", &taken, 1);
    puts("}");
}

/* ---- what is left of a tree */

static bool is_alive(pid_t pid) {
    char path[32], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0)
        return false;
    text[length] = 0;
    const char *end = strrchr(text, ')');
    return end != NULL && end[1] != 0 && strchr("ZX", end[2]) == NULL;
}

static void tree(struct slot *slot) {
    printf("{\"child\":%s,\"escapee\":%s}\n", is_alive(atomic_load(&slot->child)) ? "true" : "false",
        is_alive(atomic_load(&slot->escapee)) ? "true" : "false");
}

/* ---- logs */

static void floods(struct board *board, long rounds, int64_t patience) {
    int64_t *taken = list_of(rounds);
    for (long round = 0; round < rounds; round++) {
        pause_for(200);
        const int64_t deadline = board_now() + patience;
        const uint32_t wanted = board_raise(&board->floods_wanted);
        while (atomic_load(&board->floods_done) != wanted && board_now() < deadline) {
            const uint32_t seen = atomic_load(&board->changes);
            if (atomic_load(&board->floods_done) != wanted)
                board_wait(&board->changes, seen, deadline);
        }
        taken[round] = atomic_load(&board->floods_done) == wanted ? atomic_load(&board->flood_time) : -1;
    }
    printf("{\"flood\":%u,", atomic_load(&board->floods_wanted));
    print_list("usec", taken, rounds);
    puts("}");
}

static void count_lines(long flood) {
    char line[1024];
    long found = 0;
    bool ordered = true;
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *text = strstr(line, "flood ");
        long of, at;
        if (text == NULL || sscanf(text, "flood %ld line %ld:", &of, &at) != 2 || of != flood)
            continue;
        ordered = ordered && at == found;
        found++;
    }
    printf("{\"lines\":%ld,\"ordered\":%s}\n", found, ordered ? "true" : "false");
}

/* ---- down */

static uint32_t terms_of(struct board *board, long services) {
    uint32_t terms = 0;
    for (long at = 0; at < services && at < BOARD_SLOTS; at++)
        terms += atomic_load(&board->slots[at].terms);
    return terms;
}

static void down(pid_t pid, long services, int64_t patience) {
    char root[64], path[96];
    snprintf(root, sizeof root, "/proc/%d/root", (int)pid);
    struct board *board = board_open(root);
    long alive = 0;
    for (long at = 0; at < services && at < BOARD_SLOTS; at++) {
        snprintf(path, sizeof path, "%s/proc/%d", root, (int)atomic_load(&board->slots[at].pid));
        alive += access(path, F_OK) == 0;
    }
    const uint32_t before = terms_of(board, services);
    const int process = open_process(pid);
    if (process < 0)
        fail("pidfd_open");
    const int64_t begin = board_now();
    if (kill(pid, SIGTERM) != 0)
        fail("kill");
    const int64_t taken = await_end(process, begin + patience) ? board_now() - begin : -1;
    printf("{\"alive\":%ld,\"told\":%u,", alive, terms_of(board, services) - before);
    print_list("usec", &taken, 1);
    puts("}");
}

int main(int count, char **words) {
    const char *verb = count > 1 ? words[1] : "";
    if (strcmp(verb, "orphans") == 0 && count == 4)
        orphans(number(words[2]), number(words[3]) * MSEC);
    else if (strcmp(verb, "time") == 0 && count > 3)
        time_command(number(words[2]), words + 3);
    else if (strcmp(verb, "manager") == 0 && count > 3)
        manager((pid_t)number(words[2]), words + 3);
    else if (strcmp(verb, "lines") == 0 && count == 3)
        count_lines(number(words[2]));
    else if (strcmp(verb, "down") == 0 && count == 5)
        down((pid_t)number(words[2]), number(words[3]), number(words[4]) * MSEC);
    else {
        struct board *board = board_open("");
        if (strcmp(verb, "up") == 0 && count == 4)
            up(board, number(words[2]), board_now() + number(words[3]) * MSEC);
        else if (strcmp(verb, "restart") == 0 && count == 6)
            restart(board, slot_of(board, words[2]), number(words[3]), number(words[4]), number(words[5]) * MSEC);
        else if (strcmp(verb, "tree") == 0 && count == 3)
            tree(slot_of(board, words[2]));
        else if (strcmp(verb, "flood") == 0 && count == 4)
            floods(board, number(words[2]), number(words[3]) * MSEC);
        else if (strcmp(verb, "cycle") == 0 && count > 7) {
            int border = 5;
            while (border < count && strcmp(words[border], "--") != 0)
                border++;
            if (border + 1 >= count)
                goto usage;
            words[border] = NULL;
            cycle(board, slot_of(board, words[2]), number(words[3]), number(words[4]), words + 5, words + border + 1);
        } else
            goto usage;
    }
    return 0;
usage:
    fputs("bench probe: see the head of bench/probe.c\n", stderr);
    return 111;
}
