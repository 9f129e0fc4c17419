/* Sockets of frames, and the queues before those that are full for the moment. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

/* Frames of one channel in a turn, at most. */
enum { RECEIVE_AT_ONCE = 16 };

static struct queued_frame *owed, **owed_end = &owed;

static void hear_out_keeper(const struct wire_message *message);
static size_t position(const struct channel_table *table, uint32_t number);
static void set_interest(struct channel *channel);
static void drop_queue(struct channel *channel);
static void hang_up(struct channel *channel);

struct channel *channel_find(const struct channel_table *table, uint32_t number) {
    size_t at = position(table, number);
    return at < table->count && table->entries[at]->number == number ? table->entries[at] : NULL;
}

struct channel *channel_add(struct channel_table *table, uint32_t number, int socket, bool is_client) {
    struct channel *channel = calloc(1, sizeof *channel);
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
        struct channel **entries = realloc(table->entries, capacity * sizeof(struct channel *));
        if (entries != NULL) {
            table->entries = entries;
            table->capacity = capacity;
        }
    }
    if (channel == NULL || table->count == table->capacity) {
        free(channel);
        close(socket);
        return NULL;
    }
    channel->number = number;
    channel->socket = socket;
    channel->is_client = is_client;
    size_t at = position(table, number);
    memmove(table->entries + at + 1, table->entries + at, (table->count - at) * sizeof(struct channel *));
    table->entries[at] = channel;
    table->count++;
    set_interest(channel);
    if (channel->interest == 0) {
        channel_remove(table, channel);
        return NULL;
    }
    return channel;
}

void channel_remove(struct channel_table *table, struct channel *channel) {
    size_t at = position(table, channel->number);
    table->count--;
    memmove(table->entries + at, table->entries + at + 1, (table->count - at) * sizeof(struct channel *));
    hang_up(channel);
    free(channel);
}

/* Sends now, or queues: then true, and the descriptors are the queue's. */
static bool send_or_queue(
    struct channel *channel, const uint8_t *frame, size_t length, const int *descriptors, size_t count) {
    int error = EAGAIN;
    if (channel->socket >= 0 && channel->first == NULL)
        error = wire_send(channel->socket, frame, length, descriptors, count);
    if (channel->socket >= 0 && error == EAGAIN) {
        struct queued_frame *queued = malloc(sizeof *queued + length);
        if (queued != NULL) {
            queued->next = NULL;
            queued->length = length;
            for (size_t i = 0; i < FRAME_DESCRIPTORS; i++)
                queued->descriptors[i] = i < count ? descriptors[i] : -1;
            memcpy(queued->bytes, frame, length);
            *(channel->first == NULL ? &channel->first : &channel->last->next) = queued;
            channel->last = queued;
            channel->queued += length;
            set_interest(channel);
            return true;
        }
        error = ENOMEM;
    }
    if (error != 0 && error != EPIPE && error != ECONNRESET && channel->socket >= 0)
        say("cannot send a frame of %zu bytes to %s %u: %s", length, channel->is_client ? "client" : "keeper",
            channel->number, strerror(error));
    return false;
}

void channel_send(struct channel *channel, const uint8_t *frame, size_t length, int descriptor, int other) {
    const int descriptors[] = {descriptor, other};
    const size_t count = descriptor < 0 ? 0 : 2;
    if (!send_or_queue(channel, frame, length, descriptors, count))
        for (size_t i = 0; i < count; i++)
            close(descriptors[i]);
}

void channel_send_copies(
    struct channel *channel, const uint8_t *frame, size_t length, const int *descriptors, size_t count) {
    int copies[FRAME_DESCRIPTORS] = {-1, -1, -1, -1};
    /* Without one of them the frame comes all the same, and is told to have lost it. */
    size_t copied = 0;
    for (size_t i = 0; i < count && i < FRAME_DESCRIPTORS; i++)
        if ((copies[copied] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 3)) >= 0)
            copied++;
    if (!send_or_queue(channel, frame, length, copies, copied))
        for (size_t i = 0; i < copied; i++)
            close(copies[i]);
}

void channel_flush(struct channel *channel) {
    if (channel->socket < 0)
        return;
    while (channel->first != NULL) {
        struct queued_frame *frame = channel->first;
        size_t count = 0;
        while (count < FRAME_DESCRIPTORS && frame->descriptors[count] >= 0)
            count++;
        int error = wire_send(channel->socket, frame->bytes, frame->length, frame->descriptors, count);
        if (error == EAGAIN)
            return;
        if (error != 0) {
            /* Gone: its end of file is read after what it still had to say. */
            drop_queue(channel);
            break;
        }
        for (size_t i = 0; i < count; i++)
            close(frame->descriptors[i]);
        channel->first = frame->next;
        channel->queued -= frame->length;
        free(frame);
    }
    set_interest(channel);
}

