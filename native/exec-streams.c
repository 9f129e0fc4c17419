/* Standard input, output and error of a command: StandardInput=, StandardOutput=, StandardError= of systemd.exec(5).
 * Which of them is a copy of which was decided before; here each is put in its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"
#include "safe-path.h"

/* Of linux/memfd.h and linux/fcntl.h, which musl has not all of. */
enum { ALLOW_SEALING = 2, ALL_SEALS = 15 };

static int open_input(const struct exec_request *request);
static int open_output(const struct exec_request *request, uint32_t kind, int target);
static int open_file(const char *path, int flags);
static int connect_socket(const char *path, int accessed);
static int open_data(struct wire_field data);
static int open_named(const struct exec_request *request, int target);
static void install(const struct exec_request *request, int descriptor, int target, uint32_t step);

void exec_open_streams(const struct exec_request *request) {
    if (wire_u32(wire_find(request->run, WIRE_RUN_STDIN)) == STREAM_CLIENT) {
        exec_take_client_streams(request);
        return;
    }
    install(request, open_input(request), STDIN_FILENO, STEP_STDIN);
    uint32_t output = wire_u32(wire_find(request->run, WIRE_RUN_STDOUT));
    install(request, open_output(request, output, STDOUT_FILENO), STDOUT_FILENO, STEP_STDOUT);
    uint32_t error = wire_u32(wire_find(request->run, WIRE_RUN_STDERR));
    install(request, open_output(request, error, STDERR_FILENO), STDERR_FILENO, STEP_STDERR);
}

static const char *path_of(const struct exec_request *request, int target) {
    static const uint16_t tags[] = {WIRE_RUN_STDIN_PATH, WIRE_RUN_STDOUT_PATH, WIRE_RUN_STDERR_PATH};
    return wire_text(wire_find(request->run, tags[target]));
}

/* A descriptor to be put in its place, which may be the place itself; -1 with errno. */
static int open_input(const struct exec_request *request) {
    switch (wire_u32(wire_find(request->run, WIRE_RUN_STDIN))) {
    case STREAM_CONSOLE:
        return STDIN_FILENO;
    case STREAM_FILE:
        return open_file(path_of(request, STDIN_FILENO), O_RDONLY);
    case STREAM_READ_WRITE:
        return open_file(path_of(request, STDIN_FILENO), O_RDWR | O_CREAT);
    case STREAM_TTY:
    case STREAM_TTY_FORCE:
    case STREAM_TTY_FAIL:
        return exec_acquire_terminal(request);
    case STREAM_DATA:
        return open_data(wire_find(request->run, WIRE_RUN_STDIN_DATA));
    case STREAM_FD:
        return open_named(request, STDIN_FILENO);
    case STREAM_SOCKET:
        return exec_socket_stream();
    default:
        return open("/dev/null", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    }
}

static int open_output(const struct exec_request *request, uint32_t kind, int target) {
    const char *path = path_of(request, target);
    switch (kind) {
    case STREAM_JOURNAL:
        return request->log;
    case STREAM_INHERIT:
        return STDOUT_FILENO;
    case STREAM_AS_STDIN:
        return STDIN_FILENO;
    case STREAM_CONSOLE:
        return target;
    case STREAM_SOCKET:
        return exec_socket_stream();
    case STREAM_FILE:
        return open_file(path, O_WRONLY | O_CREAT);
    case STREAM_APPEND:
        return open_file(path, O_WRONLY | O_CREAT | O_APPEND);
    case STREAM_TRUNCATE:
        return open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
    case STREAM_TTY:
        return exec_open_terminal(request, O_WRONLY);
    case STREAM_FD:
        return open_named(request, target);
    default:
        return open("/dev/null", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    }
}

/* A path of the unit file, opened with the rights of pidone as systemd does; a socket is connected to. No link is
 * followed that another user could have planted: a service of root, too, may log where its workers write. */
static int open_file(const char *path, int flags) {
    int descriptor = open_unplanted(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (descriptor < 0 && errno == ENXIO)
        return connect_socket(path, flags & O_ACCMODE);
    return descriptor;
}

static int connect_socket(const char *path, int accessed) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 &&
        (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0 ||
            (accessed != O_RDWR && shutdown(descriptor, accessed == O_RDONLY ? SHUT_WR : SHUT_RD) < 0))) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

/* A file in memory that nobody can change any more. */
static int open_data(struct wire_field data) {
    int descriptor = (int)syscall(SYS_memfd_create, "data-fd", MFD_CLOEXEC | ALLOW_SEALING);
    if (descriptor < 0)
        return -1;
    for (size_t at = 0; at < data.length;) {
        ssize_t written = write(descriptor, data.bytes + at, data.length - at);
        if (written < 0 && errno != EINTR)
            return -1;
        at += written > 0 ? (size_t)written : 0;
    }
    if (lseek(descriptor, 0, SEEK_SET) < 0 || fcntl(descriptor, F_ADD_SEALS, ALL_SEALS) < 0)
        return -1;
    return descriptor;
}

/* What was passed to the command under that name. */
static int open_named(const struct exec_request *request, int target) {
    int descriptor = request->named[target];
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0 && flags & O_NONBLOCK)
        fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
    return descriptor;
}

int exec_find_streams(struct exec_request *request) {
    static const uint16_t kinds[] = {WIRE_RUN_STDIN, WIRE_RUN_STDOUT, WIRE_RUN_STDERR};
    size_t wanted = 0;
    for (int target = 0; target < 3; target++) {
        request->named[target] = -1;
        wanted += wire_u32(wire_find(request->run, kinds[target])) == STREAM_FD;
    }
    /* One descriptor is for one stream (exec_context_named_iofds()). */
    for (size_t i = 0; wanted && i < exec_descriptors(request); i++) {
        struct exec_descriptor passed = exec_descriptor(request, i);
        for (int target = 0; target < 3; target++) {
            if (request->named[target] >= 0 || wire_u32(wire_find(request->run, kinds[target])) != STREAM_FD ||
                strcmp(path_of(request, target), passed.name) != 0)
                continue;
            request->named[target] = passed.descriptor;
            wanted--;
            break;
        }
    }
    if (wanted)
        request->missing = "NAMED_FD";
    if (exec_has_socket_stream(request) && passed_count() != 1) {
        request->missing = "SOCKET";
        return EINVAL;
    }
    return wanted ? ENOENT : 0;
}

static void install(const struct exec_request *request, int descriptor, int target, uint32_t step) {
    if (descriptor < 0)
        exec_fail(request, step, errno ? errno : EBADF);
    if (descriptor != target && dup2(descriptor, target) < 0)
        exec_fail(request, step, errno);
    /* dup2 has taken close-on-exec away from the copy; what was opened here is closed by the exec. */
}
