/* For the tests of init: an init as PID 1 of a PID namespace (or a subreaper), with a manager that does what a test
 * says, and keepers too unless WITH_REAL_KEEPERS is defined. The managers of a test run one after the other in forks of
 * init, so they tell what they saw in memory that all share. */
#ifndef PIDONE_TEST_INIT_HARNESS_H
#define PIDONE_TEST_INIT_HARNESS_H

#include "../init.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MSEC = 20000, LOST = 77 };

/* Shared by the test, init, and all that init forks. */
struct shared {
    volatile int seen[16];
    volatile pid_t pids[16];
    char text[8][64];
};
static struct shared *shared;
static int to_driver[2]; /* one byte each time the driver may go on */

static void (*manager_of_test)(const struct manager_start *start);
__attribute__((unused)) static void (*keeper_of_test)(uint32_t number, int channel, struct keeper_page *page);
static const struct manager_start *start_facts;

__attribute__((unused)) static void tell_driver(void) {
    if (write(to_driver[1], "!", 1) != 1)
        _exit(LOST);
}

__attribute__((unused)) static void await_end(int descriptor) {
    char byte;
    while (read(descriptor, &byte, 1) > 0)
        ;
}

/* ── doubles ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

_Noreturn void host_main(const struct manager_start *start) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    start_facts = start;
    manager_of_test(start);
    _exit(0);
}

#ifndef WITH_REAL_KEEPERS
_Noreturn void keeper_main(const struct wire_frame *keep, int channel, struct keeper_page *page) {
    keeper_of_test(wire_u32(wire_find(keep, WIRE_KEEP_KEEPER)), channel, page);
    _exit(0);
}
#endif

/* ── what managers do ────────────────────────────────────────────────────────────────────────────────────────────── */

static uint8_t received[WIRE_INLINE_MAX];

/* The next frame from init, of this type; others are passed over. Ends the manager, and with it the test, when none
 * comes. */
__attribute__((unused)) static struct wire_frame await_frame(uint16_t type) {
    struct pollfd wait = {.fd = start_facts->init_channel, .events = POLLIN};
    while (poll(&wait, 1, PATIENCE_MSEC) == 1) {
        struct wire_message message;
        struct wire_frame frame;
        if (wire_receive(start_facts->init_channel, received, sizeof received, &message) != 1)
            break;
        if (!wire_open(&frame, message.bytes, message.length) && frame.type == type)
            return frame;
    }
    _exit(LOST);
}

__attribute__((unused)) static void send_to_init(struct wire_writer *w, const int *descriptors, size_t count) {
    if (wire_send(start_facts->init_channel, w->buffer, wire_end(w), descriptors, count) != 0)
        _exit(LOST);
}

__attribute__((unused)) static void send_number(uint16_t type, uint16_t tag, uint32_t number) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, type, 0, 0);
    if (tag)
        wire_put_u32(&w, tag, number);
    send_to_init(&w, NULL, 0);
}

__attribute__((unused)) static void send_exit(int status) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_EXIT, 0, 0);
    wire_put_i32(&w, WIRE_EXIT_STATUS, status);
    send_to_init(&w, NULL, 0);
}

__attribute__((unused)) static _Noreturn void exit_all(int status) {
    send_exit(status);
    for (;;)
        pause(); /* init kills its manager on the way out */
}

/* Asks for a keeper: the manager's end of its channel. */
__attribute__((unused)) static int keep(uint32_t number) {
    int channel[2];
    uint8_t buffer[256];
    struct wire_writer w;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
        _exit(LOST);
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEP, 0, 0);
    wire_put_u32(&w, WIRE_KEEP_KEEPER, number);
    wire_put_text(&w, WIRE_KEEP_UNIT, "test.service");
    send_to_init(&w, (const int[]){channel[1], channel[0]}, 2);
    close(channel[1]);
    return channel[0];
}

__attribute__((unused)) static void send_kill_remains(uint32_t number, int signal, uint32_t which) {
    uint8_t buffer[128];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KILL_REMAINS, 0, 0);
    wire_put_u32(&w, WIRE_KILL_REMAINS_KEEPER, number);
    wire_put_i32(&w, WIRE_KILL_REMAINS_SIGNAL, signal);
    wire_put_u32(&w, WIRE_KILL_REMAINS_WHICH, which);
    send_to_init(&w, NULL, 0);
}

