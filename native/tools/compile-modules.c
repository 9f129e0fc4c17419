/*
 * compile-modules INPUT-FOLDER OUTPUT-FOLDER FIRST-MODULE… -- COMPLETE-MODULE… -- LATER-MODULE…
 *
 * Compiles each ES module INPUT-FOLDER/MODULE to the engine's bytecode, OUTPUT-FOLDER/MODULE.bin (the folders for it
 * exist), and writes the atoms of the first modules to OUTPUT-FOLDER/atoms.bin, those that the later ones have besides
 * to later-atoms.bin; the complete ones have theirs in them. Sources, names of local variables and columns are
 * stripped, line numbers stay. Runs on the machine that builds; part of the build, never shipped.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <inside.h>
#include <quickjs.h>

static JSValue compile(JSContext *context, const char *input_folder, const char *module);
static bool write_all(int count, char **modules, JSContext **contexts, JSValue *values, const char *folder);
static bool is_separator(const char *word);
static bool atoms_fit(const char *folder);
static bool put(JSContext *context, const char *folder, const char *name, uint8_t *bytes, size_t size);
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
    int count = argc - 3;
    JSContext **contexts = calloc((size_t)count, sizeof(JSContext *));
    JSValue *values = calloc((size_t)count, sizeof(JSValue));
    if (contexts == NULL || values == NULL)
        return 1;
    int separators = 0;
    for (int i = 0; i < count; i++) {
        if (is_separator(argv[3 + i])) {
            separators++;
            continue;
        }
        /* A context of its own for each: what it imports is a stand-in there, and may be compiled in the next. */
        contexts[i] = JS_NewContext(runtime);
        if (contexts[i] == NULL)
            return 1;
        values[i] = compile(contexts[i], argv[1], argv[3 + i]);
        if (JS_IsException(values[i]))
            return 1;
    }
    if (separators != 2 || contexts[0] == NULL)
        return 2;
    /* What it holds goes with the process. */
    return write_all(count, argv + 3, contexts, values, argv[2]) && atoms_fit(argv[2]) ? 0 : 1;
}

static bool write_all(int count, char **modules, JSContext **contexts, JSValue *values, const char *folder) {
    struct bytecode_writer *writer = bytecode_writer_begin(contexts[0]);
    if (writer == NULL)
        return false;
    size_t size;
    uint8_t *bytes;
    int separators = 0;
    for (int i = 0; i < count; i++) {
        if (is_separator(modules[i])) {
            if (separators++ > 0)
                continue;
            bytes = bytecode_write_atoms(writer, &size);
            if (!put(contexts[0], folder, "atoms", bytes, size))
                return false;
        } else {
            bytes = bytecode_write_module(writer, values[i], separators == 1, &size);
            if (!put(contexts[0], folder, modules[i], bytes, size))
                return false;
        }
    }
    bytes = bytecode_write_atoms(writer, &size);
    bool good = put(contexts[0], folder, "later-atoms", bytes, size);
    bytecode_writer_end(writer);
    return good;
}

static bool is_separator(const char *word) {
    return strcmp(word, "--") == 0;
}

/* Whether a fresh runtime gives the atoms the numbers that were written, so that modules can be read in place: the
 * later ones too, when others were made in between. */
static bool atoms_fit(const char *folder) {
    uint8_t *tables[2];
    size_t lengths[2];
    const char *const names[2] = {"atoms", "later-atoms"};
    for (int i = 0; i < 2; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s.bin", folder, names[i]);
        tables[i] = (uint8_t *)read_whole(path, &lengths[i]);
        if (tables[i] == NULL) {
            perror(path);
            return false;
        }
    }
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime == NULL ? NULL : JS_NewContextRaw(runtime);
    if (context == NULL)
        return false;
    bool good = bytecode_read_atoms(context, tables[0], lengths[0], bytecode_count_atoms(tables[1], lengths[1]));
    for (int i = 0; good && i < 2000; i++) {
        char name[32];
        snprintf(name, sizeof name, "another %d", i);
        good = JS_NewAtom(context, name) != JS_ATOM_NULL;
    }
    good = good && bytecode_read_later_atoms(context, tables[1], lengths[1]) && bytecode_is_in_place();
    if (!good)
        fprintf(stderr, "the engine numbers atoms in another way: bytecode cannot be read where it lies\n");
    return good;
}

static JSValue compile(JSContext *context, const char *input_folder, const char *module) {
    char input[PATH_MAX];
    snprintf(input, sizeof input, "%s/%s", input_folder, module);

    size_t length;
    char *text = read_whole(input, &length);
    if (text == NULL) {
        perror(input);
        return JS_EXCEPTION;
    }
    JSValue compiled = JS_Eval(context, text, length, module, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    free(text);
    if (JS_IsException(compiled))
        print_exception(context);
    return compiled;
}

/* FOLDER/NAME.bin; takes the bytes. */
static bool put(JSContext *context, const char *folder, const char *name, uint8_t *bytes, size_t size) {
    if (bytes == NULL) {
        print_exception(context);
        return false;
    }
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.bin", folder, name);
    bool written = write_whole(path, bytes, size);
    if (!written)
        perror(path);
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
