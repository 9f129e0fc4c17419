/* The two protocols that programs log by, taken apart as journald does it (journald-syslog.c, journald-native.c). */
#include "log-entry.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEPARATOR = 0x1e, DEFAULT_PRIORITY = 1 << 3 | 6 /* user.info */, NAME_MAX_BYTES = 64 };

struct out {
    char *at, *end;
};

static void put_text(struct out *out, const char *text, size_t length);
static void put_message(struct out *out, const char *text, size_t length);
static void put_field(struct out *out, const char *name, const char *value, size_t length);
static void put_number(struct out *out, const char *name, unsigned value);
static void put_sender(struct out *out, const struct log_datagram *datagram, const char *transport);
static bool is_blank(char c);
static void read_syslog(const struct log_datagram *datagram, struct out *out, struct log_entry *entry);
static bool read_native(const struct log_datagram *datagram, size_t *at, struct out *out, struct log_entry *entry);

bool log_entry_next(
    const struct log_datagram *datagram, size_t *at, char *buffer, size_t capacity, struct log_entry *entry) {
    struct out out = {.at = buffer, .end = buffer + capacity};
    *entry = (struct log_entry){.priority = 6, .message = "", .payload = buffer};
    if (datagram->native) {
        if (!read_native(datagram, at, &out, entry))
            return false;
    } else {
        if (*at > 0 || datagram->length == 0)
            return false;
        *at = datagram->length;
        read_syslog(datagram, &out, entry);
    }
    entry->length = (size_t)(out.at - buffer);
    return true;
}

bool log_read_priority(const char **text, const char *end, bool with_facility, unsigned *priority) {
    const char *at = *text;
    if (end - at < 3 || *at != '<')
        return false;
    unsigned value = 0;
    size_t digits = 0;
    for (at++; at < end && digits < 4 && *at >= '0' && *at <= '9'; digits++)
        value = value * 10 + (unsigned)(*at++ - '0');
    if (digits < 1 || digits > 3 || at == end || *at != '>' || (!with_facility && value > 7))
        return false;
    *priority = value;
    *text = at + 1;
    return true;
}

size_t log_entry_of_stream(char *buffer, size_t capacity, const char *line, size_t length,
    const struct log_datagram *sender, const char *identifier, unsigned priority) {
    struct out out = {.at = buffer, .end = buffer + capacity};
    put_message(&out, line, length);
    put_sender(&out, sender, "stdout");
    if (*identifier)
        put_field(&out, "SYSLOG_IDENTIFIER", identifier, strlen(identifier));
    if (priority >> 3)
        put_number(&out, "SYSLOG_FACILITY", priority >> 3);
    return (size_t)(out.at - buffer);
}

void log_read_comm(uint32_t pid, char comm[LOG_COMM_BYTES]) {
    char text[LOG_COMM_BYTES + 16];
    snprintf(text, sizeof text, "/proc/%u/comm", pid);
    const int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    const ssize_t length = read(file, text, sizeof text);
    close(file);
    if (length <= 1 || length > LOG_COMM_BYTES)
        return;
    memcpy(comm, text, (size_t)length);
    comm[length - 1] = '\0'; /* in place of the newline */
}

size_t log_stripped(const char *line, size_t length) {
    size_t left = length;
    while (left > 0 && is_blank(line[left - 1]))
        left--;
    return left > 0 ? left : length;
}

/* ── syslog ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* `Nov 25 20:31:00 ` */
static const char *skip_timestamp(const char *text, const char *end) {
    static const char shape[] = "aaa 00 00:00:00 ";
    const char *at = text;
    for (const char *wanted = shape; *wanted; wanted++, at++) {
        if (at == end)
            return text;
        const unsigned char c = (unsigned char)*at;
        const bool may_be_blank = wanted == shape + 4 || wanted == shape + 7;
        if (*wanted == 'a' ? !isalpha(c) : *wanted == '0' ? !(isdigit(c) || (may_be_blank && c == ' ')) : c != *wanted)
            return text;
    }
    return at;
}

static void read_syslog(const struct log_datagram *datagram, struct out *out, struct log_entry *entry) {
    const char *at = datagram->bytes, *end = at + datagram->length;
    while (end > at && (is_blank(end[-1]) || end[-1] == '\0'))
        end--;
    while (at < end && is_blank(*at))
        at++;
    unsigned priority = DEFAULT_PRIORITY;
    log_read_priority(&at, end, true, &priority);
    at = skip_timestamp(at, end);

    /* `name[pid]: ` */
    while (at < end && is_blank(*at))
        at++;
    const char *word = at, *stop = at;
    while (stop < end && !is_blank(*stop))
        stop++;
    size_t name = 0, pid = 0, pid_at = 0;
    if (stop > word && stop[-1] == ':') {
        name = (size_t)(stop - 1 - word);
        const char *open = name > 0 && word[name - 1] == ']' ? memrchr(word, '[', name) : NULL;
        if (open) {
            pid_at = (size_t)(open + 1 - word);
            pid = name - 1 - pid_at;
            name = (size_t)(open - word);
        }
        at = stop < end ? stop + 1 : stop;
    }

    entry->priority = (int)(priority & 7);
    entry->message = at;
    entry->message_length = (size_t)(end - at);
    put_message(out, at, entry->message_length);
    put_sender(out, datagram, "syslog");
    if (name)
        put_field(out, "SYSLOG_IDENTIFIER", word, name);
    if (pid)
        put_field(out, "SYSLOG_PID", word + pid_at, pid);
    if (priority >> 3)
        put_number(out, "SYSLOG_FACILITY", priority >> 3);
}

