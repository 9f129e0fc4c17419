/* For the tests of the keeper: a keeper over a real channel, with the test in the manager's place. Events are awaited,
 * never slept for. */
#ifndef PIDONE_TEST_DRIVER_H
#define PIDONE_TEST_DRIVER_H

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../exec.h"
#include "../pidone.h"
#include "../wire.h"
#include "tap.h"

enum { PATIENCE_MSEC = 20000, TEXT_MAX = 70000 };

/* One keeper, as its manager sees it. */
struct subject {
    pid_t pid;
    int channel;
    uint32_t sequence;     /* of the last command */
    uint32_t acknowledged; /* events up to this one are acknowledged with the next command */
    struct keeper_page *page;
    char folder[64];
    char notify[96];
    char journal[96];
};

struct event {
    uint16_t type;
    uint32_t sequence, acknowledged, slot, pid, error, code, empty, seen, sender, children;
    int32_t status;
    size_t length;
    char text[TEXT_MAX];
};

/* How a keeper is asked for; zeros are sensible. */
struct keep {
    const char *unit;
    uint64_t journal_bytes;
    uint32_t journal_files, console, level_prefix, level_max_plus1, burst;
    const char *fields;
    bool no_journal;
    const char *journal;
    int stdout_descriptor; /* 0: the test's own */
};

__attribute__((unused)) static _Noreturn void give_up(const char *what) {
    printf("Bail out! %s: %s\n", what, strerror(errno));
    exit(1);
}

__attribute__((unused)) static void remove_tree(const char *folder) {
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", "--", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

/* ── the container that a keeper believes to be in ───────────────────────────────────────────────────────────────── */

__attribute__((unused)) static void begin_tests(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    puts("TAP version 13");
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC); /* what the test was started with is none of the commands' */
    static char *environment[] = {
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "FROM_CONTAINER=yes", "DROP_ME=1", "PIDONE_STOP_TIMEOUT=1", NULL};
    program.environment = environment;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    program.original_nofile.soft = limit.rlim_cur;
    program.original_nofile.hard = limit.rlim_max;
    getrlimit(RLIMIT_LOCKS, &limit);
    program.original_locks.soft = limit.rlim_cur;
    program.original_locks.hard = limit.rlim_max;
}

/* ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

__attribute__((unused)) static void make_channel(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        give_up("socketpair");
}

__attribute__((unused)) static struct subject start_keeper(struct keep keep) {
    static uint32_t number;
    struct subject subject = {.sequence = 0};
    snprintf(subject.folder, sizeof subject.folder, "/tmp/pidone-keeper-XXXXXX");
    if (!mkdtemp(subject.folder))
        give_up("mkdtemp");
    chmod(subject.folder, 0755);
    snprintf(subject.notify, sizeof subject.notify, "%s/notify", subject.folder);
    snprintf(subject.journal, sizeof subject.journal, "%s/journal", keep.journal ? keep.journal : subject.folder);
    subject.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];
    make_channel(ends);
    subject.channel = ends[0];

    static uint8_t bytes[4096];
    struct wire_writer w;
    wire_begin(&w, bytes, sizeof bytes, WIRE_KEEP, 0, 0);
    wire_put_u32(&w, WIRE_KEEP_KEEPER, ++number);
    wire_put_text(&w, WIRE_KEEP_UNIT, keep.unit ? keep.unit : "test.service");
    wire_put_text(&w, WIRE_KEEP_NOTIFY_PATH, subject.notify);
    wire_put_text(&w, WIRE_KEEP_JOURNAL_DIRECTORY, keep.no_journal ? "" : subject.journal);
    wire_put_u64(&w, WIRE_KEEP_JOURNAL_BYTES, keep.journal_bytes ? keep.journal_bytes : 1 << 30);
    wire_put_u32(&w, WIRE_KEEP_JOURNAL_FILES, keep.journal_files ? keep.journal_files : 3);
    wire_put_text(&w, WIRE_KEEP_INVOCATION, "0123456789abcdef0123456789abcdef");
    wire_put_text(&w, WIRE_KEEP_IDENTIFIER, "test");
    wire_put_u32(&w, WIRE_KEEP_CONSOLE_MODE, keep.console);
    wire_put_u32(&w, WIRE_KEEP_LEVEL, 6);
    wire_put_u32(&w, WIRE_KEEP_LEVEL_PREFIX, keep.level_prefix);
    wire_put_u32(&w, WIRE_KEEP_LEVEL_MAX_PLUS1, keep.level_max_plus1);
    wire_put_u64(&w, WIRE_KEEP_LOG_INTERVAL, keep.burst ? 3600000000 : 0);
    wire_put_u32(&w, WIRE_KEEP_LOG_BURST, keep.burst);
    wire_put_text(&w, WIRE_KEEP_LOG_FIELDS, keep.fields ? keep.fields : "");
    size_t length = wire_end(&w);
    fflush(stdout);
    subject.pid = fork();
    if (subject.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        if (keep.stdout_descriptor)
            dup2(keep.stdout_descriptor, STDOUT_FILENO);
        struct wire_frame frame;
        const char *refused = wire_open(&frame, bytes, length);
        if (refused) {
            fprintf(stderr, "# keep: %s\n", refused);
            _exit(99);
        }
        keeper_main(&frame, ends[1], subject.page);
    }
    close(ends[1]);
    return subject;
}

static uint8_t command_bytes[1 << 20];

__attribute__((unused)) static struct wire_writer command(struct subject *subject, uint16_t type) {
    struct wire_writer w;
    bool sequenced = type != WIRE_RESUME && type != WIRE_ACKNOWLEDGE && type != WIRE_LOGGED;
    wire_begin(
        &w, command_bytes, sizeof command_bytes, type, sequenced ? ++subject->sequence : 0, subject->acknowledged);
    return w;
}

__attribute__((unused)) static void send_command(struct subject *subject, struct wire_writer *w) {
    int error = wire_send(subject->channel, command_bytes, wire_end(w), NULL, 0);
    if (error) {
        errno = error;
        give_up("wire_send");
    }
}

__attribute__((unused)) static void put_list(struct wire_writer *w, uint16_t tag, const char *const *texts) {
    if (texts)
        wire_put_texts(w, tag, texts);
}

/* A `run` with all streams at /dev/null but for stdout and stderr, which go to the journal. */
__attribute__((unused)) static struct wire_writer run_command(
    struct subject *subject, uint32_t slot, const char *const *paths, const char *const *argv) {
    struct wire_writer w = command(subject, WIRE_RUN);
    wire_put_u32(&w, WIRE_RUN_SLOT, slot);
    put_list(&w, WIRE_RUN_PATHS, paths);
    put_list(&w, WIRE_RUN_ARGV, argv);
    wire_put_u32(&w, WIRE_RUN_STDOUT, STREAM_JOURNAL);
    wire_put_u32(&w, WIRE_RUN_STDERR, STREAM_INHERIT);
    return w;
}

