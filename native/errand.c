/* What a verb wants done at the client's terminal: a program (an editor), or its standard input in a file. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pidone.h"

enum { STATUS_NOT_FOUND = 127, STATUS_NOT_RUN = 126 };

static int run_program(char *const *words);
static int save_input(const char *path);

int errand_run(char *const *words, const char *input) {
    if (words[0] != NULL)
        return run_program(words);
    int error = save_input(input);
    if (error == 0)
        return 0;
    fprintf(stderr, "%s: cannot write standard input to %s: %s\n", program.argv[0], input, strerror(error));
    return 1;
}

/* As a shell waits for one: what the terminal's keys say is for the program alone. */
static int run_program(char *const *words) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    pid_t child = fork();
    if (child == 0) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        sigemptyset(&usual.sa_mask);
        if (interrupt.sa_handler != SIG_IGN)
            sigaction(SIGINT, &usual, NULL);
        if (quit.sa_handler != SIG_IGN)
            sigaction(SIGQUIT, &usual, NULL);
        execvp(words[0], words);
        _exit(errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_RUN);
    }
    int status = 0;
    pid_t ended = child;
    while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
        ;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    if (child < 0 || ended < 0)
        return STATUS_NOT_RUN;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The errno, or 0. Nothing that is there already is written to. */
static int save_input(const char *path) {
    static char piece[16 * 1024];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0)
        return errno;
    int error = 0;
    while (error == 0) {
        ssize_t length = read(STDIN_FILENO, piece, sizeof piece);
        if (length == 0)
            break;
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            error = errno;
        for (ssize_t done = 0; done < length && error == 0;) {
            ssize_t count = write(file, piece + done, (size_t)(length - done));
            if (count > 0)
                done += count;
            else if (count < 0 && errno != EINTR)
                error = errno;
        }
    }
    if (close(file) < 0 && error == 0)
        error = errno;
    return error;
}
