/* Descriptors that the command is given (sd_listen_fds(3)): those of its sockets, in their order, then what the unit
 * has stored, the last one first. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"
#include "store.h"

enum { FIRST = 3 };

static size_t sockets(const struct exec_request *request);
static void set_waiting(const struct exec_request *request, int descriptor);

void exec_pass_descriptors(const struct exec_request *request) {
    size_t count = exec_descriptors(request);
    if (!count)
        return;
    int *sources = malloc(count * sizeof *sources);
    if (!sources)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    /* First all out of the way of those that come to stand there. */
    for (size_t i = 0; i < count; i++) {
        sources[i] = exec_descriptor(request, i).descriptor;
        if (i < sockets(request))
            set_waiting(request, sources[i]);
        if (sources[i] < FIRST + (int)count)
            sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, FIRST + (int)count);
        if (sources[i] < 0)
            exec_fail(request, STEP_FDS, errno);
    }
    for (size_t i = 0; i < count; i++)
        if (dup2(sources[i], FIRST + (int)i) < 0)
            exec_fail(request, STEP_FDS, errno);
    free(sources);
}

/* NonBlocking= */
static void set_waiting(const struct exec_request *request, int descriptor) {
    const int flags = fcntl(descriptor, F_GETFL);
    const int wanted = request->flags & RUN_NON_BLOCKING ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (flags < 0 || (wanted != flags && fcntl(descriptor, F_SETFL, wanted) < 0))
        exec_fail(request, STEP_FDS, errno);
}

static size_t sockets(const struct exec_request *request) {
    return exec_has_socket_stream(request) ? 0 : passed_count();
}

static size_t stored_before_files(const struct exec_request *request) {
    return passed_count() + (request->flags & RUN_PASS_STORE ? store_size() : 0);
}

size_t exec_descriptors(const struct exec_request *request) {
    if (exec_has_socket_stream(request))
        return 0;
    return stored_before_files(request) + exec_opened_files();
}

struct exec_descriptor exec_descriptor(const struct exec_request *request, size_t i) {
    const size_t first = sockets(request);
    if (i < first)
        return (struct exec_descriptor){.descriptor = passed_at(i)->descriptor, .name = passed_at(i)->name};
    if (i >= stored_before_files(request))
        return exec_opened_file(i - stored_before_files(request));
    const struct stored *stored = store_at(store_size() - 1 - (i - first));
    return (struct exec_descriptor){.descriptor = stored->descriptor, .name = stored->name};
}

char *exec_descriptor_names(const struct exec_request *request) {
    static const char variable[] = "LISTEN_FDNAMES=";
    size_t count = exec_descriptors(request);
    char *names = malloc(sizeof variable + count * STORE_NAME_BYTES);
    if (!names)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    char *at = names;
    for (const char *from = variable; *from; from++)
        *at++ = *from;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *at++ = ':';
        for (const char *from = exec_descriptor(request, i).name; *from; from++)
            *at++ = *from;
    }
    *at = '\0';
    return names;
}
