#include "engine.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bytecode.h"
#include "engine/inside.h"
#include "heap.h"
#include "inflate.h"
#include "pidone.h"

/* Rejected promises that nobody handles (yet): more than this at a time are not kept apart. */
enum { REJECTION_MAX = 32 };
/* Memory is looked through again once so much more is in use. */
enum { TRIM_GROWTH = 128 * 1024 };

static engine_module_source *module_source;
static struct {
    void *promise;
    JSValue reason;
} rejections[REJECTION_MAX];
static size_t rejection_count;

static void give_back_stack(void);
static bool read_later_atoms(JSContext *context);
static JSValue read_packed(JSContext *context, const struct pidone_module *module);
static JSModuleDef *load_module(JSContext *context, const char *name, void *opaque);
static void track_rejection(
    JSContext *context, JSValueConst promise, JSValueConst reason, int is_handled, void *opaque);

bool engine_start(struct engine *engine, engine_module_source *source) {
    module_source = source;
#if !defined(__SANITIZE_ADDRESS__)
    heap_open();
#endif
    engine->runtime = JS_NewRuntime2(&engine_memory, NULL);
    if (engine->runtime == NULL)
        return false;
    JS_SetMemoryLimit(engine->runtime, ENGINE_MEMORY_LIMIT);
    JS_SetMaxStackSize(engine->runtime, ENGINE_STACK_BYTES);
    /* Reference counts free nearly all; the search for cycles waits until a boot is over (engine_trim). */
    JS_SetGCThreshold(engine->runtime, 8 * 1024 * 1024);
    JS_SetModuleLoaderFunc(engine->runtime, NULL, load_module, NULL);
    JS_SetHostPromiseRejectionTracker(engine->runtime, track_rejection, NULL);

    /* The whole language but for the compiler of source text (eval, new Function): the program is bytecode, and the
     * linker leaves the compiler out. */
    JSContext *context = JS_NewContextRaw(engine->runtime);
    engine->context = context;
    /* Names first: modules are read in place if these have the numbers that the build gave them. */
    if (context == NULL || !bytecode_read_atoms(context, pidone_atoms, pidone_atoms_length,
                               bytecode_count_atoms(pidone_later_atoms, pidone_later_atoms_length)))
        return false;
    JS_AddIntrinsicBaseObjects(context);
    JS_AddIntrinsicDate(context);
    JS_AddIntrinsicStringNormalize(context);
    JS_AddIntrinsicRegExpCompiler(context);
    JS_AddIntrinsicRegExp(context);
    JS_AddIntrinsicJSON(context);
    JS_AddIntrinsicProxy(context);
    JS_AddIntrinsicMapSet(context);
    JS_AddIntrinsicTypedArrays(context);
    JS_AddIntrinsicPromise(context);
    JS_AddIntrinsicWeakRef(context);
    return true;
}

JSValue engine_import(JSContext *context, const char *name) {
    JSValue module = module_source(context, name);
    if (JS_IsException(module))
        return module;
    if (JS_IsUndefined(module))
        return JS_ThrowReferenceError(context, "no module %s", name);
    if (JS_ResolveModule(context, module) < 0) {
        JS_FreeValue(context, module);
        return JS_EXCEPTION;
    }
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JSValue promise = JS_EvalFunction(context, module);
    if (JS_IsException(promise))
        return promise;
    JSPromiseStateEnum state = JS_PromiseState(context, promise);
    JSValue result = JS_PromiseResult(context, promise);
    if (state == JS_PROMISE_REJECTED) {
        track_rejection(context, promise, JS_UNDEFINED, true, NULL);
        JS_FreeValue(context, promise);
        return JS_Throw(context, result);
    }
    JS_FreeValue(context, promise);
    JS_FreeValue(context, result);
    if (state == JS_PROMISE_PENDING)
        return JS_ThrowInternalError(context, "module %s awaits at its top level", name);
    return JS_GetModuleNamespace(context, definition);
}