__attribute__((unused)) static bool await_byte(int channel) {
    struct pollfd wait = {.fd = channel, .events = POLLIN};
    char byte;
    return poll(&wait, 1, PATIENCE_MSEC) == 1 && read(channel, &byte, 1) == 1;
}

/* ── running one init ────────────────────────────────────────────────────────────────────────────────────────────── */

static char said[8192]; /* by init, on its stderr */

__attribute__((unused)) static bool enter_namespaces(void) {
    return unshare(CLONE_NEWPID | CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

__attribute__((unused)) static _Noreturn void become_init(bool is_pid_1, int stderr_file, rlim_t descriptor_limit) {
    static char name[64] = "pidone"; /* the process title is written over it */
    static char *argv[] = {name, NULL};
    dup2(stderr_file, 2);
    dup2(stderr_file, 1);
    close(stderr_file);
    close(to_driver[0]);
    if (is_pid_1 && (mount("proc", "/proc", "proc", 0, NULL) < 0 || mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0))
        _exit(LOST);
    setenv("PIDONE_DEV_LOG", "no", 1); /* /dev is the machine's */
    if (descriptor_limit)
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){descriptor_limit, descriptor_limit});
    program_begin(1, argv);
    init_main();
}

struct run {
    void (*manager)(const struct manager_start *start);
    void (*keeper)(uint32_t number, int channel, struct keeper_page *page);
    void (*drive)(pid_t init); /* after tell_driver() */
    bool below_others;         /* not PID 1 */
    rlim_t descriptor_limit;   /* 0: as it is */
};

/* The exit status of init, or -1. */
__attribute__((unused)) static int run_init(struct run run) {
    memset(shared, 0, sizeof *shared);
    manager_of_test = run.manager;
    keeper_of_test = run.keeper;
    int pids[2];
    const int stderr_file = memfd_create("stderr", 0);
    if (pipe(to_driver) < 0 || pipe(pids) < 0 || stderr_file < 0)
        exit(1);
    const pid_t middle = fork();
    if (middle == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!run.below_others && !enter_namespaces())
            _exit(LOST);
        const pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(pids[0]);
            close(pids[1]);
            become_init(!run.below_others, stderr_file, run.descriptor_limit);
        }
        int status = 0;
        if (write(pids[1], &pid, sizeof pid) != sizeof pid || waitpid(pid, &status, 0) != pid)
            _exit(LOST);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : LOST);
    }
    close(to_driver[1]);
    pid_t init_pid = 0;
    if (read(pids[0], &init_pid, sizeof init_pid) == sizeof init_pid && run.drive && await_byte(to_driver[0]))
        run.drive(init_pid);
    int status = 0;
    waitpid(middle, &status, 0);
    const int descriptors[] = {to_driver[0], pids[0], pids[1]};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
        close(descriptors[i]);
    const ssize_t length = pread(stderr_file, said, sizeof said - 1, 0);
    said[length > 0 ? length : 0] = 0;
    close(stderr_file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

__attribute__((unused)) static void expect(bool good, const char *title) {
    if (!check(good, "init: %s", title)) {
        for (int i = 0; i < 8; i++)
            printf(
                "# seen[%d] %d, pids[%d] %d, text \"%s\"\n", i, shared->seen[i], i, shared->pids[i], shared->text[i]);
        for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n"))
            printf("# %s\n", line);
    }
}

/* Whether this machine lets the test make the namespaces; told as skipped when not. */
__attribute__((unused)) static bool begin_tests(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("TAP version 13");
    alarm(120); /* whatever hangs ends with this process */
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        exit(1);
    const pid_t probe = fork();
    if (probe == 0)
        _exit(enter_namespaces() ? 0 : 1);
    int status;
    waitpid(probe, &status, 0);
    if (status != 0)
        skip("init: as PID 1", "no namespaces");
    return status == 0;
}

#endif
