/* What TypeScript asks of the machine: HostFacts and HostText of src/host.d.ts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "log-entry.h"
#include "log-forward.h"

static JSValue read_clock(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue random_hex(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue host_name(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue kernel(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue tell_error(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue log_entries(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue forward_syslog(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue encode(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue decode(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("clock", 0, read_clock),
    JS_CFUNC_DEF("randomHex", 1, random_hex),
    JS_CFUNC_DEF("hostName", 0, host_name),
    JS_CFUNC_DEF("kernel", 0, kernel),
    JS_CFUNC_DEF("errorText", 1, tell_error),
    JS_CFUNC_DEF("logEntries", 5, log_entries),
    JS_CFUNC_DEF("forwardSyslog", 4, forward_syslog),
    JS_CFUNC_DEF("encode", 1, encode),
    JS_CFUNC_DEF("decode", 3, decode),
};

void host_add_facts(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

uint64_t host_now(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

JSValue host_clock(JSContext *c, uint64_t monotonic, uint64_t realtime) {
    JSValue clock = JS_NewObject(c);
    JS_DefinePropertyValueStr(c, clock, "monotonic", JS_NewInt64(c, (int64_t)monotonic), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(c, clock, "realtime", JS_NewInt64(c, (int64_t)realtime), JS_PROP_C_W_E);
    return clock;
}

static JSValue read_clock(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc, (void)argv;
    return host_clock(c, host_now(CLOCK_MONOTONIC), host_now(CLOCK_REALTIME));
}

static void put(JSContext *c, JSValueConst object, const char *name, JSValue value) {
    JS_DefinePropertyValueStr(c, object, name, value, JS_PROP_C_W_E);
}

static JSValue random_hex(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    uint8_t bytes[256];
    char hex[2 * sizeof bytes + 1];
    int32_t count;
    if (JS_ToInt32(c, &count, argv[0]) < 0)
        return JS_EXCEPTION;
    if (count < 0 || (size_t)count > sizeof bytes)
        return JS_ThrowRangeError(c, "internal error: %d random bytes", count);
    if (getrandom(bytes, (size_t)count, 0) != count)
        return JS_ThrowInternalError(c, "cannot get random bytes");
    for (int32_t i = 0; i < count; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return JS_NewStringLen(c, hex, 2 * (size_t)count);
}

static JSValue host_name(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc, (void)argv;
    struct utsname names;
    if (uname(&names) < 0)
        names.nodename[0] = '\0';
    return engine_text_in(c, names.nodename, strlen(names.nodename));
}

static JSValue kernel(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc, (void)argv;
    struct utsname names;
    if (uname(&names) < 0)
        names.release[0] = names.machine[0] = '\0';
    JSValue value = JS_NewObject(c);
    put(c, value, "release", engine_text_in(c, names.release, strlen(names.release)));
    put(c, value, "machine", engine_text_in(c, names.machine, strlen(names.machine)));
    return value;
}

static JSValue tell_error(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int32_t error;
    if (JS_ToInt32(c, &error, argv[0]) < 0)
        return JS_EXCEPTION;
    return JS_NewString(c, error_text(error));
}

/* (identifier, priority, pid, message) */
static JSValue forward_syslog(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    uint32_t priority, pid;
    if (JS_ToUint32(c, &priority, argv[1]) < 0 || JS_ToUint32(c, &pid, argv[2]) < 0)
        return JS_EXCEPTION;
    struct engine_text identifier = engine_text_out(c, argv[0]), message = engine_text_out(c, argv[3]);
    const bool is_text = identifier.bytes && message.bytes;
    if (is_text) {
        log_forward_begin();
        log_forward(priority, (const char *)identifier.bytes, identifier.length, pid, (const char *)message.bytes,
            message.length);
    }
    engine_text_free(c, identifier);
    engine_text_free(c, message);
    return is_text ? JS_UNDEFINED : JS_EXCEPTION;
}

/* (bytes, native, pid, uid, gid): a text of lines, each a digit, the priority, and the payload of a record. */
static JSValue log_entries(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    enum { ENTRY_BYTES = 64 * 1024, ALL_BYTES = 4 * ENTRY_BYTES };
    size_t length;
    uint32_t ids[3];
    const uint8_t *bytes = engine_bytes_out(c, argv[0], &length);
    for (int i = 0; i < 3; i++)
        if (!bytes || JS_ToUint32(c, &ids[i], argv[2 + i]) < 0)
            return JS_EXCEPTION;
    const struct log_datagram datagram = {.bytes = (const char *)bytes,
        .length = length,
        .native = JS_ToBool(c, argv[1]) > 0,
        .pid = ids[0],
        .uid = ids[1],
        .gid = ids[2]};
    char *lines = malloc(ALL_BYTES);
    if (!lines)
        return JS_ThrowOutOfMemory(c);
    size_t used = 0;
    struct log_entry entry;
    for (size_t at = 0; used + ENTRY_BYTES + 2 <= ALL_BYTES &&
                        log_entry_next(&datagram, &at, lines + used + 1, ENTRY_BYTES, &entry);) {
        if (datagram.native)
            log_forward((unsigned)entry.priority | entry.facility << 3, entry.identifier, entry.identifier_length,
                datagram.pid, entry.message, entry.message_length);
        lines[used] = (char)('0' + entry.priority);
        used += 1 + entry.length;
        lines[used++] = '\n';
    }
    JSValue text = engine_text_in(c, lines, used);
    free(lines);
    return text;
}

static JSValue encode(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text text = engine_text_out(c, argv[0]);
    if (text.bytes == NULL)
        return JS_EXCEPTION;
    JSValue bytes = engine_bytes_in(c, text.bytes, text.length);
    engine_text_free(c, text);
    return bytes;
}

static JSValue decode(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int64_t from, to;
    size_t length;
    if (JS_ToInt64(c, &from, argv[1]) < 0 || JS_ToInt64(c, &to, argv[2]) < 0)
        return JS_EXCEPTION;
    const uint8_t *bytes = engine_bytes_out(c, argv[0], &length);
    if (bytes == NULL || from < 0 || to < from || (uint64_t)to > length)
        return JS_ThrowRangeError(c, "internal error: decode of bytes that are not there");
    return engine_text_in(c, bytes + from, (size_t)(to - from));
}
