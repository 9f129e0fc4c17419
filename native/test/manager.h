/* For the tests of the host: a manager whose program is a few lines of JavaScript, with the test in init's, the
 * keepers' and the clients' place. What it says is awaited, never slept for. */
#ifndef PIDONE_TEST_MANAGER_H
#define PIDONE_TEST_MANAGER_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../host.h"
#include "../wire.h"

enum { PATIENCE_MSEC = 20000 };

/* ── TAP ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

__attribute__((unused)) static int tap_failures, tap_number;

__attribute__((unused, format(printf, 2, 3))) static bool result(bool good, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    printf("%sok %d - host: ", good ? "" : "not ", ++tap_number);
    vprintf(format, arguments);
    puts("");
    fflush(stdout);
    va_end(arguments);
    tap_failures += good ? 0 : 1;
    return good;
}

/* The two texts are the same; else both are shown. */
__attribute__((unused)) static bool same(const char *given, const char *wanted, const char *title) {
    bool good = strcmp(given, wanted) == 0;
    result(good, "%s", title);
    if (!good)
        printf("# wanted %s\n# was    %s\n", wanted, given);
    return good;
}

__attribute__((unused)) static int tap_end(void) {
    printf("1..%d\n", tap_number);
    return tap_failures == 0 ? 0 : 1;
}

/* ── modules from source ─────────────────────────────────────────────────────────────────────────────────────────── */

struct source_module {
    const char *name;
    const char *text;
};
/* Ends with a name NULL. */
__attribute__((unused)) static const struct source_module *test_modules;

__attribute__((unused)) static JSValue test_source(JSContext *context, const char *name) {
    for (const struct source_module *module = test_modules; module->name != NULL; module++) {
        if (strcmp(module->name, name) != 0)
            continue;
        JS_AddIntrinsicEval(context);
        return JS_Eval(
            context, module->text, strlen(module->text), name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    }
    return JS_UNDEFINED;
}

/* ── a folder of our own ─────────────────────────────────────────────────────────────────────────────────────────── */

__attribute__((unused)) static char folder[64];

__attribute__((unused)) static const char *below(const char *name) {
    static char paths[8][160];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

__attribute__((unused)) static void begin_folder(void) {
    static char pattern[] = "/tmp/pidone-host-XXXXXX";
    static char *arguments[] = {(char *)"pidone", (char *)"--option", NULL};
    static char *environment[] = {(char *)"PATH=/bin", (char *)"ODD=\xff", NULL};
    if (mkdtemp(pattern) == NULL)
        exit(99);
    strcpy(folder, pattern);
    program.argc = 2;
    program.argv = arguments;
    program.environment = environment;
    program.init_pid = getpid();
    snprintf(program.runtime_directory, sizeof program.runtime_directory, "%s", folder);
}

__attribute__((unused)) static void end_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        printf("# %s stays behind\n", folder);
}

__attribute__((unused)) static void write_text(const char *path, const void *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length)
        exit(98);
    close(file);
}

__attribute__((unused)) static const char *read_text(const char *path) {
    static char text[65536];
    int file = open(path, O_RDONLY);
    ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = '\0';
    if (file >= 0)
        close(file);
    return text;
}

/* ── a manager ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct managed {
    pid_t pid;
    int channel; /* init's end */
    int control; /* listens */
    int errors;  /* what it says on stderr */
};

__attribute__((unused)) static uint32_t *shared_progress;

__attribute__((unused)) static int listen_control(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", folder);
    unlink(address.sun_path);
    int control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (control < 0 || bind(control, (struct sockaddr *)&address, sizeof address) < 0 || listen(control, 64) < 0)
        exit(97);
    return control;
}

