/* The wire in C: reads what TypeScript writes, writes the same bytes, and refuses everything else. */
#define WIRE_WANT_KINDS
#include "../wire.h"
#include "fuzz.h"
#include "tap.h"
#include "wire-vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { VECTORS = sizeof vectors / sizeof *vectors, FUZZ_ROUNDS = 100000, NO_KIND = 0177 };
static const uint32_t sample_acknowledged = 0xfffffffe;

/* ── the rule of scripts/generate/wire-vectors.ts ────────────────────────────────────────────────────────────────── */

static const char *sample_text(uint16_t tag) {
    static char text[32];
    snprintf(text, sizeof text, "text %u ü", tag);
    return text;
}

static const char *const *sample_texts(uint16_t tag) {
    static char one[32];
    static const char *const texts[] = {"", one, "zwei ü", NULL};
    snprintf(one, sizeof one, "one %u", tag);
    return texts;
}

static bool is_sample(struct wire_field field) {
    const uint16_t tag = field.tag;
    switch (field.kind) {
    case WIRE_KIND_U32:
        return wire_u32(field) == 0xf1020300 + tag;
    case WIRE_KIND_I32:
        return (int32_t)wire_u32(field) == -(int32_t)tag;
    case WIRE_KIND_U64:
        return wire_u64(field) == 0xf102030405060700 + tag;
    case WIRE_KIND_TEXT:
        return strcmp(wire_text(field), sample_text(tag)) == 0;
    case WIRE_KIND_TEXTS: {
        const char *const *texts = sample_texts(tag);
        size_t at = 0, i = 0;
        for (const char *text; (text = wire_next_text(field, &at)); i++)
            if (i == 3 || strcmp(text, texts[i]) != 0)
                return false;
        return i == 3 && wire_count_texts(field) == 3;
    }
    case WIRE_KIND_U32S:
        return field.length == 12 && wire_u32_at(field, 0) == 0 && wire_u32_at(field, 1) == UINT32_MAX &&
               wire_u32_at(field, 2) == tag;
    case WIRE_KIND_U64S:
        return field.length == 24 && wire_u64_at(field, 0) == 0 && wire_u64_at(field, 1) == UINT64_MAX &&
               wire_u64_at(field, 2) == tag;
    default:
        return field.length == 3 && field.bytes[0] == 0 && field.bytes[1] == 255 && field.bytes[2] == tag;
    }
}

static void put_sample(struct wire_writer *w, uint16_t tag, uint16_t kind) {
    switch (kind) {
    case WIRE_KIND_U32:
        wire_put_u32(w, tag, 0xf1020300 + tag);
        break;
    case WIRE_KIND_I32:
        wire_put_i32(w, tag, -(int32_t)tag);
        break;
    case WIRE_KIND_U64:
        wire_put_u64(w, tag, 0xf102030405060700 + tag);
        break;
    case WIRE_KIND_TEXT:
        wire_put_text(w, tag, sample_text(tag));
        break;
    case WIRE_KIND_TEXTS:
        wire_put_texts(w, tag, sample_texts(tag));
        break;
    case WIRE_KIND_U32S:
        wire_put_u32s(w, tag, (const uint32_t[]){0, UINT32_MAX, tag}, 3);
        break;
    case WIRE_KIND_U64S:
        wire_put_u64s(w, tag, (const uint64_t[]){0, UINT64_MAX, tag}, 3);
        break;
    default:
        wire_put_bytes(w, tag, (const uint8_t[]){0, 255, (uint8_t)tag}, 3);
        break;
    }
}

/* ── both ways ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool reads(size_t i) {
    struct wire_frame frame;
    const char *refused = wire_open(&frame, (const uint8_t *)vectors[i].bytes, vectors[i].length);
    if (refused) {
        printf("# %s: %s\n", vectors[i].name, refused);
        return false;
    }
    size_t count = 0, at = 0;
    for (struct wire_field field; wire_next(&frame, &at, &field); count++)
        if (!is_sample(field) || !is_sample(wire_find(&frame, field.tag)))
            return false;
    size_t fields = 0;
    for (const char *kind = wire_kinds_by_type[frame.type]; *kind; kind++)
        fields += *kind != NO_KIND;
    return frame.sequence == frame.type && frame.acknowledged == sample_acknowledged && count == fields;
}

static size_t write_sample(uint8_t *buffer, size_t capacity, uint16_t type) {
    const char *kinds = wire_kinds_by_type[type];
    struct wire_writer w;
    wire_begin(&w, buffer, capacity, type, type, sample_acknowledged);
    for (uint16_t tag = 1; kinds[tag - 1]; tag++)
        if (kinds[tag - 1] != NO_KIND)
            put_sample(&w, tag, (uint16_t)kinds[tag - 1]);
    return wire_end(&w);
}

static bool writes(size_t i) {
    struct wire_frame frame;
    wire_open(&frame, (const uint8_t *)vectors[i].bytes, vectors[i].length);
    uint8_t *buffer = malloc(vectors[i].length);
    bool good = write_sample(buffer, vectors[i].length, frame.type) == vectors[i].length &&
                memcmp(buffer, vectors[i].bytes, vectors[i].length) == 0;
    /* With any less room there is no frame, and nothing is written behind the room. */
    for (size_t capacity = 0; capacity < vectors[i].length; capacity++) {
        uint8_t *small = malloc(capacity + 1);
        good = good && write_sample(small, capacity, frame.type) == 0;
        free(small);
    }
    free(buffer);
    return good;
}

