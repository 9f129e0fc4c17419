/* systemd-run --pipe and --pty: what the client gives, carries and leaves, against a scripted manager. */
#include <sys/ioctl.h>
#include <termios.h>

#include "manager.h"

struct client {
    pid_t pid;
    int outer; /* its terminal, or -1 */
    int output;
};

static int control;
static const char *const words[] = {"/usr/bin/systemd-run", "-t", "x", NULL};

/* With a terminal for all three, which `slave` keeps open to look at, or with a pipe for its stdout. */
static struct client start_client(int *slave) {
    struct client client = {.outer = -1, .output = -1};
    int output[2] = {-1, -1};
    if (slave != NULL) {
        unsigned number = 0;
        int locked = 0;
        char name[32];
        client.outer = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (ioctl(client.outer, TIOCSPTLCK, &locked) < 0 || ioctl(client.outer, TIOCGPTN, &number) < 0)
            exit(1);
        snprintf(name, sizeof name, "/dev/pts/%u", number);
        *slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
        ioctl(client.outer, TIOCSWINSZ, &(struct winsize){.ws_row = 11, .ws_col = 22});
    } else if (pipe2(output, O_CLOEXEC) < 0) {
        exit(1);
    }
    fflush(stdout);
    client.pid = fork();
    if (client.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_DFL);
        for (int i = 0; i < 3; i++)
            dup2(slave == NULL ? (i == 0 ? open("/dev/null", O_RDONLY) : output[1]) : *slave, i);
        program.argv = (char **)(uintptr_t)words;
        program.argc = 3;
        program.environment = environ;
        exit(client_main());
    }
    close(output[1]);
    client.output = output[0];
    return client;
}

static int serve(void) {
    struct pollfd ready = {.fd = control, .events = POLLIN};
    return poll(&ready, 1, PATIENCE_MSEC) == 1 ? accept4(control, NULL, NULL, SOCK_CLOEXEC) : -1;
}

/* The cursor of the next request. */
static const char *next_cursor(int connection) {
    static uint8_t buffer[WIRE_INLINE_MAX];
    static char text[100];
    struct wire_message message;
    struct wire_frame frame;
    struct pollfd ready = {.fd = connection, .events = POLLIN};
    if (poll(&ready, 1, PATIENCE_MSEC) != 1 || wire_receive(connection, buffer, sizeof buffer, &message) != 1 ||
        wire_open(&frame, message.bytes, message.length) != NULL)
        return "nothing";
    struct wire_field cursor = wire_find(&frame, WIRE_REQUEST_CURSOR);
    snprintf(text, sizeof text, "%.*s", (int)cursor.length, cursor.bytes == NULL ? "" : (const char *)cursor.bytes);
    return text;
}

static void send_frame(int connection, uint16_t type, uint32_t terminal) {
    uint8_t frame[512];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, type, 0, 0);
    if (type == WIRE_ERRAND) {
        wire_put_bytes(&writer, WIRE_ERRAND_CURSOR, "streams", 7);
        wire_put_text(&writer, WIRE_ERRAND_STREAMS, below("streams"));
        wire_put_u32(&writer, WIRE_ERRAND_TERMINAL, terminal);
    } else if (type == WIRE_CURSOR) {
        wire_put_bytes(&writer, WIRE_CURSOR_DATA, "told", 4);
    } else {
        wire_put_i32(&writer, WIRE_STATUS_STATUS, 5);
    }
    wire_send(connection, frame, wire_end(&writer), NULL, 0);
}

/* What the client gives to who asks; the number of descriptors. */
static int take(int given[3]) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", below("streams"));
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
        close(connection);
        return -errno;
    }
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(3 * sizeof(int))];
    } ancillary;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary.bytes, .msg_controllen = sizeof ancillary.bytes};
    ssize_t count = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *head = count == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    close(connection);
    if (head == NULL)
        return 0;
    memcpy(given, CMSG_DATA(head), 3 * sizeof(int));
    return (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
}

static bool reads(int descriptor, const char *text) {
    char bytes[100];
    size_t length = 0;
    while (length < strlen(text)) {
        struct pollfd ready = {.fd = descriptor, .events = POLLIN};
        if (poll(&ready, 1, PATIENCE_MSEC) != 1)
            return false;
        ssize_t count = read(descriptor, bytes + length, strlen(text) - length);
        if (count <= 0)
            return false;
        length += (size_t)count;
    }
    return memcmp(bytes, text, length) == 0;
}

static bool is_raw(int terminal) {
    struct termios settings;
    return tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ICANON) == 0;
}

