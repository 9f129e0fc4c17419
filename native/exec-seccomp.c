/* SystemCallFilter= and its like: installs the filter that the manager has made. It is the last step before the execve:
 * whatever comes after it must be allowed by every filter (systemd has execve(2) in all). */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"

/* linux/filter.h and linux/seccomp.h, which musl has not. */
enum { FILTER_MODE = 2, SET_MODE_FILTER = 1, INSTRUCTIONS_MAX = 4096 };

struct instruction {
    uint16_t code;
    uint8_t yes, no;
    uint32_t value;
};

struct filter {
    unsigned short length;
    const struct instruction *instructions;
};

static int install(const struct filter *filter);

void exec_install_filter(const struct exec_request *request) {
    struct wire_field field = wire_find(request->run, WIRE_RUN_SECCOMP);
    struct instruction instructions[INSTRUCTIONS_MAX]; /* aligned, and on the stack of the child */
    size_t count = field.length / sizeof *instructions;
    const char *settings = wire_text(wire_find(request->run, WIRE_RUN_SECCOMP_OF));
    if (*settings && !count)
        exec_skip(request, STEP_SECCOMP, ENOSYS, "not applied on this machine: %s", settings);
    if (!count)
        return;
    if (count > INSTRUCTIONS_MAX)
        exec_fail(request, STEP_SECCOMP, E2BIG);
    memcpy(instructions, field.bytes, count * sizeof *instructions);
    struct filter filter = {.length = (unsigned short)count, .instructions = instructions};
    /* The kernel wants either of the two, so that no program with more rights is confused by a filter. As systemd, do
     * with the capability where it is there: then set-user-id programs keep working. */
    if (!exec_has_capability(CAPABILITY_SYS_ADMIN) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        exec_fail(request, STEP_NO_NEW_PRIVILEGES, errno);
    int error = install(&filter);
    if (error)
        exec_skip(request, STEP_SECCOMP, error, "not applied in this container: %s", settings);
}

/* 0 or an errno. */
static int install(const struct filter *filter) {
    if (syscall(SYS_seccomp, SET_MODE_FILTER, 0, filter) == 0)
        return 0;
    /* An engine's filter may know only one of the two ways. */
    int error = errno;
    return prctl(PR_SET_SECCOMP, FILTER_MODE, filter, 0, 0) == 0 ? 0 : error;
}
