/* What a socket unit listens on: opened as the frame says, whatever was there before or was planted; and init holds it
 * over the end of its manager. */
#include "../held.h"
#include "../listen-parts.h"
#include "init-harness.h"

#include <arpa/inet.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

static char folder[64];

static const char *below(const char *name) {
    static char paths[32][128];
    static size_t next;
    char *path = paths[next++ % 32];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* ── frames ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint8_t bytes[2048];
static struct wire_writer writer;

static void begin_frame(uint32_t kind, uint32_t family, uint32_t type, const char *address) {
    wire_begin(&writer, bytes, sizeof bytes, WIRE_OPEN_SOCKET, 0, 0);
    wire_put_text(&writer, WIRE_OPEN_SOCKET_UNIT, "test.socket");
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_KIND, kind);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_FAMILY, family);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_TYPE, type);
    wire_put_text(&writer, WIRE_OPEN_SOCKET_ADDRESS, address);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_BACKLOG, 16);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_MODE, 0660);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_DIRECTORY_MODE, 0710);
}

static struct wire_frame end_frame(void) {
    struct wire_frame frame;
    const size_t length = wire_end(&writer);
    if (wire_open(&frame, bytes, length) != NULL)
        exit(1);
    return frame;
}

static struct listen_failure failure;
static struct listen_notices notices;

/* Opens what begin_frame() and what was put after it say, and listens: the descriptor, or -1 with `failure`. */
static int open_it(void) {
    const struct wire_frame frame = end_frame();
    notices.count = 0;
    const int descriptor = listen_open(&frame, false, &failure);
    if (descriptor < 0)
        return -1;
    listen_set_options(descriptor, &frame, &notices);
    if (listen_begin(descriptor, &frame, &failure))
        return descriptor;
    close(descriptor);
    return -1;
}

static int open_unix(const char *path, uint32_t type) {
    begin_frame(SOCKET_SOCKET, AF_UNIX, type, path);
    return open_it();
}

static int connect_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof address) < 0) {
        close(client);
        return -1;
    }
    return client;
}

static mode_t mode_of(const char *path) {
    struct stat status;
    return lstat(path, &status) < 0 ? 0 : status.st_mode;
}

/* ── sockets with a path ─────────────────────────────────────────────────────────────────────────────────────────── */

static void test_paths(void) {
    const char *path = below("deep/er/socket");
    const int first = open_unix(path, SOCK_STREAM);
    check(first >= 0 && mode_of(path) == (S_IFSOCK | 0660), "listen: a socket has its mode, whatever the umask");
    check(mode_of(below("deep/er")) == (S_IFDIR | 0710) && mode_of(below("deep")) == (S_IFDIR | 0710),
        "listen: directories on the way are made with theirs");
    close(first);
    const int second = open_unix(path, SOCK_STREAM), client = connect_unix(path);
    check(second >= 0 && client >= 0, "listen: a socket that another life has left is replaced");
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    check(getsockname(second, (struct sockaddr *)&name, &length) == 0 && strcmp(name.sun_path, path) == 0,
        "listen: it is bound by the path that was asked for");
    char who[128];
    const int connection = listen_accept(second);
    listen_describe(connection, who, sizeof who);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "unix %d %u", (int)getpid(), (unsigned)geteuid());
    check(strcmp(who, wanted) == 0, "listen: who came to a local socket is known by process and user");
    check(listen_accept(second) == -EAGAIN, "listen: nobody else is there");
    for (int i = 0; i < 3; i++)
        connect_unix(path);
    listen_flush(second);
    check(listen_accept(second) == -EAGAIN, "listen: what waits there can be dropped");
    close(connection);
    close(client);
    close(second);
}

