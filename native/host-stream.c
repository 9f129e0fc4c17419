/* The one connection that the manager itself has to somebody else (the system bus): HostStream of src/host.d.ts. A new
 * manager connects anew; until then nothing is allocated. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host.h"

/* Who leaves so much unread is hung up on; and so much is read at a time. */
enum { QUEUE_LIMIT = 262144, READ_MAX = 8192 };

static int stream = -1;
static uint32_t interest;
static uint8_t *queue;
static size_t queued;

static JSValue connect_to(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue send_all(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);
static JSValue hang_up(JSContext *c, JSValueConst this, int argc, JSValueConst *argv);

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("connectStream", 1, connect_to),
    JS_CFUNC_DEF("sendStream", 1, send_all),
    JS_CFUNC_DEF("closeStream", 0, hang_up),
};

void host_add_stream(JSContext *context, JSValueConst object) {
    JS_SetPropertyFunctionList(context, object, functions, sizeof functions / sizeof functions[0]);
}

void stream_close(void) {
    if (stream < 0)
        return;
    host_listen(stream, &interest, 0, SOURCE_STREAM, 0);
    close(stream);
    free(queue);
    stream = -1;
    interest = 0;
    queue = NULL;
    queued = 0;
}

/* The peer's uid, or minus an errno. */
static int64_t open_stream(const struct engine_text *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (name->length == 0 || name->length + 1 > sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, name->bytes, name->length);
    const socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name->length + 1);
    stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (stream < 0)
        return -errno;
    struct ucred peer;
    socklen_t size = sizeof peer;
    int error = 0;
    if (connect(stream, (const struct sockaddr *)&address, length) < 0 ||
        getsockopt(stream, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        error = errno;
    else
        error = host_listen(stream, &interest, EPOLLIN, SOURCE_STREAM, 0);
    if (error == 0)
        return peer.uid;
    stream_close();
    return -error;
}

/* connectStream(path) */
static JSValue connect_to(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    const struct engine_text name = engine_text_out(c, argv[0]);
    if (name.bytes == NULL)
        return JS_EXCEPTION;
    stream_close();
    const int64_t peer = open_stream(&name);
    engine_text_free(c, name);
    return JS_NewInt64(c, peer);
}

/* How much of it went out; its end comes back as an event. */
static size_t send_some(const uint8_t *bytes, size_t length) {
    ssize_t sent;
    do
        sent = send(stream, bytes, length, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EAGAIN)
        shutdown(stream, SHUT_RDWR);
    return sent < 0 ? 0 : (size_t)sent;
}

static JSValue send_all(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)this, (void)argc;
    size_t length;
    const uint8_t *bytes = engine_bytes_out(c, argv[0], &length);
    if (bytes == NULL)
        return JS_ThrowTypeError(c, "internal error: sendStream without bytes");
    if (stream < 0)
        return JS_UNDEFINED;
    const size_t sent = queued == 0 ? send_some(bytes, length) : 0;
    if (sent == length)
        return JS_UNDEFINED;
    const size_t left = length - sent;
    uint8_t *longer = left > QUEUE_LIMIT - queued ? NULL : realloc(queue, queued + left);
    if (longer == NULL) {
        shutdown(stream, SHUT_RDWR);
        return JS_UNDEFINED;
    }
    queue = longer;
    memcpy(queue + queued, bytes + sent, left);
    queued += left;
    if (host_listen(stream, &interest, EPOLLIN | EPOLLOUT, SOURCE_STREAM, 0) != 0)
        shutdown(stream, SHUT_RDWR);
    return JS_UNDEFINED;
}

static JSValue hang_up(JSContext *c, JSValueConst this, int argc, JSValueConst *argv) {
    (void)c, (void)this, (void)argc, (void)argv;
    stream_close();
    return JS_UNDEFINED;
}

static void flush_queue(void) {
    const size_t sent = send_some(queue, queued);
    queued -= sent;
    memmove(queue, queue + sent, queued);
    if (queued == 0)
        host_listen(stream, &interest, EPOLLIN, SOURCE_STREAM, 0);
}

void stream_ready(uint32_t events) {
    if (stream < 0)
        return;
    if ((events & EPOLLOUT) != 0 && queued > 0)
        flush_queue();
    /* One read a turn: who sends all the time does not keep the others out. */
    uint8_t buffer[READ_MAX];
    const ssize_t length = read(stream, buffer, sizeof buffer);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0)
        stream_close();
    host_deliver_stream(buffer, length < 0 ? 0 : (size_t)length);
}
