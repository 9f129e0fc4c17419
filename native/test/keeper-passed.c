/* Descriptors of sockets that come with a command: their order and names, and who has them afterwards. */
#include "driver.h"

static void pass(struct subject *s, bool first, const int *descriptors, size_t count, const char *const *names) {
    uint8_t bytes[1024];
    struct wire_writer w;
    wire_begin(&w, bytes, sizeof bytes, WIRE_PASS, 0, 0);
    wire_put_u32(&w, WIRE_PASS_FIRST, first);
    wire_put_texts(&w, WIRE_PASS_NAMES, names);
    const int error = wire_send(s->channel, bytes, wire_end(&w), descriptors, count);
    if (error) {
        errno = error;
        give_up("pass");
    }
}

/* Waits for the command's end: its exit status. */
static int32_t end_of(struct subject *s) {
    struct event event;
    return await_event(s, WIRE_EXITED, &event) ? event.status : -1;
}

/* What the command has written to FOLDER/out. */
static bool wrote(struct subject *s, const char *wanted, const char *title) {
    const int32_t status = end_of(s);
    char *text = read_all(in(s->folder, "out"), NULL);
    const bool good = check(status == 0 && strcmp(text, wanted) == 0, "%s", title);
    if (!good)
        printf("# exited %d\n# wanted %s\n# was    %s\n", status, wanted, text);
    free(text);
    return good;
}

static void script(struct subject *s, const char *text, uint32_t flags, uint32_t stdin_kind) {
    char whole[1024];
    snprintf(whole, sizeof whole, "exec >%s/out; %s", s->folder, text);
    struct wire_writer w = shell_command(s, SLOT_MAIN, whole);
    wire_put_u32(&w, WIRE_RUN_FLAGS, flags);
    if (stdin_kind)
        wire_put_u32(&w, WIRE_RUN_STDIN, stdin_kind);
    send_command(s, &w);
}

/* Files that tell which they are. */
static int numbered(struct subject *s, int number) {
    char path[160];
    snprintf(path, sizeof path, "%s/file%d", s->folder, number);
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    dprintf(file, "%d ", number);
    lseek(file, 0, SEEK_SET);
    return file;
}

static void test_order(struct subject *s) {
    int files[6];
    for (int i = 0; i < 6; i++)
        files[i] = numbered(s, i);
    pass(s, true, files, 4, (const char *const[]){"a", "b b", "c", "d", NULL});
    pass(s, false, files + 4, 2, (const char *const[]){"e", "f", NULL});
    script(s,
        "for i in 3 4 5 6 7 8; do eval \"cat <&$i\"; done; [ $LISTEN_PID = $$ ] && echo; "
        "echo $LISTEN_FDS $LISTEN_FDNAMES; [ ! -e /dev/fd/9 ]",
        0, 0);
    wrote(s, "0 1 2 3 4 5 \n6 a:b b:c:d:e:f\n",
        "passed: descriptors stand from 3 on in their order, over several frames, with their names");
    script(s, "echo ${LISTEN_FDS-none}", 0, 0);
    wrote(s, "none\n", "passed: the next command has none of them");
    for (int i = 0; i < 6; i++)
        close(files[i]);
}

static void test_waiting(struct subject *s) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
        give_up("socketpair");
    pass(s, true, ends, 1, (const char *const[]){"x", NULL});
    script(s, "grep -o '0[0-7]*$' /proc/self/fdinfo/3 | head -3 | tail -1", RUN_NON_BLOCKING, 0);
    end_of(s);
    check((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0, "passed: with NonBlocking= nothing waits");
    pass(s, true, ends, 1, (const char *const[]){"x", NULL});
    script(s, ":", 0, 0);
    end_of(s);
    check((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0, "passed: else it does");
    close(ends[0]);
    char byte;
    check(read(ends[1], &byte, 1) == 0 || errno != EAGAIN, "passed: the keeper holds nothing of it afterwards");
    close(ends[1]);
}

static void test_stream(struct subject *s) {
    int ends[2];
    char text[64] = "";
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        give_up("socketpair");
    pass(s, true, ends, 1, (const char *const[]){"connection", NULL});
    struct wire_writer w = command(s, WIRE_RUN);
    wire_put_u32(&w, WIRE_RUN_SLOT, SLOT_MAIN);
    put_list(&w, WIRE_RUN_PATHS, (const char *const[]){"/bin/sh", NULL});
    put_list(&w, WIRE_RUN_ARGV, (const char *const[]){"sh", "-c", "read a; echo got $a ${LISTEN_FDS-none}", NULL});
    wire_put_u32(&w, WIRE_RUN_STDIN, STREAM_SOCKET);
    wire_put_u32(&w, WIRE_RUN_STDOUT, STREAM_AS_STDIN);
    wire_put_u32(&w, WIRE_RUN_STDERR, STREAM_JOURNAL);
    send_command(s, &w);
    close(ends[0]);
    if (write(ends[1], "word\n", 5) != 5)
        give_up("write");
    size_t have = 0;
    for (ssize_t got; (got = read(ends[1], text + have, sizeof text - 1 - have)) > 0;)
        have += (size_t)got;
    check(strcmp(text, "got word none\n") == 0, "passed: a connection can stand at stdin and stdout, and ends with it");
    end_of(s);
    close(ends[1]);
    script(s, ":", 0, STREAM_SOCKET);
    struct event started;
    check(await_event(s, WIRE_STARTED, &started) && started.pid == 0 && started.error == EINVAL &&
              strcmp(started.text, "SOCKET") == 0 && await_event(s, WIRE_EXITED, &started),
        "passed: without one, nothing is forked");
}

/* A new manager says everything again: what came for a command that was carried out is not for the next one. */
static void test_again(struct subject *s) {
    const int file = numbered(s, 7);
    struct event event;
    pass(s, true, &file, 1, (const char *const[]){"lost", NULL});
    send_resume(s, 0);
    await_event(s, WIRE_HELLO, &event);
    script(s, "echo ${LISTEN_FDNAMES-none}", 0, 0);
    wrote(s, "none\n", "passed: what came before a new manager is forgotten");
    s->sequence--;
    pass(s, true, &file, 1, (const char *const[]){"twice", NULL});
    script(s, "echo twice", 0, 0);
    script(s, "echo ${LISTEN_FDNAMES-none}", 0, 0);
    wrote(s, "none\n", "passed: as is what comes with a command that was carried out already");
    close(file);
}

int main(void) {
    begin_tests();
    struct subject s = start_keeper((struct keep){.unit = "passed.service", .no_journal = true});
    test_order(&s);
    test_waiting(&s);
    test_stream(&s);
    test_again(&s);
    check(end_keeper(&s), "passed: the keeper leaves");
    return tap_end();
}
