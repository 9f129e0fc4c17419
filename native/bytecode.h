/*
 * The program's TypeScript as it lies in the binary: bytecode by module, and where each line came from. The tables are
 * made by scripts/build.ts (build/gen/bytecode.c and build/gen/lines.c); bytecode.c here looks things up in them.
 */
#ifndef PIDONE_BYTECODE_H
#define PIDONE_BYTECODE_H

#include <stdbool.h>

/*
 * A module: its name is the path below src/ with .js ("main.js", "ctl/serve.js"), or that of a part which several share
 * ("chunk-2XQ7B3NK.js"); its code is what bytecode_read_module() of engine/inside.h takes. Modules name each
 * other relative to themselves ("../chunk-2XQ7B3NK.js"): the engine's default normalizer makes that the name in the
 * table.
 */
struct pidone_module {
    const char *name;
    const unsigned char *code;
    unsigned length;
    /* Of what few boots need: `code` is packed in so many bytes, and is a complete module. Else 0. */
    unsigned packed;
    /* Not complete: it needs the table of later atoms. */
    bool later;
};

/* Sorted by name. */
extern const struct pidone_module pidone_modules[];
extern const unsigned pidone_module_count;

/* Names, for bytecode_read_atoms() and bytecode_read_later_atoms(). */
extern const unsigned char pidone_atoms[], pidone_later_atoms[];
extern const unsigned pidone_atoms_length, pidone_later_atoms_length;

/* Version of the engine, e.g. "2025-04-26". */
extern const char pidone_engine_version[];

/*
 * Where the lines of a module came from, in runs: from bundle line `first` on (1 is the first line), until the next run
 * begins, line first + n is line `line` + n of `pidone_sources[source]`. Lines that the bundler made up are in no run
 * of their own and count to the one before. Sorted by `first`.
 */
struct pidone_line_run {
    unsigned first;
    unsigned line;
    unsigned source;
};

/*
 * The runs of a module, each as its differences from the one before (the first from zeros): first, line and source, the
 * latter two zigzag, as bytes of seven bits, low ones first, the last without its high bit. Only a backtrace reads
 * them.
 */
struct pidone_line_table {
    const unsigned char *runs;
    unsigned length;
};

/* Goes from a run to the next one; false at the end of the table. Begin with zeros and `at` 0. */
bool pidone_next_line_run(const struct pidone_line_table *table, unsigned *at, struct pidone_line_run *run);

/* One for each entry of pidone_modules, in the same order. */
extern const struct pidone_line_table pidone_lines[];
/* Paths relative to the project's folder: "src/main.ts". */
extern const char *const pidone_sources[];

/* The module of that name, or NULL. */
const struct pidone_module *pidone_module_find(const char *name);

/*
 * Maps a line of a module, as a backtrace of the engine tells it, to the TypeScript line. False, and nothing is
 * written, when the module is not ours or the line lies before its first run.
 */
bool pidone_source_line(const char *module, unsigned module_line, const char **source, unsigned *line);

#endif
