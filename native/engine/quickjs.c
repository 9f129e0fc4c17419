/* The engine's main file as it is, and what needs to see its inside: bytecode that is read where it lies.
 *
 * The engine reads bytecode by copying it and putting numbers of atoms (names) into the copy. It can read it in place
 * where the atoms already have the numbers that were written: so all modules share one table of atoms, which a fresh
 * runtime reads first of all. The functions' line tables stay where they lie too, behind the module's code:
 *
 *     u32 length of the code · code · for each function, outer ones first: length (leb128) · table
 *
 * Names of local variables are left out, as the engine's own stripping does, and columns; line numbers are not. */
#include <quickjs.c>

#include "inside.h"

struct bytecode_writer {
    BCWriterState state;
};

/* What was read: NULL where the numbers are those that were written. */
static JSAtom *moved_atoms;
static uint32_t atom_count;
static bool in_place;

typedef bool function_visitor(JSFunctionBytecode *function, void *opaque);

/* The function of a module and those in it, outer ones first. */
static bool each_function(JSValueConst value, function_visitor *visit, void *opaque) {
    if (JS_VALUE_GET_TAG(value) == JS_TAG_MODULE)
        return each_function(((JSModuleDef *)JS_VALUE_GET_PTR(value))->func_obj, visit, opaque);
    if (JS_VALUE_GET_TAG(value) != JS_TAG_FUNCTION_BYTECODE)
        return true;
    JSFunctionBytecode *function = JS_VALUE_GET_PTR(value);
    if (!visit(function, opaque))
        return false;
    for (int i = 0; i < function->cpool_count; i++)
        if (!each_function(function->cpool[i], visit, opaque))
            return false;
    return true;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool write_first_atoms(BCWriterState *state);

struct bytecode_writer *bytecode_writer_begin(JSContext *context) {
    struct bytecode_writer *writer = js_mallocz(context, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->state.ctx = context;
    writer->state.allow_bytecode = TRUE;
    writer->state.first_atom = JS_ATOM_END;
    js_object_list_init(&writer->state.object_list);
    if (!write_first_atoms(&writer->state)) {
        js_free(context, writer);
        return NULL;
    }
    return writer;
}

/* Those that a context makes before it can read anything have the first numbers. */
static bool write_first_atoms(BCWriterState *state) {
    JSRuntime *fresh = JS_NewRuntime();
    JSContext *raw = fresh == NULL ? NULL : JS_NewContextRaw(fresh);
    if (raw == NULL)
        return false;
    for (uint32_t i = JS_ATOM_END; i < fresh->atom_size && !atom_is_free(fresh->atom_array[i]); i++) {
        const char *name = JS_AtomToCString(raw, i);
        JSAtom atom = name == NULL ? JS_ATOM_NULL : JS_NewAtom(state->ctx, name);
        uint32_t number;
        JS_FreeCString(raw, name);
        if (atom == JS_ATOM_NULL || bc_atom_to_idx(state, &number, atom) != 0)
            return false;
    }
    JS_FreeContext(raw);
    JS_FreeRuntime(fresh);
    return true;
}

/* A table as compute_pc2line_info() of the engine makes it, but for all that is about columns: half of it. */
static bool put_lines(DynBuf *lines, const uint8_t *at, int length) {
    const uint8_t *end = at + length;
    uint32_t first, column, skipped, pc = 0;
    int32_t change, ignored;
    at += get_leb128(&first, at, end);
    at += get_leb128(&column, at, end);
    dbuf_put_leb128(lines, first);
    dbuf_put_leb128(lines, 0);
    while (at < end) {
        unsigned op = *at++;
        if (op == 0) {
            at += get_leb128(&skipped, at, end);
            at += get_sleb128(&change, at, end);
        } else {
            skipped = (op - PC2LINE_OP_FIRST) / PC2LINE_RANGE;
            change = (int32_t)((op - PC2LINE_OP_FIRST) % PC2LINE_RANGE) + PC2LINE_BASE;
        }
        at += get_sleb128(&ignored, at, end);
        pc += skipped;
        if (change == 0)
            continue;
        if (change >= PC2LINE_BASE && change < PC2LINE_BASE + PC2LINE_RANGE && pc <= PC2LINE_DIFF_PC_MAX) {
            dbuf_putc(lines, (uint8_t)((uint32_t)(change - PC2LINE_BASE) + pc * PC2LINE_RANGE + PC2LINE_OP_FIRST));
        } else {
            dbuf_putc(lines, 0);
            dbuf_put_leb128(lines, pc);
            dbuf_put_sleb128(lines, change);
        }
        dbuf_put_sleb128(lines, 0);
        pc = 0;
    }
    return !dbuf_error(lines);
}

/* Moves the line table to the end, and forgets the names of variables. What they held is not given back: the process
 * ends soon. */
static bool strip(JSFunctionBytecode *function, void *opaque) {
    DynBuf *lines = opaque, table;
    js_dbuf_init(function->realm, &table);
    if (function->has_debug && !put_lines(&table, function->debug.pc2line_buf, function->debug.pc2line_len))
        return false;
    dbuf_put_leb128(lines, table.size);
    dbuf_put(lines, table.buf, table.size);
    dbuf_free(&table);
    function->debug.pc2line_len = 0;
    function->vardefs = NULL;
    for (int i = 0; i < function->closure_var_count; i++)
        function->closure_var[i].var_name = JS_ATOM_NULL;
    return !dbuf_error(lines);
}

uint8_t *bytecode_write_module(struct bytecode_writer *writer, JSValueConst module, size_t *size) {
    BCWriterState *state = &writer->state;
    DynBuf lines;
    js_dbuf_init(state->ctx, &lines);
    js_dbuf_init(state->ctx, &state->dbuf);
    dbuf_put_u32(&state->dbuf, 0);
    if (!each_function(module, strip, &lines) || JS_WriteObjectRec(state, module) != 0)
        return NULL;
    put_u32(state->dbuf.buf, state->dbuf.size - sizeof(uint32_t));
    dbuf_put(&state->dbuf, lines.buf, lines.size);
    dbuf_free(&lines);
    if (dbuf_error(&state->dbuf))
        return NULL;
    *size = state->dbuf.size;
    return state->dbuf.buf;
}

uint8_t *bytecode_write_atoms(struct bytecode_writer *writer, size_t *size) {
    BCWriterState *state = &writer->state;
    js_dbuf_init(state->ctx, &state->dbuf);
    if (JS_WriteObjectAtoms(state) != 0)
        return NULL;
    js_object_list_end(state->ctx, &state->object_list);
    js_free(state->ctx, state->atom_to_idx);
    js_free(state->ctx, state->idx_to_atom);
    *size = state->dbuf.size;
    uint8_t *bytes = state->dbuf.buf;
    js_free(state->ctx, writer);
    return bytes;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

bool bytecode_is_in_place(void) {
    return in_place;
}

bool bytecode_read_atoms(JSContext *context, const uint8_t *bytes, size_t length) {
    BCReaderState state = {
        .ctx = context,
        .buf_start = bytes,
        .ptr = bytes,
        .buf_end = bytes + length,
        .allow_bytecode = TRUE,
        .is_rom_data = TRUE,
        .first_atom = JS_ATOM_END,
    };
    if (JS_ReadObjectAtoms(&state) != 0)
        return false;
    /* The atoms themselves are held for ever. */
    atom_count = state.idx_to_atom_count;
    in_place = state.is_rom_data;
    if (in_place)
        js_free(context, state.idx_to_atom);
    else
        moved_atoms = state.idx_to_atom;
    return true;
}

struct line_tables {
    const uint8_t *at, *end;
};

static bool take_lines(JSFunctionBytecode *function, void *opaque) {
    struct line_tables *tables = opaque;
    uint32_t length;
    int size = get_leb128(&length, tables->at, tables->end);
    if (size < 0)
        return false;
    tables->at += size;
    if (tables->end - tables->at < (ptrdiff_t)length)
        return false;
    if (function->has_debug && length > 0) {
        function->debug.pc2line_buf = (uint8_t *)(uintptr_t)tables->at;
        function->debug.pc2line_len = (int)length;
    }
    tables->at += length;
    return true;
}

JSValue bytecode_read_module(JSContext *context, const uint8_t *bytes, size_t length) {
    uint32_t code = length < sizeof code ? 0 : get_u32(bytes);
    if (code == 0 || code > length - sizeof code)
        return JS_ThrowInternalError(context, "the bytecode is torn");
    BCReaderState state = {
        .ctx = context,
        .buf_start = bytes + sizeof code,
        .ptr = bytes + sizeof code,
        .buf_end = bytes + sizeof code + code,
        .allow_bytecode = TRUE,
        .is_rom_data = in_place,
        .first_atom = JS_ATOM_END,
        .idx_to_atom = moved_atoms,
        .idx_to_atom_count = atom_count,
    };
    JSAtom *same = NULL;
    if (in_place) {
        same = js_malloc(context, (atom_count + 1) * sizeof *same);
        if (same == NULL)
            return JS_EXCEPTION;
        for (uint32_t i = 0; i < atom_count; i++)
            same[i] = JS_ATOM_END + i;
        state.idx_to_atom = same;
    }
    JSValue module = JS_ReadObjectRec(&state);
    js_free(context, state.objects);
    js_free(context, same);
    struct line_tables tables = {.at = state.buf_end, .end = bytes + length};
    if (!JS_IsException(module) && !each_function(module, take_lines, &tables)) {
        JS_FreeValue(context, module);
        return JS_ThrowInternalError(context, "the line tables are torn");
    }
    return module;
}
