/* What the keeper tells, exactly once whatever becomes of the manager; and NOTIFY_SOCKET, where anybody may write. */
#include "driver.h"

#include <sys/un.h>

static struct sockaddr_un address_of(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

/* Sends one datagram, with descriptors: 0 or an errno. */
static int notify(const char *path, const void *text, size_t length, size_t descriptors, int flags) {
    struct sockaddr_un address = address_of(path);
    static union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(253 * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = (void *)(uintptr_t)text, .iov_len = length};
    struct msghdr message = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1};
    if (descriptors) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
        for (size_t i = 0; i < descriptors; i++)
            memcpy(CMSG_DATA(head) + i * sizeof(int), &(int){STDERR_FILENO}, sizeof(int));
    }
    int socket_descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error = sendmsg(socket_descriptor, &message, MSG_NOSIGNAL | flags) < 0 ? errno : 0;
    close(socket_descriptor);
    return error;
}

/* sd_notify_barrier(3): what hangs up when the keeper has closed the descriptor that was sent. */
static int send_barrier(const char *path) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    struct sockaddr_un address = address_of(path);
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = "BARRIER=1", .iov_len = 9};
    struct msghdr message = {.msg_name = &address,
        .msg_namelen = sizeof address,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &ends[1], sizeof(int));
    int socket_descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool sent = sendmsg(socket_descriptor, &message, MSG_NOSIGNAL) == 9;
    close(socket_descriptor);
    close(ends[1]);
    if (sent)
        return ends[0];
    close(ends[0]);
    return -1;
}

static bool is_open(int barrier) {
    return poll(&(struct pollfd){.fd = barrier, .events = POLLIN}, 1, 0) == 0;
}

static bool pass(int barrier) {
    struct pollfd closed = {.fd = barrier, .events = POLLIN};
    bool good = poll(&closed, 1, PATIENCE_MSEC) == 1 && (closed.revents & POLLHUP);
    close(barrier);
    return good;
}

static size_t open_descriptors(pid_t pid) {
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    size_t count = 0;
    for (int i = 0; i < 1024; i++) {
        char name[64], target[8];
        snprintf(name, sizeof name, "%s/%d", path, i);
        count += readlink(name, target, sizeof target) > 0;
    }
    return count;
}

static void senders(void) {
    struct subject s = start_keeper((struct keep){.unit = "notify.service", .no_journal = true});
    struct event event, started;
    struct wire_writer w = run_command(&s, SLOT_MAIN, (const char *const[]){"/proc/self/exe", NULL},
        (const char *const[]){"x", s.notify, "main", NULL});
    send_command(&s, &w);
    await_event(&s, WIRE_STARTED, &started);
    await_event(&s, WIRE_NOTIFY, &event);
    check(event.sender == SENDER_MAIN && event.pid == started.pid && strcmp(event.text, "STATUS=main") == 0,
        "a datagram of the main process is told as such, with its pid");
    await_event(&s, WIRE_EXITED, &event);
    check(event.status == 0, "before its end is");

    w = run_command(&s, SLOT_CONTROL, (const char *const[]){"/proc/self/exe", NULL},
        (const char *const[]){"x", s.notify, "child", NULL});
    send_command(&s, &w);
    await_event(&s, WIRE_STARTED, &started);
    await_event(&s, WIRE_NOTIFY, &event);
    check(event.sender == SENDER_OTHER && event.pid != started.pid && strcmp(event.text, "STATUS=child") == 0,
        "one of a process below it as another one's");
    await_event(&s, WIRE_NOTIFY, &event); /* its BARRIER=1 */
    send_plain(&s, WIRE_ACKNOWLEDGE);
    await_event(&s, WIRE_NOTIFY, &event);
    check(event.sender == SENDER_CONTROL && event.pid == started.pid, "one of the control process as its");
    await_event(&s, WIRE_EXITED, &event);
    check(notify(s.notify, "READY=1", 7, 0, 0) == 0 && await_event(&s, WIRE_NOTIFY, &event) &&
              event.sender == SENDER_FOREIGN && event.pid == (uint32_t)getpid(),
        "one of a stranger as foreign");
    struct stat status = {.st_mode = 0};
    stat(s.notify, &status);
    check((status.st_mode & 0777) == 0666, "every user may write to the socket");
    char path[96];
    memcpy(path, s.notify, sizeof path);
    send_plain(&s, WIRE_RELEASE);
    waitpid(s.pid, NULL, 0);
    check(access(path, F_OK) < 0, "which is gone with the keeper");
    close(s.channel);
    remove_tree(s.folder);
}

