/* Clients: whoever asks over the control socket. Root and the user that pidone runs as may; a client that does not
 * read, leaves, or sends junk harms itself alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

/* A client that leaves so much unread has been forgotten. */
static const size_t queue_limit = 16 * 1024 * 1024;
static const uint64_t high_water = 65536; /* ClientHighWater of host.d.ts */
/* So many are served at a time. */
enum { CLIENT_MAX = 256, ACCEPT_AT_ONCE = 16, REQUEST_MAX = 4 * 1024 * 1024 };

static uint32_t control_interest;
static bool paused; /* no descriptor was free for one who asks */
static size_t drained_due;

static bool set_accepting(bool accepting);
static void forget(struct channel *channel);
static void refuse_stranger(int socket, uid_t uid);
static void turn_away(int socket, const char *sentence);
static bool send_end(int socket, const char *sentence);

bool clients_listen(void) {
    int control = host.start->control_socket;
    /* One who has left before we accept it must not make us wait for the next. */
    if (control >= 0 && fcntl(control, F_SETFL, O_NONBLOCK) < 0)
        return false;
    return set_accepting(true);
}

void clients_accept(void) {
    for (int i = 0; i < ACCEPT_AT_ONCE && host_batch_has_room(); i++) {
        int socket = accept4(host.start->control_socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket < 0) {
            /* No descriptor is free: those who wait must not wake us all the time. */
            if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
                paused = set_accepting(false);
            return;
        }
        struct ucred peer;
        socklen_t size = sizeof peer;
        if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
            close(socket);
            continue;
        }
        if (peer.uid != 0 && peer.uid != geteuid()) {
            refuse_stranger(socket, peer.uid);
            continue;
        }
        /* To leave them in the queue would look, to init, as if we were stuck. */
        if (host.clients.count >= CLIENT_MAX) {
            turn_away(socket, "too many ask at a time");
            continue;
        }
        uint32_t number = ++host.next_client;
        if (channel_add(&host.clients, number, socket, true) != NULL)
            host_deliver_client(number, peer.uid, peer.pid);
    }
}

void client_ready(struct channel *channel) {
    static uint8_t buffer[WIRE_INLINE_MAX];
    uint32_t number = channel->number;
    channel_flush(channel);
    if (channel->first == NULL && client_flushed(channel))
        return;
    if (channel->ending)
        return;
    while (host_batch_has_room() && (channel = channel_find(&host.clients, number)) != NULL) {
        struct wire_message message;
        int result = wire_receive(channel->socket, buffer, sizeof buffer, &message);
        if (result == -EAGAIN || result == -EINTR)
            return;
        if (result == -EBADMSG) {
            client_refuse(channel, "the request cannot be read");
            host_deliver_client_closed(number);
            return;
        }
        if (result <= 0) {
            forget(channel);
            host_deliver_client_closed(number);
            return;
        }
        for (size_t i = 0; i < message.descriptor_count; i++)
            close(message.descriptors[i]);
        if (message.length > REQUEST_MAX) {
            client_refuse(channel, "the request is too long");
            host_deliver_client_closed(number);
        } else if (!host_deliver_client_frame(number, message.bytes, message.length))
            client_refuse(channel, "this request has ended the manager twice and is refused");
        wire_free(&message);
    }
}

void client_send(struct channel *channel, const uint8_t *frame, size_t length) {
    if (channel->ending)
        return;
    channel->sent += length;
    channel_send(channel, frame, length, -1, -1);
    if (channel->queued > queue_limit) {
        uint32_t number = channel->number;
        say("client %u does not read and is closed", number);
        /* Its end of file comes back as an event. */
        shutdown(channel->socket, SHUT_RDWR);
        return;
    }
    client_flushed(channel);
}

void client_end(struct channel *channel) {
    channel->ending = true;
    if (channel->first == NULL)
        forget(channel);
    else
        channel_flush(channel);
}

bool client_flushed(struct channel *channel) {
    if (channel->first != NULL)
        return false;
    if (channel->ending) {
        forget(channel);
        return true;
    }
    if (channel->sent > high_water && !channel->drained_due) {
        channel->drained_due = true;
        drained_due++;
    }
    return false;
}

void clients_deliver_drained(void) {
    for (size_t i = 0; drained_due > 0 && i < host.clients.count && host_batch_has_room(); i++) {
        struct channel *channel = host.clients.entries[i];
        if (!channel->drained_due || channel->first != NULL)
            continue;
        channel->drained_due = false;
        channel->sent = 0;
        drained_due--;
        host_deliver_client_drained(channel->number);
    }
}

bool clients_owe_drained(void) {
    for (size_t i = 0; drained_due > 0 && i < host.clients.count; i++)
        if (host.clients.entries[i]->drained_due && host.clients.entries[i]->first == NULL)
            return true;
    return false;
}

void client_refuse(struct channel *channel, const char *sentence) {
    send_end(channel->socket, sentence);
    forget(channel);
}

bool clients_are_paused(void) {
    return paused;
}

void clients_resume(void) {
    paused = false;
    set_accepting(true);
}

static bool set_accepting(bool accepting) {
    int control = host.start->control_socket;
    return control < 0 || host_listen(control, &control_interest, accepting ? EPOLLIN : 0, SOURCE_CONTROL, 0) == 0;
}

static void forget(struct channel *channel) {
    if (channel->drained_due)
        drained_due--;
    channel_remove(&host.clients, channel);
    clients_resume();
}

static void refuse_stranger(int socket, uid_t uid) {
    char sentence[128];
    snprintf(
        sentence, sizeof sentence, "access denied: only root and user %u may ask (this is user %u)", geteuid(), uid);
    turn_away(socket, sentence);
}

static void turn_away(int socket, const char *sentence) {
    send_end(socket, sentence);
    /* What lies unread at the close would keep the sentence from its reader (ECONNRESET). */
    char ignored;
    for (int i = 0; i < 16 && recv(socket, &ignored, sizeof ignored, MSG_DONTWAIT | MSG_TRUNC) > 0; i++)
        ;
    close(socket);
}

/* A sentence on the client's stderr, and status 1. It has room for them, or it does not read: then it sees the end
 * alone. */
static bool send_end(int socket, const char *sentence) {
    uint8_t frame[512];
    char line[300];
    int size = snprintf(line, sizeof line, "pidone: %s\n", sentence);
    struct wire_writer writer;
    wire_begin(&writer, frame, sizeof frame, WIRE_STDERR, 0, 0);
    wire_put_bytes(&writer, WIRE_STDERR_DATA, line, size < 0 ? 0 : strlen(line));
    if (wire_send(socket, frame, wire_end(&writer), NULL, 0) != 0)
        return false;
    wire_begin(&writer, frame, sizeof frame, WIRE_STATUS, 0, 0);
    wire_put_i32(&writer, WIRE_STATUS_STATUS, 1);
    return wire_send(socket, frame, wire_end(&writer), NULL, 0) == 0;
}
