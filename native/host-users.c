/* Users and groups for TypeScript, from /etc/passwd and /etc/group. Read by ourselves and not by libc: its functions
 * would wait for whatever these paths may be in somebody's image, and ask a network. Nothing is kept: an image may add
 * users while it runs. */
#include <stdlib.h>
#include <string.h>

#include "host.h"

enum { DATABASE_MAX = 16 * 1024 * 1024, PASSWD_FIELDS = 7, GROUP_FIELDS = 4 };

struct field {
    const char *bytes;
    size_t length;
};

static JSValue user(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue group(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue groups_of(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("user", 1, user),
    JS_CFUNC_DEF("group", 1, group),
    JS_CFUNC_DEF("groupsOf", 2, groups_of),
};

void host_add_users(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

/* The next line's fields; false at the end. A line with too few, or an id that is no number, is passed over as libc
 * does. */
static bool next_line(const char **at, const char *end, struct field *fields, size_t count) {
    while (*at < end) {
        const char *line = *at;
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *line_end = newline == NULL ? end : newline;
        *at = newline == NULL ? end : newline + 1;
        size_t found = 0;
        while (found < count) {
            const char *colon = memchr(line, ':', (size_t)(line_end - line));
            const char *field_end = colon == NULL || found + 1 == count ? line_end : colon;
            fields[found++] = (struct field){line, (size_t)(field_end - line)};
            if (field_end == line_end)
                break;
            line = field_end + 1;
        }
        if (found == count && fields[0].length > 0)
            return true;
    }
    return false;
}

static bool parse_id(struct field field, uint32_t *id) {
    uint64_t value = 0;
    if (field.length == 0 || field.length > 10)
        return false;
    for (size_t i = 0; i < field.length; i++) {
        if (field.bytes[i] < '0' || field.bytes[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(field.bytes[i] - '0');
    }
    /* 2^32-1 means "none" to the kernel. */
    if (value >= UINT32_MAX)
        return false;
    *id = (uint32_t)value;
    return true;
}

static bool equals(struct field field, const char *bytes, size_t length) {
    return field.length == length && memcmp(field.bytes, bytes, length) == 0;
}

/* Finds the line whose name or, where the word is a number, whose id it is. The text is to be freed when true. */
static bool find(
    const char *path, struct engine_text word, struct field *fields, size_t count, uint32_t *id, char **text) {
    size_t length;
    int error;
    uint32_t wanted = 0, found;
    bool by_id = parse_id((struct field){word.bytes, word.length}, &wanted);
    *text = host_read_file(path, DATABASE_MAX, &length, &error);
    if (*text == NULL)
        return false;
    const char *at = *text;
    while (next_line(&at, *text + length, fields, count)) {
        if (!parse_id(fields[2], &found))
            continue;
        if (by_id ? found == wanted : equals(fields[0], word.bytes, word.length)) {
            *id = found;
            return true;
        }
    }
    free(*text);
    *text = NULL;
    return false;
}

static void put_field(JSContext *c, JSValueConst object, const char *name, struct field field) {
    JS_DefinePropertyValueStr(c, object, name, engine_text_in(c, field.bytes, field.length), JS_PROP_C_W_E);
}

static void put_id(JSContext *c, JSValueConst object, const char *name, uint32_t id) {
    JS_DefinePropertyValueStr(c, object, name, JS_NewInt64(c, id), JS_PROP_C_W_E);
}

static JSValue user(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text word = engine_text_out(c, argv[0]);
    if (word.bytes == NULL)
        return JS_EXCEPTION;
    struct field fields[PASSWD_FIELDS];
    uint32_t uid, gid;
    char *text;
    JSValue value = JS_UNDEFINED;
    if (find("/etc/passwd", word, fields, PASSWD_FIELDS, &uid, &text)) {
        if (parse_id(fields[3], &gid)) {
            value = JS_NewObject(c);
            put_field(c, value, "name", fields[0]);
            put_id(c, value, "uid", uid);
            put_id(c, value, "gid", gid);
            put_field(c, value, "home", fields[5]);
            put_field(c, value, "shell", fields[6]);
        }
        free(text);
    }
    engine_text_free(c, word);
    return value;
}

static JSValue group(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    struct engine_text word = engine_text_out(c, argv[0]);
    if (word.bytes == NULL)
        return JS_EXCEPTION;
    struct field fields[GROUP_FIELDS];
    uint32_t gid;
    char *text;
    JSValue value = JS_UNDEFINED;
    if (find("/etc/group", word, fields, GROUP_FIELDS, &gid, &text)) {
        value = JS_NewObject(c);
        put_field(c, value, "name", fields[0]);
        put_id(c, value, "gid", gid);
        free(text);
    }
    engine_text_free(c, word);
    return value;
}

static bool lists(struct field members, struct engine_text name) {
    const char *at = members.bytes, *end = members.bytes + members.length;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma == NULL ? end : comma;
        if (equals((struct field){at, (size_t)(stop - at)}, name.bytes, name.length))
            return true;
        at = stop + 1;
    }
    return false;
}

static JSValue groups_of(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    int64_t primary;
    if (JS_ToInt64(c, &primary, argv[1]) < 0)
        return JS_EXCEPTION;
    struct engine_text name = engine_text_out(c, argv[0]);
    if (name.bytes == NULL)
        return JS_EXCEPTION;
    JSValue list = JS_NewArray(c);
    uint32_t count = 0, gid;
    JS_DefinePropertyValueUint32(c, list, count++, JS_NewInt64(c, primary), JS_PROP_C_W_E);
    size_t length;
    int error;
    char *text = host_read_file("/etc/group", DATABASE_MAX, &length, &error);
    const char *at = text;
    struct field fields[GROUP_FIELDS];
    while (text != NULL && next_line(&at, text + length, fields, GROUP_FIELDS))
        if (parse_id(fields[2], &gid) && gid != primary && lists(fields[3], name))
            JS_DefinePropertyValueUint32(c, list, count++, JS_NewInt64(c, gid), JS_PROP_C_W_E);
    free(text);
    engine_text_free(c, name);
    return list;
}
