/* The manager's process: an engine that decides, and a loop around it. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct host host = {.leave_status = -1, .epoll = -1, .timer = -1};

static void set_signals(void);
static void find_program(void);
static JSValue load_part(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue log_line(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

/* One event after a crash is safer than many; after this long it is trusted again. */
static const uint64_t careful_usec = 10 * 1000000;

_Noreturn void host_main(const struct manager_start *start) {
    set_process_title("pidone-manager", "pidone (manager)");
    _exit(host_run(start, engine_embedded_module));
}

int host_run(const struct manager_start *start, engine_module_source *source) {
    host.start = start;
    host.clock = JS_UNDEFINED;
    host.batch_limit = BATCH_MAX;
    set_signals();
    const char *exception = crash_read_record();
    if (crash_is_suspected()) {
        host.batch_limit = 1;
        host.careful_until = host_now(CLOCK_MONOTONIC) + careful_usec;
    }
    if (!host_open_loop()) {
        say("cannot start the manager: %s", strerror(errno));
        return EXIT_CRASH;
    }
    if (!engine_start(&host.engine, source)) {
        say("cannot start the engine: no memory");
        return EXIT_CRASH;
    }
    host.context = host.engine.context;
    JS_SetInterruptHandler(host.engine.runtime, crash_interrupt, NULL);
    crash_catch_signals();

    host_begin_batch();
    find_program();
    /* init tells how the process ended; the record of a crash knows why. */
    host_deliver_start(exception != NULL ? exception : start->last_end, crash_start_count());
    host_end_batch();
    crash_survived_start();
    return host_loop();
}

JSValue host_make_object(JSContext *context) {
    JSValue object = JS_NewObject(context);
    host_add_files(context, object);
    host_add_facts(context, object);
    host_add_users(context, object);
    host_add_program(context, object);
    return object;
}

static const JSCFunctionListEntry program_functions[] = {
    JS_CFUNC_DEF("load", 1, load_part),
    JS_CFUNC_DEF("log", 1, log_line),
};

void host_add_program(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(
        context, object, program_functions, sizeof program_functions / sizeof program_functions[0]);
}

/* A terminal's keys and "kill -- -GROUP" reach this process too: only init answers to them. */
static void set_signals(void) {
    static const int ignored[] = {
        SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        signal(ignored[i], SIG_IGN);

    signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Evaluates main.ts and calls its program(host). */
static void find_program(void) {
    JSContext *c = host.context;
    JSValue object = host_make_object(c);
    host_add_watches(c, object);
    host_add_sockets(c, object);
    host_add_stream(c, object);
    JSValue namespace = engine_import(c, "main.js");
    JSValue make = JS_IsException(namespace) ? JS_EXCEPTION : JS_GetPropertyStr(c, namespace, "program");
    host.program = JS_IsException(make) ? JS_EXCEPTION : JS_Call(c, make, JS_UNDEFINED, 1, (JSValueConst *)&object);
    if (JS_IsException(host.program))
        crash_with(JS_GetException(c), "the program's start");
    host.handle = JS_GetPropertyStr(c, host.program, "handle");
    host.flush = JS_GetPropertyStr(c, host.program, "flush");
    JS_FreeValue(c, make);
    JS_FreeValue(c, namespace);
    JS_FreeValue(c, object);
}

/* load("ctl/serve.ts") */
static JSValue load_part(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    static struct {
        char name[64];
        JSValue namespace;
    } loaded[32];
    static size_t count;
    struct engine_text part = engine_text_out(c, argv[0]);
    if (part.bytes == NULL)
        return JS_EXCEPTION;
    char name[sizeof loaded[0].name];
    bool is_part = part.length > 3 && part.length < sizeof name && strcmp(part.bytes + part.length - 3, ".ts") == 0;
    if (is_part)
        snprintf(name, sizeof name, "%.*s.js", (int)part.length - 3, part.bytes);
    engine_text_free(c, part);
    if (!is_part)
        return JS_ThrowReferenceError(c, "internal error: no part of that name");
    for (size_t i = 0; i < count; i++)
        if (strcmp(loaded[i].name, name) == 0)
            return JS_DupValue(c, loaded[i].namespace);
    /* One that is not remembered would be there twice, and again with each call. */
    if (count == sizeof loaded / sizeof loaded[0])
        return JS_ThrowInternalError(c, "internal error: more parts than there is room for");
    JSValue namespace = engine_import(c, name);
    if (!JS_IsException(namespace)) {
        strcpy(loaded[count].name, name);
        loaded[count++].namespace = JS_DupValue(c, namespace);
    }
    return namespace;
}

static JSValue log_line(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text line = engine_text_out(c, argv[0]);
    if (line.bytes == NULL)
        return JS_EXCEPTION;
    say("%s", line.bytes);
    engine_text_free(c, line);
    return JS_UNDEFINED;
}
