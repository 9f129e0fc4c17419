/* The terminal of a command: TTYPath=, StandardInput=tty and its like, TTYReset= and its like (systemd.exec(5)). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "exec.h"

static int open_terminal(const char *path, int flags);
static void set_size(const struct exec_request *request, int terminal);
static void make_sane(int terminal);
static void clear(const char *path);
static int watch_for_close(const char *path);
static void forget_closes(int watch);
static void await_end(int watch, int terminal);

static const char *terminal_path(const struct exec_request *request) {
    const char *path = wire_text(wire_find(request->run, WIRE_RUN_TTY_PATH));
    return *path ? path : "/dev/console";
}

int exec_open_terminal(const struct exec_request *request, int flags) {
    return open_terminal(terminal_path(request), flags);
}

static int open_terminal(const char *path, int flags) {
    enum { TRIES = 20, PAUSE_MSEC = 50 };
    for (int i = 0;; i++) {
        int descriptor = open(path, flags | O_NOCTTY | O_CLOEXEC);
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
            set_size(request, terminal);
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

/* TTYRows=, TTYColumns= */
static void set_size(const struct exec_request *request, int terminal) {
    const uint32_t rows = wire_u32(wire_find(request->run, WIRE_RUN_TTY_ROWS_PLUS1));
    const uint32_t columns = wire_u32(wire_find(request->run, WIRE_RUN_TTY_COLUMNS_PLUS1));
    struct winsize size;
    if ((!rows && !columns) || ioctl(terminal, TIOCGWINSZ, &size) < 0)
        return;
    if (rows)
        size.ws_row = (unsigned short)(rows - 1);
    if (columns)
        size.ws_col = (unsigned short)(columns - 1);
    ioctl(terminal, TIOCSWINSZ, &size);
}

void exec_reset_terminal(const struct exec_request *request) {
    terminal_reset(terminal_path(request), request->flags);
}

/* As far as it goes: what cannot be done is not told, as systemd does not. */
void terminal_reset(const char *path, uint32_t flags) {
    if (!*path)
        path = "/dev/console";
    if (flags & RUN_TTY_VHANGUP) {
        const int terminal = open_terminal(path, O_RDWR | O_NONBLOCK);
        if (terminal >= 0) {
            ioctl(terminal, TIOCVHANGUP);
            close(terminal);
        }
    }
    if (flags & RUN_TTY_RESET) {
        const int terminal = open_terminal(path, O_RDWR | O_NONBLOCK);
        if (terminal >= 0) {
            make_sane(terminal);
            close(terminal);
        }
    }
    if (flags & RUN_TTY_VT_DISALLOCATE)
        clear(path);
}

/* Whatever was left behind: lines are read and echoed, Ctrl-C and its like mean what they mean. */
static void make_sane(int terminal) {
    ioctl(terminal, TIOCNXCL);
    struct termios state;
    if (tcgetattr(terminal, &state) == 0) {
        state.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | ISTRIP | INLCR | IGNCR | IUCLC);
        state.c_iflag |= ICRNL | IMAXBEL | IUTF8;
        state.c_oflag |= ONLCR | OPOST;
        state.c_cflag |= CREAD;
        state.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
        static const struct {
            unsigned char place, character;
        } characters[] = {{VINTR, 3}, {VQUIT, 28}, {VERASE, 127}, {VKILL, 21}, {VEOF, 4}, {VSTART, 17}, {VSTOP, 19},
            {VSUSP, 26}, {VLNEXT, 22}, {VWERASE, 23}, {VREPRINT, 18}, {VEOL, 0}, {VEOL2, 0}, {VTIME, 0}, {VMIN, 1}};
        for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
            state.c_cc[characters[i].place] = characters[i].character;
        tcsetattr(terminal, TCSANOW, &state);
    }
    tcflush(terminal, TCIOFLUSH);
}

/* A virtual terminal is not to be had in a container: what is on the screen goes, and what had been. */
static void clear(const char *path) {
    static const char all[] = "\033[r\033[H\033[3J";
    const int terminal = open_terminal(path, O_RDWR | O_NONBLOCK);
    if (terminal < 0)
        return;
    const ssize_t written = write(terminal, all, sizeof all - 1);
    (void)written;
    close(terminal);
}

void exec_give_terminal(const struct exec_request *request) {
    enum { TTY_MODE = 0620, TTY_GROUP = 5 };
    const uint32_t kind = wire_u32(wire_find(request->run, WIRE_RUN_STDIN));
    const uint32_t uid_plus1 = wire_u32(wire_find(request->run, WIRE_RUN_UID_PLUS1));
    if (!uid_plus1 || (kind != STREAM_TTY && kind != STREAM_TTY_FORCE && kind != STREAM_TTY_FAIL))
        return;
    if (fchown(STDIN_FILENO, uid_plus1 - 1, TTY_GROUP) < 0 || fchmod(STDIN_FILENO, TTY_MODE) < 0)
        exec_fail(request, STEP_STDIN, errno);
}