static int status_of(struct client *client) {
    int status;
    waitpid(client->pid, &status, 0);
    close(client->outer);
    close(client->output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void gives_its_own(void) {
    struct client client = start_client(NULL);
    int connection = serve(), given[3];
    same(next_cursor(connection), "", "--pipe asks as any other");
    send_frame(connection, WIRE_ERRAND, 0);
    close(connection);
    connection = serve();
    same(next_cursor(connection), "streams\n0", "then it listens, and asks again");
    result(take(given) == 3, "who asks at its socket gets three descriptors");
    result(write(given[1], "out", 3) == 3 && reads(client.output, "out"), "which are its own");
    for (int i = 0; i < 3; i++)
        close(given[i]);
    result(take(given) == 3, "and so does who asks again: a service that is started anew");
    for (int i = 0; i < 3; i++)
        close(given[i]);
    close(connection);
    connection = serve();
    same(next_cursor(connection), "streams\n0", "a manager that goes away changes nothing");
    send_frame(connection, WIRE_STATUS, 0);
    result(status_of(&client) == 5, "the status is the client's");
    result(access(below("streams"), F_OK) < 0, "and nothing is left of the socket");
    close(connection);
}

static void refuses_others(void) {
    struct client client = start_client(NULL);
    int connection = serve(), given[3];
    next_cursor(connection);
    send_frame(connection, WIRE_ERRAND, 0);
    close(connection);
    connection = serve();
    next_cursor(connection);
    fflush(stdout);
    chmod(folder, 0755);
    pid_t other = fork();
    if (other == 0) {
        if (setuid(65534) < 0)
            _exit(1);
        int denied = take(given);
        _exit(denied == -EACCES ? 0 : 2);
    }
    int status;
    waitpid(other, &status, 0);
    result(status == 0, "another user does not reach it");
    /* Somebody who lets others in by mistake. */
    chmod(below("streams"), 0777);
    other = fork();
    if (other == 0) {
        if (setuid(65534) < 0)
            _exit(1);
        _exit(take(given) == 0 ? 0 : 2);
    }
    waitpid(other, &status, 0);
    result(status == 0, "and gets nothing where he does");
    kill(client.pid, SIGTERM);
    result(status_of(&client) == -SIGTERM && access(below("streams"), F_OK) < 0, "a signal leaves no socket");
    close(connection);
}

/* A client whose unit runs at the terminal whose far end is given[0]. */
static struct client join(int *slave, int *connection, int given[3]) {
    struct client client = start_client(slave);
    *connection = serve();
    next_cursor(*connection);
    send_frame(*connection, WIRE_ERRAND, 1);
    close(*connection);
    *connection = serve();
    char name[64];
    snprintf(name, sizeof name, "%s", next_cursor(*connection));
    bool has_all = take(given) == 3;
    result(has_all && strncmp(name, "streams\n/dev/pts/", 17) == 0 && isatty(given[0]) && isatty(given[2]),
        "--pty gives a terminal of its own, and tells its name");
    struct winsize size = {.ws_row = 0};
    ioctl(given[0], TIOCGWINSZ, &size);
    result(size.ws_row == 11 && size.ws_col == 22, "of the size of the client's");
    result(!is_raw(*slave), "the client's own is as it was");
    send_frame(*connection, WIRE_CURSOR, 0);
    /* Without echo, what is typed can be read as it is. */
    struct termios quiet;
    tcgetattr(given[0], &quiet);
    cfmakeraw(&quiet);
    tcsetattr(given[0], TCSANOW, &quiet);
    result(write(given[0], "up", 2) == 2 && reads(client.outer, "up"), "what the unit writes comes to the client's");
    result(is_raw(*slave), "which hands over every key from when the unit runs");
    result(
        write(client.outer, "\x03k", 2) == 2 && reads(given[0], "\x03k"), "Ctrl-C is the unit's, as all that is typed");
    return client;
}

static void carries_a_terminal(void) {
    int slave, connection, given[3];
    struct client client = join(&slave, &connection, given);
    ioctl(client.outer, TIOCSWINSZ, &(struct winsize){.ws_row = 33, .ws_col = 44});
    kill(client.pid, SIGWINCH);
    struct winsize size = {.ws_row = 0};
    result(write(client.outer, "a", 1) == 1 && reads(given[0], "a") && ioctl(given[0], TIOCGWINSZ, &size) == 0 &&
               size.ws_row == 33 && size.ws_col == 44,
        "a new size of the window comes through");
    result(write(given[0], "last", 4) == 4, "what is written at the end");
    for (int i = 0; i < 3; i++)
        close(given[i]);
    send_frame(connection, WIRE_STATUS, 0);
    result(reads(client.outer, "last"), "is shown before the client ends");
    int outer = dup(slave);
    result(status_of(&client) == 5, "with the unit's status");
    close(connection);
    close(slave);
    close(outer);
}

static void leaves_a_terminal(int with) {
    int slave, connection, given[3];
    struct client client = join(&slave, &connection, given);
    if (with != 0)
        kill(client.pid, with);
    else if (write(client.outer, "\x1d\x1d\x1d", 3) != 3)
        exit(1);
    int status;
    waitpid(client.pid, &status, 0);
    if (with == 0)
        result(WIFEXITED(status) && WEXITSTATUS(status) == 0, "Ctrl-] three times leaves, with status 0");
    else
        result(WIFSIGNALED(status) && WTERMSIG(status) == with, "signal %d ends the client", with);
    result(!is_raw(slave), "and the terminal is as it was");
    char byte;
    result(read(given[0], &byte, 1) <= 0, "the unit's is hung up");
    for (int i = 0; i < 3; i++)
        close(given[i]);
    close(client.outer);
    close(slave);
    close(connection);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    begin_folder();
    setenv("PIDONE_RUNTIME_DIRECTORY", folder, 1);
    control = listen_control();
    gives_its_own();
    refuses_others();
    carries_a_terminal();
    leaves_a_terminal(0);
    leaves_a_terminal(SIGTERM);
    leaves_a_terminal(SIGHUP);
    leaves_a_terminal(SIGQUIT);
    end_folder();
    return tap_end();
}