/* Forks a manager. The control socket stays the same from one to the next, as with init. */
__attribute__((unused)) static struct managed start_manager(
    int control, const char *last_end, const struct keeper_entry *keepers, size_t keeper_count) {
    int channel[2], errors[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0 || pipe2(errors, O_CLOEXEC) < 0)
        exit(96);
    if (shared_progress == NULL)
        shared_progress = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct manager_start start = {
        .init_channel = channel[1],
        .control_socket = control,
        .generation = last_end[0] == '\0' ? 0 : 1,
        .last_end = last_end,
        .keepers = keepers,
        .keeper_count = keeper_count,
        .progress = shared_progress,
    };
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(channel[0]);
        dup2(errors[1], 2);
        _exit(host_run(&start, test_source));
    }
    close(channel[1]);
    close(errors[1]);
    return (struct managed){.pid = pid, .channel = channel[0], .control = control, .errors = errors[0]};
}

/* Exit status, or 256 + the signal; what it said on stderr is in `said`. */
__attribute__((unused)) static char said[65536];
__attribute__((unused)) static int await_end(struct managed *managed) {
    size_t length = 0;
    ssize_t count;
    while (length < sizeof said - 1 && (count = read(managed->errors, said + length, sizeof said - 1 - length)) > 0)
        length += (size_t)count;
    said[length] = '\0';
    int status;
    waitpid(managed->pid, &status, 0);
    close(managed->errors);
    close(managed->channel);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The text of the next frame's first field of bytes or text, with the type before it: "82 hello"; "end" at the end of
 * file, "silence" when nothing comes. */
__attribute__((unused)) static const char *next_frame(int socket) {
    static uint8_t buffer[WIRE_INLINE_MAX];
    static char text[256];
    struct wire_message message;
    struct wire_frame frame;
    struct wire_field field;
    struct pollfd ready = {.fd = socket, .events = POLLIN};
    if (poll(&ready, 1, PATIENCE_MSEC) != 1)
        return "silence";
    int result = wire_receive(socket, buffer, sizeof buffer, &message);
    /* It closed with something of ours unread: what it sent before is still there. */
    if (result == -ECONNRESET)
        result = wire_receive(socket, buffer, sizeof buffer, &message);
    if (result <= 0)
        return result == 0 || result == -ECONNRESET ? "end" : "error";
    if (wire_open(&frame, message.bytes, message.length) != NULL)
        return "junk";
    int length = snprintf(text, sizeof text, "%u", frame.type);
    for (size_t at = 0; wire_next(&frame, &at, &field);) {
        char *end = text + length;
        size_t room = sizeof text - (size_t)length;
        if (field.kind == WIRE_KIND_BYTES || field.kind == WIRE_KIND_TEXT)
            length +=
                snprintf(end, room, " %.*s", (int)(field.length < 100 ? field.length : 100), (const char *)field.bytes);
        else
            length += snprintf(end, room, " %u", wire_u32(field));
        if ((size_t)length >= sizeof text)
            break;
    }
    for (size_t i = 0; i < message.descriptor_count; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, " +fd");
    for (size_t i = 0; i < message.descriptor_count; i++)
        close(message.descriptors[i]);
    wire_free(&message);
    return text;
}

__attribute__((unused)) static int connect_client(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", folder);
    int socket_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connect(socket_, (struct sockaddr *)&address, sizeof address) < 0)
        exit(95);
    return socket_;
}

/* A request with one word; what it says again is marked as clients do. */
__attribute__((unused)) static void ask(int socket_, const char *id, const char *word, bool again) {
    uint8_t frame[1024];
    const char *words[] = {word, NULL};
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_REQUEST, 0, 0);
    wire_put_text(&writer, WIRE_REQUEST_ID, id);
    wire_put_u32(&writer, WIRE_REQUEST_AGAIN, again);
    wire_put_text(&writer, WIRE_REQUEST_PROGRAM, "systemctl");
    wire_put_texts(&writer, WIRE_REQUEST_ARGUMENTS, words);
    wire_send(socket_, frame, wire_end(&writer), NULL, 0);
}

/* A numbered frame of a keeper. */
__attribute__((unused)) static void tell(int socket_, uint16_t type, uint32_t sequence) {
    uint8_t frame[64];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, type, sequence, 0);
    wire_send(socket_, frame, wire_end(&writer), NULL, 0);
}

#endif
