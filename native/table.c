#include "table.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_BYTES = 4096 };

void *table_grow(void *entries, size_t entry_bytes, size_t *capacity) {
    const size_t bigger = *capacity == 0 ? FIRST_BYTES / entry_bytes : 2 * *capacity;
    void *memory = mmap(NULL, bigger * entry_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (*capacity > 0)
        memcpy(memory, entries, *capacity * entry_bytes);
    table_free(entries, entry_bytes, *capacity);
    *capacity = bigger;
    return memory;
}

void table_free(void *entries, size_t entry_bytes, size_t capacity) {
    if (capacity > 0)
        munmap(entries, capacity * entry_bytes);
}
