/* The client against a scripted manager, at each step of a request: what it asks, what it shows, how it ends. */
#include <sys/ioctl.h>

#include "manager.h"

struct client {
    pid_t pid;
    int output, errors;
};

static int control;

/* A client with these words; ends with NULL. */
static struct client start_client(const char *const *words) {
    int output[2], errors[2];
    if (pipe2(output, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)
        exit(1);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_DFL);
        close(output[0]);
        close(errors[0]);
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(output[1], 1);
        dup2(errors[1], 2);
        program.argv = (char **)(uintptr_t)words;
        program.argc = 0;
        while (words[program.argc] != NULL)
            program.argc++;
        program.environment = environ;
        if (chdir("/") < 0)
            _exit(97);
        exit(client_main());
    }
    close(output[1]);
    close(errors[1]);
    return (struct client){pid, output[0], errors[0]};
}

/* The next connection; -1 when none comes. */
static int serve(void) {
    struct pollfd ready = {.fd = control, .events = POLLIN};
    if (poll(&ready, 1, PATIENCE_MSEC) != 1)
        return -1;
    return accept4(control, NULL, NULL, SOCK_CLOEXEC);
}

/* The request: "again id cursor program words… directory environment…". */
static const char *next_request(int connection) {
    static uint8_t buffer[WIRE_INLINE_MAX];
    static char text[300000];
    struct wire_message message;
    struct wire_frame frame;
    struct pollfd ready = {.fd = connection, .events = POLLIN};
    if (poll(&ready, 1, PATIENCE_MSEC) != 1 || wire_receive(connection, buffer, sizeof buffer, &message) != 1)
        return "nothing";
    if (wire_open(&frame, message.bytes, message.length) != NULL)
        return "junk";
    struct wire_field cursor = wire_find(&frame, WIRE_REQUEST_CURSOR);
    int length = sprintf(text, "%u %s <%.*s> %s", wire_u32(wire_find(&frame, WIRE_REQUEST_AGAIN)),
        wire_text(wire_find(&frame, WIRE_REQUEST_ID)), (int)cursor.length,
        cursor.bytes == NULL ? "" : (const char *)cursor.bytes, wire_text(wire_find(&frame, WIRE_REQUEST_PROGRAM)));
    const char *word;
    struct wire_field words = wire_find(&frame, WIRE_REQUEST_ARGUMENTS);
    for (size_t at = 0; (word = wire_next_text(words, &at)) != NULL;)
        length += sprintf(text + length, " [%s]", word);
    length += sprintf(text + length, " %s %u %u", wire_text(wire_find(&frame, WIRE_REQUEST_DIRECTORY)),
        wire_u32(wire_find(&frame, WIRE_REQUEST_COLUMNS)), wire_u32(wire_find(&frame, WIRE_REQUEST_TERMINALS)));
    words = wire_find(&frame, WIRE_REQUEST_ENVIRONMENT);
    for (size_t at = 0; (word = wire_next_text(words, &at)) != NULL;)
        length += sprintf(text + length, " %s", word);
    wire_free(&message);
    return text;
}

static void send_bytes(int connection, uint16_t type, const char *bytes) {
    static uint8_t frame[100000];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, type, 0, 0);
    wire_put_bytes(&writer, 1, bytes, strlen(bytes));
    wire_send(connection, frame, wire_end(&writer), NULL, 0);
}

static void send_status(int connection, int32_t status) {
    uint8_t frame[64];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_STATUS, 0, 0);
    wire_put_i32(&writer, WIRE_STATUS_STATUS, status);
    wire_send(connection, frame, wire_end(&writer), NULL, 0);
}

/* "status|stdout|stderr" of a client that has ended. */
static const char *end_of(struct client *client) {
    static char text[8192];
    char output[2048] = "", errors[2048] = "";
    size_t length = 0;
    ssize_t count;
    while ((count = read(client->output, output + length, sizeof output - 1 - length)) > 0)
        length += (size_t)count;
    length = 0;
    while ((count = read(client->errors, errors + length, sizeof errors - 1 - length)) > 0)
        length += (size_t)count;
    int status;
    waitpid(client->pid, &status, 0);
    close(client->output);
    close(client->errors);
    if (WIFEXITED(status))
        snprintf(text, sizeof text, "%d|%s|%s", WEXITSTATUS(status), output, errors);
    else
        snprintf(text, sizeof text, "signal %d|%s|%s", WTERMSIG(status), output, errors);
    return text;
}

static const char *const status_words[] = {"/usr/bin/systemctl", "status", "a b", "", "\xff.service", NULL};

static void asks_and_shows(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    const char *request = next_request(connection);
    result(strspn(request + 2, "0123456789abcdef") == 32, "a request has an id of 32 hex digits");
    same(request + 34, " <> systemctl [status] [a b] [] [\xff.service] / 77 0 LANG=xx TERM=dumb",
        "a request has the words, the folder, the width and what of the environment matters");
    send_bytes(connection, WIRE_STDOUT, "out\n");
    send_bytes(connection, WIRE_STDERR, "err\n");
    send_bytes(connection, WIRE_STDOUT, "more\n");
    send_status(connection, 3);
    same(end_of(&client), "3|out\nmore\n|err\n", "what comes is copied, and the status is the client's");
    close(connection);
}

