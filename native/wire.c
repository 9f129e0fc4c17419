/* Frames: checked once on arrival, then read in place. */
#define WIRE_WANT_KINDS
#include "wire.h"

#include <string.h>

/* Little endian, byte by byte: fields are unaligned. Compilers make one load of it where the machine allows. */
static uint16_t get_u16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t get_u64(const uint8_t *at) {
    return (uint64_t)get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

static void set_u16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void set_u32(uint8_t *at, uint32_t value) {
    set_u16(at, (uint16_t)value);
    set_u16(at + 2, (uint16_t)(value >> 16));
}

static void set_u64(uint8_t *at, uint64_t value) {
    set_u32(at, (uint32_t)value);
    set_u32(at + 4, (uint32_t)(value >> 32));
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *check_length(uint16_t kind, const uint8_t *bytes, uint32_t length) {
    switch (kind) {
    case WIRE_KIND_U32:
    case WIRE_KIND_I32:
        return length == 4 ? NULL : "a 32-bit number does not have 4 bytes";
    case WIRE_KIND_U64:
        return length == 8 ? NULL : "a 64-bit number does not have 8 bytes";
    case WIRE_KIND_TEXT:
        return length > 0 && memchr(bytes, 0, length) == bytes + length - 1 ? NULL
                                                                            : "a text's only NUL is not at its end";
    case WIRE_KIND_TEXTS:
        return length == 0 || bytes[length - 1] == 0 ? NULL : "a list of texts has no NUL at its end";
    case WIRE_KIND_U32S:
        return length % 4 == 0 ? NULL : "a list of 32-bit numbers has a torn one";
    case WIRE_KIND_U64S:
        return length % 8 == 0 ? NULL : "a list of 64-bit numbers has a torn one";
    default:
        return NULL;
    }
}

enum { NO_KIND = 0177 };

static const char *check_fields(const struct wire_frame *frame) {
    const char *kinds = wire_kinds_by_type[frame->type];
    const size_t highest_tag = strlen(kinds);
    uint64_t seen[2] = {0}; /* tags up to 127 */
    for (size_t at = 0; at < frame->length;) {
        if (frame->length - at < WIRE_FIELD_HEADER_BYTES)
            return "torn field header";
        const uint8_t *field = frame->fields + at;
        const uint16_t tag = get_u16(field);
        const uint16_t kind = get_u16(field + 2);
        const uint32_t length = get_u32(field + 4);
        at += WIRE_FIELD_HEADER_BYTES;
        if (length > frame->length - at)
            return "a field is longer than its frame";
        if (tag == 0 || tag > highest_tag || kinds[tag - 1] == NO_KIND)
            return "unknown field";
        if (kind != (uint16_t)kinds[tag - 1])
            return "a field has another kind than it should have";
        if (seen[tag >> 6] & 1ull << (tag & 63))
            return "a field is there twice";
        seen[tag >> 6] |= 1ull << (tag & 63);
        const char *why = check_length(kind, frame->fields + at, length);
        if (why)
            return why;
        at += length;
    }
    return NULL;
}

const char *wire_open(struct wire_frame *frame, const uint8_t *buffer, size_t length) {
    if (length < WIRE_HEADER_BYTES)
        return "shorter than a header";
    if (get_u16(buffer) != WIRE_VERSION)
        return "another version";
    const uint16_t type = get_u16(buffer + 2);
    if (type >= sizeof wire_kinds_by_type / sizeof *wire_kinds_by_type || !wire_kinds_by_type[type])
        return "unknown frame type";
    if (get_u32(buffer + 4) != length)
        return "its length is not what it says";
    *frame = (struct wire_frame){
        .type = type,
        .sequence = get_u32(buffer + 8),
        .acknowledged = get_u32(buffer + 12),
        .fields = buffer + WIRE_HEADER_BYTES,
        .length = length - WIRE_HEADER_BYTES,
    };
    return check_fields(frame);
}

bool wire_next(const struct wire_frame *frame, size_t *at, struct wire_field *field) {
    if (*at >= frame->length)
        return false;
    const uint8_t *bytes = frame->fields + *at;
    *field = (struct wire_field){
        .tag = get_u16(bytes),
        .kind = get_u16(bytes + 2),
        .length = get_u32(bytes + 4),
        .bytes = bytes + WIRE_FIELD_HEADER_BYTES,
    };
    *at += WIRE_FIELD_HEADER_BYTES + field->length;
    return true;
}

struct wire_field wire_find(const struct wire_frame *frame, uint16_t tag) {
    struct wire_field field;
    for (size_t at = 0; wire_next(frame, &at, &field);)
        if (field.tag == tag)
            return field;
    return (struct wire_field){.tag = tag};
}

uint32_t wire_u32(struct wire_field field) {
    return field.bytes ? get_u32(field.bytes) : 0;
}

uint64_t wire_u64(struct wire_field field) {
    return field.bytes ? get_u64(field.bytes) : 0;
}

const char *wire_text(struct wire_field field) {
    return field.bytes ? (const char *)field.bytes : "";
}

const char *wire_next_text(struct wire_field field, size_t *at) {
    if (*at >= field.length)
        return NULL;
    const char *text = (const char *)field.bytes + *at;
    *at += strlen(text) + 1;
    return text;
}

size_t wire_count_texts(struct wire_field field) {
    size_t count = 0;
    for (size_t at = 0; wire_next_text(field, &at);)
        count++;
    return count;
}

uint32_t wire_u32_at(struct wire_field field, size_t i) {
    return get_u32(field.bytes + 4 * i);
}

uint64_t wire_u64_at(struct wire_field field, size_t i) {
    return get_u64(field.bytes + 8 * i);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Room for `length` bytes more, or NULL when they do not fit. */
static uint8_t *grow(struct wire_writer *w, size_t length) {
    if (w->overflow || length > w->capacity - w->length) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *room = w->buffer + w->length;
    w->length += length;
    return room;
}

static uint8_t *put_field(struct wire_writer *w, uint16_t tag, uint16_t kind, size_t length) {
    if (length > UINT32_MAX - WIRE_FIELD_HEADER_BYTES)
        w->overflow = true;
    uint8_t *field = grow(w, WIRE_FIELD_HEADER_BYTES + length);
    if (!field)
        return NULL;
    set_u16(field, tag);
    set_u16(field + 2, kind);
    set_u32(field + 4, (uint32_t)length);
    return field + WIRE_FIELD_HEADER_BYTES;
}

void wire_begin(
    struct wire_writer *w, uint8_t *buffer, size_t capacity, uint16_t type, uint32_t sequence, uint32_t acknowledged) {
    *w = (struct wire_writer){.buffer = buffer, .capacity = capacity};
    uint8_t *header = grow(w, WIRE_HEADER_BYTES);
    if (!header)
        return;
    set_u16(header, WIRE_VERSION);
    set_u16(header + 2, type);
    set_u32(header + 8, sequence);
    set_u32(header + 12, acknowledged);
}

void wire_put_u32(struct wire_writer *w, uint16_t tag, uint32_t value) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_U32, 4);
    if (bytes)
        set_u32(bytes, value);
}

void wire_put_i32(struct wire_writer *w, uint16_t tag, int32_t value) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_I32, 4);
    if (bytes)
        set_u32(bytes, (uint32_t)value);
}

