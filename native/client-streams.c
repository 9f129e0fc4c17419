/* systemd-run --pipe and --pty: the client gives its descriptors, or the far end of a pseudo terminal, to whoever of
 * its unit asks for them at a socket of its own, and carries bytes between that terminal and its own. The manager has
 * no part in it, and may die meanwhile. See docs/adr/0015-streams-of-clients.md. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "pidone.h"

/* Pressed three times in a second it leaves the terminal, as systemd-run has it: Ctrl-]. */
enum { LEAVE_KEY = 0x1d, LEAVE_TIMES = 3, LEAVE_MSEC = 1000, END_OF_INPUT = 0x04, DRAIN_MSEC = 200 };

static int listener = -1, master = -1, slave = -1;
static char socket_path[108];
static bool carries, input_ended;
static struct termios before;
static volatile sig_atomic_t is_raw, resized;
/* Typed, and not yet taken by the terminal's other end. */
static uint8_t typed[4096];
static size_t typed_length;

static bool listen_at(const char *path);
static bool make_terminal(char *name, size_t size);
static void give_away(void);
static void read_input(void);
static void write_typed(void);
static bool read_master(void);
static bool wants_to_leave(const uint8_t *bytes, size_t length);
static void copy_size(void);
static void make_raw(void);
static void on_end(int signal);
static void on_resize(int signal);

bool streams_offer(const char *path, bool terminal, char *name, size_t size) {
    snprintf(name, size, "0");
    if (terminal && !make_terminal(name, size)) {
        fprintf(stderr, "%s: cannot make a terminal: %s\n", program.argv[0], strerror(errno));
        return false;
    }
    if (!listen_at(path)) {
        fprintf(stderr, "%s: cannot listen at %s: %s\n", program.argv[0], path, strerror(errno));
        return false;
    }
    static const int ends[] = {SIGHUP, SIGQUIT, SIGTERM, SIGPIPE};
    struct sigaction action = {.sa_handler = on_end};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &action, NULL);
    action.sa_handler = on_resize;
    sigaction(SIGWINCH, &action, NULL);
    atexit(streams_restore);
    return true;
}

void streams_begin(void) {
    if (master < 0 || carries)
        return;
    carries = true;
    copy_size();
    make_raw();
}

size_t streams_watch(struct pollfd list[STREAMS_WATCHED]) {
    if (resized)
        copy_size();
    /* A negative descriptor is passed over. */
    bool reads = carries && !input_ended && typed_length < sizeof typed;
    list[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    list[1] = (struct pollfd){.fd = carries ? master : -1, .events = typed_length > 0 ? POLLIN | POLLOUT : POLLIN};
    list[2] = (struct pollfd){.fd = reads ? STDIN_FILENO : -1, .events = POLLIN};
    return STREAMS_WATCHED;
}

void streams_carry(const struct pollfd list[STREAMS_WATCHED]) {
    /* What is typed now is for a window of this size. */
    if (resized)
        copy_size();
    if (list[0].revents)
        give_away();
    if (list[1].revents & (POLLIN | POLLHUP) && !read_master())
        carries = false; /* nobody has the other end */
    if (list[1].revents & POLLOUT)
        write_typed();
    if (list[2].revents)
        read_input();
}

void streams_end(void) {
    if (slave >= 0)
        close(slave);
    slave = -1;
    /* What the last process wrote is still to be had; one that lives on may hold the terminal. */
    if (master >= 0)
        for (struct pollfd ready = {.fd = master, .events = POLLIN}; poll(&ready, 1, DRAIN_MSEC) > 0 && read_master();)
            ;
    streams_restore();
}

static bool listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(address.sun_path, path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    bool bound = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0;
    umask(mask);
    if (!bound)
        return false;
    strcpy(socket_path, path);
    return listen(listener, 16) == 0;
}

static bool make_terminal(char *name, size_t size) {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    unsigned number = 0;
    int locked = 0;
    if (master < 0 || ioctl(master, TIOCSPTLCK, &locked) < 0 || ioctl(master, TIOCGPTN, &number) < 0)
        return false;
    snprintf(name, size, "/dev/pts/%u", number);
    /* As long as we hold it, a service that ends and begins again is no end of the terminal. */
    slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return false;
    copy_size();
    return true;
}

/* Who asks is a process of pidone before it becomes the command: of root, or of the user that pidone runs as, which is
 * ours. */
static void give_away(void) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (connection < 0)
        return;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || (peer.uid != 0 && peer.uid != geteuid())) {
        close(connection);
        return;
    }
    int given[3] = {slave, slave, slave};
    int nothing = -1;
    for (int i = 0; slave < 0 && i < 3; i++) {
        given[i] = i;
        /* Whoever called us has closed it. */
        if (fcntl(i, F_GETFD) < 0)
            given[i] = nothing >= 0 ? nothing : (nothing = open("/dev/null", O_RDWR | O_CLOEXEC));
    }
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof given)];
    } control = {.bytes = {0}};
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(head), given, sizeof given);
    /* One that has gone again has nothing to be given. */
    ssize_t sent = sendmsg(connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent;
    close(connection);
    if (nothing >= 0)
        close(nothing);
}

static void read_input(void) {
    ssize_t count = read(STDIN_FILENO, typed + typed_length, sizeof typed - typed_length);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        /* The other end hears of it as of one who presses Ctrl-D. */
        input_ended = true;
        typed[typed_length++] = END_OF_INPUT;
    } else if (is_raw && wants_to_leave(typed + typed_length, (size_t)count)) {
        exit(EXIT_SUCCESS);
    } else {
        typed_length += (size_t)count;
    }
    write_typed();
}

static void write_typed(void) {
    ssize_t count = typed_length > 0 ? write(master, typed, typed_length) : 0;
    if (count <= 0)
        return;
    typed_length -= (size_t)count;
    memmove(typed, typed + count, typed_length);
}

/* False: the end. */
static bool read_master(void) {
    static uint8_t bytes[4096];
    ssize_t count = read(master, bytes, sizeof bytes);
    if (count > 0)
        client_copy_out(STDOUT_FILENO, bytes, (size_t)count);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool wants_to_leave(const uint8_t *bytes, size_t length) {
    static int64_t first;
    static int times;
    for (size_t i = 0; i < length; i++) {
        struct timespec clock;
        clock_gettime(CLOCK_MONOTONIC, &clock);
        int64_t now = clock.tv_sec * 1000 + clock.tv_nsec / 1000000;
        if (bytes[i] != LEAVE_KEY || (times > 0 && now - first > LEAVE_MSEC))
            times = 0;
        if (bytes[i] != LEAVE_KEY)
            continue;
        if (times == 0)
            first = now;
        if (++times == LEAVE_TIMES)
            return true;
    }
    return false;
}

static void copy_size(void) {
    struct winsize size;
    resized = 0;
    if (master >= 0 && (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0))
        ioctl(master, TIOCSWINSZ, &size);
}

static void make_raw(void) {
    struct termios raw;
    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return;
    raw = before;
    cfmakeraw(&raw);
    is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

/* Also out of a signal's handler. */
void streams_restore(void) {
    if (is_raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    is_raw = 0;
    if (socket_path[0] != '\0')
        unlink(socket_path);
}

static void on_end(int number) {
    streams_restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_resize(int number) {
    (void)number;
    resized = 1;
}
