/* init's part in the descriptor store: it holds what keepers give it, until their unit's manager says otherwise or
 * nobody is at the other end. */
#include "init.h"
#include "store.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static CHANGING bool all_untold; /* of units that no keeper looks after */
static CHANGING bool hangups_watched;

static void receive(void);
static void take(const struct wire_frame *frame, struct wire_message *message);
static void watch_hangups(void);
static bool tell(const char *unit);

void init_store_begin(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        say("descriptors of units will not be stored: %s", strerror(errno));
        return;
    }
    store_of_init = ends[0];
    store_of_keepers = ends[1];
    struct epoll_event event = {.events = EPOLLIN, .data.fd = store_of_init};
    epoll_ctl(init.epoll, EPOLL_CTL_ADD, store_of_init, &event);
}

bool init_store_ready(int descriptor) {
    if (descriptor == store_of_init) {
        receive();
        return true;
    }
    if (descriptor != store_hangups())
        return false;
    for (size_t at; (at = store_hung_up()) < store_size();) {
        const struct stored *entry = store_at(at);
        if (keepers_look_after(entry->unit))
            store_remove(at); /* its keeper sees it too, and tells */
        else
            store_close(at);
    }
    return true;
}

void init_store_drain(void) {
    if (store_of_init >= 0)
        receive();
}

void init_store_drop(const char *unit) {
    init_store_drain();
    for (size_t at; (at = store_find(unit, 0)) < store_size();)
        store_remove(at);
}

void init_store_tell_again(void) {
    all_untold = true;
}

bool init_store_tell(void) {
    for (size_t i = 0; all_untold && i < store_size(); i++)
        if (store_at(i)->descriptor >= 0 && !keepers_look_after(store_at(i)->unit) && !tell(store_at(i)->unit))
            return false;
    all_untold = false;
    for (size_t i = 0; i < store_size();) {
        if (store_at(i)->descriptor >= 0) {
            i++;
            continue;
        }
        if (!tell(store_at(i)->unit))
            return false;
        store_remove(i);
    }
    return true;
}

static void receive(void) {
    for (;;) {
        uint8_t buffer[1024];
        struct wire_message message;
        const int got = wire_receive(store_of_init, buffer, sizeof buffer, &message);
        if (got <= 0 && got != -EBADMSG)
            break;
        struct wire_frame frame;
        const char *refused = got < 0 ? "it is torn" : wire_open(&frame, message.bytes, message.length);
        if (refused)
            say("a keeper's message about a stored descriptor was refused: %s", refused);
        else
            take(&frame, &message);
        for (size_t i = 0; i < message.descriptor_count; i++)
            close(message.descriptors[i]);
        wire_free(&message);
    }
    watch_hangups();
}

static void take(const struct wire_frame *frame, struct wire_message *message) {
    if (frame->type == WIRE_STORE && message->descriptor_count == 1) {
        const char *unit = keepers_unit(wire_u32(wire_find(frame, WIRE_STORE_KEEPER)));
        const int descriptor = message->descriptors[0];
        message->descriptor_count = 0;
        if (!unit)
            close(descriptor);
        else if (!store_add(unit, wire_u32(wire_find(frame, WIRE_STORE_NUMBER)), descriptor,
                     wire_u32(wire_find(frame, WIRE_STORE_POLL)) != 0, wire_text(wire_find(frame, WIRE_STORE_NAME))))
            say("no memory for a descriptor of %s", unit);
    } else if (frame->type == WIRE_UNSTORE) {
        const char *unit = keepers_unit(wire_u32(wire_find(frame, WIRE_UNSTORE_KEEPER)));
        const uint32_t number = wire_u32(wire_find(frame, WIRE_UNSTORE_NUMBER));
        for (size_t at = unit ? store_find(unit, 0) : store_size(); at < store_size(); at = store_find(unit, at + 1))
            if (store_at(at)->number == number) {
                store_remove(at);
                return;
            }
    } else if (frame->type == WIRE_STORE) {
        say("a descriptor for the store was lost on its way: there are too many");
    } else {
        say("a keeper sent init a frame of type %u, which is not for it", frame->type);
    }
}

static void watch_hangups(void) {
    if (hangups_watched || store_hangups() < 0)
        return;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = store_hangups()};
    hangups_watched = epoll_ctl(init.epoll, EPOLL_CTL_ADD, store_hangups(), &event) == 0;
}

static bool tell(const char *unit) {
    uint32_t left = 0;
    for (size_t at = store_find(unit, 0); at < store_size(); at = store_find(unit, at + 1))
        left += store_at(at)->descriptor >= 0;
    uint8_t buffer[512];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_STORE_CHANGED, 0, 0);
    wire_put_text(&w, WIRE_STORE_CHANGED_UNIT, unit);
    wire_put_u32(&w, WIRE_STORE_CHANGED_COUNT, left);
    return manager_send(&w);
}
