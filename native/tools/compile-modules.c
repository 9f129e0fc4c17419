/*
 * compile-modules INPUT-FOLDER OUTPUT-FOLDER MODULE…
 *
 * Compiles each ES module INPUT-FOLDER/MODULE to the engine's bytecode, OUTPUT-FOLDER/MODULE.bin (the folders for it
 * exist). Sources are stripped, line numbers stay. Runs on the machine that builds; part of the build, never shipped.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <quickjs.h>

static bool compile(JSContext *context, const char *input_folder, const char *output_folder, const char *module);
static JSModuleDef *stand_in(JSContext *context, const char *name, void *opaque);
static char *read_whole(const char *path, size_t *length);
static bool write_whole(const char *path, const uint8_t *bytes, size_t length);
static void print_exception(JSContext *context);

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: %s INPUT-FOLDER OUTPUT-FOLDER MODULE…\n", argv[0]);
        return 2;
    }
    JSRuntime *runtime = JS_NewRuntime();
    if (runtime == NULL)
        return 1;
    JS_SetStripInfo(runtime, JS_STRIP_SOURCE);
    JS_SetModuleLoaderFunc(runtime, NULL, stand_in, NULL);
    int status = 0;
    for (int i = 3; i < argc && status == 0; i++) {
        /* A context of its own for each: what it imports is a stand-in there, and may be compiled in the next. */
        JSContext *context = JS_NewContext(runtime);
        if (context == NULL || !compile(context, argv[1], argv[2], argv[i]))
            status = 1;
        if (context != NULL)
            JS_FreeContext(context);
    }
    JS_FreeRuntime(runtime);
    return status;
}

static bool compile(JSContext *context, const char *input_folder, const char *output_folder, const char *module) {
    char input[PATH_MAX], output[PATH_MAX];
    snprintf(input, sizeof input, "%s/%s", input_folder, module);
    snprintf(output, sizeof output, "%s/%s.bin", output_folder, module);

    size_t length;
    char *text = read_whole(input, &length);
    if (text == NULL) {
        perror(input);
        return false;
    }
    JSValue compiled = JS_Eval(context, text, length, module, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    free(text);
    if (JS_IsException(compiled)) {
        print_exception(context);
        return false;
    }
    size_t size;
    uint8_t *bytes = JS_WriteObject(context, &size, compiled, JS_WRITE_OBJ_BYTECODE);
    JS_FreeValue(context, compiled);
    if (bytes == NULL) {
        print_exception(context);
        return false;
    }
    bool written = write_whole(output, bytes, size);
    if (!written)
        perror(output);
    js_free(context, bytes);
    return written;
}

static int no_exports(JSContext *context, JSModuleDef *module) {
    (void)context;
    (void)module;
    return 0;
}

/* The engine wants every import to be loaded; what it exports matters only when modules are linked, at run time. */
static JSModuleDef *stand_in(JSContext *context, const char *name, void *opaque) {
    (void)opaque;
    return JS_NewCModule(context, name, no_exports);
}

/* The file with a NUL behind it, as JS_Eval wants it; NULL and errno when it cannot be had. To be freed. */
static char *read_whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return NULL;
    char *text = NULL;
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && fseek(file, 0, SEEK_SET) == 0)
        text = malloc((size_t)size + 1);
    if (text != NULL && fread(text, 1, (size_t)size, file) != (size_t)size) {
        free(text);
        text = NULL;
    }
    fclose(file);
    if (text != NULL) {
        text[size] = '\0';
        *length = (size_t)size;
    }
    return text;
}

static bool write_whole(const char *path, const uint8_t *bytes, size_t length) {
    FILE *file = fopen(path, "wbe");
    if (file == NULL)
        return false;
    bool written = fwrite(bytes, 1, length, file) == length;
    return fclose(file) == 0 && written;
}

static void print_exception(JSContext *context) {
    JSValue exception = JS_GetException(context);
    JSValue stack = JS_GetPropertyStr(context, exception, "stack");
    const char *message = JS_ToCString(context, exception);
    const char *where = JS_ToCString(context, stack);
    fprintf(stderr, "%s\n%s", message == NULL ? "exception" : message, where == NULL ? "" : where);
    JS_FreeCString(context, message);
    JS_FreeCString(context, where);
    JS_FreeValue(context, stack);
    JS_FreeValue(context, exception);
}