static void hostile(void) {
    struct subject s = start_keeper((struct keep){.unit = "hostile.service", .no_journal = true});
    await_keeper(&s);
    struct event event;
    int waits = send_barrier(s.notify);
    await_event(&s, WIRE_NOTIFY, &event);
    check(is_open(waits), "BARRIER=1 waits as long as the manager has not what was said before");
    send_plain(&s, WIRE_ACKNOWLEDGE);
    check(pass(waits), "and is answered by closing its descriptor");
    size_t before = open_descriptors(s.pid);
    static char large[100 * 1024];
    memset(large, 'x', sizeof large);
    notify(s.notify, "", 0, 0, 0);
    notify(s.notify, "", 0, 1, 0);
    notify(s.notify, "a\0b\n\xff", 5, 0, 0);
    await_event(&s, WIRE_NOTIFY, &event);
    check(event.length == 5 && memcmp(event.text, "a\0b\n\xff", 5) == 0,
        "an empty datagram says nothing; NULs and any bytes are passed on");
    notify(s.notify, large, sizeof large, 0, 0);
    await_event(&s, WIRE_NOTICE, &event);
    check(strcmp(event.text, "NOTIFY_SIZE") == 0, "one of 100 KiB is thrown away, and that is told");
    notify(s.notify, large, 4097, 0, 0);
    notify(s.notify, large, 4096, 0, 0);
    check(await_event(&s, WIRE_NOTIFY, &event) && event.length == 4096,
        "one of 4096 bytes is passed on as a whole, a longer one is not");
    send_plain(&s, WIRE_ACKNOWLEDGE);
    for (int i = 0; i < 8; i++)
        notify(s.notify, "FDSTORE=1", 9, 253, 0);
    for (int i = 0; i < 8; i++)
        await_event(&s, WIRE_NOTIFY, &event);
    send_resume(&s, s.acknowledged);
    await_event(&s, WIRE_HELLO, &event); /* so the last one is done with */
    check(open_descriptors(s.pid) == before, "253 descriptors at a time are closed");
    check(end_keeper(&s), "and after all that the keeper stops as ever");
}

/* A manager that takes nothing. */
static void pressure(void) {
    struct subject s = start_keeper((struct keep){.unit = "pressure.service", .no_journal = true});
    await_keeper(&s);
    static char text[4000];
    memset(text, 'y', sizeof text);
    int sent = 0;
    struct event event;
    run_shell(&s, SLOT_MAIN, "read x; exit 5"); /* at once: /dev/null */
    await_event(&s, WIRE_EXITED, &event);
    uint32_t last = s.acknowledged;
    s.acknowledged = 0;
    bool full = false;
    while (sent < 1000 && !full) {
        /* The keeper has been given the time to take it when the poll says that there is no room. */
        int error = notify(s.notify, text, sizeof text, 0, MSG_DONTWAIT);
        sent += error == 0;
        if (error == EAGAIN) {
            int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            struct sockaddr_un address = address_of(s.notify);
            full = connect(sender, (struct sockaddr *)&address, sizeof address) == 0 &&
                   poll(&(struct pollfd){.fd = sender, .events = POLLOUT}, 1, 300) == 0;
            close(sender);
        }
    }
    check(full && sent < 100, "notifications that nobody takes are left in the socket after 64 KiB");
    run_shell(&s, SLOT_MAIN, "exit 6");
    int told = 0;
    while (next_event(&s, &event) && event.type != WIRE_EXITED)
        told += event.type == WIRE_NOTIFY;
    check(event.type == WIRE_EXITED && event.status == 6, "commands go on meanwhile");
    while (told < sent && (send_plain(&s, WIRE_ACKNOWLEDGE), next_event(&s, &event)))
        told += event.type == WIRE_NOTIFY;
    check(told == sent && last > 0, "and all notifications come once the manager takes them");
    end_keeper(&s);
}