static void test_planted(void) {
    const char *victim = below("victim"), *path = below("open/socket");
    close(open(victim, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    mkdir(below("open"), 0777);
    chmod(below("open"), 01777);
    if (symlink(victim, path) < 0)
        exit(1);
    const int descriptor = open_unix(path, SOCK_STREAM);
    check(descriptor >= 0 && S_ISSOCK(mode_of(path)) && mode_of(victim) == (S_IFREG | 0600),
        "listen: a link that was planted where the socket is to be is taken away, and its target left alone");
    close(descriptor);

    mkdir(below("private"), 0700);
    if (symlink(below("private"), below("open/way")) < 0)
        exit(1);
    check(open_unix(below("open/way/socket"), SOCK_STREAM) < 0 && mode_of(below("private/socket")) == 0,
        "listen: a link on the way, where others may write, is not followed");
    check(failure.error == ENOTDIR || failure.error == ELOOP, "listen: and is told as what it is");

    begin_frame(SOCKET_FIFO, 0, 0, below("open/fifo"));
    if (symlink(victim, below("open/fifo")) < 0)
        exit(1);
    check(open_it() < 0 && mode_of(victim) == (S_IFREG | 0600), "listen: nor is one in the place of a FIFO");
    mkdir(below("open/full"), 0700);
    check(open_unix(below("open/full"), SOCK_STREAM) < 0 && S_ISDIR(mode_of(below("open/full"))),
        "listen: a directory in its place stays, and is an error");
    check(open_unix("@pidone-test-abstract", SOCK_DGRAM) >= 0, "listen: the abstract namespace has no files");
    check(open_unix("@pidone-test-abstract", SOCK_DGRAM) < 0 && failure.error == EADDRINUSE,
        "listen: a name that is in use there is told");
}

static void test_owner(void) {
    if (geteuid() != 0)
        return;
    begin_frame(SOCKET_SOCKET, AF_UNIX, SOCK_SEQPACKET, below("owned"));
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_UID_PLUS1, 12 + 1);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_GID_PLUS1, 34 + 1);
    const int descriptor = open_it();
    struct stat status;
    check(descriptor >= 0 && lstat(below("owned"), &status) == 0 && status.st_uid == 12 && status.st_gid == 34,
        "listen: the node belongs to whom it is to");
    close(descriptor);
}

/* ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint16_t port_of(int descriptor) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    return getsockname(descriptor, (struct sockaddr *)&address, &length) < 0 ? 0 : ntohs(address.sin_port);
}

static int number_of(int descriptor, int level, int option) {
    int value = -1;
    socklen_t length = sizeof value;
    getsockopt(descriptor, level, option, &value, &length);
    return value;
}

/* Between the bind and the change of owner whoever may write to the directory can put something else in its place. */
static void test_swapped(void) {
    const char *path = below("swapped"), *foreign = below("foreign");
    const int file = open(foreign, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || link(foreign, path) < 0)
        exit(1);
    begin_frame(SOCKET_SOCKET, AF_UNIX, SOCK_STREAM, path);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_UID_PLUS1, 1234 + 1);
    const struct wire_frame frame = end_frame();
    struct stat status;
    const bool refused = !listen_chown_node(&frame, -1) && errno == ELOOP;
    expect(refused && fstat(file, &status) == 0 && status.st_uid == geteuid(),
        "a file that was put in a socket's place keeps its owner");
    close(file);
}

