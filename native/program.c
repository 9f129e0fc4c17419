/* What was given at the start, kept for all that this process becomes. */
#include "pidone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct program program;

/* Where the process title goes: the memory of argv, and of the environment behind it. */
static struct {
    char *start, *end;
    size_t arguments_length;
} title_room;

/* The strings of a vector, copied: the title is written over the old ones. */
static char **copy_strings(char **strings, size_t count) {
    size_t bytes = (count + 1) * sizeof *strings;
    for (size_t i = 0; i < count; i++)
        bytes += strlen(strings[i]) + 1;
    char **copy = malloc(bytes);
    if (!copy)
        return NULL;
    char *text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = text;
        text = stpcpy(text, strings[i]) + 1;
    }
    copy[count] = NULL;
    return copy;
}

static int read_oom_score_adjust(void) {
    char text[16] = "";
    const int file = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    const ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 ? (int)strtol(text, NULL, 10) : 0;
}

void program_begin(int argc, char **argv) {
    static char *nameless[] = {"pidone", NULL};
    if (argc < 1) {
        argc = 1;
        argv = nameless;
    } else {
        char *end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
        title_room.start = argv[0];
        title_room.arguments_length = (size_t)(end - argv[0]);
        for (char **variable = environ; *variable; variable++)
            if (*variable == end)
                end = *variable + strlen(*variable) + 1;
        title_room.end = end;
    }
    size_t variables = 0;
    while (environ[variables])
        variables++;
    program.argc = argc;
    program.argv = copy_strings(argv, (size_t)argc);
    program.environment = copy_strings(environ, variables);
    if (!program.argv || !program.environment) {
        title_room.start = NULL; /* their memory stays what it is */
        program.argv = argv;
        program.environment = environ;
    }
    environ = program.environment;

    sigprocmask(SIG_SETMASK, NULL, &program.original_mask);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        program.original_nofile.soft = limit.rlim_cur;
        program.original_nofile.hard = limit.rlim_max;
    }
    if (getrlimit(RLIMIT_LOCKS, &limit) == 0) {
        program.original_locks.soft = limit.rlim_cur;
        program.original_locks.hard = limit.rlim_max;
    }
    program.original_oom_score_adjust = read_oom_score_adjust();
}

uintptr_t stack_end(void) {
    return (uintptr_t)title_room.start;
}

void set_process_title(const char *name, const char *title) {
    prctl(PR_SET_NAME, name);
    if (!title_room.start)
        return;
    /* proc(5), cmdline: once the NUL that ended the arguments is gone, the kernel reads on into the environment. */
    const size_t room = (size_t)(title_room.end - title_room.start);
    size_t length = strlen(title);
    if (length > room - 1)
        length = room - 1;
    memcpy(title_room.start, title, length);
    const size_t rest = length < title_room.arguments_length ? title_room.arguments_length - length : 1;
    memset(title_room.start + length, 0, rest);
}

void block_signals(sigset_t *blocked) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    sigfillset(blocked);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(blocked, faults[i]);
    sigprocmask(SIG_SETMASK, blocked, NULL);
}
