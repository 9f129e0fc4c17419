/* The engine (QuickJS) as the host and the tools use it: one runtime, the embedded modules, errors told in TypeScript's
 * lines. */
#ifndef PIDONE_ENGINE_H
#define PIDONE_ENGINE_H

#include <quickjs.h>
#include <stdbool.h>
#include <stddef.h>

/* Gives the module of that name (JS_TAG_MODULE, not evaluated), JS_UNDEFINED when there is none, or an exception. */
typedef JSValue engine_module_source(JSContext *context, const char *name);

/* The modules embedded by the build. */
engine_module_source engine_embedded_module;

struct engine {
    JSRuntime *runtime;
    JSContext *context;
};

enum { ENGINE_MEMORY_LIMIT = 256 * 1024 * 1024, ENGINE_STACK_BYTES = 1024 * 1024 };

/* One engine in a process. False when there is no memory for it. */
bool engine_start(struct engine *engine, engine_module_source *source);

/* Evaluates a module and those that it imports; its namespace (to be freed), or an exception. */
JSValue engine_import(JSContext *context, const char *name);

/* Runs promise jobs until none is left. False after an exception, or when a promise was rejected and nobody handled it:
 * then *exception has the reason, to be freed. */
bool engine_run_jobs(struct engine *engine, JSValue *exception);

/* For an engine that has come to rest: collects garbage and gives what is free, or can be had again, back to the
 * system. Garbage is not looked for where little was taken since the last time. */
void engine_trim(struct engine *engine);

/* ── errors (engine-error.c) ─────────────────────────────────────────────────────────────────────────────────────── */

/* The exception as text: its message in the first line, then a line "    at function (src/file.ts:12)" for each frame.
 * Takes the exception. Always NUL-terminated; cut where it does not fit. */
void engine_error_text(JSContext *context, JSValue exception, char *text, size_t capacity);

/* ── memory (engine-memory.c) ────────────────────────────────────────────────────────────────────────────────────── */

extern const JSMallocFunctions engine_memory;
/* Bytes that the engine has now. */
size_t engine_memory_used(void);

/* ── text (engine-text.c) ────────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of a JavaScript string as the world has them: UTF-8, with U+DC80 … U+DCFF as the bytes they stand for; another
 * lone surrogate becomes U+FFFD. A NUL follows the last byte. */
struct engine_text {
    const char *bytes; /* NULL: an exception is pending */
    size_t length;
};
struct engine_text engine_text_out(JSContext *context, JSValueConst value);
void engine_text_free(JSContext *context, struct engine_text text);

/* The other way; every string of bytes comes back as it was. */
JSValue engine_text_in(JSContext *context, const void *bytes, size_t length);

/* A Uint8Array with a copy of the bytes. */
JSValue engine_bytes_in(JSContext *context, const void *bytes, size_t length);
/* The bytes of a Uint8Array (or another view), as long as the value lives and no JavaScript runs; NULL when it is none.
 */
const uint8_t *engine_bytes_out(JSContext *context, JSValueConst value, size_t *length);

#endif