static void test_vectors(void) {
    bool all_read = true, all_written = true;
    for (size_t i = 0; i < VECTORS; i++) {
        all_read = all_read && reads(i);
        all_written = all_written && writes(i);
    }
    check(all_read, "wire: C reads every frame as TypeScript wrote it");
    check(all_written, "wire: C writes every frame byte for byte as TypeScript does, or none where room is missing");
}

static void test_left_out(void) {
    uint8_t buffer[64];
    struct wire_writer w;
    struct wire_frame frame;
    wire_begin(&w, buffer, sizeof buffer, WIRE_RUN, 1, 0);
    const size_t length = wire_end(&w);
    size_t at = 0;
    check(!wire_open(&frame, buffer, length) && wire_u32(wire_find(&frame, WIRE_RUN_FLAGS)) == 0 &&
              wire_u64(wire_find(&frame, WIRE_RUN_AMBIENT)) == 0 &&
              strcmp(wire_text(wire_find(&frame, WIRE_RUN_USER)), "") == 0 &&
              wire_count_texts(wire_find(&frame, WIRE_RUN_ARGV)) == 0 &&
              !wire_next_text(wire_find(&frame, WIRE_RUN_ARGV), &at),
        "wire: a field that is left out reads as 0 or empty");
}

/* ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A frame of this type with one field, given raw. */
static const char *open_raw(
    uint16_t type, uint16_t tag, uint16_t kind, uint32_t said_length, const void *bytes, size_t length) {
    uint8_t frame[128] = {WIRE_VERSION, 0, (uint8_t)type};
    const uint16_t header[] = {tag, kind};
    const size_t total = WIRE_HEADER_BYTES + WIRE_FIELD_HEADER_BYTES + length;
    frame[4] = (uint8_t)total;
    memcpy(frame + WIRE_HEADER_BYTES, header, sizeof header);
    memcpy(frame + WIRE_HEADER_BYTES + 4, &said_length, sizeof said_length);
    memcpy(frame + WIRE_HEADER_BYTES + WIRE_FIELD_HEADER_BYTES, bytes, length);
    struct wire_frame opened;
    return wire_open(&opened, frame, total);
}

static void test_refusals(void) {
    struct wire_frame frame;
    const uint8_t good[WIRE_HEADER_BYTES] = {WIRE_VERSION, 0, WIRE_PONG, 0, WIRE_HEADER_BYTES};
    uint8_t bad[WIRE_HEADER_BYTES];
    check(!wire_open(&frame, good, sizeof good), "wire: a frame may be its header alone");
    check(wire_open(&frame, good, sizeof good - 1), "wire: refused: shorter than a header");
    memcpy(bad, good, sizeof bad), bad[0]++;
    check(wire_open(&frame, bad, sizeof bad), "wire: refused: another version");
    memcpy(bad, good, sizeof bad), bad[2] = 255;
    check(wire_open(&frame, bad, sizeof bad), "wire: refused: an unknown type");
    memcpy(bad, good, sizeof bad), bad[4]++;
    check(wire_open(&frame, bad, sizeof bad), "wire: refused: a length that it does not have");

    check(!open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, 4, "\1\0\0\0", 4), "wire: a field that fits is taken");
    check(open_raw(WIRE_EXIT, 2, WIRE_KIND_I32, 4, "\1\0\0\0", 4), "wire: refused: a tag that the type does not have");
    check(open_raw(WIRE_EXIT, 0, WIRE_KIND_I32, 4, "\1\0\0\0", 4), "wire: refused: tag 0");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_U32, 4, "\1\0\0\0", 4), "wire: refused: another kind");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, 3, "\1\0\0", 3), "wire: refused: a number of 3 bytes");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, 5, "\1\0\0\0", 4), "wire: refused: a field longer than its frame");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, UINT32_MAX, "\1\0\0\0", 4), "wire: refused: a length near 2^32");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, 4, "\1\0\0\0\0\0", 6), "wire: refused: a torn field header");
    check(open_raw(WIRE_NOTICE, 1, WIRE_KIND_TEXT, 3, "abc", 3), "wire: refused: a text without NUL");
    check(open_raw(WIRE_NOTICE, 1, WIRE_KIND_TEXT, 4, "a\0c", 4), "wire: refused: a text with a NUL inside");
    check(open_raw(WIRE_NOTICE, 1, WIRE_KIND_TEXT, 0, "", 0), "wire: refused: a text without bytes");
    check(open_raw(WIRE_RUN, WIRE_RUN_ARGV, WIRE_KIND_TEXTS, 3, "a\0c", 3),
        "wire: refused: texts without NUL at the end");
    check(open_raw(WIRE_RUN, WIRE_RUN_GROUPS, WIRE_KIND_U32S, 5, "\0\0\0\0\0", 5),
        "wire: refused: a torn list of numbers");
    check(open_raw(WIRE_EXIT, 1, WIRE_KIND_I32, 4, "\1\0\0\0\1\0\2\0\4\0\0\0\1\0\0\0", 16),
        "wire: refused: a field twice");
}

