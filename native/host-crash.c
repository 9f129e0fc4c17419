/* The end of a manager, and what the next one learns from it.
 *
 * A manager that meets an uncaught exception, a fatal signal or an event without end writes down which events it was
 * about, and leaves. The next one reads that. Of a batch, any event may be the culprit: so it takes them one by one for
 * a while, and an event that was there at two ends is not handed over again: everything else goes on.
 *
 * The record, <runtime>/crash, is text: a head, the time (realtime, usec), the exception, and an event a line with the
 * number of managers that it was the end of:
 *
 *     pidone-crash 1
 *     1767225600000000
 *     TypeError: not a function
 *     2 9ae16a3b2f90404f client-frame: systemctl start x.service
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

enum { TOLD_FROM = 64 * 1024, SUSPECT_MAX = 128, DESCRIPTION_MAX = 192, RECORD_MAX = 64 * 1024, MESSAGE_MAX = 512 };

/* Of the records before. */
static struct suspect {
    unsigned crashes;
    uint64_t hash;
    char description[DESCRIPTION_MAX];
} suspects[SUSPECT_MAX];
static size_t suspect_count;

/* Of this batch. */
static struct event_mark batch[BATCH_MAX];
static size_t batch_count;
static const struct event_mark *current; /* being handled; NULL: the whole batch is meant */

static const uint64_t record_age_usec = UINT64_C(600) * 1000000;
/* Processor time of one event: no honest one comes near, and init's patience with a manager is 5 s. */
static const uint64_t event_limit_usec = 4 * 1000000;
static uint64_t event_began; /* 0: not looked at yet */
/* What an event reads it may take time for, two seconds a megabyte (a megabyte of the worst takes half of one), but not
 * for ever: who reads without end is ended too. */
static const uint64_t allowed_usec_per_byte = 2, most_allowed_usec = 60 * 1000000;
static uint64_t allowed_usec;
static bool took_too_long;

static const char start_description[] = "start";

static bool ended_by_crash(const char *last_end);
static bool read_suspects(char *text);
static struct suspect *find_suspect(uint64_t hash);
static void write_record(const char *message);
static void on_fatal_signal(int signal);
static void path_of_record(char *path, size_t capacity);

const char *crash_read_record(void) {
    static char ended[MESSAGE_MAX + 16];
    char path[sizeof program.runtime_directory + 16];
    size_t length;
    int error;
    path_of_record(path, sizeof path);
    char *text = path[0] == '\0' ? NULL : host_read_file(path, RECORD_MAX, &length, &error);
    if (text == NULL)
        return NULL;
    char *message = NULL, *save = NULL;
    const char *head = strtok_r(text, "\n", &save), *time = strtok_r(NULL, "\n", &save);
    message = strtok_r(NULL, "\n", &save);
    uint64_t at = time == NULL ? 0 : strtoull(time, NULL, 10), now = host_now(CLOCK_REALTIME);
    bool counts = head != NULL && strcmp(head, "pidone-crash 1") == 0 && message != NULL && at <= now &&
                  now - at < record_age_usec && read_suspects(save);
    if (!counts)
        unlink(path);
    else
        snprintf(ended, sizeof ended, "exception: %s", message);
    free(text);
    return counts && ended_by_crash(host.start->last_end) ? ended : NULL;
}

unsigned crash_start_count(void) {
    for (size_t i = 0; i < suspect_count; i++)
        if (strcmp(suspects[i].description, start_description) == 0)
            return suspects[i].crashes;
    return 0;
}

bool crash_is_suspected(void) {
    return suspect_count > 0;
}

bool crash_is_refused(const struct event_mark *mark, const char **description) {
    struct suspect *suspect = mark->hash == 0 ? NULL : find_suspect(mark->hash);
    if (suspect == NULL || suspect->crashes < CRASHES_TO_REFUSE)
        return false;
    *description = suspect->description;
    /* All timers look alike: the next one gets its chance. */
    if (strcmp(mark->kind, "timer") == 0)
        suspect->crashes = CRASHES_TO_REFUSE - 1;
    return true;
}

void crash_describe(const struct event_mark *mark, char *text, size_t capacity) {
    if (strcmp(mark->kind, "frame") == 0)
        snprintf(text, capacity, "frame of type %u, number %u, from %s %u", mark->type, mark->sequence,
            mark->number == 0 ? "init, keeper" : "keeper", mark->number);
    else if (mark->detail[0] != '\0')
        snprintf(text, capacity, "request: %s", mark->detail);
    else if (mark->number != 0)
        snprintf(text, capacity, "%s %u", mark->kind, mark->number);
    else
        snprintf(text, capacity, "%s", mark->kind);
}

void crash_begin_batch(void) {
    batch_count = 0;
    current = NULL;
    event_began = allowed_usec = 0;
}

void crash_end_batch(void) {
    batch_count = 0;
}

void crash_enter_event(const struct event_mark *mark) {
    event_began = allowed_usec = 0;
    if (batch_count == BATCH_MAX) {
        /* More than can be told apart: the last one is, while it is handled. */
        batch[BATCH_MAX - 1] = *mark;
        current = &batch[BATCH_MAX - 1];
        return;
    }
    batch[batch_count] = *mark;
    current = &batch[batch_count++];
}

void crash_leave_event(void) {
    current = NULL;
    event_began = allowed_usec = 0;
}

void crash_survived_start(void) {
    for (size_t i = 0; i < suspect_count; i++) {
        if (strcmp(suspects[i].description, start_description) != 0)
            continue;
        suspects[i] = suspects[--suspect_count];
        batch_count = 0;
        write_record("a start that the next one survived");
        return;
    }
}

