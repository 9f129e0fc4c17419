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
    unsigned runs = 0;
    for (unsigned i = 0; i < pidone_module_count; i++) {
        const char *module = pidone_modules[i].name;
        struct pidone_line_run run = {0}, before = {0};
        for (unsigned at = 0; pidone_next_line_run(&pidone_lines[i], &at, &run); before = run, runs++)
            if (run.first <= before.first || !pidone_source_line(module, run.first, &source, &line) ||
                line != run.line || source != pidone_sources[run.source])
                return false;
        if (before.first != 0 &&
            (!pidone_source_line(module, before.first + 7, &source, &line) || line != before.line + 7))
            return false;
    }
    return runs > 1000;
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
