/*
 * puppet: a service that does what a test tells it, and the strings to pull.
 *
 *   puppet NAME [COMMAND…]        run the commands, then wait for more on a socket named after NAME
 *   tell NAME COMMAND…            send one command; returns when it is done, or when the puppet died of it
 *   await FILE LINE [COUNT]       return when FILE holds LINE (COUNT times); 1 after ten seconds
 *   note TEXT…                    append one line to the log
 *
 * A puppet named "-" has no socket. The log is $PUPPET_LOG (/run/order.log), the sockets live in
 * $PUPPET_DIR (/run/puppet). Commands:
 *
 *   log TEXT               append TEXT to the log
 *   env NAME…              log each variable as NAME=value, or "NAME unset"
 *   exit N                 end with this status
 *   signal SIG             send SIG to itself
 *   ignore SIG…            ignore
 *   report SIG…            log "NAME got SIG" and go on
 *   leave SIG…             log "NAME left on SIG" and exit 0
 *   notify TEXT            one datagram to $NOTIFY_SOCKET; "|" in TEXT stands for a newline, "@CHILD" for a child's pid
 *   terminal PATH FILE     make a terminal at PATH and keep its other end: what is written to it goes into FILE
 *   type TEXT              a line that is typed there
 *   say SOCKET TEXT        one datagram to that socket; "|" in TEXT stands for a newline
 *   say-long SOCKET N TEXT the same as a sealed file in memory, with N times "x" behind it
 *   send FILE [COUNT]      one datagram to $NOTIFY_SOCKET: the bytes of FILE, with COUNT descriptors
 *   drop SOCKET [FILE [COUNT]]            connect to a SOCK_SEQPACKET socket, send the bytes of FILE as one packet,
 * leave ask SOCKET FILE ANSWER [COUNT]        send the bytes of FILE with COUNT descriptors, and write into ANSWER, one
 * packet after the other, what comes back until the other side closes store WHAT TEXT        as notify, with a
 * descriptor: of "pair" (a socket, whose other end this process keeps), or a file in memory that holds WHAT hangup
 * close the other ends of all pairs fds                    log $LISTEN_FDNAMES and what each descriptor from 3 on is
 *   barrier                BARRIER=1; returns when the descriptor that went along has been closed
 *   pidfile PATH [CHILD]   write the own pid (or that of the child forked under this name)
 *   fork CHILD [COMMAND; COMMAND…]        a child that is a puppet; returns when it has run its commands
 *   daemonize CHILD [COMMAND; COMMAND…]   the same, double-forked and in a session of its own
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, CHILDREN_MAX = 16, PATIENCE_MS = 10000 };

static const struct {
    const char *name;
    int number;
} SIGNALS[] = {{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"ABRT", SIGABRT}, {"KILL", SIGKILL},
    {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CONT", SIGCONT},
    {"STOP", SIGSTOP}, {"SEGV", SIGSEGV}, {"WINCH", SIGWINCH}, {"RTMIN+2", 34 + 2 /* as glibc counts */}};

static const char *name = "-";
static struct {
    char name[64];
    pid_t pid;
} children[CHILDREN_MAX];
static size_t child_count;
static int listener = -1;
static int terminal = -1;
static int teller = -1; /* the connection whose command is being run */

static void run_command(char *line);
static void obey(void);

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "puppet %s: %s: %s\n", name, what, strerror(errno));
    _exit(99);
}

static const char *setting(const char *variable, const char *fallback) {
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' ? value : fallback;
}