static void exactly_once(void) {
    struct subject s = start_keeper((struct keep){.unit = "once.service", .no_journal = true});
    struct event event;
    char script[256];
    snprintf(script, sizeof script, "echo x >>%s/runs", s.folder);
    run_shell(&s, SLOT_MAIN, script);
    await_event(&s, WIRE_EXITED, &event);
    uint32_t last = event.sequence;
    check(last == 2 && event.acknowledged == 1, "events are numbered from 1, and show the last command carried out");

    /* The manager dies; the next one knows event 1 and repeats its stored command. */
    s.acknowledged = 1;
    send_resume(&s, 1);
    bool hello =
        next_event(&s, &event) && event.type == WIRE_HELLO && event.sequence == 0 && event.seen == 1 && event.empty;
    check(hello, "resume is answered with hello: the last command seen, and that the tree is empty");
    check(next_event(&s, &event) && event.type == WIRE_EXITED && event.sequence == 2,
        "then come the events that the manager does not know, with their numbers");
    s.sequence = 0;
    run_shell(&s, SLOT_MAIN, script);
    run_shell(&s, SLOT_MAIN, script);
    await_event(&s, WIRE_EXITED, &event);
    size_t length = 0;
    free(read_all(in(s.folder, "runs"), &length));
    check(
        length == 4 && event.sequence == 4, "a command that was carried out is not carried out again; the next one is");

    send_plain(&s, WIRE_ACKNOWLEDGE);
    send_resume(&s, 0);
    next_event(&s, &event);
    check(event.type == WIRE_HELLO && !next_event_within(&s, &event, 50), "what was acknowledged is not told again");

    /* Bad frames. */
    static const uint8_t junk[] = "\1\0\x28\0 not a frame";
    wire_send(s.channel, junk, sizeof junk, NULL, 0);
    struct wire_writer w = command(&s, WIRE_RUN);
    s.sequence--;
    command_bytes[0] = 99;
    wire_send(s.channel, command_bytes, wire_end(&w), NULL, 0);
    send_resume(&s, 0);
    check(
        next_event(&s, &event) && event.type == WIRE_HELLO, "a frame that cannot be read is refused and harms nothing");

    static char large[200 * 1024];
    memset(large, 'v', sizeof large - 1);
    memcpy(large, "LARGE=", 6);
    char *second = strdup(large);
    large[131000] = second[100000] = '\0';
    second[0] = 'M';
    w = shell_command(&s, SLOT_MAIN, "test ${#LARGE} -eq 130994 && test ${#MARGE} -eq 99994");
    wire_put_texts(&w, WIRE_RUN_SET, (const char *const[]){large, second, NULL});
    free(second);
    send_command(&s, &w);
    await_event(&s, WIRE_EXITED, &event);
    check(event.status == 0, "a command of more than 64 KiB arrives as well");

    run_shell(&s, SLOT_MAIN, "exec sleep 1000");
    await_event(&s, WIRE_STARTED, &event);
    run_shell(&s, SLOT_MAIN, "exit 0");
    struct event ended;
    await_event(&s, WIRE_STARTED, &event);
    await_event(&s, WIRE_EXITED, &ended);
    check(event.error == 0 && event.pid != 0 && ended.pid == event.pid && ended.status == 0,
        "a second command has its slot, and the first one is one of the tree from then on");
    end_keeper(&s);
}

/* Nobody reads the channel until it is full. */
static void full_channel(void) {
    struct subject s = start_keeper((struct keep){.unit = "full.service", .no_journal = true});
    await_keeper(&s);
    int small = 4096;
    setsockopt(s.channel, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    enum { DATAGRAMS = 500 };
    for (int i = 0; i < DATAGRAMS; i++) {
        char text[16];
        notify(s.notify, text, (size_t)snprintf(text, sizeof text, "%d", i), 0, 0);
    }
    close(send_barrier(s.notify));
    int told = 0;
    struct event event;
    while (told < DATAGRAMS && next_event(&s, &event) && event.type == WIRE_NOTIFY &&
           strtol(event.text, NULL, 10) == told && event.sequence == (uint32_t)told + 1)
        told++;
    check(told == DATAGRAMS, "events that the channel does not take are told when it does, in order");
    end_keeper(&s);
}

int main(int argc, char **argv) {
    if (argc == 3) {
        char text[64];
        int length = snprintf(text, sizeof text, "STATUS=%s", argv[2]);
        if (strcmp(argv[2], "child") == 0 && fork() == 0)
            _exit(notify(argv[1], text, (size_t)length, 0, 0) || !pass(send_barrier(argv[1])));
        wait(NULL);
        return notify(argv[1], text, (size_t)length, 0, 0);
    }
    begin_tests();
    senders();
    hostile();
    pressure();
    exactly_once();
    full_channel();
    return tap_end();
}
