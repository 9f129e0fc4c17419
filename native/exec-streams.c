/* Standard input, output and error of a command: StandardInput=, StandardOutput=, StandardError=, TTYPath= of
 * systemd.exec(5). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec.h"
#include "safe-path.h"

static int open_input(const struct exec_request *request, uint32_t kind);
static int open_output(const struct exec_request *request, uint32_t kind, int target, uint32_t input_kind);
static int open_file(const char *path, int flags);
static int connect_socket(const char *path);
static int open_terminal(const struct exec_request *request, int flags);
static void install(const struct exec_request *request, int descriptor, int target, uint32_t step);

void exec_open_streams(const struct exec_request *request) {
    uint32_t input = wire_u32(wire_find(request->run, WIRE_RUN_STDIN));
    uint32_t output = wire_u32(wire_find(request->run, WIRE_RUN_STDOUT));
    uint32_t error = wire_u32(wire_find(request->run, WIRE_RUN_STDERR));
    install(request, open_input(request, input), STDIN_FILENO, STEP_STDIN);
    install(request, open_output(request, output, STDOUT_FILENO, input), STDOUT_FILENO, STEP_STDOUT);
    install(request, open_output(request, error, STDERR_FILENO, input), STDERR_FILENO, STEP_STDERR);
}

/* A descriptor to be put in its place, which may be the place itself; -1 with errno. */
static int open_input(const struct exec_request *request, uint32_t kind) {
    switch (kind) {
    case STREAM_INHERIT:
    case STREAM_CONSOLE:
        return STDIN_FILENO;
    case STREAM_FILE:
        return open_file(wire_text(wire_find(request->run, WIRE_RUN_STDIN_PATH)), O_RDONLY);
    case STREAM_TTY: {
        int terminal = open_terminal(request, O_RDWR);
        /* It becomes the controlling terminal: Ctrl-C is for this command. Another session may hold it: then it stays
         * without. */
        if (terminal >= 0)
            ioctl(terminal, TIOCSCTTY, 0);
        return terminal;
    }
    case STREAM_SOCKET:
        return exec_socket_stream();
    default:
        return open("/dev/null", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    }
}

static int open_output(const struct exec_request *request, uint32_t kind, int target, uint32_t input_kind) {
    bool is_error = target == STDERR_FILENO;
    const char *path = wire_text(wire_find(request->run, is_error ? WIRE_RUN_STDERR_PATH : WIRE_RUN_STDOUT_PATH));
    switch (kind) {
    case STREAM_JOURNAL:
        return request->log;
    case STREAM_INHERIT:
        if (is_error)
            return STDOUT_FILENO;
        /* What is open for reading only cannot be inherited for writing. */
        return input_kind == STREAM_NULL ? open("/dev/null", O_WRONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
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
        return input_kind == STREAM_TTY ? STDIN_FILENO : open_terminal(request, O_WRONLY);
    default:
        return open("/dev/null", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    }
}

/* A path of the unit file, opened with the rights of pidone as systemd does; a socket is connected to. No link is
 * followed that another user could have planted: a service of root, too, may log where its workers write. */
static int open_file(const char *path, int flags) {
    flags |= O_CLOEXEC | O_NOCTTY;
    int descriptor = open_unplanted(path, flags, 0666);
    if (descriptor < 0 && errno == ENXIO)
        return connect_socket(path);
    return descriptor;
}

static int connect_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

static int open_terminal(const struct exec_request *request, int flags) {
    const char *path = wire_text(wire_find(request->run, WIRE_RUN_TTY_PATH));
    int descriptor = open(*path ? path : "/dev/console", flags | O_NOCTTY | O_CLOEXEC);
    if (descriptor >= 0 && !isatty(descriptor)) {
        close(descriptor);
        errno = ENOTTY;
        return -1;
    }
    return descriptor;
}

static void install(const struct exec_request *request, int descriptor, int target, uint32_t step) {
    if (descriptor < 0)
        exec_fail(request, step, errno ? errno : EBADF);
    if (descriptor != target && dup2(descriptor, target) < 0)
        exec_fail(request, step, errno);
    /* dup2 has taken close-on-exec away from the copy; what was opened here is closed by the exec. */
}
