#include "bytecode.h"

#include <string.h>

static int module_index(const char *name);

const struct pidone_module *pidone_module_find(const char *name) {
    int index = module_index(name);
    return index < 0 ? NULL : &pidone_modules[index];
}

bool pidone_source_line(const char *module, unsigned module_line, const char **source, unsigned *line) {
    int index = module_index(module);
    if (index < 0)
        return false;
    const struct pidone_line_table *table = &pidone_lines[index];
    /* The last run that begins at or before the line. */
    unsigned low = 0, high = table->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (table->runs[middle].first <= module_line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    const struct pidone_line_run *run = &table->runs[low - 1];
    *source = pidone_sources[run->source];
    *line = run->line + (module_line - run->first);
    return true;
}

/* Index into pidone_modules, which is sorted by name, or -1. */
static int module_index(const char *name) {
    unsigned low = 0, high = pidone_module_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = strcmp(pidone_modules[middle].name, name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}
