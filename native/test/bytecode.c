/* native/bytecode.c, with the tables of this build. */
#include "../bytecode.h"

#include <stdio.h>
#include <string.h>

static int failures, number;

static void result(bool good, const char *title) {
    printf("%sok %d - bytecode: %s\n", good ? "" : "not ", ++number, title);
    failures += good ? 0 : 1;
}

static bool every_module_is_found(void) {
    for (unsigned i = 0; i < pidone_module_count; i++)
        if (pidone_module_find(pidone_modules[i].name) != &pidone_modules[i] || pidone_modules[i].length == 0)
            return false;
    return pidone_module_count > 0;
}

static bool every_run_is_found(void) {
    const char *source;
    unsigned line;
    for (unsigned i = 0; i < pidone_module_count; i++)
        for (unsigned j = 0; j < pidone_lines[i].count; j++) {
            const struct pidone_line_run *run = &pidone_lines[i].runs[j];
            if (!pidone_source_line(pidone_modules[i].name, run->first, &source, &line) || line != run->line ||
                source != pidone_sources[run->source])
                return false;
            bool last = j + 1 == pidone_lines[i].count;
            if (last &&
                (!pidone_source_line(pidone_modules[i].name, run->first + 7, &source, &line) || line != run->line + 7))
                return false;
        }
    return true;
}

int main(void) {
    puts("TAP version 13");
    const char *source = "untouched";
    unsigned line = 7;
    result(every_module_is_found(), "every module of the table is found by its name");
    result(pidone_module_find("main.js") != NULL, "main.js is one of them");
    result(pidone_module_find("") == NULL && pidone_module_find("__proto__") == NULL && pidone_module_find("~") == NULL,
        "a name that is not in the table is found nowhere");
    result(every_run_is_found(), "a line maps to its run's source, and on from the run's first line");
    result(!pidone_source_line("main.js", 0, &source, &line) && !pidone_source_line("other.js", 1, &source, &line) &&
               strcmp(source, "untouched") == 0 && line == 7,
        "a line of no run and of no module of ours maps to nothing");
    printf("1..%d\n", number);
    return failures == 0 ? 0 : 1;
}