__attribute__((unused)) static struct wire_writer shell_command(
    struct subject *subject, uint32_t slot, const char *script) {
    return run_command(
        subject, slot, (const char *const[]){"/bin/sh", NULL}, (const char *const[]){"sh", "-c", script, NULL});
}

/* Runs a shell script in a slot. */
__attribute__((unused)) static void run_shell(struct subject *subject, uint32_t slot, const char *script) {
    struct wire_writer w = shell_command(subject, slot, script);
    send_command(subject, &w);
}

__attribute__((unused)) static void send_kill(struct subject *subject, uint32_t which, int signal_number) {
    struct wire_writer w = command(subject, WIRE_KILL);
    wire_put_u32(&w, WIRE_KILL_WHICH, which);
    wire_put_i32(&w, WIRE_KILL_SIGNAL, signal_number);
    send_command(subject, &w);
}

__attribute__((unused)) static void send_adopt(struct subject *subject, pid_t pid) {
    struct wire_writer w = command(subject, WIRE_ADOPT);
    wire_put_u32(&w, WIRE_ADOPT_PID, (uint32_t)pid);
    send_command(subject, &w);
}

__attribute__((unused)) static void send_plain(struct subject *subject, uint16_t type) {
    struct wire_writer w = command(subject, type);
    send_command(subject, &w);
}

__attribute__((unused)) static void send_resume(struct subject *subject, uint32_t from) {
    struct wire_writer w = command(subject, WIRE_RESUME);
    wire_put_u32(&w, WIRE_RESUME_FROM, from);
    send_command(subject, &w);
}

static uint32_t field_u32(const struct wire_frame *frame, uint16_t tag) {
    return wire_u32(wire_find(frame, tag));
}

