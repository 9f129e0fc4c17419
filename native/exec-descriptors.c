/* Descriptors that the command is given (sd_listen_fds(3)): what the unit has stored, the last one first. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec.h"
#include "store.h"

enum { FIRST = 3 };

void exec_pass_descriptors(const struct exec_request *request) {
    size_t count = exec_descriptors(request);
    if (!count)
        return;
    int *sources = malloc(count * sizeof *sources);
    if (!sources)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    /* First all out of the way of those that come to stand there. */
    for (size_t i = 0; i < count; i++) {
        sources[i] = store_at(count - 1 - i)->descriptor;
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

size_t exec_descriptors(const struct exec_request *request) {
    return request->flags & RUN_PASS_STORE ? store_size() : 0;
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
        for (const char *from = store_at(count - 1 - i)->name; *from; from++)
            *at++ = *from;
    }
    *at = '\0';
    return names;
}