bool engine_run_jobs(struct engine *engine, JSValue *exception) {
    JSContext *context;
    int ran;
    while ((ran = JS_ExecutePendingJob(engine->runtime, &context)) > 0)
        ;
    if (ran < 0) {
        *exception = JS_GetException(context);
        return false;
    }
    if (rejection_count == 0)
        return true;
    *exception = rejections[0].reason;
    for (size_t i = 1; i < rejection_count; i++)
        JS_FreeValue(engine->context, rejections[i].reason);
    rejection_count = 0;
    return false;
}

void engine_trim(struct engine *engine) {
    static size_t used_before;
    if (used_before == 0 || engine_memory_used() >= used_before + TRIM_GROWTH) {
        JS_RunGC(engine->runtime);
        heap_trim();
        used_before = engine_memory_used();
        /* From now on cycles may grow by half of what lives, but no less than 1 MB, until the next search. */
        size_t room = used_before / 2 > 1024 * 1024 ? used_before / 2 : 1024 * 1024;
        JS_SetGCThreshold(engine->runtime, used_before + room);
    }
    give_back_stack();
    program_file_rest(); /* the last: what is done here uses it too */
}

/* What lies well below the frames in use is left from deeper calls. */
static void give_back_stack(void) {
    enum { PAGE = 4096, MARGIN = 2 * PAGE };
    uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - MARGIN) & ~(uintptr_t)(PAGE - 1);
    madvise((void *)(end - ENGINE_STACK_BYTES), ENGINE_STACK_BYTES, MADV_DONTNEED); /* ENOMEM: never so deep */
}

JSValue engine_embedded_module(JSContext *context, const char *name) {
    const struct pidone_module *module = pidone_module_find(name);
    if (module == NULL)
        return JS_UNDEFINED;
    if (module->packed > 0)
        return read_packed(context, module);
    if (module->later && !read_later_atoms(context))
        return JS_EXCEPTION;
    return bytecode_read_module(context, module->code, module->length, false);
}

static bool read_later_atoms(JSContext *context) {
    static bool were_read;
    if (!were_read)
        were_read = bytecode_read_later_atoms(context, pidone_later_atoms, pidone_later_atoms_length);
    return were_read;
}

static JSValue read_packed(JSContext *context, const struct pidone_module *module) {
    uint8_t *code = malloc(module->length);
    if (code == NULL)
        return JS_ThrowOutOfMemory(context);
    JSValue read = inflate_into(code, module->length, module->code, module->packed)
                       ? bytecode_read_module(context, code, module->length, true)
                       : JS_ThrowInternalError(
                             context, "the program's file is damaged: module %s cannot be unpacked", module->name);
    free(code);
    return read;
}

static JSModuleDef *load_module(JSContext *context, const char *name, void *opaque) {
    (void)opaque;
    JSValue module = module_source(context, name);
    if (JS_IsUndefined(module))
        JS_ThrowReferenceError(context, "no module %s", name);
    if (JS_VALUE_GET_TAG(module) != JS_TAG_MODULE)
        return NULL;
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    /* The context's list of modules owns it. */
    JS_FreeValue(context, module);
    return definition;
}

static void track_rejection(
    JSContext *context, JSValueConst promise, JSValueConst reason, int is_handled, void *opaque) {
    (void)opaque;
    void *key = JS_VALUE_GET_PTR(promise);
    if (!is_handled) {
        if (rejection_count < REJECTION_MAX) {
            rejections[rejection_count].promise = key;
            rejections[rejection_count++].reason = JS_DupValue(context, reason);
        }
        return;
    }
    for (size_t i = 0; i < rejection_count; i++) {
        if (rejections[i].promise != key)
            continue;
        JS_FreeValue(context, rejections[i].reason);
        rejections[i] = rejections[--rejection_count];
        return;
    }
}
