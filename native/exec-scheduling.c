/* CPUScheduling…=, CPUAffinity=, NUMAPolicy=, IOScheduling…=, Personality=, CoredumpFilter=, MemoryKSM= of
 * systemd.exec(5). What needs a capability or a system call that the container's engine keeps back is skipped and told;
 * a value that the kernel does not take ends the command with the step's exit status, as under systemd. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"

#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif

enum { MASK_WORDS = 8192 / (8 * sizeof(unsigned long)), IOPRIO_WHO_PROCESS = 1 };

static size_t get_mask(struct wire_field field, unsigned long words[static MASK_WORDS]);
static void refused(const struct exec_request *request, uint32_t step, int error, const char *setting);

void exec_set_coredump_filter(const struct exec_request *request) {
    const char *filter = wire_text(wire_find(request->run, WIRE_RUN_COREDUMP_FILTER));
    if (!*filter)
        return;
    int file = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    int error = file < 0 || write(file, filter, strlen(filter)) < 0 ? errno : 0;
    if (file >= 0)
        close(file);
    /* No /proc, one for reading only, or a kernel without core dumps: as forbidden. */
    if (error == ENOENT || error == EROFS)
        error = EPERM;
    if (error)
        refused(request, STEP_LIMITS, error, "CoredumpFilter=");
}

void exec_set_scheduler(const struct exec_request *request) {
    uint32_t policy_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_CPU_POLICY_PLUS1));
    if (!policy_plus_1)
        return;
    struct sched_param parameters = {
        .sched_priority = (int)wire_u32(wire_find(request->run, WIRE_RUN_CPU_PRIORITY)),
    };
    /* Not musl's sched_setscheduler(3), which refuses everything: a process is not a thread to it. */
    if (syscall(SYS_sched_setscheduler, 0, policy_plus_1 - 1, &parameters) < 0)
        refused(request, STEP_SETSCHEDULER, errno, "CPUSchedulingPolicy=");
}

void exec_set_affinity(const struct exec_request *request) {
    struct wire_field field = wire_find(request->run, WIRE_RUN_CPU_AFFINITY);
    if (!field.length)
        return;
    unsigned long mask[MASK_WORDS] = {0};
    if (syscall(SYS_sched_setaffinity, 0, get_mask(field, mask) * sizeof *mask, mask) < 0)
        refused(request, STEP_CPUAFFINITY, errno, "CPUAffinity=");
}

void exec_set_memory_policy(const struct exec_request *request) {
    uint32_t mode_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_NUMA_POLICY_PLUS1));
    if (!mode_plus_1)
        return;
    unsigned long nodes[MASK_WORDS] = {0};
    size_t words = get_mask(wire_find(request->run, WIRE_RUN_NUMA_NODES), nodes);
    /* The kernel takes one bit less than it is told of. */
    if (syscall(SYS_set_mempolicy, mode_plus_1 - 1, words ? nodes : NULL, words ? words * 8 * sizeof *nodes + 1 : 0) ==
        0)
        return;
    if (errno == ENOSYS)
        exec_skip(request, STEP_NUMA_POLICY, ENOSYS, "NUMAPolicy= is not possible: the kernel has no NUMA");
    else
        refused(request, STEP_NUMA_POLICY, errno, "NUMAPolicy=");
}

void exec_set_io_priority(const struct exec_request *request) {
    uint32_t priority_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_IO_PRIORITY_PLUS1));
    if (priority_plus_1 && syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority_plus_1 - 1) < 0)
        refused(request, STEP_IOPRIO, errno, "IOSchedulingClass=");
}

void exec_set_personality(const struct exec_request *request) {
    uint32_t personality_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_PERSONALITY_PLUS1));
    if (personality_plus_1 && personality(personality_plus_1 - 1) < 0)
        refused(request, STEP_PERSONALITY, errno, "Personality=");
}

void exec_set_memory_merge(const struct exec_request *request) {
    uint32_t merge_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_MEMORY_MERGE_PLUS1));
    if (!merge_plus_1 || prctl(PR_SET_MEMORY_MERGE, merge_plus_1 - 1, 0, 0, 0) == 0)
        return;
    if (errno == EINVAL)
        exec_skip(request, STEP_MEMORY_MERGE, EINVAL, "MemoryKSM= is not possible: the kernel has no KSM");
    else
        refused(request, STEP_MEMORY_MERGE, errno, "MemoryKSM=");
}

/* A field's bytes as the words that the kernel reads: how many. */
static size_t get_mask(struct wire_field field, unsigned long words[static MASK_WORDS]) {
    size_t length = field.length < MASK_WORDS * sizeof *words ? field.length : MASK_WORDS * sizeof *words;
    for (size_t i = 0; i < length; i++)
        words[i / sizeof *words] |= (unsigned long)field.bytes[i] << 8 * (i % sizeof *words);
    return (length + sizeof *words - 1) / sizeof *words;
}

/* EACCES, EPERM: the container's engine keeps it back; ENOSYS: its filter of system calls may answer with that. */
static void refused(const struct exec_request *request, uint32_t step, int error, const char *setting) {
    if (error != EPERM && error != EACCES && error != ENOSYS)
        exec_fail(request, step, error);
    exec_skip(request, step, error, "%s is not possible in this container", setting);
}
