/* systemctl, journalctl and their like: takes the words to the manager, and brings back what it says.
 *
 * The manager may go away while we wait (it is crash-only): then we ask again, with the id of the request and the last
 * cursor that we got, and it goes on where it was. Where no pidone runs at all, or none for this user, the tool runs
 * here (tool.c). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "pidone.h"
#include "wire.h"

enum { STATUS_INTERRUPTED = 130 };

enum answer { ANSWER_STATUS, ANSWER_LOST, ANSWER_GIVEN_UP, ANSWER_ERRAND };

static uint8_t reply_buffer[WIRE_INLINE_MAX];
/* Output whose request may still have to be asked again: then it would be there twice. It is let out by the exit
 * status, by a cursor (the manager goes on from there), or when nothing has come for a moment. Pieces: descriptor,
 * length, bytes. */
static uint8_t held[WIRE_INLINE_MAX];
static size_t held_length;
enum { HOLD_MSEC = 100 };
static volatile sig_atomic_t interrupts;
static sigset_t while_waiting, interrupt_signal;

static bool is_alone(void);
static enum answer await_answer(int socket, int64_t give_up, int *status);
static bool take_frame(const struct wire_message *message, enum answer *answer, int *status);
static void run_errand(const struct wire_frame *frame);
static _Noreturn void become(const struct wire_frame *frame, char *const *words);
static void hold_back(int descriptor, const uint8_t *bytes, size_t length);
static void let_out(void);
static void on_interrupt(int signal);
static void catch_interrupts(void);
static int64_t now_msec(void);

int client_main(void) {
    static struct request request;
    if (is_alone()) {
        int status = tool_main(MANAGER_UNASKED);
        if (status != TOOL_ASKS)
            return status;
    }
    catch_interrupts();
    int error = 0;
    int socket = client_connect_manager(&error);
    if (socket < 0 && (error == ENOENT || error == ECONNREFUSED))
        return tool_main(MANAGER_ABSENT);
    if (socket < 0 && error == EACCES)
        return tool_main(MANAGER_CLOSED);
    int64_t give_up = now_msec() + client_patience_msec();
    for (bool again = false; socket >= 0; again = true) {
        int status = EXIT_FAILURE;
        if (!client_make_request(&request, again)) {
            fprintf(stderr, "%s: cannot ask: no memory\n", program.argv[0]);
            return EXIT_FAILURE;
        }
        error = wire_send(socket, request.frame, request.length, NULL, 0);
        enum answer answer = ANSWER_LOST;
        if (error == 0)
            answer = await_answer(socket, give_up, &status);
        else if (error != EPIPE && error != ECONNRESET)
            break;
        close(socket);
        if (answer == ANSWER_STATUS) {
            let_out();
            return status;
        }
        if (answer == ANSWER_ERRAND)
            give_up = now_msec() + client_patience_msec();
        if (answer == ANSWER_GIVEN_UP || now_msec() >= give_up) {
            let_out();
            error = ETIMEDOUT;
            break;
        }
        socket = client_connect_manager(&error);
        if (socket < 0)
            let_out(); /* nobody is left to say it again */
        held_length = 0;
    }
    if (interrupts > 0)
        return STATUS_INTERRUPTED;
    if (error == ETIMEDOUT || error == EAGAIN)
        fprintf(stderr, "%s: the manager does not answer; pidone goes on trying to start it\n", program.argv[0]);
    else if (error == ENOENT || error == ECONNREFUSED)
        fprintf(stderr, "%s: pidone ended before it answered\n", program.argv[0]);
    else
        fprintf(stderr, "%s: cannot reach the manager: %s\n", program.argv[0], strerror(error));
    return EXIT_FAILURE;
}

/* systemd-analyze and its like work on files, in the directory and with the rights of whoever calls; only what they
 * cannot tell by themselves is the manager's. */
