/* native/heap.c: what is given out is the caller's alone, and stays as the caller wrote it. */
#include "../heap.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 2000, STEPS = 100000 };

static struct {
    unsigned char *memory;
    size_t size;
    unsigned char mark;
} blocks[BLOCKS];

static uint64_t random_state = 0x9e3779b97f4a7c15u;
static int failures, number;

static void result(bool good, const char *title) {
    printf("%sok %d - heap: %s\n", good ? "" : "not ", ++number, title);
    failures += good ? 0 : 1;
}

/* xorshift64: the same sequence in every run. */
static size_t random_below(size_t bound) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % bound);
}

static bool holds(size_t index, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (blocks[index].memory[i] != blocks[index].mark)
            return false;
    return true;
}

/* Allocates, resizes and frees at random, with every block filled by a mark of its own that nobody else may touch. */
static bool random_walk(void) {
    for (size_t step = 0; step < STEPS; step++) {
        if (random_below(1000) == 0)
            heap_trim();
        size_t index = random_below(BLOCKS);
        size_t size = 1 + random_below(random_below(10) == 0 ? 5000 : 600);
        if (!holds(index, blocks[index].size))
            return false;
        if (blocks[index].memory != NULL && random_below(3) == 0) {
            heap_release(blocks[index].memory);
            blocks[index].memory = NULL;
            blocks[index].size = 0;
            continue;
        }
        unsigned char *memory = heap_resize(blocks[index].memory, size);
        if (memory == NULL || (uintptr_t)memory % 8 != 0 || heap_usable_size(memory) < size)
            return false;
        blocks[index].memory = memory;
        if (!holds(index, size < blocks[index].size ? size : blocks[index].size))
            return false;
        blocks[index].size = heap_usable_size(memory);
        blocks[index].mark = (unsigned char)random_below(256);
        memset(memory, blocks[index].mark, blocks[index].size);
    }
    for (size_t index = 0; index < BLOCKS; index++) {
        heap_release(blocks[index].memory);
        blocks[index].memory = NULL;
        blocks[index].size = 0;
    }
    return true;
}

/* More small cells than the heap has pages for: malloc takes over, and what came before is not touched. */
static bool exhaust(void) {
    enum { COUNT = 200000, SIZE = 512 };
    unsigned char **cells = malloc(COUNT * sizeof *cells);
    if (cells == NULL)
        return false;
    bool good = true;
    for (size_t i = 0; i < COUNT; i++) {
        cells[i] = heap_allocate(SIZE);
        if (cells[i] == NULL)
            abort();
        memcpy(cells[i], &i, sizeof i);
    }
    for (size_t i = 0; i < COUNT; i++) {
        good = good && memcmp(cells[i], &i, sizeof i) == 0;
        heap_release(cells[i]);
    }
    free(cells);
    return good;
}

int main(void) {
    puts("TAP version 13");
    void *before = heap_allocate(40);
    result(random_walk(), "before it is opened it is malloc");
    result(heap_open() && heap_open(), "it is opened once, however often it is asked");
    heap_release(before);
    result(true, "what malloc gave before goes back to malloc");
    result(random_walk(), "no two blocks overlap, and a resized one keeps what it held");
    void *cell = heap_allocate(100);
    heap_release(cell);
    result(heap_allocate(104) == cell, "a freed cell is the next of its size to be given out");
    heap_release(cell);
    result(heap_usable_size(NULL) == 0, "NULL has no size");
    heap_release(NULL);
    result(exhaust(), "when all pages are given out, malloc takes over");
    heap_trim();
    result(random_walk() && exhaust(), "pages that were given back serve any size again");
    printf("1..%d\n", number);
    return failures == 0 ? 0 : 1;
}
