/* A verb where no manager runs (an image build, another root): the same TypeScript, in this process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"

static JSValue make_request(JSContext *c, enum manager_reach reach, const char *cursor);
static JSValue call_tool(struct engine *engine, enum manager_reach reach, const char *cursor, JSValue *exception);
static bool take_output(JSContext *c, JSValueConst output, int *status);
static bool take_errand(JSContext *c, JSValueConst output, char **cursor);
static int fail(JSContext *c, JSValue exception);

int tool_main(enum manager_reach reach) {
    static struct engine engine; /* of the first call: there may be a second one */
    if (engine.runtime == NULL && !engine_start(&engine, engine_embedded_module)) {
        fprintf(stderr, "%s: no memory\n", program.argv[0]);
        return EXIT_FAILURE;
    }
    char *cursor = NULL;
    for (;;) {
        JSValue exception;
        JSValue output = call_tool(&engine, reach, cursor == NULL ? "" : cursor, &exception);
        if (JS_IsException(output))
            return fail(engine.context, exception);
        int status = EXIT_FAILURE;
        if (!take_output(engine.context, output, &status))
            return fail(engine.context, JS_GetException(engine.context));
        /* The process ends: nobody needs the memory back. */
        if (!take_errand(engine.context, output, &cursor))
            return status;
    }
}

/* tool(host, request), which gives its output or a promise of it. */
static JSValue call_tool(struct engine *engine, enum manager_reach reach, const char *cursor, JSValue *exception) {
    JSContext *c = engine->context;
    JSValue namespace = engine_import(c, "offline.js");
    JSValue tool = JS_IsException(namespace) ? JS_EXCEPTION : JS_GetPropertyStr(c, namespace, "tool");
    JSValue arguments[] = {host_make_object(c), make_request(c, reach, cursor)};
    JSValue output = JS_IsException(tool) ? JS_EXCEPTION : JS_Call(c, tool, JS_UNDEFINED, 2, arguments);
    if (JS_IsException(output)) {
        *exception = JS_GetException(c);
        return JS_EXCEPTION;
    }
    if (!engine_run_jobs(engine, exception))
        return JS_EXCEPTION;
    if (!JS_IsObject(output) || (int)JS_PromiseState(c, output) < 0)
        return output;
    if (JS_PromiseState(c, output) == JS_PROMISE_FULFILLED)
        return JS_PromiseResult(c, output);
    JS_ThrowInternalError(c, "internal error: the tool waits for something that cannot come");
    *exception = JS_GetException(c);
    return JS_EXCEPTION;
}

static void put(JSContext *c, JSValueConst object, const char *name, JSValue value) {
    JS_DefinePropertyValueStr(c, object, name, value, JS_PROP_C_W_E);
}

static JSValue text_list(JSContext *c, char *const *list) {
    JSValue array = JS_NewArray(c);
    for (uint32_t i = 0; list[i] != NULL; i++)
        JS_DefinePropertyValueUint32(c, array, i, engine_text_in(c, list[i], strlen(list[i])), JS_PROP_C_W_E);
    return array;
}

/* ToolRequest of src/host.d.ts */
static JSValue make_request(JSContext *c, enum manager_reach reach, const char *cursor) {
    static const char *const reaches[] = {"unasked", "absent", "closed"};
    const char *slash = strrchr(program.argv[0], '/');
    const char *name = slash == NULL ? program.argv[0] : slash + 1;
    const char *columns = getenv("COLUMNS");
    char directory[4096];
    struct winsize size = {0};
    if (getcwd(directory, sizeof directory) == NULL)
        strcpy(directory, "/");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        size.ws_col = 0;
    long wanted = columns == NULL ? 0 : strtol(columns, NULL, 10);
    JSValue request = JS_NewObject(c);
    put(c, request, "program", engine_text_in(c, name, strlen(name)));
    put(c, request, "arguments", text_list(c, program.argv + 1));
    put(c, request, "directory", engine_text_in(c, directory, strlen(directory)));
    put(c, request, "environment", text_list(c, program.environment));
    put(c, request, "columns", JS_NewInt64(c, wanted > 0 && wanted <= UINT16_MAX ? wanted : size.ws_col));
    put(c, request, "stdoutIsTerminal", JS_NewBool(c, isatty(STDOUT_FILENO)));
    put(c, request, "stderrIsTerminal", JS_NewBool(c, isatty(STDERR_FILENO)));
    put(c, request, "cursor", engine_text_in(c, cursor, strlen(cursor)));
    put(c, request, "manager", JS_NewString(c, reaches[reach]));
    return request;
}

