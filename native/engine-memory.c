/* The engine's memory: cells of heap.c, counted against the limit. */
#include "engine.h"
#include "heap.h"

/* The engine counts in a place of its own, which it shows to nobody but us. */
static const JSMallocState *counted;

/* A line table that lies in the program's file. */
static bool is_of_program(const void *memory) {
    extern const char __executable_start[], _end[];
    return (const char *)memory >= __executable_start && (const char *)memory < _end;
}

static void *allocate(JSMallocState *state, size_t size) {
    if (state->malloc_size + size > state->malloc_limit)
        return NULL;
    void *memory = heap_allocate(size);
    if (memory == NULL)
        return NULL;
    counted = state;
    state->malloc_count++;
    state->malloc_size += heap_usable_size(memory);
    return memory;
}

static void release(JSMallocState *state, void *memory) {
    if (memory == NULL || is_of_program(memory))
        return;
    state->malloc_count--;
    state->malloc_size -= heap_usable_size(memory);
    heap_release(memory);
}

static void *resize(JSMallocState *state, void *memory, size_t size) {
    if (memory == NULL)
        return size == 0 ? NULL : allocate(state, size);
    if (size == 0) {
        release(state, memory);
        return NULL;
    }
    size_t old = heap_usable_size(memory);
    if (size > old && state->malloc_size + (size - old) > state->malloc_limit)
        return NULL;
    void *moved = heap_resize(memory, size);
    if (moved != NULL)
        state->malloc_size += heap_usable_size(moved) - old;
    return moved;
}

const JSMallocFunctions engine_memory = {
    .js_malloc = allocate,
    .js_free = release,
    .js_realloc = resize,
    .js_malloc_usable_size = heap_usable_size,
};

size_t engine_memory_used(void) {
    return counted == NULL ? 0 : counted->malloc_size;
}
