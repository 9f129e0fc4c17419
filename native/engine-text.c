/* Text across the border: the world speaks bytes, JavaScript UTF-16. The rule is told at the head of src/host.d.ts. */
#include <stdlib.h>
#include <string.h>

#include "engine.h"

static size_t unescape_in_place(char *text, size_t length, const char *first);
static size_t valid_prefix(const uint8_t *bytes, size_t length);
static size_t sequence_length(const uint8_t *bytes, size_t length);
static bool is_noncharacter(const uint8_t *bytes, size_t count);

struct engine_text engine_text_out(JSContext *context, JSValueConst value) {
    struct engine_text text;
    text.bytes = JS_ToCStringLen(context, &text.length, value);
    if (text.bytes == NULL)
        return text;
    /* The engine writes a lone surrogate as three bytes that begin with 0xED. Where there is one, the bytes are a copy
     * made for this call (only an ASCII string lends its own), so they may be changed in place. */
    const char *first = memchr(text.bytes, 0xed, text.length);
    if (first != NULL)
        text.length = unescape_in_place((char *)(uintptr_t)text.bytes, text.length, first);
    return text;
}

void engine_text_free(JSContext *context, struct engine_text text) {
    if (text.bytes != NULL)
        JS_FreeCString(context, text.bytes);
}

JSValue engine_text_in(JSContext *context, const void *bytes, size_t length) {
    const uint8_t *from = bytes;
    size_t valid = valid_prefix(from, length);
    if (valid == length)
        return JS_NewStringLen(context, bytes, length);

    /* Each byte that is no UTF-8 becomes the three bytes of its surrogate, which the engine reads as it writes it. */
    char *escaped = js_malloc(context, length * 3);
    if (escaped == NULL)
        return JS_EXCEPTION;
    size_t to = 0;
    for (size_t at = 0; at < length;) {
        memcpy(escaped + to, from + at, valid);
        to += valid;
        at += valid;
        if (at == length)
            break;
        escaped[to++] = (char)0xed;
        escaped[to++] = (char)(from[at] < 0xc0 ? 0xb2 : 0xb3);
        escaped[to++] = (char)(0x80 | (from[at] & 0x3f));
        at++;
        valid = valid_prefix(from + at, length - at);
    }
    JSValue value = JS_NewStringLen(context, escaped, to);
    js_free(context, escaped);
    return value;
}

JSValue engine_bytes_in(JSContext *context, const void *bytes, size_t length) {
    JSValue buffer = JS_NewArrayBufferCopy(context, bytes, length);
    if (JS_IsException(buffer))
        return buffer;
    /* The engine looks at offset and length too. */
    JSValueConst arguments[] = {buffer, JS_UNDEFINED, JS_UNDEFINED};
    JSValue array = JS_NewTypedArray(context, 3, arguments, JS_TYPED_ARRAY_UINT8);
    JS_FreeValue(context, buffer);
    return array;
}

const uint8_t *engine_bytes_out(JSContext *context, JSValueConst value, size_t *length) {
    size_t offset, size, whole;
    JSValue buffer = JS_GetTypedArrayBuffer(context, value, &offset, &size, NULL);
    if (JS_IsException(buffer)) {
        JS_FreeValue(context, JS_GetException(context));
        return NULL;
    }
    const uint8_t *bytes = JS_GetArrayBuffer(context, &whole, buffer);
    /* The view keeps its buffer. */
    JS_FreeValue(context, buffer);
    *length = size;
    if (bytes == NULL)
        return size == 0 ? (const uint8_t *)"" : NULL;
    return bytes + offset;
}

/* Turns ED B2 80 … ED B3 BF into the byte each stands for, the other surrogates (ED A0 … ED BF) into U+FFFD; the new
 * length. */
static size_t unescape_in_place(char *text, size_t length, const char *first) {
    const char *end = text + length;
    const char *from = first;
    char *to = text + (first - text);
    while (from < end) {
        const uint8_t *at = (const uint8_t *)from;
        if (at[0] != 0xed || at[1] < 0xa0) {
            const char *next = memchr(from + 1, 0xed, (size_t)(end - from) - 1);
            size_t plain = (size_t)((next == NULL ? end : next) - from);
            memmove(to, from, plain);
            to += plain;
            from += plain;
        } else {
            if (at[1] == 0xb2 || at[1] == 0xb3) {
                *to++ = (char)((at[1] == 0xb2 ? 0x80 : 0xc0) | (at[2] & 0x3f));
            } else {
                memcpy(to, "\xef\xbf\xbd", 3);
                to += 3;
            }
            from += 3;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* How many of the first bytes are UTF-8. */
static size_t valid_prefix(const uint8_t *bytes, size_t length) {
    size_t at = 0;
    while (at < length) {
        uint64_t word;
        while (length - at >= sizeof word) {
            memcpy(&word, bytes + at, sizeof word);
            if ((word & 0x8080808080808080ull) != 0)
                break;
            at += sizeof word;
        }
        size_t step = at < length ? sequence_length(bytes + at, length - at) : 0;
        if (step == 0)
            break;
        at += step;
    }
    return at;
}

/* Bytes of the UTF-8 sequence that begins here, 0 when none does: RFC 3629, no surrogates, nothing overlong. What
 * Unicode says is no character (U+FDD0 to U+FDEF and the last two of each plane) is none here either: systemd's
 * utf8_is_valid() decides which lines of a unit file can be read. */
static size_t sequence_length(const uint8_t *bytes, size_t length) {
    uint8_t first = bytes[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    size_t count = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length < count)
        return 0;
    uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes[1] < lowest || bytes[1] > highest)
        return 0;
    for (size_t i = 2; i < count; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return is_noncharacter(bytes, count) ? 0 : count;
}

static bool is_noncharacter(const uint8_t *bytes, size_t count) {
    if (count == 3 && bytes[0] == 0xef)
        return (bytes[1] == 0xb7 && bytes[2] >= 0x90 && bytes[2] <= 0xaf) || (bytes[1] == 0xbf && bytes[2] >= 0xbe);
    return count == 4 && (bytes[1] & 0x0f) == 0x0f && bytes[2] == 0xbf && bytes[3] >= 0xbe;
}