static bool write_property(JSContext *c, JSValueConst output, const char *name, int descriptor) {
    JSValue value = JS_GetPropertyStr(c, output, name);
    struct engine_text text = engine_text_out(c, value);
    JS_FreeValue(c, value);
    if (text.bytes == NULL)
        return false;
    for (size_t done = 0; done < text.length;) {
        ssize_t count = write(descriptor, text.bytes + done, text.length - done);
        if (count < 0 && errno != EINTR)
            break;
        done += count < 0 ? 0 : (size_t)count;
    }
    engine_text_free(c, text);
    return true;
}

static bool take_output(JSContext *c, JSValueConst output, int *status) {
    int32_t given;
    if (!write_property(c, output, "stdout", STDOUT_FILENO) || !write_property(c, output, "stderr", STDERR_FILENO))
        return false;
    JSValue value = JS_GetPropertyStr(c, output, "status");
    int failed = JS_ToInt32(c, &given, value);
    JS_FreeValue(c, value);
    *status = given < 0 ? TOOL_ASKS : given & 0xff;
    return failed == 0;
}

static char *own_text(JSContext *c, JSValue value) {
    struct engine_text text = engine_text_out(c, value);
    JS_FreeValue(c, value);
    char *own = text.bytes == NULL ? NULL : strndup((const char *)text.bytes, text.length);
    engine_text_free(c, text);
    return own;
}

/* An errand that the verb has, carried out: then it is to be asked again, with the cursor that comes of it. */
static bool take_errand(JSContext *c, JSValueConst output, char **cursor) {
    JSValue errand = JS_GetPropertyStr(c, output, "errand");
    if (!JS_IsObject(errand))
        return false;
    JSValue words = JS_GetPropertyStr(c, errand, "program");
    int32_t count = 0;
    if (JS_ToInt32(c, &count, JS_GetPropertyStr(c, words, "length")) < 0)
        count = 0;
    char **list = calloc((size_t)count + 1, sizeof *list);
    char *input = own_text(c, JS_GetPropertyStr(c, errand, "input"));
    char *before = own_text(c, JS_GetPropertyStr(c, errand, "cursor"));
    bool complete = list != NULL && input != NULL && before != NULL;
    for (int32_t i = 0; complete && i < count; i++)
        complete = (list[i] = own_text(c, JS_GetPropertyUint32(c, words, (uint32_t)i))) != NULL;
    if (!complete) {
        fprintf(stderr, "%s: no memory\n", program.argv[0]);
        return false;
    }
    JSValue heads = JS_GetPropertyStr(c, errand, "journal");
    if (JS_IsObject(heads)) {
        char *const head = own_text(c, JS_GetPropertyUint32(c, heads, 0));
        JSValue second = JS_GetPropertyUint32(c, heads, 1);
        exit(cat_run(list, head ? head : "", JS_IsUndefined(second) ? NULL : own_text(c, second)));
    }
    int status = errand_run(list, input);
    size_t size = strlen(before) + 16;
    *cursor = malloc(size);
    if (*cursor != NULL)
        snprintf(*cursor, size, "%s\n%d", before, status);
    return *cursor != NULL;
}

static int fail(JSContext *c, JSValue exception) {
    static char text[16 * 1024];
    engine_error_text(c, exception, text, sizeof text);
    fprintf(stderr, "%s: this is a bug: %s\n", program.argv[0], text);
    return EXIT_CRASH;
}
