/* inotify for TypeScript: HostWatches of src/host.d.ts. Whatever happens within a batch below one watch is one
 * `changed`. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "host.h"

/* What happens to a file or directory, where nothing else is asked for. */
static const uint32_t usual = IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE | IN_MOVE_SELF;

/* Of a handle that has no watch of inotify: none at all, one that the kernel gave up, or the wall clock. */
enum { FREE = -1, LOST = -2, CLOCK = -3 };

/* Several handles may share the kernel's watch of one file. */
struct watch {
    int descriptor;  /* FREE, LOST, CLOCK, or the kernel's */
    uint32_t events; /* of inotify(7), that count */
    bool changed;
};
static struct watch *watches;
static size_t capacity, changed;
static int inotify = -1, clock_timer = -1;

static JSValue add_watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue add_clock(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue remove_watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static int arm_clock(void);
static int free_handle(void);
static void mark(int descriptor, uint32_t mask);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("watch", 2, add_watch),
    JS_CFUNC_DEF("watchClock", 0, add_clock),
    JS_CFUNC_DEF("unwatch", 1, remove_watch),
};

void host_add_watches(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

void watches_receive(void) {
    _Alignas(struct inotify_event) char buffer[4096];
    ssize_t length;
    while ((length = read(inotify, buffer, sizeof buffer)) > 0) {
        const struct inotify_event *event;
        for (char *at = buffer; at < buffer + length; at += sizeof *event + event->len) {
            event = (const struct inotify_event *)at;
            mark(event->wd, event->mask);
        }
    }
}

void watches_deliver(void) {
    for (size_t i = 0; changed > 0 && i < capacity && host_batch_has_room(); i++) {
        if (!watches[i].changed)
            continue;
        watches[i].changed = false;
        changed--;
        host_deliver_changed((uint32_t)i);
    }
}

bool watches_are_owed(void) {
    return changed > 0;
}

static JSValue add_watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    if (inotify < 0) {
        inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        uint32_t none = 0;
        if (inotify < 0 || host_listen(inotify, &none, EPOLLIN, SOURCE_WATCHES, 0) != 0)
            return JS_NewInt32(c, -errno);
    }
    uint32_t events = usual;
    if (!JS_IsUndefined(argv[1]) && JS_ToUint32(c, &events, argv[1]) < 0)
        return JS_EXCEPTION;
    struct engine_text path = engine_text_out(c, argv[0]);
    if (path.bytes == NULL)
        return JS_EXCEPTION;
    int handle = free_handle();
    int error = handle < 0 ? ENOMEM : memchr(path.bytes, '\0', path.length) != NULL ? EINVAL : 0;
    if (error == 0 && (watches[handle].descriptor = inotify_add_watch(inotify, path.bytes, events | IN_MASK_ADD)) < 0) {
        error = errno;
        watches[handle].descriptor = FREE;
    }
    if (error == 0)
        watches[handle].events = events;
    engine_text_free(c, path);
    return JS_NewInt32(c, error == 0 ? handle : -error);
}

/* A timer that never comes, and that is cancelled when somebody sets the clock. */
static JSValue add_clock(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc, (void)argv;
    if (clock_timer < 0) {
        uint32_t none = 0;
        clock_timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (clock_timer < 0 || arm_clock() < 0 || host_listen(clock_timer, &none, EPOLLIN, SOURCE_CLOCK, 0) != 0)
            return JS_NewInt32(c, -errno);
    }
    int handle = free_handle();
    if (handle < 0)
        return JS_NewInt32(c, -ENOMEM);
    watches[handle].descriptor = CLOCK;
    return JS_NewInt32(c, handle);
}

static int arm_clock(void) {
    struct itimerspec never = {.it_value.tv_sec = INT32_MAX};
    return timerfd_settime(clock_timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

void watches_take_clock(void) {
    uint64_t expirations;
    if (read(clock_timer, &expirations, sizeof expirations) < 0 && errno != ECANCELED)
        return;
    (void)arm_clock();
    mark(CLOCK, 0);
}

static JSValue remove_watch(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int32_t handle;
    if (JS_ToInt32(c, &handle, argv[0]) < 0)
        return JS_EXCEPTION;
    if (handle < 0 || (size_t)handle >= capacity || watches[handle].descriptor == FREE)
        return JS_UNDEFINED;
    int descriptor = watches[handle].descriptor;
    if (watches[handle].changed)
        changed--;
    watches[handle] = (struct watch){.descriptor = FREE};
    for (size_t i = 0; i < capacity; i++)
        if (watches[i].descriptor == descriptor)
            return JS_UNDEFINED;
    if (descriptor >= 0)
        inotify_rm_watch(inotify, descriptor);
    return JS_UNDEFINED;
}

static int free_handle(void) {
    for (size_t i = 0; i < capacity; i++)
        if (watches[i].descriptor == FREE)
            return (int)i;
    size_t larger = capacity == 0 ? 8 : capacity * 2;
    struct watch *moved = realloc(watches, larger * sizeof *moved);
    if (moved == NULL)
        return -1;
    watches = moved;
    for (size_t i = capacity; i < larger; i++)
        watches[i] = (struct watch){.descriptor = FREE};
    int handle = (int)capacity;
    capacity = larger;
    return handle;
}

/* An overflow (descriptor -1) means that any file may have changed. */
static void mark(int descriptor, uint32_t mask) {
    for (size_t i = 0; i < capacity; i++) {
        struct watch *watch = &watches[i];
        bool is_meant = descriptor == -1 ? watch->descriptor >= 0 : watch->descriptor == descriptor;
        if (watch->descriptor == FREE || !is_meant)
            continue;
        if ((mask & IN_IGNORED) != 0)
            watch->descriptor = LOST;
        else if (descriptor >= 0 && (mask & IN_ALL_EVENTS & watch->events) == 0)
            continue;
        else if (!watch->changed) {
            watch->changed = true;
            changed++;
        }
    }
}