static void test_network(void) {
    static const char *const names[] = {"SO_REUSEPORT", "SO_KEEPALIVE", "TCP_KEEPCNT", "NO_SUCH", "OF_IPV6", NULL};
    static const uint32_t options[] = {SOL_SOCKET, SO_REUSEPORT, 1, 0, SOL_SOCKET, SO_KEEPALIVE, 1, 1, IPPROTO_TCP,
        TCP_KEEPCNT, 5, 1, IPPROTO_TCP, 9999, 1, 1, IPPROTO_TCP, 9998, 1, 3};
    begin_frame(SOCKET_SOCKET, AF_INET, SOCK_STREAM, "127.0.0.1");
    wire_put_u32s(&writer, WIRE_OPEN_SOCKET_OPTIONS, options, sizeof options / sizeof *options);
    wire_put_texts(&writer, WIRE_OPEN_SOCKET_OPTION_NAMES, names);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_RECEIVE_BUFFER, 8192);
    wire_put_text(&writer, WIRE_OPEN_SOCKET_CONGESTION, "reno");
    const int listener = open_it();
    check(listener >= 0 && port_of(listener) > 0, "listen: an address of IPv4 is bound");
    check(number_of(listener, SOL_SOCKET, SO_REUSEPORT) == 1 && number_of(listener, SOL_SOCKET, SO_KEEPALIVE) == 1 &&
              number_of(listener, IPPROTO_TCP, TCP_KEEPCNT) == 5 &&
              number_of(listener, SOL_SOCKET, SO_RCVBUF) == 2 * 8192 &&
              number_of(listener, SOL_SOCKET, SO_REUSEADDR) == 1,
        "listen: options are set");
    check(notices.count == 1 && strstr(notices.texts[0], "NO_SUCH failed: ") != NULL,
        "listen: one that cannot be set is told by its name, but for those of the other family, which are not tried");

    begin_frame(SOCKET_SOCKET, AF_INET, SOCK_STREAM, "127.0.0.1");
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_PORT, port_of(listener));
    check(open_it() < 0 && failure.error == EADDRINUSE && strcmp(failure.step, "create") == 0,
        "listen: a port in use is an error");

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port_of(listener))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&address, sizeof address) < 0)
        exit(1);
    char who[128], wanted[128];
    const int connection = listen_accept(listener);
    listen_describe(connection, who, sizeof who);
    snprintf(wanted, sizeof wanted, "ip 127.0.0.1 %u 127.0.0.1 %u", port_of(listener), port_of(client));
    check(strcmp(who, wanted) == 0, "listen: both ends of a connection are known");
    close(connection);
    close(client);
    close(listener);

    begin_frame(SOCKET_SOCKET, 0, SOCK_STREAM, "");
    const int any = open_it();
    check(any >= 0 && port_of(any) > 0, "listen: a port alone is bound, with IPv6 or without");
    close(any);
    begin_frame(SOCKET_SOCKET, AF_INET, SOCK_STREAM, "no address");
    check(open_it() < 0 && failure.error == EINVAL, "listen: what is no address is an error");
    begin_frame(SOCKET_SOCKET, AF_INET6, SOCK_STREAM, "fe80::1");
    wire_put_text(&writer, WIRE_OPEN_SOCKET_SCOPE, "no-such-device");
    check(open_it() < 0, "listen: a device that is not there is an error");
    begin_frame(SOCKET_SOCKET, 16, SOCK_RAW, "");
    const int netlink = open_it();
    check(netlink >= 0, "listen: netlink is bound");
    close(netlink);
}

/* ── what is no socket ───────────────────────────────────────────────────────────────────────────────────────────── */

static void test_nodes(void) {
    begin_frame(SOCKET_FIFO, 0, 0, below("fifo"));
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_PIPE_SIZE, 4096);
    const int fifo = open_it();
    check(fifo >= 0 && mode_of(below("fifo")) == (S_IFIFO | 0660) && fcntl(fifo, F_GETPIPE_SZ) == 4096,
        "listen: a FIFO is made, with its mode and size");
    const int again = open_it();
    check(again >= 0, "listen: one that is there and is the same is taken");
    chmod(below("fifo"), 0666);
    check(open_it() < 0 && failure.error == EEXIST, "listen: one of another mode is not");
    close(fifo);
    close(again);
    close(open(below("file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    begin_frame(SOCKET_FIFO, 0, 0, below("file"));
    check(open_it() < 0, "listen: a file is no FIFO");
    begin_frame(SOCKET_SPECIAL, 0, 0, "/dev/null");
    const int special = open_it();
    check(special >= 0 && (fcntl(special, F_GETFL) & O_ACCMODE) == O_RDONLY, "listen: a device is opened for reading");
    close(special);
    begin_frame(SOCKET_SPECIAL, 0, 0, "/dev/null");
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_WRITABLE, 1);
    const int writable = open_it();
    check(writable >= 0 && (fcntl(writable, F_GETFL) & O_ACCMODE) == O_RDWR, "listen: and for writing if asked");
    close(writable);
    begin_frame(SOCKET_SPECIAL, 0, 0, folder);
    check(open_it() < 0 && failure.error == EEXIST, "listen: a directory is not special");
    begin_frame(SOCKET_QUEUE, 0, 0, "/pidone-test-queue");
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_MAX_MESSAGES, 3);
    wire_put_u32(&writer, WIRE_OPEN_SOCKET_MESSAGE_SIZE, 64);
    const int queue = open_it();
    struct mq_attr limits = {0};
    check(queue >= 0 && mq_getattr(queue, &limits) == 0 && limits.mq_maxmsg == 3 && limits.mq_msgsize == 64,
        "listen: a message queue is made, with its limits");
    mq_unlink("/pidone-test-queue");
    close(queue);
    begin_frame(99, 0, 0, "/x");
    check(open_it() < 0 && failure.error == EOPNOTSUPP, "listen: a kind that nobody knows is an error");
}