void wire_put_u64(struct wire_writer *w, uint16_t tag, uint64_t value) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_U64, 8);
    if (bytes)
        set_u64(bytes, value);
}

void wire_put_text(struct wire_writer *w, uint16_t tag, const char *text) {
    const size_t length = strlen(text) + 1;
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_TEXT, length);
    if (bytes)
        memcpy(bytes, text, length);
}

void wire_put_bytes(struct wire_writer *w, uint16_t tag, const void *data, size_t length) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_BYTES, length);
    if (bytes && length > 0)
        memcpy(bytes, data, length);
}

void wire_put_u32s(struct wire_writer *w, uint16_t tag, const uint32_t *values, size_t count) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_U32S, 4 * count);
    for (size_t i = 0; bytes && i < count; i++)
        set_u32(bytes + 4 * i, values[i]);
}

void wire_put_u64s(struct wire_writer *w, uint16_t tag, const uint64_t *values, size_t count) {
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_U64S, 8 * count);
    for (size_t i = 0; bytes && i < count; i++)
        set_u64(bytes + 8 * i, values[i]);
}

void wire_put_texts(struct wire_writer *w, uint16_t tag, const char *const *texts) {
    size_t length = 0;
    for (size_t i = 0; texts[i]; i++)
        length += strlen(texts[i]) + 1;
    uint8_t *bytes = put_field(w, tag, WIRE_KIND_TEXTS, length);
    for (size_t i = 0; bytes && texts[i]; i++) {
        const size_t size = strlen(texts[i]) + 1;
        memcpy(bytes, texts[i], size);
        bytes += size;
    }
}

size_t wire_end(struct wire_writer *w) {
    if (w->overflow || w->length > UINT32_MAX)
        return 0;
    set_u32(w->buffer + 4, (uint32_t)w->length);
    return w->length;
}
