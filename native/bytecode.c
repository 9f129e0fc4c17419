#include "bytecode.h"

#include <string.h>

static int module_index(const char *name);
static unsigned next_number(const struct pidone_line_table *table, unsigned *at);
static unsigned unfold(unsigned number);

const struct pidone_module *pidone_module_find(const char *name) {
    int index = module_index(name);
    return index < 0 ? NULL : &pidone_modules[index];
}

bool pidone_source_line(const char *module, unsigned module_line, const char **source, unsigned *line) {
    int index = module_index(module);
    if (index < 0)
        return false;
    /* The last run that begins at or before the line. */
    struct pidone_line_run next = {0}, run = {0};
    for (unsigned at = 0; pidone_next_line_run(&pidone_lines[index], &at, &next) && next.first <= module_line;)
        run = next;
    if (run.first == 0)
        return false;
    *source = pidone_sources[run.source];
    *line = run.line + (module_line - run.first);
    return true;
}

bool pidone_next_line_run(const struct pidone_line_table *table, unsigned *at, struct pidone_line_run *run) {
    if (*at >= table->length)
        return false;
    run->first += next_number(table, at);
    run->line += unfold(next_number(table, at));
    run->source += unfold(next_number(table, at));
    return true;
}

static unsigned next_number(const struct pidone_line_table *table, unsigned *at) {
    unsigned number = 0;
    for (unsigned shift = 0; *at < table->length && shift < 32; shift += 7) {
        unsigned char byte = table->runs[(*at)++];
        number |= (byte & 0x7fu) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

/* 0, 1, 2, 3 … stand for 0, -1, 1, -2 …; what is negative wraps round when it is added. */
static unsigned unfold(unsigned number) {
    return number >> 1 ^ (0u - (number & 1));
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