/* One write with O_APPEND, so that lines of several processes never mix. */
static void append_line(const char *a, const char *b, const char *c) {
    char line[LINE_MAX_BYTES];
    const int length = snprintf(line, sizeof line, "%s%s%s\n", a, b, c);
    const int fd = open(setting("PUPPET_LOG", "/run/order.log"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || length < 0 || length >= (int)sizeof line || write(fd, line, (size_t)length) != length)
        fail("log");
    close(fd);
}

static int signal_number(const char *word) {
    if (strncmp(word, "SIG", 3) == 0)
        word += 3;
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (strcmp(SIGNALS[i].name, word) == 0)
            return SIGNALS[i].number;
    fprintf(stderr, "puppet %s: unknown signal %s\n", name, word);
    _exit(99);
}

static const char *signal_word(int number) {
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (SIGNALS[i].number == number)
            return SIGNALS[i].name;
    return "?";
}

/* The handlers log by write(2) on what snprintf made: no lock is taken that the interrupted code may hold. */
static void on_report(int number, siginfo_t *info, void *context) {
    (void)context;
    const int saved = errno;
    char word[48];
    if (info->si_code == SI_QUEUE)
        snprintf(word, sizeof word, "%s with %d", signal_word(number), info->si_value.sival_int);
    else
        snprintf(word, sizeof word, "%s", signal_word(number));
    append_line(name, " got SIG", word);
    errno = saved;
}

_Noreturn static void on_leave(int number) {
    append_line(name, " left on SIG", signal_word(number));
    _exit(0);
}

static void set_handlers(char *words, void (*handler)(int), void (*reporter)(int, siginfo_t *, void *)) {
    for (char *rest = words, *word; (word = strsep(&rest, " ")) != NULL;) {
        struct sigaction action = {.sa_flags = SA_RESTART};
        if (reporter) {
            action.sa_sigaction = reporter;
            action.sa_flags |= SA_SIGINFO;
        } else {
            action.sa_handler = handler;
        }
        if (*word != '\0' && sigaction(signal_number(word), &action, NULL) != 0)
            fail("sigaction");
    }
}

static void default_handlers(void) {
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        signal(SIGNALS[i].number, SIG_DFL);
}

static pid_t child_pid(const char *wanted, size_t length) {
    for (size_t i = child_count; i-- > 0;)
        if (strlen(children[i].name) == length && memcmp(children[i].name, wanted, length) == 0)
            return children[i].pid;
    fprintf(stderr, "puppet %s: no child %s\n", name, wanted);
    _exit(99);
}

static socklen_t socket_address(struct sockaddr_un *address, const char *path) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    memcpy(address->sun_path, path, strlen(path));
    if (path[0] == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (path[0] == '@' ? 0 : 1));
}

static size_t message_of(const char *text, char *message, size_t capacity) {
    size_t length = 0;
    for (const char *p = text; *p != '\0' && length < capacity - 32; p++) {
        if (*p == '@') {
            const size_t word = strcspn(p + 1, " |");
            length += (size_t)snprintf(message + length, 16, "%d", child_pid(p + 1, word));
            p += word;
        } else {
            message[length++] = *p == '|' ? '\n' : *p;
        }
    }
    return length;
}

/* `descriptor`: to go along, or -1. */
static void notify(const char *text, int descriptor) {
    char message[LINE_MAX_BYTES];
    struct iovec part = {.iov_base = message, .iov_len = message_of(text, message, sizeof message)};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL) {
        append_line(name, " has no NOTIFY_SOCKET", "");
        return;
    }
    struct sockaddr_un address;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr packet = {.msg_name = &address, .msg_iov = &part, .msg_iovlen = 1};
    packet.msg_namelen = socket_address(&address, path);
    if (descriptor >= 0) {
        packet.msg_control = &control;
        packet.msg_controllen = sizeof control;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof descriptor);
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendmsg(fd, &packet, 0) < 0)
        fail("notify");
    close(fd);
}

/* ── descriptors for the store, and from it ──────────────────────────────────────────────────────────────────────── */

static int other_ends[CHILDREN_MAX];
static size_t other_end_count;