/* ── the journal's own ───────────────────────────────────────────────────────────────────────────────────────────── */

/* A field that a program may set: what begins with an underscore is journald's. */
static bool is_name(const char *name, size_t length) {
    if (length == 0 || length > NAME_MAX_BYTES || name[0] == '_' || (name[0] >= '0' && name[0] <= '9'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!((name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_'))
            return false;
    return true;
}

struct field {
    const char *name, *value;
    size_t name_length, length;
};

/* 1: a field; 0: the end of an entry; -1: of all. */
static int next_field(const struct log_datagram *datagram, size_t *at, struct field *field) {
    for (;;) {
        const size_t left = datagram->length - *at;
        if (left == 0)
            return -1;
        const char *line = datagram->bytes + *at;
        const char *newline = memchr(line, '\n', left);
        const size_t length = newline ? (size_t)(newline - line) : left;
        *at += length + (newline != NULL);
        if (length == 0)
            return 0;
        if (line[0] == '.' || line[0] == '#')
            continue;
        const char *equals = memchr(line, '=', length);
        *field = (struct field){.name = line, .name_length = equals ? (size_t)(equals - line) : length};
        if (equals) {
            field->value = equals + 1;
            field->length = length - field->name_length - 1;
            return 1;
        }
        /* A value of any bytes: its length in 8, then itself and a newline. */
        uint64_t bytes = 0;
        if (datagram->length - *at < 9)
            return -1;
        for (unsigned i = 0; i < 8; i++)
            bytes |= (uint64_t)(unsigned char)datagram->bytes[*at + i] << 8 * i;
        *at += 8;
        if (bytes >= datagram->length - *at)
            return -1;
        field->value = datagram->bytes + *at;
        field->length = (size_t)bytes;
        *at += field->length + 1;
        return 1;
    }
}

static bool has_name(const struct field *field, const char *name) {
    return field->name_length == strlen(name) && memcmp(field->name, name, field->name_length) == 0;
}

static bool read_native(const struct log_datagram *datagram, size_t *at, struct out *out, struct log_entry *entry) {
    /* The message stands first: the fields are gone through twice. */
    struct field field;
    size_t first = *at, count = 0;
    int got;
    while ((got = next_field(datagram, at, &field)) == 1 || (got == 0 && count == 0)) {
        if (got == 0) {
            first = *at;
            continue;
        }
        count++;
        if (has_name(&field, "MESSAGE")) {
            entry->message = field.value;
            entry->message_length = field.length;
        } else if (has_name(&field, "PRIORITY") && field.length == 1 && *field.value >= '0' && *field.value <= '7') {
            entry->priority = *field.value - '0';
        } else if (has_name(&field, "SYSLOG_FACILITY") && field.length > 0 && field.length <= 3) {
            for (size_t i = 0; i < field.length; i++)
                entry->facility = entry->facility * 10 + (unsigned)(field.value[i] - '0') % 10;
        } else if (has_name(&field, "SYSLOG_IDENTIFIER")) {
            entry->identifier = field.value;
            entry->identifier_length = field.length;
        }
    }
    if (count == 0)
        return false;
    put_message(out, entry->message, entry->message_length);
    put_sender(out, datagram, "journal");
    for (size_t again = first; next_field(datagram, &again, &field) == 1;) {
        if (!is_name(field.name, field.name_length) || has_name(&field, "MESSAGE") || has_name(&field, "PRIORITY"))
            continue;
        char name[NAME_MAX_BYTES + 1];
        memcpy(name, field.name, field.name_length);
        name[field.name_length] = '\0';
        put_field(out, name, field.value, field.length);
    }
    return true;
}

/* ── payload ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void put_text(struct out *out, const char *text, size_t length) {
    for (size_t i = 0; i < length && out->end - out->at >= 2; i++) {
        const char c = text[i];
        const char escaped = c == '\\' ? '\\' : c == '\n' ? 'n' : c == SEPARATOR ? 'e' : '\0';
        if (escaped)
            *out->at++ = '\\';
        *out->at++ = escaped ? escaped : c;
    }
}

/* What is long is cut, so that there is room for who said it, and under which name. */
static void put_message(struct out *out, const char *text, size_t length) {
    enum { FOR_FIELDS = 4096 };
    struct out part = *out;
    if (part.end - part.at > 2 * FOR_FIELDS)
        part.end -= FOR_FIELDS;
    put_text(&part, text, length);
    out->at = part.at;
}

/* A whole field, or none: only the message is cut. */
static void put_field(struct out *out, const char *name, const char *value, size_t length) {
    if ((size_t)(out->end - out->at) < strlen(name) + 2 + 2 * length)
        return;
    *out->at++ = SEPARATOR;
    for (; *name; name++)
        *out->at++ = *name;
    *out->at++ = '=';
    put_text(out, value, length);
}

static void put_number(struct out *out, const char *name, unsigned value) {
    char digits[16];
    const int length = snprintf(digits, sizeof digits, "%u", value);
    put_field(out, name, digits, (size_t)length);
}

/* What the kernel says is before what the program says. */
static void put_sender(struct out *out, const struct log_datagram *datagram, const char *transport) {
    char comm[LOG_COMM_BYTES] = "";
    if (datagram->comm)
        memcpy(comm, datagram->comm, sizeof comm);
    log_read_comm(datagram->pid, comm);
    put_field(out, "_TRANSPORT", transport, strlen(transport));
    if (*comm)
        put_field(out, "_COMM", comm, strlen(comm));
    put_number(out, "_UID", datagram->uid);
    put_number(out, "_GID", datagram->gid);
}
