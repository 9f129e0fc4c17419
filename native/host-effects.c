/* What the program wants done (HostEffect of src/host.d.ts), in its order. An effect that is none is a bug of the
 * program. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

struct effect {
    JSValueConst object;
    uint32_t number;      /* keeper or client */
    const uint8_t *bytes; /* of the frame */
    size_t length;
};

static bool carry_out(JSValueConst object);
static bool to_init(const struct effect *effect);
static bool make_keeper(const struct effect *effect);
static bool to_keeper(const struct effect *effect);
static bool drop_keeper(const struct effect *effect);
static bool to_client(const struct effect *effect);
static bool end_client(const struct effect *effect);
static bool set_timer(const struct effect *effect);
static bool leave(const struct effect *effect);

static const struct effect_kind {
    const char *name;
    const char *number_name; /* NULL: none */
    bool has_bytes;
    bool (*carry_out)(const struct effect *effect);
} kinds[] = {
    {"to-keeper", "keeper", true, to_keeper},
    {"make-keeper", "keeper", true, make_keeper},
    {"drop-keeper", "keeper", false, drop_keeper},
    {"to-init", NULL, true, to_init},
    {"to-client", "client", true, to_client},
    {"end-client", "client", false, end_client},
    {"timer", NULL, false, set_timer},
    {"leave", NULL, false, leave},
};

bool host_carry_out(JSValueConst effects) {
    JSContext *c = host.context;
    int64_t count;
    JSValue length = JS_GetPropertyStr(c, effects, "length");
    int failed = JS_ToInt64(c, &count, length);
    JS_FreeValue(c, length);
    if (failed < 0)
        return false;
    for (int64_t i = 0; i < count; i++) {
        JSValue effect = JS_GetPropertyUint32(c, effects, (uint32_t)i);
        bool done = !JS_IsException(effect) && carry_out(effect);
        JS_FreeValue(c, effect);
        if (!done)
            return false;
    }
    return true;
}

static bool read_number(JSValueConst object, const char *name, uint32_t *number) {
    JSValue value = JS_GetPropertyStr(host.context, object, name);
    double given;
    int failed = JS_ToFloat64(host.context, &given, value);
    JS_FreeValue(host.context, value);
    if (failed < 0)
        return false;
    if (!(given >= 0 && given <= UINT32_MAX)) {
        JS_ThrowTypeError(host.context, "internal error: an effect's %s is %f", name, given);
        return false;
    }
    *number = (uint32_t)given;
    return true;
}

static bool carry_out(JSValueConst object) {
    JSContext *c = host.context;
    JSValue kind = JS_GetPropertyStr(c, object, "kind");
    const char *name = JS_ToCString(c, kind);
    JS_FreeValue(c, kind);
    if (name == NULL)
        return false;
    const struct effect_kind *found = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && found == NULL; i++)
        if (strcmp(kinds[i].name, name) == 0)
            found = &kinds[i];
    if (found == NULL)
        JS_ThrowTypeError(c, "internal error: no effect %s", name);
    JS_FreeCString(c, name);
    struct effect effect = {.object = object};
    if (found == NULL || (found->number_name != NULL && !read_number(object, found->number_name, &effect.number)))
        return false;
    if (!found->has_bytes)
        return found->carry_out(&effect);
    JSValue bytes = JS_GetPropertyStr(c, object, "bytes");
    effect.bytes = engine_bytes_out(c, bytes, &effect.length);
    bool done = effect.bytes != NULL && found->carry_out(&effect);
    if (effect.bytes == NULL)
        JS_ThrowTypeError(c, "internal error: an effect %s without bytes", found->name);
    JS_FreeValue(c, bytes);
    return done;
}

static bool to_init(const struct effect *effect) {
    channel_send(channel_find(&host.keepers, 0), effect->bytes, effect->length, -1, -1);
    return true;
}

/* A keeper that cannot be had is told as init would tell it. */
static void keeper_failed(uint32_t keeper, int error) {
    uint8_t frame[64];
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_KEEPER_FAILED, 0, 0);
    wire_put_u32(&writer, WIRE_KEEPER_FAILED_KEEPER, keeper);
    wire_put_u32(&writer, WIRE_KEEPER_FAILED_ERRNO, (uint32_t)error);
    channel_owe_init_frame(frame, wire_end(&writer));
}

static bool make_keeper(const struct effect *effect) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        keeper_failed(effect->number, errno);
        return true;
    }
    int copy = fcntl(ends[0], F_DUPFD_CLOEXEC, 3);
    if (copy < 0 || channel_add(&host.keepers, effect->number, ends[0], false) == NULL) {
        keeper_failed(effect->number, copy < 0 ? errno : ENOMEM);
        if (copy < 0)
            close(ends[0]);
        else
            close(copy);
        close(ends[1]);
        return true;
    }
    channel_send(channel_find(&host.keepers, 0), effect->bytes, effect->length, ends[1], copy);
    return true;
}

static bool to_keeper(const struct effect *effect) {
    struct channel *channel = channel_find(&host.keepers, effect->number);
    if (channel == NULL)
        return true;
    JSValue sockets = JS_GetPropertyStr(host.context, effect->object, "sockets");
    const bool passed = JS_IsUndefined(sockets) || sockets_pass(channel, sockets);
    JS_FreeValue(host.context, sockets);
    if (passed)
        channel_send(channel, effect->bytes, effect->length, -1, -1);
    return passed;
}

static bool drop_keeper(const struct effect *effect) {
    struct channel *channel = channel_find(&host.keepers, effect->number);
    if (channel != NULL && effect->number != 0)
        channel_remove(&host.keepers, channel);
    return true;
}

static bool to_client(const struct effect *effect) {
    struct channel *channel = channel_find(&host.clients, effect->number);
    if (channel != NULL)
        client_send(channel, effect->bytes, effect->length);
    return true;
}

static bool end_client(const struct effect *effect) {
    struct channel *channel = channel_find(&host.clients, effect->number);
    if (channel != NULL)
        client_end(channel);
    return true;
}

static bool set_timer(const struct effect *effect) {
    JSContext *c = host.context;
    JSValue value = JS_GetPropertyStr(c, effect->object, "at");
    double at = 0;
    bool armed = !JS_IsUndefined(value);
    int failed = armed ? JS_ToFloat64(c, &at, value) : 0;
    JS_FreeValue(c, value);
    if (failed < 0)
        return false;
    /* What lies 100,000 years ahead does not come; what is past comes at once. */
    uint64_t deadline = !armed || !(at < 3e18) ? 0 : at < 1 ? 1 : (uint64_t)at;
    if (deadline == host.armed)
        return true;
    host.armed = deadline;
    struct itimerspec when = {.it_value = {(time_t)(deadline / 1000000), (long)(deadline % 1000000) * 1000}};
    timerfd_settime(host.timer, TFD_TIMER_ABSTIME, &when, NULL);
    return true;
}

static bool leave(const struct effect *effect) {
    uint32_t status;
    if (!read_number(effect->object, "status", &status))
        return false;
    host.leave_status = (int)(status & 0xff);
    return true;
}