static void store(char *text) {
    const char *what = strsep(&text, " ");
    int pair[2] = {-1, -1};
    if (strcmp(what, "pair") == 0) {
        if (other_end_count == CHILDREN_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
            fail("pair");
        other_ends[other_end_count++] = pair[1];
    } else {
        pair[0] = (int)syscall(SYS_memfd_create, what, 1U /* MFD_CLOEXEC */);
        if (pair[0] < 0 || write(pair[0], what, strlen(what)) < 0)
            fail("memory");
    }
    notify(text == NULL ? "" : text, pair[0]);
    close(pair[0]);
}

static void hang_up(void) {
    while (other_end_count > 0)
        close(other_ends[--other_end_count]);
}

static void barrier(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail("pipe");
    notify("BARRIER=1", ends[1]);
    close(ends[1]);
    struct pollfd entry = {.fd = ends[0]};
    append_line(name, poll(&entry, 1, PATIENCE_MS) == 1 ? " passed the barrier" : " waits at the barrier", "");
    close(ends[0]);
}

static void log_descriptors(void) {
    const int count = atoi(setting("LISTEN_FDS", "0"));
    char names[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
    snprintf(names, sizeof names, "%s", setting("LISTEN_FDNAMES", ""));
    char *rest = names;
    const bool is_for_us = atoi(setting("LISTEN_PID", "0")) == getpid();
    snprintf(line, sizeof line, " has %d descriptors%s", count, count > 0 && !is_for_us ? " for another process" : "");
    append_line(name, line, "");
    for (int fd = 3; fd < 3 + count; fd++) {
        char holds[64] = "";
        struct stat status;
        const char *called = strsep(&rest, ":");
        if (fstat(fd, &status) < 0)
            snprintf(holds, sizeof holds, "nothing");
        else if (S_ISREG(status.st_mode))
            holds[pread(fd, holds, sizeof holds - 1, 0) > 0 ? sizeof holds - 1 : 0] = '\0';
        else
            snprintf(holds, sizeof holds, S_ISSOCK(status.st_mode) ? "a socket" : "something else");
        const int flags = fcntl(fd, F_GETFD);
        snprintf(line, sizeof line, " %d %s: %s%s", fd, called == NULL ? "" : called, holds,
            flags >= 0 && (flags & FD_CLOEXEC) ? ", to be closed" : "");
        append_line(name, line, "");
    }
}

/* ── raw packets, as an attacker would send them ─────────────────────────────────────────────────────────────────── */

enum { PACKET_MAX_BYTES = 1 << 20, DESCRIPTORS_MAX = 253 /* SCM_MAX_FD */ };

static size_t read_packet(const char *path, char *bytes) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    for (ssize_t n = 1; n > 0; length += (size_t)n)
        if (fd < 0 || (n = read(fd, bytes + length, PACKET_MAX_BYTES - length)) < 0)
            fail(path);
    close(fd);
    return length;
}

/* False when the other side has closed already. An empty packet is one, too. */
static bool send_packet(int fd, const char *path, const char *count) {
    static char bytes[PACKET_MAX_BYTES];
    const size_t length = read_packet(path, bytes), descriptors = count == NULL ? 0 : (size_t)atol(count);
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control = {0};
    if (descriptors > 0 && descriptors <= DESCRIPTORS_MAX) {
        int copies[DESCRIPTORS_MAX];
        for (size_t i = 0; i < descriptors; i++)
            copies[i] = fd;
        message.msg_control = &control;
        message.msg_controllen = (socklen_t)CMSG_SPACE(descriptors * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = (socklen_t)CMSG_LEN(descriptors * sizeof(int));
        memcpy(CMSG_DATA(&control.header), copies, descriptors * sizeof(int));
    }
    /* Not musl's function, which takes no more than a kilobyte of descriptors. */
    if (syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL) >= 0)
        return true;
    if (errno != EPIPE && errno != ECONNRESET)
        fail("sendmsg");
    return false;
}

static int connect_socket(const char *path, int type) {
    struct sockaddr_un address;
    const socklen_t size = socket_address(&address, path);
    const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) != 0)
        fail(path);
    return fd;
}

static void send_notification(char *words) {
    const char *file = strsep(&words, " ");
    const int fd = connect_socket(setting("NOTIFY_SOCKET", ""), SOCK_DGRAM);
    send_packet(fd, file, words);
    close(fd);
}

static void say(char *words) {
    const char *path = strsep(&words, " ");
    char text[LINE_MAX_BYTES];
    const size_t length = message_of(words, text, sizeof text);
    const int fd = connect_socket(path, SOCK_DGRAM);
    if (send(fd, text, length, 0) < 0)
        fail("say");
    close(fd);
}

