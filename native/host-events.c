/* Events for TypeScript (HostEvent of src/host.d.ts): each is marked, so that a crash can name it, and made into an
 * object. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

static size_t delivered; /* in this batch */

static JSValue new_event(const char *kind);
static void put(JSValueConst event, const char *name, JSValue value);
static void hand_over(const struct event_mark *mark, JSValue event);
static bool is_refused(const struct event_mark *mark, const char *kind, const char *field, uint32_t sequence);
static JSValue make_facts(const char *last_end, unsigned start_crashes);
static struct event_mark mark_frame(const char *kind, uint32_t number, const uint8_t *bytes, size_t length);
static uint64_t hash(uint64_t state, const void *bytes, size_t length);
static JSValue text(const char *bytes);

void host_begin_batch(void) {
    delivered = 0;
    host.monotonic = host_now(CLOCK_MONOTONIC);
    if (host.batch_limit < BATCH_MAX && host.monotonic > host.careful_until)
        host.batch_limit = BATCH_MAX;
    JS_FreeValue(host.context, host.clock);
    host.clock = host_clock(host.context, host.monotonic, host_now(CLOCK_REALTIME));
    crash_begin_batch();
}

bool host_batch_has_room(void) {
    return delivered < host.batch_limit && host.leave_status < 0;
}

void host_end_batch(void) {
    JSValue exception;
    if (delivered == 0)
        return;
    if (!engine_run_jobs(&host.engine, &exception))
        crash_with(exception, "a promise");
    JSValue effects = JS_Call(host.context, host.flush, host.program, 0, NULL);
    if (JS_IsException(effects))
        crash_with(JS_GetException(host.context), "flush");
    if (!host_carry_out(effects))
        crash_with(JS_GetException(host.context), "an effect");
    JS_FreeValue(host.context, effects);
    crash_end_batch();
}

void host_deliver_start(const char *last_end, unsigned start_crashes) {
    struct event_mark mark = {.kind = "start", .hash = hash(0, "start", 5)};
    JSValue event = new_event("start");
    put(event, "facts", make_facts(last_end, start_crashes));
    hand_over(&mark, event);
}

void host_deliver_frame(uint32_t keeper, const uint8_t *bytes, size_t length, size_t descriptors) {
    struct event_mark mark = mark_frame("frame", keeper, bytes, length);
    if (is_refused(&mark, "frame", "keeper", mark.sequence))
        return;
    JSValue event = new_event("frame");
    put(event, "keeper", JS_NewInt64(host.context, keeper));
    put(event, "bytes", engine_bytes_in(host.context, bytes, length));
    put(event, "descriptors", JS_NewInt32(host.context, (int)descriptors));
    hand_over(&mark, event);
}

void host_deliver_channel_closed(uint32_t keeper) {
    struct event_mark mark = {.kind = "channel-closed", .number = keeper, .hash = hash(keeper, "channel-closed", 14)};
    if (is_refused(&mark, "other", NULL, 0))
        return;
    JSValue event = new_event("channel-closed");
    put(event, "keeper", JS_NewInt64(host.context, keeper));
    hand_over(&mark, event);
}

void host_deliver_client(uint32_t client, uid_t uid, pid_t pid) {
    struct event_mark mark = {.kind = "client", .number = client};
    JSValue event = new_event("client");
    put(event, "client", JS_NewInt64(host.context, client));
    put(event, "uid", JS_NewInt64(host.context, uid));
    put(event, "pid", JS_NewInt64(host.context, pid));
    hand_over(&mark, event);
}

bool host_deliver_client_frame(uint32_t client, const uint8_t *bytes, size_t length) {
    struct event_mark mark = mark_frame("client-frame", client, bytes, length);
    if (is_refused(&mark, "client", "client", 0))
        return false;
    JSValue event = new_event("client-frame");
    put(event, "client", JS_NewInt64(host.context, client));
    put(event, "bytes", engine_bytes_in(host.context, bytes, length));
    hand_over(&mark, event);
    return true;
}

static void deliver_of_client(const char *kind, uint32_t client) {
    struct event_mark mark = {.kind = kind, .number = client};
    JSValue event = new_event(kind);
    put(event, "client", JS_NewInt64(host.context, client));
    hand_over(&mark, event);
}

void host_deliver_client_drained(uint32_t client) {
    deliver_of_client("client-drained", client);
}

