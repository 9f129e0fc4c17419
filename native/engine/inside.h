/* What the project needs of the engine's inside: its bytecode, read where it lies. Part of the engine's archive. */
#ifndef PIDONE_ENGINE_INSIDE_H
#define PIDONE_ENGINE_INSIDE_H

#include <quickjs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ── writing: for the build ──────────────────────────────────────────────────────────────────────────────────────── */

/* Modules that are written by one writer share one table of atoms. Their contexts live until the last is written. */
struct bytecode_writer;
struct bytecode_writer *bytecode_writer_begin(JSContext *context);
/* A compiled module, without what only a debugger would ask for; to be js_free()d. NULL: no memory. */
uint8_t *bytecode_write_module(struct bytecode_writer *writer, JSValueConst module, size_t *size);
/* The table of all atoms that the modules use; to be js_free()d. Ends the writer. */
uint8_t *bytecode_write_atoms(struct bytecode_writer *writer, size_t *size);

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The table of atoms, once a process. Of a runtime that has made no other atom yet, modules stay where they are read
 * from, and are never written to; else they are copied. False with an exception. */
bool bytecode_read_atoms(JSContext *context, const uint8_t *bytes, size_t length);
/* A module (JS_TAG_MODULE, not evaluated) or an exception. The bytes must live as long as the runtime. */
JSValue bytecode_read_module(JSContext *context, const uint8_t *bytes, size_t length);
/* Whether modules are read where they lie. */
bool bytecode_is_in_place(void);

#endif