/* As sd_journal_send(3) passes what is too long for a datagram. */
static void say_long(char *words) {
    const char *path = strsep(&words, " ");
    const size_t count = (size_t)atol(strsep(&words, " "));
    char text[LINE_MAX_BYTES], *tail = malloc(count);
    const size_t length = message_of(words, text, sizeof text);
    const int file = memfd_create("entry", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    memset(tail, 'x', count);
    if (write(file, text, length) != (ssize_t)length || write(file, tail, count) != (ssize_t)count ||
        fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        fail("say-long");
    free(tail);
    const int fd = connect_socket(path, SOCK_DGRAM);
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
    control.header =
        (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
    if (sendmsg(fd, &message, 0) < 0)
        fail("say-long");
    close(fd);
    close(file);
}

/* A terminal whose other end this process keeps; what is written there goes into FILE. */
static void make_terminal(char *words) {
    const char *path = strsep(&words, " "), *file = strsep(&words, " ");
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 || symlink(ptsname(master), path) < 0)
        fail("terminal");
    terminal = master;
    if (fork() == 0) {
        const int out = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        char text[512];
        for (;;) {
            const ssize_t got = read(master, text, sizeof text);
            /* EIO: nobody has it open at this moment. */
            if (got < 0 && errno == EIO)
                poll(NULL, 0, 5);
            else if (got <= 0 || write(out, text, (size_t)got) != got)
                _exit(0);
        }
    }
}

static void type(char *words) {
    char line[LINE_MAX_BYTES];
    const int length = snprintf(line, sizeof line, "%s\n", words);
    if (write(terminal, line, (size_t)length) != length)
        fail("type");
}

static void drop(char *words) {
    const char *path = strsep(&words, " "), *file = strsep(&words, " ");
    const int fd = connect_socket(path, SOCK_SEQPACKET);
    if (file != NULL)
        send_packet(fd, file, words);
    close(fd);
}

static void ask(char *words) {
    static char bytes[PACKET_MAX_BYTES];
    const char *path = strsep(&words, " "), *file = strsep(&words, " "), *answer = strsep(&words, " ");
    if (answer == NULL)
        _exit(99);
    const int fd = connect_socket(path, SOCK_SEQPACKET);
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    const int out = open(answer, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
        fail(answer);
    send_packet(fd, file, words);
    for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, 0)) != 0;) {
        if (n < 0 && errno == ECONNRESET)
            continue; /* what was sent before is still to be had */
        if (n < 0 || write(out, bytes, (size_t)n) != n)
            fail("no answer");
    }
    close(out);
    close(fd);
}

static void write_pidfile(char *words) {
    char *child = words;
    const char *path = strsep(&child, " ");
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || dprintf(fd, "%d\n", child == NULL ? getpid() : child_pid(child, strlen(child))) < 0)
        fail(path);
    close(fd);
}

/* Open to all users, as the puppets of User= services and those who tell them may be anybody. */
static void make_directory(const char *directory) {
    if (mkdir(directory, 0777) == 0) {
        if (chmod(directory, 01777) != 0)
            fail(directory);
    } else if (errno != EEXIST) {
        fail(directory);
    }
}

/* The socket gets its name when it listens: who finds the name is never refused, but by a puppet that has died. */
static int listen_as(const char *who) {
    const char *directory = setting("PUPPET_DIR", "/run/puppet");
    char path[LINE_MAX_BYTES], unfinished[LINE_MAX_BYTES];
    make_directory(directory);
    snprintf(path, sizeof path, "%s/%s", directory, who);
    snprintf(unfinished, sizeof unfinished, "%s/.%d", directory, getpid());
    struct sockaddr_un address;
    const socklen_t size = socket_address(&address, unfinished);
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 8) != 0)
        fail(unfinished);
    if (rename(unfinished, path) != 0)
        fail(path);
    return fd;
}

/* The parent may have been killed meanwhile: that is no reason to die of SIGPIPE. */
static void tell_birth(int done) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    if (write(done, &(pid_t){getpid()}, sizeof(pid_t)) < 0 && errno != EPIPE)
        fail("write");
    sigaction(SIGPIPE, &before, NULL);
    close(done);
}