_Noreturn void crash_with(JSValue exception, const char *where) {
    static char text[16 * 1024];
    char description[DESCRIPTION_MAX];
    /* Where there was no more, there is now enough to tell about it. */
    JS_SetMemoryLimit(host.engine.runtime, SIZE_MAX);
    engine_error_text(host.context, exception, text, sizeof text);
    char *frames = strchr(text, '\n');
    if (frames != NULL)
        *frames++ = '\0';
    const char *message = text;
    if (took_too_long) {
        static char endless[64];
        snprintf(
            endless, sizeof endless, "an event without end (more than %u s)", (unsigned)(event_limit_usec / 1000000));
        message = endless;
    }
    say("the manager ends by a bug, in %s: %s", where, message);
    for (char *save = NULL, *line = frames == NULL ? NULL : strtok_r(frames, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save))
        say("%s", line);
    for (size_t i = 0; i < batch_count; i++) {
        if (current != NULL && current != &batch[i])
            continue;
        crash_describe(&batch[i], description, sizeof description);
        say("    while handling: %s", description);
    }
    write_record(message);
    _exit(EXIT_CRASH);
}

void crash_catch_signals(void) {
#if !defined(__SANITIZE_ADDRESS__)
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static char stack[64 * 1024]; /* the other one may be full */
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternative, NULL);
    struct sigaction action = {.sa_handler = on_fatal_signal, .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND)};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        sigaction(fatal[i], &action, NULL);
#else
    (void)on_fatal_signal;
#endif
}

void crash_allow_for(size_t bytes) {
    const uint64_t more = bytes * allowed_usec_per_byte;
    if (allowed_usec >= most_allowed_usec)
        return;
    allowed_usec = more > most_allowed_usec - allowed_usec ? most_allowed_usec : allowed_usec + more;
    /* init, which sees only that no other event is taken, is told that this one goes on. */
    if (bytes >= TOLD_FROM && host.start != NULL && host.start->progress != NULL)
        atomic_fetch_add((volatile _Atomic uint32_t *)host.start->progress, 1);
}

int crash_interrupt(JSRuntime *runtime, void *opaque) {
    (void)runtime, (void)opaque;
    /* Processor time: a stopped machine, or a busy one, is no fault of the event. */
    uint64_t now = host_now(CLOCK_THREAD_CPUTIME_ID);
    if (event_began == 0)
        event_began = now;
    took_too_long = now - event_began > event_limit_usec + allowed_usec;
    return took_too_long;
}

/* The record is about the manager just before only if init saw that one leave so. */
static bool ended_by_crash(const char *last_end) {
    static const char *const signs[] = {"exited 70", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT"};
    for (size_t i = 0; last_end != NULL && i < sizeof signs / sizeof signs[0]; i++)
        if (strstr(last_end, signs[i]) != NULL)
            return true;
    return false;
}

/* Lines "crashes hash description", cut in place. */
static bool read_suspects(char *text) {
    char *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line != NULL && suspect_count < SUSPECT_MAX;
         line = strtok_r(NULL, "\n", &save)) {
        char *end;
        unsigned long crashes = strtoul(line, &end, 10);
        if (*end != ' ' || crashes == 0 || crashes > 1000)
            return false;
        uint64_t hash = strtoull(end + 1, &end, 16);
        if (*end != ' ')
            return false;
        struct suspect *suspect = &suspects[suspect_count++];
        suspect->crashes = (unsigned)crashes;
        suspect->hash = hash;
        snprintf(suspect->description, sizeof suspect->description, "%s", end + 1);
    }
    return true;
}

static struct suspect *find_suspect(uint64_t hash) {
    for (size_t i = 0; i < suspect_count; i++)
        if (suspects[i].hash == hash)
            return &suspects[i];
    return NULL;
}

/* This batch's events first, each once more than before; then those from before. Also called from a signal handler: no
 * allocation. */
static void write_record(const char *message) {
    static char record[RECORD_MAX];
    char path[sizeof program.runtime_directory + 16], description[DESCRIPTION_MAX];
    path_of_record(path, sizeof path);
    if (path[0] == '\0')
        return;
    int length = snprintf(record, sizeof record, "pidone-crash 1\n%" PRIu64 "\n%.*s\n", host_now(CLOCK_REALTIME),
        MESSAGE_MAX - 1, message[0] == '\0' ? "unknown" : message);
    for (size_t i = 0; i < batch_count; i++) {
        const struct event_mark *mark = &batch[i];
        if (mark->hash == 0 || (current != NULL && current != mark))
            continue;
        struct suspect *before = find_suspect(mark->hash);
        crash_describe(mark, description, sizeof description);
        length += snprintf(record + length, sizeof record - (size_t)length, "%u %016" PRIx64 " %s\n",
            before == NULL ? 1 : before->crashes + 1, mark->hash, description);
        if (before != NULL)
            before->crashes = 0;
    }
    for (size_t i = 0; i < suspect_count && i + batch_count < SUSPECT_MAX; i++) {
        bool is_start = strcmp(suspects[i].description, start_description) == 0;
        if (suspects[i].crashes > 0 && !is_start)
            length += snprintf(record + length, sizeof record - (size_t)length, "%u %016" PRIx64 " %s\n",
                suspects[i].crashes, suspects[i].hash, suspects[i].description);
    }
    int error = host_write_file(path, record, (size_t)length, 0600);
    if (error != 0)
        say("cannot write %s: %s", path, strerror(error));
}

static void on_fatal_signal(int signal) {
    char message[64];
    snprintf(message, sizeof message, "fatal signal %d", signal);
    write_record(message);
    /* SA_RESETHAND: this time it is the end. */
    raise(signal);
}

static void path_of_record(char *path, size_t capacity) {
    path[0] = '\0';
    if (program.runtime_directory[0] != '\0')
        snprintf(path, capacity, "%s/crash", program.runtime_directory);
}
