/* sd_notify(3) as the keeper reads it for itself: who may store descriptors, under which name; and no text does harm.
 */
#include "../keeper.h"
#include "../store.h"
#include "fuzz.h"
#include "tap.h"

#include <fcntl.h>
#include <unistd.h>

/* ── doubles ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct keeper keeper = {.unit = "test.service"};
static uint8_t event_bytes[256];
static struct wire_writer event_writer;

struct wire_writer *event_begin(uint16_t type) {
    wire_begin(&event_writer, event_bytes, sizeof event_bytes, type, 1, 0);
    return &event_writer;
}

void event_end(struct wire_writer *event) {
    wire_end(event);
}

void event_notice(const char *step, int error, const char *format, ...) {
    (void)step, (void)error, (void)format;
}

/* ── the store ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MOST = 4 };

static void tell(uint32_t sender, const char *text, size_t length, size_t count) {
    int descriptors[3];
    for (size_t i = 0; i < count; i++)
        descriptors[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    store_take(sender, text, length, descriptors, count);
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
}

static void empty_store(void) {
    while (store_size() > 0)
        store_remove(0);
}

static void test_rules(void) {
    static const char stores[] = "FDSTORE=1\nFDNAME=a", nameless[] = "FDSTORE=1\nFDNAME=a:b";
    tell(SENDER_OTHER, stores, sizeof stores - 1, 1);
    check(store_size() == 0, "a descriptor of who may not speak is not stored");
    tell(SENDER_MAIN, stores, sizeof stores, 1);
    check(store_size() == 0, "nor one that comes with a NUL");
    tell(SENDER_MAIN, stores, sizeof stores - 1, 1);
    check(store_size() == 1 && strcmp(store_at(0)->name, "a") == 0, "the main process's is, under its name");
    tell(SENDER_MAIN, nameless, sizeof nameless - 1, 3);
    check(store_size() == MOST && strcmp(store_at(1)->name, "stored") == 0,
        "without a name that can be one it is `stored`");
    tell(SENDER_MAIN, stores, sizeof stores - 1, 2);
    check(store_size() == MOST, "no more than FileDescriptorStoreMax=");
    static const char removes[] = "FDSTOREREMOVE=1\nFDNAME=stored";
    tell(SENDER_MAIN, removes, sizeof removes - 1, 0);
    check(store_size() == 1, "all of a name are removed");
    empty_store();
}

static size_t open_descriptors(void) {
    size_t count = 0;
    for (int descriptor = 0; descriptor < 256; descriptor++)
        count += fcntl(descriptor, F_GETFD) >= 0;
    return count;
}

static void test_any_text(void) {
    static const char *const pieces[] = {"FDSTORE=1", "FDSTOREREMOVE=1", "FDNAME=", "FDPOLL=0", "NOTIFYACCESS=all",
        "NOTIFYACCESS=main", "NOTIFYACCESS=", "READY=1", "\n", "\n", "\n", "x", "=", ":",
        "a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-"
        "a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-a-long-name-"
        "a-long-name-a-long-name-a-long-name-a-long-name",
        NULL};
    const size_t before = open_descriptors();
    size_t stored = 0;
    for (size_t round = fuzz_rounds(20000); round > 0; round--) {
        size_t length;
        char *text = fuzz_text(pieces, 600, &length);
        tell((uint32_t)fuzz_below(4), text, length, fuzz_below(4));
        stored += store_size() > 0;
        if (store_size() > MOST || round % 16 == 0)
            empty_store();
        free(text);
    }
    empty_store();
    check(stored > 0, "no text does harm");
    check(open_descriptors() <= before + 1, "and no descriptor is left open"); /* the epoll that looks for hang-ups */
}

int main(void) {
    keeper.pid = getpid();
    store_begin(MOST, 1u << SENDER_MAIN);
    test_rules();
    test_any_text();
    return tap_end();
}