_Noreturn static void become(const char *who, char *commands, int done) {
    name = who;
    default_handlers();
    /* The parent's sockets end with the parent, or its teller would wait for us. */
    close(listener);
    close(teller);
    teller = -1;
    listener = listen_as(who);
    for (char *rest = commands, *command; (command = strsep(&rest, ";")) != NULL;)
        run_command(command);
    tell_birth(done);
    obey();
    _exit(0);
}

/* The pid comes back over the pipe: for a daemon the parent cannot know it otherwise. */
static void spawn(char *words, bool daemon) {
    char *commands = words;
    const char *who = strsep(&commands, " ");
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        fail("pipe");
    const pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        close(pipe_ends[0]);
        if (daemon) {
            if (setsid() < 0)
                fail("setsid");
            const pid_t second = fork();
            if (second < 0)
                fail("fork");
            if (second > 0)
                _exit(0);
        }
        become(who, commands, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    if (daemon && waitpid(pid, NULL, 0) < 0)
        fail("waitpid");
    pid_t born;
    if (read(pipe_ends[0], &born, sizeof born) == (ssize_t)sizeof born && child_count < CHILDREN_MAX) {
        snprintf(children[child_count].name, sizeof children[0].name, "%s", who);
        children[child_count++].pid = born;
    }
    close(pipe_ends[0]);
}

static void log_environment(char *words) {
    for (char *rest = words, *word; (word = strsep(&rest, " ")) != NULL;) {
        const char *value = getenv(word);
        append_line(word, value == NULL ? " unset" : "=", value == NULL ? "" : value);
    }
}

static void run_command(char *line) {
    while (*line == ' ')
        line++;
    char *words = line;
    const char *verb = strsep(&words, " ");
    if (words == NULL)
        words = line + strlen(line);
    if (strcmp(verb, "log") == 0)
        append_line(words, "", "");
    else if (strcmp(verb, "env") == 0)
        log_environment(words);
    else if (strcmp(verb, "exit") == 0)
        _exit(atoi(words));
    else if (strcmp(verb, "signal") == 0)
        raise(signal_number(words));
    else if (strcmp(verb, "ignore") == 0)
        set_handlers(words, SIG_IGN, NULL);
    else if (strcmp(verb, "report") == 0)
        set_handlers(words, NULL, on_report);
    else if (strcmp(verb, "leave") == 0)
        set_handlers(words, on_leave, NULL);
    else if (strcmp(verb, "notify") == 0)
        notify(words, -1);
    else if (strcmp(verb, "store") == 0)
        store(words);
    else if (strcmp(verb, "hangup") == 0)
        hang_up();
    else if (strcmp(verb, "fds") == 0)
        log_descriptors();
    else if (strcmp(verb, "barrier") == 0)
        barrier();
    else if (strcmp(verb, "send") == 0)
        send_notification(words);
    else if (strcmp(verb, "say") == 0)
        say(words);
    else if (strcmp(verb, "say-long") == 0)
        say_long(words);
    else if (strcmp(verb, "terminal") == 0)
        make_terminal(words);
    else if (strcmp(verb, "type") == 0)
        type(words);
    else if (strcmp(verb, "drop") == 0)
        drop(words);
    else if (strcmp(verb, "ask") == 0)
        ask(words);
    else if (strcmp(verb, "pidfile") == 0)
        write_pidfile(words);
    else if (strcmp(verb, "fork") == 0)
        spawn(words, false);
    else if (strcmp(verb, "daemonize") == 0)
        spawn(words, true);
    else {
        fprintf(stderr, "puppet %s: unknown command %s\n", name, verb);
        _exit(99);
    }
}

/* One connection a command; the answer goes out when it is done, so the teller knows. */
static void obey(void) {
    for (;;) {
        teller = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (teller < 0 && errno == EINTR)
            continue;
        if (teller < 0)
            fail("accept");
        char line[LINE_MAX_BYTES];
        const ssize_t length = recv(teller, line, sizeof line - 1, 0);
        if (length > 0) {
            line[length] = '\0';
            run_command(line);
            if (send(teller, "ok", 2, MSG_NOSIGNAL) < 0 && errno != EPIPE)
                fail("answer");
        }
        close(teller);
        teller = -1;
    }
}

static long long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Watches the directory, not the file: the file may not be there yet. False when patience ends. */
static bool wait_for_change(int watcher, long long deadline) {
    struct pollfd entry = {.fd = watcher, .events = POLLIN};
    const long long left = deadline - now_ms();
    if (left <= 0 || poll(&entry, 1, (int)left) <= 0)
        return false;
    char events[LINE_MAX_BYTES];
    return read(watcher, events, sizeof events) > 0;
}

static int watch_directory(const char *directory, unsigned mask) {
    const int watcher = inotify_init1(IN_CLOEXEC);
    if (watcher < 0 || inotify_add_watch(watcher, directory, mask) < 0)
        fail(directory);
    return watcher;
}

static int tell(const char *who, char **words) {
    char path[LINE_MAX_BYTES], line[LINE_MAX_BYTES] = "";
    for (size_t used = 0; *words != NULL && used < sizeof line; words++)
        used += (size_t)snprintf(line + used, sizeof line - used, used == 0 ? "%s" : " %s", *words);
    const char *directory = setting("PUPPET_DIR", "/run/puppet");
    snprintf(path, sizeof path, "%s/%s", directory, who);
    struct sockaddr_un address;
    const socklen_t size = socket_address(&address, path);
    make_directory(directory);
    const int watcher = watch_directory(directory, IN_MOVED_TO);
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    for (const long long deadline = now_ms() + PATIENCE_MS; connect(fd, (struct sockaddr *)&address, size) != 0;)
        if ((errno != ENOENT && errno != ECONNREFUSED) || !wait_for_change(watcher, deadline))
            fail(who);
    char answer[8];
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        send(fd, line, strlen(line), MSG_NOSIGNAL) < 0)
        fail("send");
    return recv(fd, answer, sizeof answer, 0) < 0 && errno != ECONNRESET ? 1 : 0;
}

