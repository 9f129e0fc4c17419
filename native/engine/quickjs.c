/* The engine's main file as it is, and what needs to see its inside: bytecode that is read where it lies.
 *
 * The engine reads bytecode by copying it and putting numbers of atoms (names) into the copy. It can read it in place
 * where the atoms already have the numbers that were written: so all modules share one table of atoms, which a fresh
 * runtime reads first of all, and a second one, for which it keeps numbers free. The functions' line tables stay where
 * they lie too, behind the module's code:
 *
 *     atoms of its own · code · for each function, outer ones first: length (leb128) · table
 *
 * A module with atoms of its own is copied: they get the numbers that are free.
 *
 * Names of local variables are left out, as the engine's own stripping does, and columns; line numbers are not. */
#include <quickjs.c>

#include "inside.h"

struct bytecode_writer {
    BCWriterState state;
    int in_tables; /* atoms */
};

/* Atoms of the first table; and of the later one, with their numbers where they are not those that were written. */
static uint32_t first_count, later_count;
static JSAtom *moved_atoms;

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
static bool put_atoms_in_front(BCWriterState *state, int first);

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

uint8_t *bytecode_write_module(struct bytecode_writer *writer, JSValueConst module, bool complete, size_t *size) {
    BCWriterState *state = &writer->state;
    DynBuf lines;
    js_dbuf_init(state->ctx, &lines);
    js_dbuf_init(state->ctx, &state->dbuf);
    if (!each_function(module, strip, &lines) || JS_WriteObjectRec(state, module) != 0 ||
        !put_atoms_in_front(state, complete ? writer->in_tables : state->idx_to_atom_count))
        return NULL;
    if (complete)
        while (state->idx_to_atom_count > writer->in_tables)
            state->atom_to_idx[state->idx_to_atom[--state->idx_to_atom_count] - state->first_atom] = 0;
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
    if (!put_atoms_in_front(state, writer->in_tables))
        return NULL;
    writer->in_tables = state->idx_to_atom_count;
    *size = state->dbuf.size;
    return state->dbuf.buf;
}

void bytecode_writer_end(struct bytecode_writer *writer) {
    BCWriterState *state = &writer->state;
    js_object_list_end(state->ctx, &state->object_list);
    js_free(state->ctx, state->atom_to_idx);
    js_free(state->ctx, state->idx_to_atom);
    js_free(state->ctx, writer);
}

/* A table of the atoms from the place `first` on, before what was written. */
static bool put_atoms_in_front(BCWriterState *state, int first) {
    state->idx_to_atom += first;
    state->idx_to_atom_count -= first;
    bool written = JS_WriteObjectAtoms(state) == 0;
    state->idx_to_atom -= first;
    state->idx_to_atom_count += first;
    return written;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool keep_numbers(JSRuntime *runtime, uint32_t first, uint32_t count);

bool bytecode_is_in_place(void) {
    return moved_atoms == NULL;
}

/* Atoms that are held for ever; state->is_rom_data says whether they have the numbers from `first` on. */
static bool read_table(JSContext *context, const uint8_t *bytes, size_t length, uint32_t first, BCReaderState *state) {
    *state = (BCReaderState){
        .ctx = context,
        .buf_start = bytes,
        .ptr = bytes,
        .buf_end = bytes + length,
        .is_rom_data = TRUE,
        .first_atom = first,
    };
    return JS_ReadObjectAtoms(state) == 0;
}

bool bytecode_read_atoms(JSContext *context, const uint8_t *bytes, size_t length, uint32_t later) {
    BCReaderState state;
    if (!read_table(context, bytes, length, JS_ATOM_END, &state))
        return false;
    first_count = state.idx_to_atom_count;
    later_count = later;
    js_free(context, state.idx_to_atom);
    if (!state.is_rom_data) {
        JS_ThrowInternalError(context, "the engine numbers atoms in another way than when the program was built");
        return false;
    }
    return keep_numbers(context->rt, JS_ATOM_END + first_count, later);
}

/* Takes numbers out of the list of free ones, at whose head they are: nothing was freed yet. */
static bool keep_numbers(JSRuntime *runtime, uint32_t first, uint32_t count) {
    enum { ROOM_FOR_OTHERS = 512 };
    uint32_t end = first + count, size = runtime->atom_size;
    if (end >= size) {
        size = end + ROOM_FOR_OTHERS;
        JSAtomStruct **array = js_realloc_rt(runtime, runtime->atom_array, size * sizeof *array);
        if (array == NULL)
            return false;
        for (uint32_t i = first; i < size; i++)
            array[i] = atom_set_free(i + 1 == size ? 0 : i + 1);
        runtime->atom_array = array;
        runtime->atom_size = size;
    }
    runtime->atom_free_index = end;
    return true;
}

bool bytecode_read_later_atoms(JSContext *context, const uint8_t *bytes, size_t length) {
    JSRuntime *runtime = context->rt;
    uint32_t first = JS_ATOM_END + first_count;
    if (later_count > 0) {
        runtime->atom_array[first + later_count - 1] = atom_set_free(runtime->atom_free_index);
        runtime->atom_free_index = first;
    }
    BCReaderState state;
    if (!read_table(context, bytes, length, first, &state))
        return false;
    if (state.is_rom_data)
        js_free(context, state.idx_to_atom);
    else
        moved_atoms = state.idx_to_atom;
    return true;
}

uint32_t bytecode_count_atoms(const uint8_t *bytes, size_t length) {
    uint32_t count;
    return length == 0 || get_leb128(&count, bytes + 1, bytes + length) < 0 ? 0 : count;
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

/* Numbers below state->first_atom are taken as they are: of the first table, and of the later one if it is in place. */
JSValue bytecode_read_module(JSContext *context, const uint8_t *bytes, size_t length, bool complete) {
    BCReaderState state;
    if (!read_table(context, bytes, length, 0, &state))
        return JS_EXCEPTION;
    JSAtom *own = state.idx_to_atom;
    const uint32_t own_count = state.idx_to_atom_count;
    const bool moved = !complete && moved_atoms != NULL;
    state.allow_bytecode = TRUE;
    state.is_rom_data = !complete && !moved;
    state.first_atom = JS_ATOM_END + first_count + (state.is_rom_data ? later_count : 0);
    if (moved) {
        state.idx_to_atom = moved_atoms;
        state.idx_to_atom_count = later_count;
    }
    JSValue module = JS_ReadObjectRec(&state);
    js_free(context, state.objects);
    for (uint32_t i = 0; i < own_count; i++)
        JS_FreeAtom(context, own[i]);
    js_free(context, own);
    if (JS_IsException(module))
        return module;

    struct line_tables tables = {.at = state.ptr, .end = bytes + length};
    if (complete) {
        size_t rest = (size_t)(tables.end - tables.at);
        uint8_t *lines = js_malloc(context, rest + 1); /* as long as the functions, which is for ever */
        if (lines == NULL)
            return JS_EXCEPTION;
        tables.at = memcpy(lines, tables.at, rest);
        tables.end = lines + rest;
    }
    if (!each_function(module, take_lines, &tables))
        return JS_ThrowInternalError(context, "the line tables are torn");
    return module;
}