/* ── held by init ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void hold(const char *unit, uint32_t number, uint64_t key, const int *descriptors, size_t count) {
    uint8_t buffer[512];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_HOLD, 0, 0);
    wire_put_text(&w, WIRE_HOLD_UNIT, unit);
    wire_put_u32(&w, WIRE_HOLD_NUMBER, number);
    wire_put_u64(&w, WIRE_HOLD_KEY, key);
    send_to_init(&w, descriptors, count);
}

static void let_go(const char *unit, uint32_t first, uint32_t last) {
    uint8_t buffer[512];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_LET_GO, 0, 0);
    wire_put_text(&w, WIRE_LET_GO_UNIT, unit);
    wire_put_u32(&w, WIRE_LET_GO_FIRST, first);
    wire_put_u32(&w, WIRE_LET_GO_LAST, last);
    send_to_init(&w, NULL, 0);
}

static void manager_of_listeners(const struct manager_start *start) {
    if (start->generation == 0) {
        for (uint32_t i = 0; i < 40; i++) {
            char name[16];
            snprintf(name, sizeof name, "@%u", i);
            const int end = open_unix(name, SOCK_STREAM);
            hold(i % 2 ? "a.socket" : "b.socket", i, 1000 + i, &end, 1);
            close(end);
        }
        let_go("b.socket", 0, UINT32_MAX);
        let_go("a.socket", 5, 38);
        _exit(1);
    }
    shared->seen[0] = (int)held_size();
    struct held *first = held_find("a.socket", 1), *last = held_find("a.socket", 39);
    shared->seen[1] = first && first->key == 1001 && number_of(first->descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
    shared->seen[2] = last && last->key == 1039;
    exit_all(6);
}

static void test_held(void) {
    const int status = run_init((struct run){.manager = manager_of_listeners});
    expect(status == 6 && shared->seen[0] == 3 && shared->seen[1] && shared->seen[2],
        "a new manager has what the one before has opened, and nothing that was let go");
}

static void keeper_that_looks(uint32_t number, int channel, struct keeper_page *page) {
    (void)number, (void)page;
    int open = 0;
    for (int descriptor = 3; descriptor < 200; descriptor++)
        open += number_of(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
    shared->seen[0] = 100 + open;
    if (write(channel, "!", 1) != 1)
        _exit(LOST);
}

static void manager_with_keeper(const struct manager_start *start) {
    (void)start;
    const int end = open_unix("@some", SOCK_STREAM);
    for (uint32_t i = 0; i < 8; i++)
        hold("a.socket", i, 0, &end, 1);
    if (!await_byte(keep(1)))
        _exit(LOST);
    exit_all(8);
}

static void test_keeper(void) {
    const int status = run_init((struct run){.manager = manager_with_keeper, .keeper = keeper_that_looks});
    expect(status == 8 && shared->seen[0] == 100, "a keeper inherits no socket that init holds");
}

static void manager_of_many(const struct manager_start *start) {
    if (start->generation > 0) {
        shared->seen[2] = (int)held_size();
        exit_all(5);
    }
    const int end = open_unix("@many", SOCK_STREAM);
    for (uint32_t i = 0; i < 100; i++)
        hold("a.socket", i, 0, &end, 1);
    const struct wire_frame frame = await_frame(WIRE_HOLD_FAILED);
    shared->seen[0] = (int)wire_u32(wire_find(&frame, WIRE_HOLD_FAILED_ERRNO));
    snprintf(shared->text[0], sizeof *shared->text, "%s", wire_text(wire_find(&frame, WIRE_HOLD_FAILED_UNIT)));
    _exit(1);
}

static void test_many(void) {
    const int status = run_init((struct run){.manager = manager_of_many, .descriptor_limit = 64});
    expect(status == 5 && shared->seen[0] == EMFILE && strcmp(shared->text[0], "a.socket") == 0 &&
               shared->seen[2] > 10 && shared->seen[2] < 60,
        "a socket that init has no room for is told, and room is left for the next manager");
}

int main(void) {
    const bool namespaces = begin_tests();
    snprintf(folder, sizeof folder, "/tmp/pidone-listen-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    umask(077);
    void (*const plain[])(void) = {test_paths, test_planted, test_owner, test_swapped, test_network, test_nodes};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        plain[i]();
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        printf("# %s stays behind\n", folder);
    if (namespaces) {
        test_held();
        test_keeper();
        test_many();
    }
    return tap_end();
}