static long count_lines(const char *path, const char *wanted) {
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    char line[LINE_MAX_BYTES];
    long count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, wanted) == 0)
            count++;
    }
    fclose(file);
    return count;
}

static int await_line(const char *path, const char *wanted, long count) {
    char directory[LINE_MAX_BYTES];
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash == NULL || slash == directory)
        fail(path);
    *slash = '\0';
    const int watcher = watch_directory(directory, IN_CREATE | IN_MODIFY | IN_MOVED_TO);
    for (const long long deadline = now_ms() + PATIENCE_MS; count_lines(path, wanted) < count;)
        if (!wait_for_change(watcher, deadline)) {
            fprintf(stderr, "await: no line \"%s\" in %s\n", wanted, path);
            return 1;
        }
    return 0;
}

static int note(char **words) {
    char line[LINE_MAX_BYTES] = "";
    for (size_t used = 0; *words != NULL && used < sizeof line; words++)
        used += (size_t)snprintf(line + used, sizeof line - used, used == 0 ? "%s" : " %s", *words);
    append_line(line, "", "");
    return 0;
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    const char *called = slash == NULL ? argv[0] : slash + 1;
    if (strcmp(called, "tell") == 0 && argc > 2)
        return tell(argv[1], argv + 2);
    if (strcmp(called, "await") == 0 && argc > 2)
        return await_line(argv[1], argv[2], argc > 3 ? atol(argv[3]) : 1);
    if (strcmp(called, "note") == 0)
        return note(argv + 1);
    if (argc < 2) {
        fprintf(stderr, "usage: puppet NAME [COMMAND...]\n");
        return 99;
    }
    name = argv[1];
    /* Listening first: whoever sees the effect of a command can already tell the next one. */
    if (strcmp(name, "-") != 0)
        listener = listen_as(name);
    for (int i = 2; i < argc; i++)
        run_command(argv[i]);
    if (listener >= 0)
        obey();
    for (;;)
        pause();
}