/* Reads all that there is, as the sanitizers watch. */
static size_t read_all(const struct wire_frame *frame) {
    size_t sum = 0, at = 0;
    for (struct wire_field field; wire_next(frame, &at, &field);) {
        size_t text_at = 0;
        switch (field.kind) {
        case WIRE_KIND_U32:
        case WIRE_KIND_I32:
            sum += wire_u32(field);
            break;
        case WIRE_KIND_U64:
            sum += wire_u64(field);
            break;
        case WIRE_KIND_TEXT:
            sum += strlen(wire_text(field));
            break;
        case WIRE_KIND_TEXTS:
            for (const char *text; (text = wire_next_text(field, &text_at));)
                sum += strlen(text);
            break;
        case WIRE_KIND_U32S:
            for (size_t i = 0; i < field.length / 4; i++)
                sum += wire_u32_at(field, i);
            break;
        case WIRE_KIND_U64S:
            for (size_t i = 0; i < field.length / 8; i++)
                sum += wire_u64_at(field, i);
            break;
        default:
            for (size_t i = 0; i < field.length; i++)
                sum += field.bytes[i];
        }
    }
    return sum;
}

static void test_fuzz(void) {
    size_t taken = 0, sum = 0;
    const size_t rounds = fuzz_rounds(FUZZ_ROUNDS);
    for (size_t round = 0; round < rounds; round++) {
        const size_t i = fuzz_below(VECTORS);
        /* Exactly as long as it is: one byte further is an error that is seen. */
        const size_t length = fuzz_below(8) == 0 ? fuzz_below(vectors[i].length + 1) : vectors[i].length;
        uint8_t *bytes = malloc(length ? length : 1);
        memcpy(bytes, vectors[i].bytes, length);
        for (size_t changes = fuzz_below(4); length > 0 && changes > 0; changes--) {
            static const uint8_t nasty[] = {0, 1, 4, 8, 127, 128, 255};
            bytes[fuzz_below(length)] = nasty[fuzz_below(sizeof nasty)];
        }
        if (length >= 8 && fuzz_below(2) == 0) /* past the first check */
            memcpy(bytes + 4, &(uint32_t){(uint32_t)length}, 4);
        struct wire_frame frame;
        if (!wire_open(&frame, bytes, length)) {
            taken++;
            sum += read_all(&frame);
        }
        free(bytes);
    }
    check(taken > 0 && taken < rounds, "wire: mutated frames are read within their bounds (%zu of %zu taken)", taken,
        rounds);
    printf("# %zu\n", sum);
}