static bool is_alone(void) {
    const char *slash = strrchr(program.argv[0], '/');
    const char *name = slash == NULL ? program.argv[0] : slash + 1;
    return strncmp(name, "systemd-", strlen("systemd-")) == 0 && !client_runs_commands(name);
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Nobody has read what we sent: there is a socket, and no manager behind it. */
static bool is_unread(int socket) {
    int waiting = 0;
    return ioctl(socket, TIOCOUTQ /* SIOCOUTQ of linux/sockios.h, which musl has not */, &waiting) == 0 && waiting > 0;
}

static bool send_interrupt(int socket) {
    uint8_t frame[64];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_INTERRUPT, 0, 0);
    wire_put_i32(&writer, WIRE_INTERRUPT_SIGNAL, SIGINT);
    int error = wire_send(socket, frame, wire_end(&writer), NULL, 0);
    return error == 0;
}

static enum answer await_answer(int socket, int64_t give_up, int *status) {
    int told_interrupts = 0;
    bool was_read = false;
    for (;;) {
        struct pollfd ready[1 + STREAMS_WATCHED] = {{.fd = socket, .events = POLLIN}};
        int64_t left = held_length > 0 ? HOLD_MSEC : give_up - now_msec();
        struct timespec timeout = {
            .tv_sec = left > 0 ? left / 1000 : 0, .tv_nsec = left > 0 ? left % 1000 * 1000000 : 0};
        /* Blocked between the look and the wait, so that none is missed. */
        sigprocmask(SIG_BLOCK, &interrupt_signal, NULL);
        size_t watched = 1 + streams_watch(ready + 1);
        int count = interrupts > told_interrupts
                        ? -1
                        : ppoll(ready, watched, was_read && held_length == 0 ? NULL : &timeout, &while_waiting);
        sigprocmask(SIG_SETMASK, &while_waiting, NULL);
        int heard = interrupts;
        if (heard > told_interrupts) {
            /* Twice, or nobody there to hear it: at once. */
            if (heard > 1 || !send_interrupt(socket)) {
                *status = STATUS_INTERRUPTED;
                return ANSWER_STATUS;
            }
            told_interrupts = heard;
        }
        if (count < 0)
            continue;
        if (count == 0 && held_length > 0) {
            let_out();
            continue;
        }
        streams_carry(ready + 1);
        if (count > 0 && ready[0].revents == 0)
            continue;
        if (count == 0) {
            if (is_unread(socket))
                return ANSWER_GIVEN_UP;
            was_read = true;
            continue;
        }
        struct wire_message message;
        int result = wire_receive(socket, reply_buffer, sizeof reply_buffer, &message);
        if (result == -EAGAIN || result == -EINTR)
            continue;
        /* The other side closed before it had read all: what it sent is still to be had. */
        if (result == -ECONNRESET)
            result = wire_receive(socket, reply_buffer, sizeof reply_buffer, &message);
        if (result <= 0)
            return ANSWER_LOST;
        was_read = true;
        enum answer answer = ANSWER_LOST;
        bool ended = take_frame(&message, &answer, status);
        wire_free(&message);
        if (ended)
            return answer;
    }
}

/* True for a last frame: *answer says what it was, and *status, also when it cannot be understood. */
static bool take_frame(const struct wire_message *message, enum answer *answer, int *status) {
    struct wire_frame frame;
    const char *why = wire_open(&frame, message->bytes, message->length);
    if (why != NULL) {
        fprintf(stderr, "%s: the manager speaks another language: %s\n", program.argv[0], why);
        *status = EXIT_FAILURE;
        *answer = ANSWER_STATUS;
        return true;
    }
    struct wire_field data;
    switch (frame.type) {
    case WIRE_STDOUT:
        data = wire_find(&frame, WIRE_STDOUT_DATA);
        hold_back(STDOUT_FILENO, data.bytes, data.length);
        return false;
    case WIRE_STDERR:
        data = wire_find(&frame, WIRE_STDERR_DATA);
        hold_back(STDERR_FILENO, data.bytes, data.length);
        return false;
    case WIRE_CURSOR:
        let_out();
        client_set_cursor(wire_find(&frame, WIRE_CURSOR_DATA), "");
        streams_begin();
        return false;
    case WIRE_ERRAND:
        let_out();
        run_errand(&frame);
        *answer = ANSWER_ERRAND;
        return true;
    case WIRE_STATUS:
        streams_end();
        *status = (int)wire_u32(wire_find(&frame, WIRE_STATUS_STATUS)) & 0xff;
        *answer = ANSWER_STATUS;
        return true;
    default:
        return false;
    }
}