void host_deliver_client_closed(uint32_t client) {
    deliver_of_client("client-closed", client);
}

void host_deliver_changed(uint32_t watch) {
    struct event_mark mark = {.kind = "changed", .number = watch};
    JSValue event = new_event("changed");
    put(event, "watch", JS_NewInt64(host.context, watch));
    hand_over(&mark, event);
}

void host_deliver_socket_ready(const char *unit, uint32_t number, bool readable) {
    struct event_mark mark = {.kind = "socket-ready", .number = number, .hash = hash(number, unit, strlen(unit))};
    snprintf(mark.detail, sizeof mark.detail, "%.90s", unit);
    if (is_refused(&mark, "other", NULL, 0))
        return;
    JSValue event = new_event("socket-ready");
    put(event, "unit", text(unit));
    put(event, "number", JS_NewInt64(host.context, number));
    put(event, "readable", JS_NewBool(host.context, readable));
    hand_over(&mark, event);
}

/* What is refused is lost, and what follows it cannot be understood: that was the end of this connection. */
void host_deliver_stream(const uint8_t *bytes, size_t length) {
    struct event_mark mark = {.kind = "stream", .hash = hash(length, bytes, length)};
    if (length > 0 && is_refused(&mark, "other", NULL, 0)) {
        stream_close();
        length = 0;
    }
    if (length == 0)
        mark = (struct event_mark){.kind = "stream"};
    JSValue event = new_event("stream");
    put(event, "bytes", engine_bytes_in(host.context, bytes, length));
    hand_over(&mark, event);
}

void host_deliver_timer(void) {
    struct event_mark mark = {.kind = "timer", .hash = hash(0, "timer", 5)};
    if (!is_refused(&mark, "timer", NULL, 0))
        hand_over(&mark, new_event("timer"));
}

/* ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static JSValue new_event(const char *kind) {
    JSValue event = JS_NewObject(host.context);
    put(event, "kind", JS_NewAtomString(host.context, kind));
    put(event, "clock", JS_DupValue(host.context, host.clock));
    return event;
}

static void put(JSValueConst object, const char *name, JSValue value) {
    JS_DefinePropertyValueStr(host.context, object, name, value, JS_PROP_C_W_E);
}

static void hand_over(const struct event_mark *mark, JSValue event) {
    delivered++;
    crash_enter_event(mark);
    JSValue result = JS_Call(host.context, host.handle, host.program, 1, &event);
    if (JS_IsException(result))
        crash_with(JS_GetException(host.context), "handle");
    crash_leave_event();
    JS_FreeValue(host.context, result);
    JS_FreeValue(host.context, event);
}

/* Has it killed twice? Then the program hears of that in its place. */
static bool is_refused(const struct event_mark *mark, const char *kind, const char *field, uint32_t sequence) {
    const char *description;
    if (!crash_is_refused(mark, &description))
        return false;
    say("refused, as it has ended the manager twice: %s", description);
    JSContext *c = host.context;
    JSValue refused = JS_NewObject(c);
    put(refused, "kind", JS_NewString(c, kind));
    if (field != NULL)
        put(refused, field, JS_NewInt64(c, mark->number));
    if (strcmp(kind, "frame") == 0)
        put(refused, "sequence", JS_NewInt64(c, sequence));
    JSValue event = new_event("refused");
    put(event, "refused", refused);
    put(event, "description", engine_text_in(c, description, strlen(description)));
    /* Telling it must not be what kills again: a mark that names nothing. */
    struct event_mark told = {.kind = "refused"};
    hand_over(&told, event);
    return true;
}

static JSValue text(const char *bytes) {
    return engine_text_in(host.context, bytes, strlen(bytes));
}

static JSValue text_list(char *const *list) {
    JSValue array = JS_NewArray(host.context);
    for (uint32_t i = 0; list != NULL && list[i] != NULL; i++)
        JS_DefinePropertyValueUint32(host.context, array, i, text(list[i]), JS_PROP_C_W_E);
    return array;
}

