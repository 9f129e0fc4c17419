/* The wire in C: frames of src/wire/schema.ts, read in place and written into a caller's buffer. No allocation.
 * Layout and rules: head comment of src/wire/schema.ts and docs/wire.md. Tags, types and bits: wire-tags.h (generated).
 */
#ifndef PIDONE_WIRE_H
#define PIDONE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire-tags.h"

enum { WIRE_HEADER_BYTES = 16, WIRE_FIELD_HEADER_BYTES = 8, WIRE_INLINE_MAX = 65536 };

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct wire_frame {
    uint16_t type;
    uint32_t sequence;
    uint32_t acknowledged;
    const uint8_t *fields; /* inside the caller's buffer */
    size_t length;         /* bytes of the fields */
};

struct wire_field {
    uint16_t tag;
    uint16_t kind; /* WIRE_KIND_… */
    uint32_t length;
    const uint8_t *bytes; /* unaligned */
};

/* Checks the header and every field's bounds, kind, NUL and tag (known to this type, not repeated), so that what
 * follows needs no check. Returns NULL, or a sentence that says why the frame is refused. */
const char *wire_open(struct wire_frame *frame, const uint8_t *buffer, size_t length);

/* The next field, in the order of the frame; false at the end. Start with *at = 0. */
bool wire_next(const struct wire_frame *frame, size_t *at, struct wire_field *field);

/* The field of this tag, or with length 0 and bytes NULL where it was left out. */
struct wire_field wire_find(const struct wire_frame *frame, uint16_t tag);

uint32_t wire_u32(struct wire_field field); /* 0 where left out; i32 by a cast */
uint64_t wire_u64(struct wire_field field);
const char *wire_text(struct wire_field field); /* "" where left out */

/* Texts one after the other: returns the next one, NULL at the end. Start with *at = 0. */
const char *wire_next_text(struct wire_field field, size_t *at);
size_t wire_count_texts(struct wire_field field);
/* Element i of u32s / u64s; the caller keeps i below length / 4 (8). */
uint32_t wire_u32_at(struct wire_field field, size_t i);
uint64_t wire_u64_at(struct wire_field field, size_t i);

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct wire_writer {
    uint8_t *buffer;
    size_t capacity;
    size_t length;
    bool overflow; /* something did not fit: the frame must not be sent */
};

void wire_begin(
    struct wire_writer *w, uint8_t *buffer, size_t capacity, uint16_t type, uint32_t sequence, uint32_t acknowledged);
void wire_put_u32(struct wire_writer *w, uint16_t tag, uint32_t value);
void wire_put_i32(struct wire_writer *w, uint16_t tag, int32_t value);
void wire_put_u64(struct wire_writer *w, uint16_t tag, uint64_t value);
void wire_put_text(struct wire_writer *w, uint16_t tag, const char *text);
void wire_put_bytes(struct wire_writer *w, uint16_t tag, const void *bytes, size_t length);
void wire_put_u32s(struct wire_writer *w, uint16_t tag, const uint32_t *values, size_t count);
void wire_put_u64s(struct wire_writer *w, uint16_t tag, const uint64_t *values, size_t count);
/* texts as kind WIRE_KIND_TEXTS: NUL-terminated strings of a NULL-terminated vector. */
void wire_put_texts(struct wire_writer *w, uint16_t tag, const char *const *texts);
/* Writes the length into the header; the frame is buffer[0, returned). 0 after an overflow. */
size_t wire_end(struct wire_writer *w);

/* ── sending and receiving over SOCK_SEQPACKET ───────────────────────────────────────────────────────────────────── */

/* Sends one frame without blocking, with up to 4 descriptors; frames above WIRE_INLINE_MAX go through a sealed memfd.
 * 0, or an errno (EAGAIN: try when writable). */
int wire_send(int socket, const uint8_t *frame, size_t length, const int *descriptors, size_t count);

struct wire_message {
    uint8_t *bytes; /* the caller's buffer, or a private mapping */
    size_t length;
    int descriptors[4];
    size_t descriptor_count; /* received for the caller, none when it has no room for all; the rest (at most 253) is
                                closed */
    void *mapping;           /* NULL, or to be freed by wire_free */
    size_t mapping_length;
};

/* Receives one message without blocking into `buffer` (capacity at least WIRE_INLINE_MAX). 1 one message, 0 end of
 * file, or minus an errno (-EAGAIN nothing there; -EBADMSG refused, e.g. truncated or a memfd that is not sealed:
 * descriptors are closed). */
int wire_receive(int socket, uint8_t *buffer, size_t capacity, struct wire_message *message);
void wire_free(struct wire_message *message);

#endif
