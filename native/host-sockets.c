/* What socket units listen on: HostSockets of src/host.d.ts. init holds every descriptor too, so that it outlives this
 * process; here they are opened, polled, accepted from and passed on. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "held.h"
#include "host.h"
#include "listen.h"
#include "wire.h"

static JSValue open_one(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue close_some(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue list_held(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue accept_one(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue flush(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("openSocket", 1, open_one),
    JS_CFUNC_DEF("closeSockets", 3, close_some),
    JS_CFUNC_DEF("heldSockets", 0, list_held),
    JS_CFUNC_DEF("watchSocket", 3, watch),
    JS_CFUNC_DEF("acceptConnection", 4, accept_one),
    JS_CFUNC_DEF("flushSocket", 2, flush),
};

/* After this long nobody can have a descriptor any more that was let go. */
static const uint64_t settled_usec = 2 * 1000000;
static uint64_t let_go_at; /* usec; 0: nothing was */

void host_add_sockets(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Its number, or what comes back for an argument that is none. */
static bool read_u32(JSContext *c, JSValueConst value, uint32_t *number) {
    return JS_ToUint32(c, number, value) == 0;
}

/* The entry of (unit, number): NULL where there is none, or with an exception pending. */
static struct held *find(JSContext *c, JSValueConst unit, JSValueConst number) {
    uint32_t which;
    if (!read_u32(c, number, &which))
        return NULL;
    const struct engine_text name = engine_text_out(c, unit);
    if (name.bytes == NULL)
        return NULL;
    struct held *entry = held_find(name.bytes, which);
    engine_text_free(c, name);
    return entry;
}

/* init gets a copy before anybody can connect: from here on it survives this process. */
static void give_to_init(const char *unit, uint32_t number, uint64_t key, int descriptor) {
    uint8_t buffer[512];
    struct wire_writer writer;
    wire_begin(&writer, buffer, sizeof buffer, WIRE_HOLD, 0, 0);
    wire_put_text(&writer, WIRE_HOLD_UNIT, unit);
    wire_put_u32(&writer, WIRE_HOLD_NUMBER, number);
    wire_put_u64(&writer, WIRE_HOLD_KEY, key);
    channel_send_copies(channel_find(&host.keepers, 0), buffer, wire_end(&writer), &descriptor, 1);
}

static void stop_watching(struct held *entry) {
    /* By name: others may have the same open socket, which would go on being watched. */
    if (entry->interest != 0)
        host_listen(entry->descriptor, &entry->interest, 0, SOURCE_SOCKET, entry->id);
    entry->interest = 0;
}

static void let_go(const char *unit, uint32_t first, uint32_t last) {
    bool any = false;
    for (size_t i = 0; i < held_size();) {
        struct held *entry = held_at(i);
        if (entry->number < first || entry->number > last || strcmp(entry->unit, unit) != 0) {
            i++;
            continue;
        }
        stop_watching(entry);
        held_remove(i);
        any = true;
    }
    if (!any)
        return;
    let_go_at = host_now(CLOCK_MONOTONIC);
    uint8_t buffer[512];
    struct wire_writer writer;
    wire_begin(&writer, buffer, sizeof buffer, WIRE_LET_GO, 0, 0);
    wire_put_text(&writer, WIRE_LET_GO_UNIT, unit);
    wire_put_u32(&writer, WIRE_LET_GO_FIRST, first);
    wire_put_u32(&writer, WIRE_LET_GO_LAST, last);
    channel_send(channel_find(&host.keepers, 0), buffer, wire_end(&writer), -1, -1);
}

static JSValue list_held(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc, (void)argv;
    JSValue list = JS_NewArray(c);
    for (size_t i = 0; i < held_size(); i++) {
        const struct held *entry = held_at(i);
        JSValue one = JS_NewObject(c);
        JS_DefinePropertyValueStr(c, one, "unit", engine_text_in(c, entry->unit, strlen(entry->unit)), JS_PROP_C_W_E);
        JS_DefinePropertyValueStr(c, one, "number", JS_NewInt64(c, entry->number), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(c, list, (uint32_t)i, one, JS_PROP_C_W_E);
    }
    return list;
}

static JSValue close_some(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    uint32_t first, last;
    if (!read_u32(c, argv[1], &first) || !read_u32(c, argv[2], &last))
        return JS_EXCEPTION;
    const struct engine_text unit = engine_text_out(c, argv[0]);
    if (unit.bytes == NULL)
        return JS_EXCEPTION;
    let_go(unit.bytes, first, last);
    engine_text_free(c, unit);
    return JS_UNDEFINED;
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static JSValue answer(JSContext *c, const struct listen_failure *failure, const struct listen_notices *notices) {
    JSValue object = JS_NewObject(c), texts = JS_NewArray(c);
    JS_DefinePropertyValueStr(c, object, "errno", JS_NewInt32(c, failure->error), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(c, object, "step", JS_NewString(c, failure->step), JS_PROP_C_W_E);
    for (size_t i = 0; i < notices->count; i++)
        JS_DefinePropertyValueUint32(c, texts, (uint32_t)i, JS_NewString(c, notices->texts[i]), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(c, object, "notices", texts, JS_PROP_C_W_E);
    return object;
}

/* Of one that is there and was opened for the same, nothing is opened: an earlier manager has, and could not tell. */
static void open_into_table(
    const struct wire_frame *open, uint64_t key, struct listen_failure *failure, struct listen_notices *notices) {
    const char *unit = wire_text(wire_find(open, WIRE_OPEN_SOCKET_UNIT));
    const uint32_t number = wire_u32(wire_find(open, WIRE_OPEN_SOCKET_NUMBER));
    struct held *entry = held_find(unit, number);
    if (entry && entry->key != key) {
        let_go(unit, number, number);
        entry = NULL;
    }
    if (!entry) {
        const bool patient = let_go_at != 0 && host_now(CLOCK_MONOTONIC) - let_go_at < settled_usec;
        const int descriptor = listen_open(open, patient, failure);
        if (descriptor < 0)
            return;
        entry = held_add(unit, number, key, descriptor);
        if (!entry) {
            *failure = (struct listen_failure){.step = "create", .error = ENOMEM};
            return;
        }
        give_to_init(unit, number, key, descriptor);
    }
    *failure = (struct listen_failure){.step = ""};
    listen_set_options(entry->descriptor, open, notices);
    if (!listen_begin(entry->descriptor, open, failure))
        let_go(unit, number, number);
}

static JSValue open_one(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    size_t length;
    const uint8_t *bytes = engine_bytes_out(c, argv[0], &length);
    struct wire_frame frame;
    if (bytes == NULL || wire_open(&frame, bytes, length) != NULL || frame.type != WIRE_OPEN_SOCKET)
        return JS_ThrowTypeError(c, "internal error: openSocket of what is no frame openSocket");
    struct listen_failure failure = {.step = ""};
    struct listen_notices notices = {0};
    open_into_table(&frame, host_hash(bytes, length), &failure, &notices);
    return answer(c, &failure, &notices);
}

/* ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* watchSocket(unit, number, on): the next thing that comes in there is one event. An errno, or undefined. */
static JSValue watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct held *entry = find(c, argv[0], argv[1]);
    if (entry == NULL)
        return JS_HasException(c) ? JS_EXCEPTION : JS_NewInt32(c, EBADF);
    if (!JS_ToBool(c, argv[2])) {
        stop_watching(entry);
        return JS_UNDEFINED;
    }
    const int error = host_listen(entry->descriptor, &entry->interest, EPOLLIN, SOURCE_SOCKET, entry->id);
    return error != 0 ? JS_NewInt32(c, error) : JS_UNDEFINED;
}

void sockets_ready(uint32_t id, uint32_t events) {
    struct held *entry = held_find_id(id);
    if (entry == NULL)
        return;
    stop_watching(entry);
    host_deliver_socket_ready(entry->unit, entry->number, events == EPOLLIN);
}

/* acceptConnection(unit, number, as, frame): who came, as listen_describe() tells it, or an errno. It is held as (unit,
 * as) from then on. */
static JSValue accept_one(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    uint32_t as;
    size_t length;
    const uint8_t *bytes = engine_bytes_out(c, argv[3], &length);
    struct wire_frame options;
    if (bytes == NULL || wire_open(&options, bytes, length) != NULL || options.type != WIRE_OPEN_SOCKET ||
        !read_u32(c, argv[2], &as))
        return JS_ThrowTypeError(c, "internal error: acceptConnection without options or number");
    const struct held *entry = find(c, argv[0], argv[1]);
    if (entry == NULL)
        return JS_HasException(c) ? JS_EXCEPTION : JS_NewInt32(c, EBADF);
    const int connection = listen_accept(entry->descriptor);
    if (connection < 0)
        return JS_NewInt32(c, -connection);
    char who[192];
    listen_describe(connection, who, sizeof who);
    if (*who == '\0') { /* it has gone again */
        close(connection);
        return JS_NewInt32(c, EAGAIN);
    }
    struct listen_notices notices = {0};
    listen_set_options(connection, &options, &notices);
    char unit[sizeof entry->unit];
    memcpy(unit, entry->unit, sizeof unit); /* the table may move */
    if (held_add(unit, as, 0, connection) == NULL)
        return JS_NewInt32(c, ENOMEM);
    give_to_init(unit, as, 0, connection);
    return JS_NewString(c, who);
}

static JSValue flush(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    const struct held *entry = find(c, argv[0], argv[1]);
    if (entry != NULL)
        listen_flush(entry->descriptor);
    return JS_HasException(c) ? JS_EXCEPTION : JS_UNDEFINED;
}

/* ── passing on ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool read_entry(JSContext *c, JSValueConst list, uint32_t at, struct held **entry, struct engine_text *name) {
    JSValue one = JS_GetPropertyUint32(c, list, at);
    JSValue unit = JS_GetPropertyStr(c, one, "unit"), number = JS_GetPropertyStr(c, one, "number");
    JSValue called = JS_GetPropertyStr(c, one, "name");
    *entry = find(c, unit, number);
    *name = engine_text_out(c, called);
    JS_FreeValue(c, called);
    JS_FreeValue(c, number);
    JS_FreeValue(c, unit);
    JS_FreeValue(c, one);
    return name->bytes != NULL && !JS_HasException(c);
}

bool sockets_pass(struct channel *channel, JSValueConst list) {
    enum { AT_ONCE = 4 };
    JSContext *c = host.context;
    uint32_t count;
    JSValue length = JS_GetPropertyStr(c, list, "length");
    const int failed = JS_ToUint32(c, &count, length);
    JS_FreeValue(c, length);
    if (failed < 0)
        return false;
    for (uint32_t at = 0; at < count;) {
        int descriptors[AT_ONCE];
        struct engine_text names[AT_ONCE];
        const char *texts[AT_ONCE + 1] = {NULL};
        size_t some = 0, length_of_names = 0;
        const uint32_t begin = at;
        bool good = true;
        for (; good && at < count && some < AT_ONCE; at++) {
            struct held *entry;
            good = read_entry(c, list, at, &entry, &names[some]);
            if (!good)
                break;
            /* What was closed meanwhile is passed as nothing, so that the others keep their places. */
            descriptors[some] = entry != NULL ? entry->descriptor : -1;
            texts[some] = names[some].bytes;
            length_of_names += names[some++].length + 1;
        }
        uint8_t *frame = good ? malloc(256 + length_of_names) : NULL;
        if (frame != NULL) {
            int nothing = -1;
            for (size_t i = 0; i < some; i++)
                if (descriptors[i] < 0) {
                    if (nothing < 0)
                        nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
                    descriptors[i] = nothing;
                }
            struct wire_writer writer;
            wire_begin(&writer, frame, 256 + length_of_names, WIRE_PASS, 0, 0);
            wire_put_u32(&writer, WIRE_PASS_FIRST, begin == 0);
            wire_put_texts(&writer, WIRE_PASS_NAMES, texts);
            channel_send_copies(channel, frame, wire_end(&writer), descriptors, some);
            if (nothing >= 0)
                close(nothing);
            free(frame);
        }
        for (size_t i = 0; i < some; i++)
            engine_text_free(c, names[i]);
        if (!good)
            return false;
    }
    return true;
}