static void asks_again(void) {
    char first[200], second[200];
    struct client client = start_client(status_words);
    int connection = serve();
    snprintf(first, sizeof first, "%.34s", next_request(connection));
    send_bytes(connection, WIRE_CURSOR, "one");
    send_bytes(connection, WIRE_CURSOR, "two");
    close(connection);
    connection = serve();
    snprintf(second, sizeof second, "%.40s", next_request(connection));
    first[0] = '1';
    strcat(first, " <two>");
    same(second, first, "after an end without status it asks again, with its id and the last cursor");
    close(connection);
    connection = serve();
    same(strncmp(next_request(connection), "1", 1) == 0 ? "again" : "", "again", "and again");
    send_status(connection, 0);
    same(end_of(&client), "0||", "until it gets one");
    close(connection);
}

static void is_interrupted(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    next_request(connection);
    kill(client.pid, SIGINT);
    same(next_frame(connection), "81 2", "Ctrl-C is told to the manager");
    send_bytes(connection, WIRE_STDOUT, "last words\n");
    send_status(connection, 7);
    same(end_of(&client), "7|last words\n|", "which says how it ends");
    close(connection);

    client = start_client(status_words);
    connection = serve();
    next_request(connection);
    kill(client.pid, SIGINT);
    next_frame(connection);
    kill(client.pid, SIGINT);
    same(end_of(&client), "130||", "a second one ends the client at once");
    close(connection);
}

static void loses_its_reader(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    next_request(connection);
    close(client.output);
    send_bytes(connection, WIRE_STDOUT, "nobody reads this\n");
    same(next_frame(connection), "end", "a client whose reader has gone leaves");
    client.output = open("/dev/null", O_RDONLY);
    const char *end = end_of(&client);
    same(end, "signal 13||", "without a word");
    close(connection);
}

static void gives_up(void) {
    setenv("PIDONE_CLIENT_PATIENCE", "0.2", 1);
    struct client client = start_client(status_words);
    same(end_of(&client), "1||/usr/bin/systemctl: the manager does not answer; pidone goes on trying to start it\n",
        "a request that nobody reads is given up");
    close(serve());

    client = start_client(status_words);
    int connection = serve();
    next_request(connection);
    struct pollfd silence = {.fd = connection, .events = POLLIN};
    result(poll(&silence, 1, 600) == 0, "one that was read is waited for as long as it takes");
    send_status(connection, 0);
    same(end_of(&client), "0||", "and its answer is taken");
    close(connection);
    unsetenv("PIDONE_CLIENT_PATIENCE");
}

static void hears_out_a_closing_manager(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    /* The request stays unread: the close resets the connection. */
    struct pollfd ready = {.fd = connection, .events = POLLIN};
    poll(&ready, 1, PATIENCE_MSEC);
    send_bytes(connection, WIRE_STDERR, "refused\n");
    send_status(connection, 1);
    close(connection);
    same(end_of(&client), "1||refused\n", "what was said before the connection was reset is heard");
}

static void meets_junk(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    next_request(connection);
    if (send(connection, "\x09\x00junkjunkjunkjunk", 18, 0) < 0)
        exit(1);
    const char *end = end_of(&client);
    result(strncmp(end, "1||/usr/bin/systemctl: the manager speaks another language", 58) == 0,
        "a manager of another version is told of");
    close(connection);
}

static void asks_much(void) {
    static char long_word[200001];
    memset(long_word, 'x', sizeof long_word - 1);
    const char *words[] = {"systemctl", long_word, NULL};
    struct client client = start_client(words);
    int connection = serve();
    result(strlen(next_request(connection)) > 200000, "a long request arrives");
    static char long_text[90001];
    memset(long_text, 'y', sizeof long_text - 1);
    send_bytes(connection, WIRE_STDOUT, long_text);
    send_status(connection, 0);
    size_t length = 0;
    ssize_t count;
    char bytes[4096];
    while ((count = read(client.output, bytes, sizeof bytes)) > 0)
        length += (size_t)count;
    result(length == 90000, "a long answer too (%zu of 90000)", length);
    same(end_of(&client), "0||", "and its status");
    close(connection);
}

static void loses_pidone(void) {
    struct client client = start_client(status_words);
    int connection = serve();
    next_request(connection);
    close(control);
    unlink(below("control"));
    close(connection);
    same(end_of(&client), "1||/usr/bin/systemctl: pidone ended before it answered\n",
        "the end of pidone is told, and no tool runs in its place");
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    begin_folder();
    static char lang[] = "LANG=xx", term[] = "TERM=dumb", secret[] = "SECRET=1", columns[] = "COLUMNS=77";
    static char *environment[] = {lang, term, secret, columns, NULL};
    environ = environment;
    setenv("PIDONE_RUNTIME_DIRECTORY", folder, 1);
    control = listen_control();
    asks_and_shows();
    asks_again();
    is_interrupted();
    loses_its_reader();
    gives_up();
    hears_out_a_closing_manager();
    meets_junk();
    asks_much();
    loses_pidone();
    end_folder();
    return tap_end();
}