void channel_receive(struct channel *channel, bool all) {
    uint32_t number = channel->number;
    /* A frame from init may make us read a keeper's channel while it is looked at. */
    static uint8_t buffers[2][WIRE_INLINE_MAX];
    uint8_t *buffer = buffers[number == 0];
    for (int i = 0; channel->socket >= 0 && (all || (i < RECEIVE_AT_ONCE && host_batch_has_room())); i++) {
        struct wire_message message;
        int result = wire_receive(channel->socket, buffer, WIRE_INLINE_MAX, &message);
        if (result == -EAGAIN || result == -EINTR)
            return;
        if (result == -EBADMSG) {
            say("a frame of keeper %u was refused: it is torn", number);
            continue;
        }
        if (result <= 0) {
            hang_up(channel);
            host_deliver_channel_closed(number);
            /* Without init there is nobody to keep anything for. */
            if (number == 0)
                host.leave_status = EXIT_CRASH;
            return;
        }
        for (size_t d = 0; d < message.descriptor_count; d++)
            close(message.descriptors[d]);
        if (number == 0)
            hear_out_keeper(&message);
        host_deliver_frame(number, message.bytes, message.length, message.descriptor_count);
        wire_free(&message);
    }
}

void channel_owe_init_frame(const uint8_t *frame, size_t length) {
    struct queued_frame *queued = malloc(sizeof *queued + length);
    if (queued == NULL)
        return;
    queued->next = NULL;
    queued->length = length;
    memcpy(queued->bytes, frame, length);
    *owed_end = queued;
    owed_end = &queued->next;
}

void channels_deliver_owed(void) {
    while (owed != NULL && host_batch_has_room()) {
        struct queued_frame *frame = owed;
        owed = frame->next;
        if (owed == NULL)
            owed_end = &owed;
        host_deliver_frame(0, frame->bytes, frame->length, 0);
        free(frame);
    }
}

bool channels_are_owed(void) {
    return owed != NULL;
}

/* Where init says that a keeper is gone: what that one sent comes first. */
static void hear_out_keeper(const struct wire_message *message) {
    struct wire_frame frame;
    if (wire_open(&frame, message->bytes, message->length) != NULL || frame.type != WIRE_KEEPER_GONE)
        return;
    struct channel *keeper = channel_find(&host.keepers, wire_u32(wire_find(&frame, WIRE_KEEPER_GONE_KEEPER)));
    if (keeper != NULL && keeper->number != 0)
        channel_receive(keeper, true);
}

/* Index of the first entry whose number is not below. */
static size_t position(const struct channel_table *table, uint32_t number) {
    size_t low = 0, high = table->count;
    /* New ones come last. */
    if (high > 0 && table->entries[high - 1]->number < number)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->entries[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void set_interest(struct channel *channel) {
    uint32_t interest = (channel->ending ? 0 : EPOLLIN) | (channel->first == NULL ? 0 : EPOLLOUT);
    enum host_source source = channel->is_client ? SOURCE_CLIENT : SOURCE_KEEPER;
    int error = interest == 0 ? 0 : host_listen(channel->socket, &channel->interest, interest, source, channel->number);
    if (error != 0)
        say("cannot listen to %s %u: %s", channel->is_client ? "client" : "keeper", channel->number, strerror(error));
}

static void drop_queue(struct channel *channel) {
    while (channel->first != NULL) {
        struct queued_frame *frame = channel->first;
        channel->first = frame->next;
        for (size_t i = 0; i < FRAME_DESCRIPTORS; i++)
            if (frame->descriptors[i] >= 0)
                close(frame->descriptors[i]);
        free(frame);
    }
    channel->queued = 0;
}

static void hang_up(struct channel *channel) {
    drop_queue(channel);
    if (channel->socket < 0)
        return;
    /* init may hold the same socket open: closing alone would leave it in the epoll set. */
    enum host_source source = channel->is_client ? SOURCE_CLIENT : SOURCE_KEEPER;
    host_listen(channel->socket, &channel->interest, 0, source, channel->number);
    close(channel->socket);
    channel->socket = -1;
}
