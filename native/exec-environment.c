/* The environment of a command: the container's, less `unset`, with `set`, and the process's own pid where it is asked
 * for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "pidone.h"

static size_t name_length(const char *assignment);
static bool is_unset(struct wire_field unset, const char *assignment);
static size_t put(char **environment, size_t count, char *assignment);
static char *assign(const struct exec_request *request, const char *name, const char *value);

char **exec_environment(const struct exec_request *request) {
    struct wire_field unset = wire_find(request->run, WIRE_RUN_UNSET);
    struct wire_field set = wire_find(request->run, WIRE_RUN_SET);
    struct wire_field own_pid = wire_find(request->run, WIRE_RUN_PID_VARIABLES);
    bool inherits = !(request->flags & RUN_EMPTY_ENVIRONMENT);
    size_t inherited = 0;
    while (inherits && program.environment[inherited])
        inherited++;

    char **environment =
        malloc((inherited + wire_count_texts(set) + wire_count_texts(own_pid) + 5) * sizeof *environment);
    if (!environment)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    size_t count = 0, at = 0;
    for (size_t i = 0; i < inherited; i++)
        if (!is_unset(unset, program.environment[i]))
            environment[count++] = program.environment[i];
    for (const char *assignment; (assignment = wire_next_text(set, &at));)
        count = put(environment, count, (char *)(uintptr_t)assignment); /* execve(2) does not write to it */
    at = 0;
    char value[48];
    snprintf(value, sizeof value, "%d", getpid());
    for (const char *name; (name = wire_next_text(own_pid, &at));)
        count = put(environment, count, assign(request, name, value));
    if (exec_descriptors(request) > 0) {
        count = put(environment, count, assign(request, "LISTEN_PID", value));
        snprintf(value, sizeof value, "%zu", exec_descriptors(request));
        count = put(environment, count, assign(request, "LISTEN_FDS", value));
        count = put(environment, count, exec_descriptor_names(request));
    }
    struct stat pipe;
    if ((request->flags & RUN_JOURNAL_STREAM) && request->log >= 0 && fstat(request->log, &pipe) == 0) {
        snprintf(value, sizeof value, "%ju:%ju", (uintmax_t)pipe.st_dev, (uintmax_t)pipe.st_ino);
        count = put(environment, count, assign(request, "JOURNAL_STREAM", value));
    }
    environment[count] = NULL;
    return environment;
}

static size_t name_length(const char *assignment) {
    return strcspn(assignment, "=");
}

static bool is_unset(struct wire_field unset, const char *assignment) {
    size_t length = name_length(assignment), at = 0;
    for (const char *name; (name = wire_next_text(unset, &at));)
        if (strncmp(name, assignment, length) == 0 && !name[length])
            return true;
    return false;
}

/* Adds or replaces; the new count. */
static size_t put(char **environment, size_t count, char *assignment) {
    size_t length = name_length(assignment);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environment[i], assignment, length) == 0 && environment[i][length] == '=') {
            environment[i] = assignment;
            return count;
        }
    environment[count] = assignment;
    return count + 1;
}

static char *assign(const struct exec_request *request, const char *name, const char *value) {
    size_t size = strlen(name) + strlen(value) + sizeof "=";
    char *assignment = malloc(size);
    if (!assignment)
        exec_fail(request, STEP_MEMORY, ENOMEM);
    snprintf(assignment, size, "%s=%s", name, value);
    return assignment;
}
