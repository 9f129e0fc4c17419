/* The terminal of a command: TTYPath= and StandardInput=tty and its like (systemd.exec(5)). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "exec.h"

static int watch_for_close(const char *path);
static void forget_closes(int watch);
static void await_end(int watch, int terminal);

static const char *terminal_path(const struct exec_request *request) {
    const char *path = wire_text(wire_find(request->run, WIRE_RUN_TTY_PATH));
    return *path ? path : "/dev/console";
}

int exec_open_terminal(const struct exec_request *request, int flags) {
    enum { TRIES = 20, PAUSE_MSEC = 50 };
    for (int i = 0;; i++) {
        int descriptor = open(terminal_path(request), flags | O_NOCTTY | O_CLOEXEC);
        if (descriptor >= 0 && !isatty(descriptor)) {
            close(descriptor);
            errno = ENOTTY;
            return -1;
        }
        /* EIO: it is being hung up at this moment. */
        if (descriptor >= 0 || errno != EIO || i == TRIES)
            return descriptor;
        poll(NULL, 0, PAUSE_MSEC);
    }
}

/* It becomes the controlling terminal: Ctrl-C is for this command. Another session may hold it: its end is waited for,
 * or it loses it (tty-force), or the command fails (tty-fail). */
int exec_acquire_terminal(const struct exec_request *request) {
    uint32_t kind = wire_u32(wire_find(request->run, WIRE_RUN_STDIN));
    int watch = kind == STREAM_TTY ? watch_for_close(terminal_path(request)) : -1;
    for (;;) {
        forget_closes(watch);
        int terminal = exec_open_terminal(request, O_RDWR);
        if (terminal < 0)
            return -1;
        /* Who takes a terminal from its own session gets SIGHUP. */
        struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
        sigaction(SIGHUP, &ignore, &before);
        int error = ioctl(terminal, TIOCSCTTY, kind == STREAM_TTY_FORCE) < 0 ? errno : 0;
        sigaction(SIGHUP, &before, NULL);
        if (!error) {
            if (watch >= 0)
                close(watch);
            return terminal;
        }
        if (error != EPERM || watch < 0) {
            close(terminal);
            errno = error;
            return -1;
        }
        await_end(watch, terminal);
        close(terminal); /* only now: that, too, would be seen as an end */
    }
}

static int watch_for_close(const char *path) {
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch >= 0)
        inotify_add_watch(watch, path, IN_CLOSE);
    return watch;
}

static void forget_closes(int watch) {
    char events[512];
    while (watch >= 0 && read(watch, events, sizeof events) > 0)
        ;
}

/* Somebody closes it, or it is hung up, as happens when the leader of the session that holds it ends. */
static void await_end(int watch, int terminal) {
    struct pollfd waits[] = {{.fd = watch, .events = POLLIN}, {.fd = terminal}};
    while (poll(waits, 2, -1) < 0 && errno == EINTR)
        ;
}
