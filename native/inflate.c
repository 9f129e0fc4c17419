#include "inflate.h"

#include <string.h>

enum {
    LONGEST_CODE = 15,
    LITERALS = 288, /* bytes, the end, lengths of copies; 286 and 287 stand for nothing */
    DISTANCES = 30,
    LENGTH_CODES = 19,
    END_OF_BLOCK = 256,
};

struct stream {
    const unsigned char *at, *end;
    unsigned bits, bit_count; /* taken from `at`, not used yet */
    bool torn;
    unsigned char *out;
    size_t made, length;
};

/* Codes of a length are numbers in a row: how many there are of each, and what they stand for, shorter ones first. */
struct code {
    unsigned short counts[LONGEST_CODE + 1];
    unsigned short symbols[LITERALS];
};

static bool stored_block(struct stream *stream);
static bool fixed_block(struct stream *stream);
static bool dynamic_block(struct stream *stream);
static bool read_codes(struct stream *stream, unsigned char *lengths, unsigned wanted);
static bool copy_block(struct stream *stream, const struct code *literals, const struct code *distances);
static bool make_code(struct code *code, const unsigned char *lengths, unsigned count);
static unsigned symbol(struct stream *stream, const struct code *code);
static unsigned take(struct stream *stream, unsigned count);

bool inflate_into(unsigned char *out, size_t length, const unsigned char *packed, size_t packed_length) {
    struct stream stream = {.at = packed, .end = packed + packed_length, .out = out, .length = length};
    for (;;) {
        bool is_last = take(&stream, 1) != 0;
        bool good = false;
        switch (take(&stream, 2)) {
        case 0:
            good = stored_block(&stream);
            break;
        case 1:
            good = fixed_block(&stream);
            break;
        case 2:
            good = dynamic_block(&stream);
            break;
        }
        if (!good || stream.torn)
            return false;
        if (is_last)
            return stream.made == length;
    }
}

static bool stored_block(struct stream *stream) {
    stream->bits = stream->bit_count = 0; /* it begins at a whole byte, and no more than one was taken */
    unsigned count = take(stream, 16), inverse = take(stream, 16);
    if (stream->torn || (count ^ inverse) != 0xffff || count > (size_t)(stream->end - stream->at) ||
        count > stream->length - stream->made)
        return false;
    memcpy(stream->out + stream->made, stream->at, count);
    stream->at += count;
    stream->made += count;
    return true;
}

static bool fixed_block(struct stream *stream) {
    unsigned char lengths[LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 256 - 144);
    memset(lengths + 256, 7, 280 - 256);
    memset(lengths + 280, 8, LITERALS - 280);
    struct code literals, distances;
    if (!make_code(&literals, lengths, LITERALS))
        return false;
    memset(lengths, 5, DISTANCES);
    return make_code(&distances, lengths, DISTANCES) && copy_block(stream, &literals, &distances);
}

static bool dynamic_block(struct stream *stream) {
    unsigned literal_count = take(stream, 5) + 257, distance_count = take(stream, 5) + 1;
    unsigned char lengths[LITERALS + 32];
    if (literal_count > 286 || distance_count > DISTANCES ||
        !read_codes(stream, lengths, literal_count + distance_count))
        return false;
    struct code literals, distances;
    return lengths[END_OF_BLOCK] != 0 && make_code(&literals, lengths, literal_count) &&
           make_code(&distances, lengths + literal_count, distance_count) && copy_block(stream, &literals, &distances);
}

/* The lengths of the codes of a block, which are packed themselves. */
static bool read_codes(struct stream *stream, unsigned char *lengths, unsigned wanted) {
    static const unsigned char order[LENGTH_CODES] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    unsigned char own[LENGTH_CODES] = {0};
    unsigned count = take(stream, 4) + 4;
    for (unsigned i = 0; i < count; i++)
        own[order[i]] = (unsigned char)take(stream, 3);
    struct code code;
    if (!make_code(&code, own, LENGTH_CODES))
        return false;
    for (unsigned made = 0; made < wanted;) {
        unsigned length = symbol(stream, &code), repeats = 1;
        if (stream->torn)
            return false;
        if (length == 16) {
            if (made == 0)
                return false;
            length = lengths[made - 1];
            repeats = 3 + take(stream, 2);
        } else if (length > 16) {
            repeats = length == 17 ? 3 + take(stream, 3) : 11 + take(stream, 7);
            length = 0;
        }
        if (repeats > wanted - made)
            return false;
        memset(lengths + made, (int)length, repeats);
        made += repeats;
    }
    return true;
}

/* Bytes, and copies of what was made before, until the block's end. */
static bool copy_block(struct stream *stream, const struct code *literals, const struct code *distances) {
    for (;;) {
        unsigned literal = symbol(stream, literals);
        if (stream->torn)
            return false;
        if (literal == END_OF_BLOCK)
            return true;
        if (literal < END_OF_BLOCK) {
            if (stream->made == stream->length)
                return false;
            stream->out[stream->made++] = (unsigned char)literal;
            continue;
        }
        unsigned step = literal - 257, count = step + 3;
        if (step == 28) {
            count = 258;
        } else if (step > 28) {
            return false;
        } else if (step >= 8) {
            unsigned extra = step / 4 - 1;
            count = ((4 + step % 4) << extra) + 3 + take(stream, extra);
        }
        unsigned place = symbol(stream, distances), distance = place + 1;
        if (place >= 4) {
            unsigned extra = place / 2 - 1;
            distance = ((2 + place % 2) << extra) + 1 + take(stream, extra);
        }
        if (stream->torn || distance > stream->made || count > stream->length - stream->made)
            return false;
        /* It may overlap what it makes: byte by byte. */
        for (; count > 0; count--, stream->made++)
            stream->out[stream->made] = stream->out[stream->made - distance];
    }
}

/* False: more codes than there is room for. */
static bool make_code(struct code *code, const unsigned char *lengths, unsigned count) {
    memset(code->counts, 0, sizeof code->counts);
    for (unsigned i = 0; i < count; i++)
        code->counts[lengths[i]]++;
    code->counts[0] = 0;
    unsigned short places[LONGEST_CODE + 2] = {0};
    int room = 1;
    for (unsigned length = 1; length <= LONGEST_CODE; length++) {
        room = room * 2 - code->counts[length];
        if (room < 0)
            return false;
        places[length + 1] = (unsigned short)(places[length] + code->counts[length]);
    }
    for (unsigned i = 0; i < count; i++)
        if (lengths[i] != 0)
            code->symbols[places[lengths[i]]++] = (unsigned short)i;
    return true;
}

/* The next symbol; torn, and 0, where no code begins like this. */
static unsigned symbol(struct stream *stream, const struct code *code) {
    unsigned number = 0, first = 0, before = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++) {
        number |= take(stream, 1);
        unsigned count = code->counts[length];
        if (number < first + count)
            return code->symbols[before + (number - first)];
        before += count;
        first = (first + count) << 1;
        number <<= 1;
    }
    stream->torn = true;
    return 0;
}

/* At most 16 bits, the low ones first; zeros, and torn, behind the end. */
static unsigned take(struct stream *stream, unsigned count) {
    while (stream->bit_count < count) {
        if (stream->at == stream->end) {
            stream->torn = true;
            return 0;
        }
        stream->bits |= (unsigned)*stream->at++ << stream->bit_count;
        stream->bit_count += 8;
    }
    unsigned taken = stream->bits & ((1u << count) - 1);
    stream->bits >>= count;
    stream->bit_count -= count;
    return taken;
}
