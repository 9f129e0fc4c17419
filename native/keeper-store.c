/* The unit's descriptor store (FDSTORE=1): a notification may bring a descriptor that is kept for the next ExecStart=
 * of the unit, by init. This keeper has copies, to hand them over, and to see who hangs up. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper.h"
#include "store.h"

enum { KCMP_FILE = 0 }; /* of linux/kcmp.h, which musl has not */

static CHANGING uint32_t most, from;
static CHANGING uint32_t last_number;

static void take_access(const char *text, size_t length);
static void add(int descriptor, bool poll, const char *name);
static bool is_stored(int descriptor);
static void remove_named(const char *name);
static void tell_init(struct wire_writer *frame, const int *descriptor);
static void tell_removed(uint32_t number);
static void tell_count(void);
static bool find_field(const char *text, size_t length, const char *field, char *value);

void store_begin(uint32_t max, uint32_t senders) {
    most = max;
    from = senders;
    for (size_t i = 0; i < store_size(); i++) {
        if (store_at(i)->number > last_number)
            last_number = store_at(i)->number;
    }
    if (store_size() > 0 || most > 0)
        tell_count(); /* the manager's number may be from before somebody was killed */
}

void store_take(uint32_t sender, const char *text, size_t length, int *descriptors, size_t count) {
    if (keeper.released || !(from & 1u << sender) || memchr(text, '\0', length))
        return;
    take_access(text, length);
    char name[STORE_NAME_BYTES] = "";
    bool named = find_field(text, length, "FDNAME=", name);
    if (find_field(text, length, "FDSTOREREMOVE=1\n", NULL)) {
        if (named)
            remove_named(name);
        return;
    }
    if (!find_field(text, length, "FDSTORE=1\n", NULL))
        return;
    bool poll = !find_field(text, length, "FDPOLL=0\n", NULL);
    size_t before = store_size();
    for (size_t i = 0; i < count; i++) {
        add(descriptors[i], poll, named ? name : "stored");
        descriptors[i] = -1;
    }
    if (store_size() != before)
        tell_count();
}

/* NOTIFYACCESS=, by who may speak: it counts from this notification on, as the manager takes it. */
static void take_access(const char *text, size_t length) {
    static const struct {
        const char *line;
        uint32_t senders;
    } words[] = {
        {"NOTIFYACCESS=none\n", 0},
        {"NOTIFYACCESS=main\n", 1u << SENDER_MAIN},
        {"NOTIFYACCESS=exec\n", 1u << SENDER_MAIN | 1u << SENDER_CONTROL},
        {"NOTIFYACCESS=all\n", 1u << SENDER_MAIN | 1u << SENDER_CONTROL | 1u << SENDER_OTHER},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (find_field(text, length, words[i].line, NULL)) {
            from = words[i].senders;
            return;
        }
}

void store_take_hangups(void) {
    size_t before = store_size();
    for (size_t at; (at = store_hung_up()) < store_size();) {
        tell_removed(store_at(at)->number);
        store_remove(at);
    }
    if (store_size() != before)
        tell_count();
}

static void add(int descriptor, bool poll, const char *name) {
    if (store_size() >= most || is_stored(descriptor)) {
        close(descriptor);
        return;
    }
    uint8_t buffer[512];
    struct wire_writer frame;
    wire_begin(&frame, buffer, sizeof buffer, WIRE_STORE, 0, 0);
    wire_put_u32(&frame, WIRE_STORE_KEEPER, keeper.number);
    wire_put_u32(&frame, WIRE_STORE_NUMBER, ++last_number);
    wire_put_u32(&frame, WIRE_STORE_POLL, poll);
    wire_put_text(&frame, WIRE_STORE_NAME, name);
    tell_init(&frame, &descriptor);
    store_add(keeper.unit, last_number, descriptor, poll, name);
}

/* systemd's same_fd(): the same open file, asked of the kernel, else by what it is and how it was opened. */
static bool is_stored(int descriptor) {
    struct stat one, other;
    if (fstat(descriptor, &one) < 0)
        return true; /* nothing to store */
    for (size_t i = 0; i < store_size(); i++) {
        int stored = store_at(i)->descriptor;
        long difference = syscall(SYS_kcmp, keeper.pid, keeper.pid, KCMP_FILE, descriptor, stored);
        if (difference == 0)
            return true;
        if (difference < 0 && fstat(stored, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
            fcntl(descriptor, F_GETFL) == fcntl(stored, F_GETFL))
            return true;
    }
    return false;
}

static void remove_named(const char *name) {
    size_t before = store_size();
    for (size_t i = 0; i < store_size();) {
        if (strcmp(store_at(i)->name, name) != 0) {
            i++;
            continue;
        }
        tell_removed(store_at(i)->number);
        store_remove(i);
    }
    if (store_size() != before)
        tell_count();
}

static void tell_removed(uint32_t number) {
    uint8_t buffer[64];
    struct wire_writer frame;
    wire_begin(&frame, buffer, sizeof buffer, WIRE_UNSTORE, 0, 0);
    wire_put_u32(&frame, WIRE_UNSTORE_KEEPER, keeper.number);
    wire_put_u32(&frame, WIRE_UNSTORE_NUMBER, number);
    tell_init(&frame, NULL);
}

/* init reads at once; only while it is stopped this waits, and not for ever. */
static void tell_init(struct wire_writer *frame, const int *descriptor) {
    enum { PATIENCE_MSEC = 1000 };
    size_t length = wire_end(frame);
    if (store_of_keepers < 0)
        return;
    int error = EAGAIN;
    for (int i = 0; error == EAGAIN && i < 2; i++) {
        error = wire_send(store_of_keepers, frame->buffer, length, descriptor, descriptor ? 1 : 0);
        struct pollfd ready = {.fd = store_of_keepers, .events = POLLOUT};
        if (error == EAGAIN)
            poll(&ready, 1, PATIENCE_MSEC);
    }
    if (error)
        event_notice("STORE", error, "a stored descriptor is not held beyond this invocation");
}

static void tell_count(void) {
    struct wire_writer *event = event_begin(WIRE_STORED);
    wire_put_u32(event, WIRE_STORED_COUNT, (uint32_t)store_size());
    event_end(event);
}

/* A line that begins with `field` (that is `field`, if it ends with a newline). Its rest goes into `value`; false where
 * systemd's fdname_is_valid() would not have it. */
static bool find_field(const char *text, size_t length, const char *field, char *value) {
    size_t wanted = strlen(field);
    bool whole = field[wanted - 1] == '\n';
    wanted -= whole;
    const char *end = text + length;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((stop ? stop : end) - line);
        if (size >= wanted && memcmp(line, field, wanted) == 0 && (!whole || size == wanted)) {
            size_t rest = size - wanted;
            if (!value)
                return true;
            if (rest >= STORE_NAME_BYTES)
                return false;
            for (size_t i = 0; i < rest; i++) {
                char c = line[wanted + i];
                if (c < ' ' || c >= 127 || c == ':')
                    return false;
                value[i] = c;
            }
            value[rest] = '\0';
            return true;
        }
        line += size + 1;
    }
    return false;
}
