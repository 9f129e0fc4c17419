/*
 * live: a command of a service whose life is drawn by lot (test/oracle/lives/).
 *
 *   live UNIT LABEL ACTION…   appends LABEL (- is nothing) and what the service manager tells of the service's end to
 * /run/lives/UNIT
 *
 *   ends HOW        ends at once: HOW is an exit status or the name of a signal
 *   late HOW        ends after 150 ms
 *   stays           until a signal ends it
 *   deaf            until a signal ends it that is not TERM, INT, HUP or USR1
 *   onterm HOW      ends so when it gets SIGTERM
 *   leaves HOW      ends late, with a child left that stays
 *   forks ACTION…   a child does that; ends with 0
 *   ready ACTION…   says READY=1 before
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Noreturn static void fail(const char *what) {
    perror(what);
    _exit(99);
}

static const char *told(const char *variable) {
    const char *value = getenv(variable);
    return value == NULL ? "" : value;
}

static void note(const char *unit, const char *label) {
    char path[256];
    char line[512];
    snprintf(path, sizeof path, "/run/lives/%s", unit);
    int length = snprintf(line, sizeof line, "%s result=%s/%s/%s monitor=%s/%s/%s main=%s\n", label,
        told("SERVICE_RESULT"), told("EXIT_CODE"), told("EXIT_STATUS"), told("MONITOR_SERVICE_RESULT"),
        told("MONITOR_EXIT_CODE"), told("MONITOR_EXIT_STATUS"), *told("MAINPID") == '\0' ? "no" : "yes");
    int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (log < 0 || write(log, line, (size_t)length) != length)
        fail(path);
    close(log);
}

static int signal_of(const char *name) {
    static const struct {
        const char *name;
        int number;
    } known[] = {
        {"TERM", SIGTERM}, {"HUP", SIGHUP}, {"INT", SIGINT}, {"USR1", SIGUSR1}, {"KILL", SIGKILL}, {"SEGV", SIGSEGV}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return 0;
}

_Noreturn static void end(const char *how) {
    int signal = signal_of(how);
    if (signal == 0)
        _exit(atoi(how));
    kill(getpid(), signal);
    for (;;)
        pause();
}

static void say_ready(void) {
    const char *path = told("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (*path == '@')
        address.sun_path[0] = '\0';
    int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_fd < 0 || sendto(socket_fd, "READY=1", 7, 0, (struct sockaddr *)&address, length) != 7)
        fail("READY=1");
    close(socket_fd);
}

_Noreturn static void act(char **words) {
    for (; *words != NULL; words++) {
        if (strcmp(*words, "ready") == 0)
            say_ready();
        else if (strcmp(*words, "forks") != 0)
            break;
        else if (fork() != 0)
            _exit(0);
    }
    const char *action = *words == NULL ? "" : *words;
    const char *how = *words == NULL || words[1] == NULL ? "0" : words[1];
    if (strcmp(action, "ends") == 0)
        end(how);
    if (strcmp(action, "late") == 0 || strcmp(action, "leaves") == 0) {
        if (strcmp(action, "leaves") == 0 && fork() == 0)
            for (;;)
                pause();
        const struct timespec moment = {.tv_nsec = 150000000};
        nanosleep(&moment, NULL);
        end(how);
    }
    if (strcmp(action, "onterm") == 0) {
        sigset_t set;
        int signal;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, NULL);
        sigwait(&set, &signal);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        end(how);
    }
    if (strcmp(action, "deaf") == 0) {
        signal(SIGTERM, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        signal(SIGUSR1, SIG_IGN);
    }
    for (;;)
        pause();
}

int main(int argc, char **argv) {
    if (argc < 4)
        return 99;
    if (strcmp(argv[2], "-") != 0)
        note(argv[1], argv[2]);
    act(argv + 3);
}