/* ── sockets ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int ends[2];
static uint8_t room[WIRE_INLINE_MAX];

static size_t open_descriptors(void) {
    size_t count = 0;
    for (int descriptor = 0; descriptor < 1024; descriptor++)
        count += fcntl(descriptor, F_GETFD) >= 0;
    return count;
}

static void send_raw(const void *bytes, size_t length, const int *descriptors, size_t count) {
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    char control[CMSG_SPACE(253 * sizeof(int))] __attribute__((aligned(8))) = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    if (sendmsg(ends[0], &message, 0) < 0)
        printf("# sendmsg: %s\n", strerror(errno));
}

static void test_sockets(void) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    const size_t before = open_descriptors();
    struct wire_message message;
    check(wire_receive(ends[1], room, sizeof room, &message) == -EAGAIN, "wire: nothing there: EAGAIN, at once");

    const uint8_t *frame = (const uint8_t *)vectors[0].bytes;
    const int passed[] = {0, 1};
    bool good = wire_send(ends[0], frame, vectors[0].length, passed, 2) == 0 &&
                wire_receive(ends[1], room, sizeof room, &message) == 1 && message.length == vectors[0].length &&
                memcmp(message.bytes, frame, message.length) == 0 && message.descriptor_count == 2 &&
                fcntl(message.descriptors[1], F_GETFD) == FD_CLOEXEC;
    for (size_t i = 0; i < message.descriptor_count; i++)
        close(message.descriptors[i]);
    check(good, "wire: a frame goes through a socket with descriptors, close-on-exec at the other end");

    int many[253];
    for (size_t i = 0; i < 253; i++)
        many[i] = 0;
    send_raw(frame, vectors[0].length, many, 253);
    good = wire_receive(ends[1], room, sizeof room, &message) == 1 && message.descriptor_count == 4;
    for (size_t i = 0; i < message.descriptor_count; i++)
        close(message.descriptors[i]);
    check(good && open_descriptors() == before, "wire: of 253 descriptors 4 are handed over and the rest is closed");

    /* A text of 1 MB. */
    const size_t text_length = 1 << 20;
    char *text = malloc(text_length + 1);
    memset(text, 'x', text_length);
    text[text_length] = 0;
    uint8_t *large = malloc(text_length + 64);
    struct wire_writer w;
    struct wire_frame opened;
    wire_begin(&w, large, text_length + 64, WIRE_NOTICE, 7, 0);
    wire_put_text(&w, WIRE_NOTICE_TEXT, text);
    const size_t length = wire_end(&w);
    good = wire_send(ends[0], large, length, passed, 2) == 0 &&
           wire_receive(ends[1], room, sizeof room, &message) == 1 && message.length == length &&
           message.descriptor_count == 2 && !wire_open(&opened, message.bytes, message.length) &&
           strcmp(wire_text(wire_find(&opened, WIRE_NOTICE_TEXT)), text) == 0;
    for (size_t i = 0; i < message.descriptor_count; i++)
        close(message.descriptors[i]);
    wire_free(&message);
    check(good && open_descriptors() == before, "wire: a frame of 1 MB goes through as a memfd");

    const int unsealed = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    good = write(unsealed, large, length) == (ssize_t)length;
    send_raw(large, WIRE_HEADER_BYTES, &unsealed, 1);
    good = good && wire_receive(ends[1], room, sizeof room, &message) == -EBADMSG;
    good = good && fcntl(unsealed, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
    large[4]++;
    send_raw(large, WIRE_HEADER_BYTES, &unsealed, 1);
    good = good && wire_receive(ends[1], room, sizeof room, &message) == -EBADMSG;
    close(unsealed);
    check(
        good && open_descriptors() == before, "wire: a memfd that can still change, or has another length, is refused");
    send_raw(large, WIRE_HEADER_BYTES, NULL, 0);
    check(wire_receive(ends[1], room, sizeof room, &message) == -EBADMSG,
        "wire: a large frame without its memfd is refused");
    send_raw(large, sizeof room + 1, passed, 2);
    check(wire_receive(ends[1], room, sizeof room, &message) == -EBADMSG && open_descriptors() == before,
        "wire: a message longer than the room is refused");

    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t soft = limit.rlim_cur;
    const int lowest = dup(0);
    close(lowest);
    limit.rlim_cur = (rlim_t)lowest + 1; /* room for one */
    good = wire_send(ends[0], frame, vectors[0].length, passed, 2) == 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           wire_receive(ends[1], room, sizeof room, &message) == 1 && message.descriptor_count == 0 &&
           message.length == vectors[0].length;
    limit.rlim_cur = soft;
    setrlimit(RLIMIT_NOFILE, &limit);
    check(good && open_descriptors() == before, "wire: without room for its descriptors a frame comes without any");

    int sent = 0;
    while (wire_send(ends[0], frame, vectors[0].length, NULL, 0) == 0)
        sent++;
    check(wire_send(ends[0], frame, vectors[0].length, NULL, 0) == EAGAIN && sent > 0,
        "wire: a full socket: EAGAIN, at once");
    close(ends[0]);
    while (wire_receive(ends[1], room, sizeof room, &message) == 1)
        sent--;
    check(sent == 0 && wire_receive(ends[1], room, sizeof room, &message) == 0,
        "wire: all that was sent is read before the end of file");
    close(ends[1]);
    free(text);
    free(large);
}

int main(void) {
    puts("TAP version 13");
    test_vectors();
    test_left_out();
    test_refusals();
    test_fuzz();
    test_sockets();
    return tap_end();
}
