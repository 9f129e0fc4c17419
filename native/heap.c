#include "heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Cells hold 8, 16, 24 … 256, then 272, 288 … 512 bytes; what is larger is malloc's, and so is everything when all
 * pages are given out. The engine asks for no alignment above 8, and most for 24, 40, 72 bytes. */
enum {
    FINE_GRAIN = 8,
    FINE_MAX = 256,
    FINE_CLASSES = FINE_MAX / FINE_GRAIN,
    GRAIN = 16,
    CELL_MAX = 512,
    CLASSES = FINE_CLASSES + (CELL_MAX - FINE_MAX) / GRAIN,
    PAGE = 4096,
    PAGES = 16384,
    EMPTY = 255, /* in class_of_page: given back */
};

struct free_cell {
    struct free_cell *next;
};

/* Cells of one size: those that came back, and what was never given out of the page that was begun last. */
static struct {
    struct free_cell *freed;
    char *fresh, *end;
} classes[CLASSES];

/* The reserved space; NULL before heap_open. Pages before `unused` belong to a class each. */
static char *space, *unused, *space_end;
static uint8_t class_of_page[PAGES];
static size_t empty_pages;

static void *take_cell(unsigned class);
static bool begin_page(unsigned class);
static void *move(void *memory, size_t old, size_t size);
static bool is_cell(const void *memory);
static unsigned class_of_cell(const void *memory);
static size_t page_of(const void *memory);
static unsigned class_of_size(size_t size);
static size_t cell_size(unsigned class);

bool heap_open(void) {
    if (space != NULL)
        return true;
    size_t size = (size_t)PAGES * PAGE;
    void *reserved = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED)
        return false;
    space = unused = reserved;
    space_end = space + size;
    return true;
}

void *heap_allocate(size_t size) {
    void *cell = size <= CELL_MAX ? take_cell(class_of_size(size)) : NULL;
    return cell != NULL ? cell : malloc(size);
}

void heap_release(void *memory) {
    if (!is_cell(memory)) {
        free(memory);
        return;
    }
    unsigned class = class_of_cell(memory);
    struct free_cell *cell = memory;
    cell->next = classes[class].freed;
    classes[class].freed = cell;
}

void *heap_resize(void *memory, size_t size) {
    if (memory == NULL)
        return heap_allocate(size);
    if (!is_cell(memory))
        return realloc(memory, size);
    if (size <= CELL_MAX && class_of_size(size) == class_of_cell(memory))
        return memory;
    return move(memory, cell_size(class_of_cell(memory)), size);
}

size_t heap_usable_size(const void *memory) {
    if (is_cell(memory))
        return cell_size(class_of_cell(memory));
    /* It only looks, but is declared to take what it may change. */
    return malloc_usable_size((void *)(uintptr_t)memory);
}

void heap_trim(void) {
    static uint16_t free_cells[PAGES];
    size_t pages = (size_t)(unused - space) / PAGE;
    memset(free_cells, 0, pages * sizeof *free_cells);
    for (unsigned class = 0; class < CLASSES; class ++)
        for (struct free_cell *cell = classes[class].freed; cell != NULL; cell = cell->next)
            free_cells[page_of(cell)]++;
    for (unsigned class = 0; class < CLASSES; class ++) {
        size_t cells = PAGE / cell_size(class);
        struct free_cell **last = &classes[class].freed;
        while (*last != NULL)
            if (free_cells[page_of(*last)] == cells)
                *last = (*last)->next;
            else
                last = &(*last)->next;
    }
    for (size_t page = 0; page < pages; page++) {
        unsigned class = class_of_page[page];
        if (class == EMPTY || free_cells[page] < PAGE / cell_size(class))
            continue;
        madvise(space + page * PAGE, PAGE, MADV_DONTNEED);
        class_of_page[page] = EMPTY;
        empty_pages++;
    }
}

/* NULL when there is no page to be had. */
static void *take_cell(unsigned class) {
    struct free_cell *cell = classes[class].freed;
    if (cell != NULL) {
        classes[class].freed = cell->next;
        return cell;
    }
    if ((size_t)(classes[class].end - classes[class].fresh) < cell_size(class) && !begin_page(class))
        return NULL;
    void *fresh = classes[class].fresh;
    classes[class].fresh += cell_size(class);
    return fresh;
}

static bool begin_page(unsigned class) {
    char *page = unused;
    if (empty_pages > 0) {
        page = space + (size_t)((uint8_t *)memchr(class_of_page, EMPTY, PAGES) - class_of_page) * PAGE;
        empty_pages--;
    } else if (unused == space_end) {
        return false;
    } else {
        unused += PAGE;
    }
    class_of_page[page_of(page)] = (uint8_t) class;
    classes[class].fresh = page;
    classes[class].end = page + PAGE;
    return true;
}

static void *move(void *memory, size_t old, size_t size) {
    void *moved = heap_allocate(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, memory, old < size ? old : size);
    heap_release(memory);
    return moved;
}

static bool is_cell(const void *memory) {
    return (uintptr_t)memory - (uintptr_t)space < (size_t)(unused - space);
}

static unsigned class_of_cell(const void *memory) {
    return class_of_page[page_of(memory)];
}

static size_t page_of(const void *memory) {
    return ((uintptr_t)memory - (uintptr_t)space) / PAGE;
}

static unsigned class_of_size(size_t size) {
    if (size <= FINE_MAX)
        return size == 0 ? 0 : (unsigned)((size - 1) / FINE_GRAIN);
    return FINE_CLASSES + (unsigned)((size - FINE_MAX - 1) / GRAIN);
}

static size_t cell_size(unsigned class) {
    if (class < FINE_CLASSES)
        return ((size_t) class + 1) * FINE_GRAIN;
    return FINE_MAX + ((size_t) class - FINE_CLASSES + 1) * GRAIN;
}