static void decode(const struct wire_frame *frame, struct event *event) {
    *event = (struct event){.type = frame->type, .sequence = frame->sequence, .acknowledged = frame->acknowledged};
    struct wire_field text = {.length = 0};
    switch (frame->type) {
    case WIRE_HELLO:
        event->pid = field_u32(frame, WIRE_HELLO_MAIN);
        event->seen = field_u32(frame, WIRE_HELLO_SEEN);
        event->empty = field_u32(frame, WIRE_HELLO_EMPTY);
        break;
    case WIRE_STARTED:
        event->slot = field_u32(frame, WIRE_STARTED_SLOT);
        event->pid = field_u32(frame, WIRE_STARTED_PID);
        event->error = field_u32(frame, WIRE_STARTED_ERRNO);
        text = wire_find(frame, WIRE_STARTED_STEP);
        break;
    case WIRE_EXITED:
        event->slot = field_u32(frame, WIRE_EXITED_SLOT);
        event->pid = field_u32(frame, WIRE_EXITED_PID);
        event->code = field_u32(frame, WIRE_EXITED_CODE);
        event->status = (int32_t)field_u32(frame, WIRE_EXITED_STATUS);
        event->empty = field_u32(frame, WIRE_EXITED_EMPTY);
        event->children = wire_find(frame, WIRE_EXITED_CHILDREN).length / 4;
        break;
    case WIRE_NOTIFY:
        event->sender = field_u32(frame, WIRE_NOTIFY_SENDER);
        event->pid = field_u32(frame, WIRE_NOTIFY_PID);
        text = wire_find(frame, WIRE_NOTIFY_TEXT);
        break;
    case WIRE_ADOPTED:
        event->pid = field_u32(frame, WIRE_ADOPTED_PID);
        event->error = field_u32(frame, WIRE_ADOPTED_ERRNO);
        break;
    case WIRE_NOTICE:
        event->error = field_u32(frame, WIRE_NOTICE_ERRNO);
        text = wire_find(frame, WIRE_NOTICE_STEP);
        break;
    default:
        break;
    }
    event->length = text.length < TEXT_MAX ? text.length : TEXT_MAX - 1;
    if (event->length)
        memcpy(event->text, text.bytes, event->length);
}

/* The next event, acknowledged with the next command. False when the channel is at its end or nothing comes for a long
 * time. */
__attribute__((unused)) static bool next_event_within(struct subject *subject, struct event *event, int msec) {
    static uint8_t bytes[WIRE_INLINE_MAX];
    for (;;) {
        struct pollfd wait = {.fd = subject->channel, .events = POLLIN};
        if (poll(&wait, 1, msec) <= 0)
            return false;
        struct wire_message message;
        int got = wire_receive(subject->channel, bytes, sizeof bytes, &message);
        if (got == -EAGAIN)
            continue;
        if (got <= 0)
            return false;
        struct wire_frame frame;
        const char *refused = wire_open(&frame, message.bytes, message.length);
        if (refused) {
            printf("# the keeper sent a bad frame: %s\n", refused);
            return false;
        }
        decode(&frame, event);
        wire_free(&message);
        if (event->sequence)
            subject->acknowledged = event->sequence;
        return true;
    }
}

__attribute__((unused)) static bool next_event(struct subject *subject, struct event *event) {
    return next_event_within(subject, event, PATIENCE_MSEC);
}

/* Passes over events until one of this type. */
__attribute__((unused)) static bool await_event(struct subject *subject, uint16_t type, struct event *event) {
    while (next_event(subject, event))
        if (event->type == type)
            return true;
    printf("# no event of type %u came\n", type);
    event->type = 0;
    return false;
}

/* Returns when the keeper has begun: its notify socket is there. */
__attribute__((unused)) static void await_keeper(struct subject *subject) {
    struct event event;
    send_resume(subject, 0);
    await_event(subject, WIRE_HELLO, &event);
}

/* Ends the keeper: all below it killed, released; true when it left by itself with status 0. */
__attribute__((unused)) static bool end_keeper(struct subject *subject) {
    send_kill(subject, SLOT_TREE, SIGKILL);
    send_plain(subject, WIRE_RELEASE);
    int status = -1;
    struct event event;
    while (next_event(subject, &event))
        ;
    waitpid(subject->pid, &status, 0);
    close(subject->channel);
    munmap(subject->page, 4096);
    remove_tree(subject->folder);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The whole file, NUL-terminated; to be freed. */
__attribute__((unused)) static char *read_all(const char *path, size_t *length) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t capacity = 1 << 16, have = 0;
    char *text = malloc(capacity);
    ssize_t got = 0;
    while (file >= 0 && (got = read(file, text + have, capacity - have - 1)) > 0) {
        have += (size_t)got;
        if (capacity - have < 4096)
            text = realloc(text, capacity *= 2);
    }
    if (file >= 0)
        close(file);
    text[have] = '\0';
    if (length)
        *length = have;
    return text;
}

/* "%s/NAME" in a static buffer. */
__attribute__((unused)) static const char *in(const char *folder, const char *name) {
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, 256, "%s/%s", folder, name);
    return path;
}

#endif
