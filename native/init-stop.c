/* The way out. After the manager's `exit` only strays are left; when there is no manager, init stops the units too:
 * each keeper by a SIGTERM (it then stops its own tree), and tree by tree by SIGKILL when the time is up. */
#include "init.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t stop_timeout_default = 10 * SECOND; /* that of container engines */
static const uint64_t hurried_timeout = 1 * SECOND;       /* what a second signal leaves, as the manager does it */
static const uint64_t strays_grace = SECOND / 2;
static const uint64_t strays_hang_up_after = 50 * MSEC;
static const uint64_t strays_look_again = 10 * MSEC;

static CHANGING struct {
    enum { NOT_BEGUN, UNITS, STRAYS, STRAYS_KILLED } phase;
    uint64_t deadline; /* of the phase */
    uint64_t look_at;
    uint64_t hang_up_at;
    int status;
} stop = {.deadline = NEVER, .look_at = NEVER, .hang_up_at = NEVER};

static void signal_all(int signal);
static bool is_alone(void);

/* PIDONE_STOP_TIMEOUT: how long the container's engine waits, in seconds. */
static uint64_t stop_timeout(void) {
    const char *text = getenv("PIDONE_STOP_TIMEOUT");
    const double seconds = text ? strtod(text, NULL) : 0;
    return seconds > 0 && seconds < 1e6 ? (uint64_t)(seconds * 1e6) : stop_timeout_default;
}

void stop_everything(const char *why) {
    if (stop.phase != NOT_BEGUN)
        return;
    say("%s: stopping all units without it", why);
    manager_end();
    stop.phase = UNITS;
    stop.deadline = monotonic_usec() + stop_timeout() / 100 * 85;
    keepers_terminate();
}

void stop_strays(int status) {
    if (stop.phase >= STRAYS)
        return;
    manager_end();
    stop.phase = STRAYS;
    stop.status = status;
    stop.deadline = monotonic_usec() + strays_grace;
    if (is_alone())
        return;
    signal_all(SIGTERM);
    signal_all(SIGCONT);
    /* An interactive shell ignores SIGTERM. Not at once: who handles SIGTERM would die of the other before. */
    stop.hang_up_at = monotonic_usec() + strays_hang_up_after;
}

bool stop_has_begun(void) {
    return stop.phase != NOT_BEGUN;
}

bool stop_kills(void) {
    return stop.phase >= STRAYS;
}

void stop_hurry(void) {
    /* Never at once: what was asked to stop a moment ago is to hear it. */
    const uint64_t soon = monotonic_usec() + hurried_timeout;
    if (soon < stop.deadline)
        stop.deadline = soon;
}

uint64_t stop_deadline(void) {
    return stop.deadline < stop.look_at ? stop.deadline : stop.look_at;
}

void stop_continue(uint64_t now) {
    const bool late = now >= stop.deadline;
    switch (stop.phase) {
    case NOT_BEGUN:
        return;
    case UNITS:
        if (keepers_alive() > 0 && !late)
            return;
        stop_strays(stop.status);
        if (late) {
            say("time is up: killing what is left");
            keepers_destroy();
        }
        stop_continue(now);
        return;
    case STRAYS:
    case STRAYS_KILLED:
        /* Those that others forked into the container (docker exec) end without telling init. */
        stop.look_at = now + strays_look_again;
        if (!is_alone() && !late) {
            if (now >= stop.hang_up_at) {
                stop.hang_up_at = NEVER;
                signal_all(SIGHUP);
            }
            return;
        }
        break;
    }
    if (stop.phase == STRAYS && !is_alone()) {
        stop.phase = STRAYS_KILLED;
        stop.deadline = now + strays_grace;
        signal_all(SIGKILL);
        return;
    }
    remove_control_socket();
    _exit(stop.status);
}

/* To all but init itself: as PID 1 to the whole namespace, in one step that no fork escapes. */
static void signal_all(int signal) {
    if (program.is_pid_1)
        kill(-1, signal);
    else
        tree_signal_below(program.init_pid, signal, NULL, 0);
}

static bool is_alone(void) {
    if (program.is_pid_1)
        return kill(-1, 0) < 0 && errno == ESRCH;
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}
