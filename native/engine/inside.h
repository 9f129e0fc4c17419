/* What the project needs of the engine's inside: its bytecode, read where it lies. Part of the engine's archive. */
#ifndef PIDONE_ENGINE_INSIDE_H
#define PIDONE_ENGINE_INSIDE_H

#include <quickjs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ── writing: for the build ──────────────────────────────────────────────────────────────────────────────────────── */

/* Modules that are written by one writer share tables of atoms. Their contexts live until the last is written. */
struct bytecode_writer;
struct bytecode_writer *bytecode_writer_begin(JSContext *context);
/* A compiled module, without what only a debugger would ask for; to be js_free()d. NULL: no memory. Atoms that no table
 * has yet go along with it (`complete`), or are for the next table. */
uint8_t *bytecode_write_module(struct bytecode_writer *writer, JSValueConst module, bool complete, size_t *size);
/* The table of the atoms that modules which are not complete used since the last one; to be js_free()d. */
uint8_t *bytecode_write_atoms(struct bytecode_writer *writer, size_t *size);
void bytecode_writer_end(struct bytecode_writer *writer);

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The table of atoms that was written first, once a process, before the runtime has made any other atom. Numbers are
 * kept free for `later` more. False with an exception. */
bool bytecode_read_atoms(JSContext *context, const uint8_t *bytes, size_t length, uint32_t later);
/* The table that was written after it, once a process and at any time. */
bool bytecode_read_later_atoms(JSContext *context, const uint8_t *bytes, size_t length);
/* How many a table has. */
uint32_t bytecode_count_atoms(const uint8_t *bytes, size_t length);
/* A module (JS_TAG_MODULE, not evaluated) or an exception. A complete one is copied. The bytes of others must live as
 * long as the runtime, and are never written to; the table with their atoms was read. */
JSValue bytecode_read_module(JSContext *context, const uint8_t *bytes, size_t length, bool complete);
/* Whether modules of the later table are read where they lie: only if none of its atoms was made before. */
bool bytecode_is_in_place(void);

#endif