static JSValue make_facts(const char *last_end, unsigned start_crashes) {
    JSContext *c = host.context;
    const struct manager_start *start = host.start;
    JSValue keepers = JS_NewArray(c);
    uint32_t count = 0;
    for (size_t i = 0; i < start->keeper_count; i++) {
        const struct keeper_entry *entry = &start->keepers[i];
        if (entry->keeper == 0)
            continue;
        JSValue keeper = JS_NewObject(c);
        put(keeper, "keeper", JS_NewInt64(c, entry->keeper));
        put(keeper, "pid", JS_NewInt64(c, entry->pid));
        put(keeper, "lost", JS_NewBool(c, entry->lost));
        JS_DefinePropertyValueUint32(c, keepers, count++, keeper, JS_PROP_C_W_E);
    }
    JSValue shutdown = JS_NewObject(c);
    put(shutdown, "signal", JS_NewInt32(c, start->shutdown_signal));
    put(shutdown, "hurry", JS_NewBool(c, start->hurry));

    JSValue facts = JS_NewObject(c);
    put(facts, "arguments", text_list(program.argc > 1 ? program.argv + 1 : NULL));
    put(facts, "environment", text_list(program.environment));
    put(facts, "initPid", JS_NewInt64(c, program.init_pid));
    put(facts, "managerPid", JS_NewInt64(c, getpid()));
    put(facts, "uid", JS_NewInt64(c, geteuid()));
    put(facts, "runtimeDirectory", text(program.runtime_directory));
    put(facts, "generation", JS_NewInt64(c, start->generation));
    put(facts, "lastEnd", text(last_end == NULL ? "" : last_end));
    put(facts, "startCrashes", JS_NewInt64(c, start_crashes));
    put(facts, "keepers", keepers);
    put(facts, "shutdown", shutdown);
    put(facts, "consoleIsTerminal", JS_NewBool(c, isatty(STDOUT_FILENO)));
    return facts;
}

/* ── marks ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Words that say what a request was for: "systemctl start x.service". */
static void describe_request(const struct wire_frame *frame, struct event_mark *mark) {
    struct wire_field words = wire_find(frame, WIRE_REQUEST_ARGUMENTS);
    int length = snprintf(mark->detail, sizeof mark->detail, "%s", wire_text(wire_find(frame, WIRE_REQUEST_PROGRAM)));
    size_t at = 0;
    const char *word;
    while (length >= 0 && (size_t)length < sizeof mark->detail && (word = wire_next_text(words, &at)) != NULL)
        length += snprintf(mark->detail + length, sizeof mark->detail - (size_t)length, " %s", word);
    for (char *c = mark->detail; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

/* The hash is over what is the same when it comes again: not what a frame acknowledges, nor what a client adds as it
 * asks again. */
static struct event_mark mark_frame(const char *kind, uint32_t number, const uint8_t *bytes, size_t length) {
    struct event_mark mark = {.kind = kind, .number = number};
    struct wire_frame frame;
    if (wire_open(&frame, bytes, length) != NULL) {
        mark.hash = hash(number, bytes, length);
        return mark;
    }
    mark.type = frame.type;
    mark.sequence = frame.sequence;
    bool is_client = frame.type == WIRE_REQUEST || frame.type == WIRE_INTERRUPT;
    mark.hash = hash(is_client ? 0 : (uint64_t)number << 32 | frame.sequence, &frame.type, sizeof frame.type);
    if (frame.type != WIRE_REQUEST) {
        mark.hash = hash(mark.hash, frame.fields, frame.length);
        return mark;
    }
    struct wire_field field;
    for (size_t at = 0; wire_next(&frame, &at, &field);)
        if (field.tag != WIRE_REQUEST_AGAIN && field.tag != WIRE_REQUEST_CURSOR)
            mark.hash = hash(mark.hash ^ field.tag, field.bytes, field.length);
    describe_request(&frame, &mark);
    return mark;
}

uint64_t host_hash(const void *bytes, size_t length) {
    return hash(0, bytes, length);
}

/* FNV-1a (64 bit), eight bytes a step: it tells events apart, nobody's secrets. */
static uint64_t hash(uint64_t state, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint64_t value = (state ^ 0xcbf29ce484222325ull) * 0x100000001b3ull, word;
    value ^= value >> 29;
    for (; length >= sizeof word; at += sizeof word, length -= sizeof word) {
        memcpy(&word, at, sizeof word);
        value = (value ^ word) * 0x100000001b3ull;
        value ^= value >> 29;
    }
    for (; length > 0; at++, length--)
        value = (value ^ *at) * 0x100000001b3ull;
    return value ^ value >> 32;
}
