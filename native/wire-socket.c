/* Frames over SOCK_SEQPACKET: one frame is one message, with descriptors; a frame above WIRE_INLINE_MAX travels as a
 * sealed memfd, and the message is its header alone. */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DESCRIPTORS_MAX = 4,
    /* What the kernel puts into one message (SCM_MAX_FD): room for all, so that none stays open unseen. */
    KERNEL_DESCRIPTORS_MAX = 253,
    MEMFD_MAX = 64 << 20,
    SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

static uint32_t length_in_header(const uint8_t *header) {
    return (uint32_t)header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16 | (uint32_t)header[7] << 24;
}

/* A memfd with the frame, or minus an errno. */
static int memfd_of(const uint8_t *frame, size_t length) {
    const int memfd = memfd_create("pidone-frame", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memfd < 0)
        return -errno;
    for (size_t done = 0; done < length;) {
        const ssize_t n = write(memfd, frame + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            const int error = n < 0 ? errno : EIO;
            close(memfd);
            return -error;
        }
        done += (size_t)n;
    }
    if (fcntl(memfd, F_ADD_SEALS, SEALS) < 0) {
        const int error = errno;
        close(memfd);
        return -error;
    }
    return memfd;
}

int wire_send(int socket, const uint8_t *frame, size_t length, const int *descriptors, size_t count) {
    const bool large = length > WIRE_INLINE_MAX;
    if (count > (large ? DESCRIPTORS_MAX - 1 : DESCRIPTORS_MAX) || length > MEMFD_MAX)
        return EMSGSIZE;
    int passed[DESCRIPTORS_MAX];
    if (count > 0)
        memcpy(passed, descriptors, count * sizeof *passed);
    int memfd = -1;
    if (large) {
        memfd = memfd_of(frame, length);
        if (memfd < 0)
            return -memfd;
        passed[count++] = memfd;
    }

    struct iovec part = {.iov_base = (void *)(uintptr_t)frame, .iov_len = large ? WIRE_HEADER_BYTES : length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof passed)];
    } control = {0};
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof *passed);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = (socklen_t)CMSG_LEN(count * sizeof *passed);
        memcpy(CMSG_DATA(&control.header), passed, count * sizeof *passed);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    const int error = sent < 0 ? errno : 0;
    if (memfd >= 0)
        close(memfd);
    return error;
}

static void close_descriptors(struct wire_message *message) {
    for (size_t i = 0; i < message->descriptor_count; i++)
        close(message->descriptors[i]);
    message->descriptor_count = 0;
}

/* Takes the first descriptors of the message for the caller and closes the rest. */
static void take_descriptors(struct msghdr *received, struct wire_message *message) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(received); header; header = CMSG_NXTHDR(received, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof descriptor, sizeof descriptor);
            if (message->descriptor_count < DESCRIPTORS_MAX)
                message->descriptors[message->descriptor_count++] = descriptor;
            else
                close(descriptor);
        }
    }
}

/* Maps the frame that came as the message's last descriptor. Its seals promise that nobody changes or shortens it
 * meanwhile. */
static int map_frame(struct wire_message *message, size_t length) {
    const int memfd = message->descriptors[message->descriptor_count - 1];
    struct stat status;
    const int seals = fcntl(memfd, F_GET_SEALS);
    const bool trusted = seals >= 0 && (seals & SEALS) == SEALS && fstat(memfd, &status) == 0 &&
                         status.st_size == (off_t)length && length <= MEMFD_MAX;
    void *mapping = trusted ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, memfd, 0) : MAP_FAILED;
    const int error = trusted ? errno : EBADMSG;
    if (mapping == MAP_FAILED)
        return -error;
    close(memfd);
    message->descriptor_count--;
    message->mapping = mapping;
    message->mapping_length = length;
    message->bytes = mapping;
    message->length = length;
    return 1;
}

int wire_receive(int socket, uint8_t *buffer, size_t capacity, struct wire_message *message) {
    *message = (struct wire_message){.bytes = buffer};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(KERNEL_DESCRIPTORS_MAX * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    struct msghdr received = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t length;
    do
        length = recvmsg(socket, &received, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return -errno;
    take_descriptors(&received, message);
    message->length = (size_t)length;
    if (length == 0) {
        /* The end of file, or an empty message, which no part of pidone sends: the kernel tells no difference. */
        close_descriptors(message);
        return 0;
    }

    if (received.msg_flags & MSG_CTRUNC) /* this process has no room for (all of) them */
        close_descriptors(message);
    int result = received.msg_flags & MSG_TRUNC ? -EBADMSG : 1;
    if (result == 1 && length == WIRE_HEADER_BYTES && length_in_header(buffer) > WIRE_INLINE_MAX)
        result = message->descriptor_count > 0 ? map_frame(message, length_in_header(buffer)) : -EBADMSG;
    if (result < 0)
        close_descriptors(message);
    return result;
}

void wire_free(struct wire_message *message) {
    if (message->mapping)
        munmap(message->mapping, message->mapping_length);
    message->mapping = NULL;
}