static void run_errand(const struct wire_frame *frame) {
    const char *streams = wire_text(wire_find(frame, WIRE_ERRAND_STREAMS));
    if (*streams) {
        char told[64] = "\n";
        bool terminal = wire_u32(wire_find(frame, WIRE_ERRAND_TERMINAL)) != 0;
        if (!streams_offer(streams, terminal, told + 1, sizeof told - 1))
            exit(EXIT_FAILURE);
        client_set_cursor(wire_find(frame, WIRE_ERRAND_CURSOR), told);
        return;
    }
    struct wire_field words = wire_find(frame, WIRE_ERRAND_PROGRAM);
    size_t count = wire_count_texts(words), at = 0;
    char **list = calloc(count + 1, sizeof *list);
    char tail[16];
    int status = EXIT_FAILURE;
    for (size_t i = 0; list != NULL && i < count; i++) {
        /* Each ends with its NUL; execvp takes them as not const. */
        list[i] = (char *)(uintptr_t)(words.bytes + at);
        at += strlen(list[i]) + 1;
    }
    if (list != NULL && wire_u32(wire_find(frame, WIRE_ERRAND_BECOME)) != 0)
        become(frame, list);
    else if (list != NULL)
        status = errand_run(list, wire_text(wire_find(frame, WIRE_ERRAND_INPUT)));
    free(list);
    snprintf(tail, sizeof tail, "\n%d", status);
    client_set_cursor(wire_find(frame, WIRE_ERRAND_CURSOR), tail);
}

/* From here on this process is the command's. */
static _Noreturn void become(const struct wire_frame *frame, char *const *words) {
    struct sigaction usual = {.sa_handler = SIG_DFL}, interrupt;
    sigemptyset(&usual.sa_mask);
    if (sigaction(SIGINT, NULL, &interrupt) == 0 && interrupt.sa_handler == on_interrupt)
        sigaction(SIGINT, &usual, NULL);
    const char *what = client_become(frame, words);
    fprintf(stderr, "%s: %s: %s\n", program.argv[0], what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void hold_back(int descriptor, const uint8_t *bytes, size_t length) {
    const uint32_t head[] = {(uint32_t)descriptor, (uint32_t)length};
    if (length + sizeof head > sizeof held - held_length) {
        /* More than is held: whoever prints so much prints it in a row. */
        let_out();
        client_copy_out(descriptor, bytes, length);
        return;
    }
    memcpy(held + held_length, head, sizeof head);
    memcpy(held + held_length + sizeof head, bytes, length);
    held_length += sizeof head + length;
}

static void let_out(void) {
    uint32_t head[2];
    for (size_t at = 0; at < held_length; at += sizeof head + head[1]) {
        memcpy(head, held + at, sizeof head);
        client_copy_out((int)head[0], held + at + sizeof head, head[1]);
    }
    held_length = 0;
}

/* All of it, whatever the descriptor's flags. A reader that has gone ends us, quietly. */
void client_copy_out(int descriptor, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(descriptor, bytes, length);
        if (count >= 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR || interrupts > 1) {
            exit(errno == EINTR ? STATUS_INTERRUPTED : EXIT_FAILURE);
        }
    }
}

static void on_interrupt(int signal) {
    (void)signal;
    interrupts++;
    /* One who does not read our stdout keeps us from hearing anything else. */
    if (interrupts > 2) {
        streams_restore();
        _exit(STATUS_INTERRUPTED);
    }
}

/* Ctrl-C is for the manager, unless whoever started us has it ignored. */
static void catch_interrupts(void) {
    struct sigaction action;
    sigemptyset(&interrupt_signal);
    sigaddset(&interrupt_signal, SIGINT);
    sigaddset(&interrupt_signal, SIGWINCH);
    sigprocmask(SIG_SETMASK, NULL, &while_waiting);
    if (sigaction(SIGINT, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
        return;
    action = (struct sigaction){.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

static int64_t now_msec(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
