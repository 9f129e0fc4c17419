/* OpenFile= of systemd.service(5): files and sockets that pidone opens for a command, which is given them after the
 * unit's other descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exec.h"
#include "safe-path.h"

static struct exec_descriptor *opened;
static size_t opened_count;

static int open_one(const char *path, const char *options);
static int connect_to(int place, bool read_only);

/* Each "OPTIONS:NAME/path/to/it", options by their first letters. */
void exec_open_files(const struct exec_request *request) {
    const struct wire_field files = wire_find(request->run, WIRE_RUN_OPEN_FILES);
    const size_t count = wire_count_texts(files);
    if (!count)
        return;
    opened = calloc(count, sizeof *opened);
    if (!opened)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    size_t at = 0;
    for (const char *file; (file = wire_next_text(files, &at));) {
        const char *colon = strchr(file, ':');
        const char *path = colon ? strchr(colon, '/') : NULL;
        if (!path)
            exec_fail(request, STEP_FDS, EINVAL);
        const size_t options = strcspn(file, ":");
        char letters[8] = "";
        memcpy(letters, file, options < sizeof letters ? options : sizeof letters - 1);
        const int descriptor = open_one(path, letters);
        if (descriptor < 0 && strchr(letters, 'g'))
            continue;
        char *name = strndup(colon + 1, (size_t)(path - colon - 1));
        if (descriptor < 0 || !name)
            exec_fail(request, STEP_FDS, errno);
        opened[opened_count++] = (struct exec_descriptor){.descriptor = descriptor, .name = name};
    }
}

size_t exec_opened_files(void) {
    return opened_count;
}

struct exec_descriptor exec_opened_file(size_t i) {
    return opened[i];
}

static int open_one(const char *path, const char *options) {
    /* The command gets what only root may open: a link that its user has planted is opened as what it is, a link. */
    const int place = open_unplanted(path, O_PATH | O_CLOEXEC, 0);
    struct stat status;
    if (place < 0 || fstat(place, &status) < 0)
        return -1;
    const bool read_only = strchr(options, 'r') != NULL;
    int descriptor;
    if (S_ISSOCK(status.st_mode)) {
        descriptor = connect_to(place, read_only);
    } else {
        char again[32];
        snprintf(again, sizeof again, "/proc/self/fd/%d", place);
        const int flags = strchr(options, 'a') ? O_APPEND : strchr(options, 't') ? O_TRUNC : 0;
        descriptor = open(again, (read_only ? O_RDONLY : O_RDWR) | flags | O_CLOEXEC | O_NOCTTY);
    }
    const int error = errno;
    close(place);
    errno = error;
    return descriptor;
}

/* Whatever type the socket has. */
static int connect_to(int place, bool read_only) {
    static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", place);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const int descriptor = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return -1;
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) {
            if (read_only)
                shutdown(descriptor, SHUT_WR);
            return descriptor;
        }
        const int error = errno;
        close(descriptor);
        errno = error;
        if (error != EPROTOTYPE)
            return -1;
    }
    return -1;
}
