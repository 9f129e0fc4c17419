/* What went wrong, told in the lines of TypeScript that the operator can look up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode.h"
#include "engine.h"

struct buffer {
    char *text;
    size_t capacity;
    size_t length;
};

static void append(struct buffer *buffer, const char *bytes, size_t length);
static void append_frame(struct buffer *buffer, const char *frame, size_t length);
static void append_value(struct buffer *buffer, JSContext *context, JSValueConst value);

void engine_error_text(JSContext *context, JSValue exception, char *text, size_t capacity) {
    struct buffer buffer = {.text = text, .capacity = capacity};
    text[0] = '\0';
    append_value(&buffer, context, exception);
    JSValue stack = JS_IsObject(exception) ? JS_GetPropertyStr(context, exception, "stack") : JS_UNDEFINED;
    const char *frames = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
    for (const char *line = frames; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        append(&buffer, "\n", 1);
        append_frame(&buffer, line, length);
        line += length + (line[length] == '\n');
    }
    JS_FreeCString(context, frames);
    JS_FreeValue(context, stack);
    JS_FreeValue(context, exception);
    /* Reading them may have failed in its turn (no memory): what counts is told, or not to be had. */
    JS_FreeValue(context, JS_GetException(context));
}

static void append(struct buffer *buffer, const char *bytes, size_t length) {
    size_t room = buffer->capacity - 1 - buffer->length;
    if (length > room)
        length = room;
    memcpy(buffer->text + buffer->length, bytes, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

static void append_value(struct buffer *buffer, JSContext *context, JSValueConst value) {
    if (JS_IsNull(value)) { /* thrown by the engine when there is no memory even for an error */
        append(buffer, "InternalError: out of memory", 28);
        return;
    }
    const char *text = JS_ToCString(context, value);
    if (text == NULL)
        append(buffer, "an error that cannot be told", 28);
    else
        append(buffer, text, strlen(text));
    JS_FreeCString(context, text);
}

/* "    at f (main.js:12:5)" becomes "    at f (src/main.ts:7)"; what is not ours stays as it is. */
static void append_frame(struct buffer *buffer, const char *frame, size_t length) {
    const char *open = memchr(frame, '(', length);
    const char *colon = open == NULL ? NULL : memchr(open, ':', length - (size_t)(open - frame));
    char module[256];
    const char *source;
    unsigned line;
    if (colon != NULL && (size_t)(colon - open) <= sizeof module) {
        size_t name_length = (size_t)(colon - open) - 1;
        memcpy(module, open + 1, name_length);
        module[name_length] = '\0';
        if (pidone_source_line(module, (unsigned)strtoul(colon + 1, NULL, 10), &source, &line)) {
            char place[300];
            int size = snprintf(place, sizeof place, "(%s:%u)", source, line);
            append(buffer, frame, (size_t)(open - frame));
            append(buffer, place, size < 0 ? 0 : strlen(place));
            return;
        }
    }
    append(buffer, frame, length);
}
