/* OOMScoreAdjust=, Nice=, TimerSlackNSec=, Limit…= of systemd.exec(5). Where the container forbids the value, the
 * nearest one that it allows is taken, as systemd does (setrlimit_closest, setpriority_closest), and the operator is
 * told. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exec.h"
#include "pidone.h"

static void set_limit(const struct exec_request *request, uint32_t resource, uint64_t soft, uint64_t hard);
static bool is_forbidden(int error);

/* As unit files have them. */
static const char *const limit_names[] = {
    [RLIMIT_CPU] = "CPU",
    [RLIMIT_FSIZE] = "FSIZE",
    [RLIMIT_DATA] = "DATA",
    [RLIMIT_STACK] = "STACK",
    [RLIMIT_CORE] = "CORE",
    [RLIMIT_RSS] = "RSS",
    [RLIMIT_NPROC] = "NPROC",
    [RLIMIT_NOFILE] = "NOFILE",
    [RLIMIT_MEMLOCK] = "MEMLOCK",
    [RLIMIT_AS] = "AS",
    [RLIMIT_SIGPENDING] = "SIGPENDING",
    [RLIMIT_MSGQUEUE] = "MSGQUEUE",
    [RLIMIT_NICE] = "NICE",
    [RLIMIT_RTPRIO] = "RTPRIO",
    [RLIMIT_RTTIME] = "RTTIME",
};

void exec_adjust_oom_score(const struct exec_request *request) {
    if (!(request->flags & RUN_SET_OOM_SCORE_ADJUST))
        return;
    int32_t value = (int32_t)wire_u32(wire_find(request->run, WIRE_RUN_OOM_SCORE_ADJUST));
    char text[16];
    int length = snprintf(text, sizeof text, "%d", value);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    int error = file < 0 || write(file, text, (size_t)length) < 0 ? errno : 0;
    if (file >= 0)
        close(file);
    if (!error)
        return;
    /* ENOENT, EROFS: no /proc, or one for reading only. */
    if (is_forbidden(error) || error == ENOENT || error == EROFS)
        exec_skip(request, STEP_OOM_ADJUST, error, "OOMScoreAdjust=%d is not possible in this container", value);
    else
        exec_fail(request, STEP_OOM_ADJUST, error);
}

void exec_adjust_nice(const struct exec_request *request) {
    if (!(request->flags & RUN_SET_NICE))
        return;
    int value = (int32_t)wire_u32(wire_find(request->run, WIRE_RUN_NICE));
    if (setpriority(PRIO_PROCESS, 0, value) == 0)
        return;
    int error = errno;
    if (!is_forbidden(error))
        exec_fail(request, STEP_NICE, error);
    /* RLIMIT_NICE of n allows down to 20 - n. */
    struct rlimit limit;
    errno = 0;
    int current = getpriority(PRIO_PROCESS, 0);
    if (errno == 0 && getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur < 40) {
        int lowest = 20 - (int)limit.rlim_cur;
        if (lowest < current)
            setpriority(PRIO_PROCESS, 0, lowest);
    }
    exec_skip(request, STEP_NICE, error, "Nice=%d is not possible in this container", value);
}

void exec_adjust_timer_slack(const struct exec_request *request) {
    uint64_t slack = wire_u64(wire_find(request->run, WIRE_RUN_TIMER_SLACK_NSEC));
    if (slack && prctl(PR_SET_TIMERSLACK, slack) < 0)
        exec_fail(request, STEP_TIMERSLACK, errno);
}

void exec_set_limits(const struct exec_request *request) {
    /* init has raised its own. */
    set_limit(request, RLIMIT_NOFILE, program.original_nofile.soft, program.original_nofile.hard);
    struct wire_field limits = wire_find(request->run, WIRE_RUN_LIMITS);
    size_t count = limits.length / (3 * sizeof(uint64_t));
    for (size_t i = 0; i < count; i++)
        set_limit(request, (uint32_t)wire_u64_at(limits, 3 * i), wire_u64_at(limits, 3 * i + 1),
            wire_u64_at(limits, 3 * i + 2));
}

static void set_limit(const struct exec_request *request, uint32_t resource, uint64_t soft, uint64_t hard) {
    if (resource == RLIMIT_LOCKS)
        return; /* the kernel has no use for it; it carries the unit's mark */
    struct rlimit wanted = {.rlim_cur = soft, .rlim_max = hard}, now;
    if (setrlimit((int)resource, &wanted) == 0)
        return;
    int error = errno;
    if (!is_forbidden(error) || getrlimit((int)resource, &now) < 0)
        exec_fail(request, STEP_LIMITS, error);
    if (wanted.rlim_max > now.rlim_max)
        wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    if (setrlimit((int)resource, &wanted) < 0)
        exec_fail(request, STEP_LIMITS, errno);
    const char *name = resource < sizeof limit_names / sizeof *limit_names ? limit_names[resource] : NULL;
    exec_skip(request, STEP_LIMITS, error, "Limit%s= can be %llu at most in this container", name ? name : "",
        (unsigned long long)now.rlim_max);
}

static bool is_forbidden(int error) {
    return error == EPERM || error == EACCES;
}
