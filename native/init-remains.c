/* Processes that no keeper looks after, by their mark: those of a lost one, and those of scopes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init-table.h"
#include "procfs.h"

static void set_empty(size_t i) {
    keepers_drop_watch(i);
    table.states[i].empty = true;
    table.lost_with_remains--;
    if (!table.states[i].empty_untold)
        table.untold++;
    table.states[i].empty_untold = true;
}

void keepers_count_remains(void) {
    for (size_t i = 0; table.lost_with_remains > 0 && i < table.count; i++) {
        if (table.entries[i].keeper == 0 || !table.entries[i].lost || table.states[i].empty)
            continue;
        const size_t left = table.states[i].killing ? tree_signal_marked(table.entries[i].keeper, SIGKILL)
                                                    : tree_count_marked(table.entries[i].keeper);
        if (left == 0)
            set_empty(i);
    }
}

/* ── scopes: processes of others ─────────────────────────────────────────────────────────────────────────────────── */

/* None of them need be a child of ours, so one is watched after the other until none has the mark. */
static void watch_next(size_t i) {
    pid_t pid;
    keepers_drop_watch(i);
    while ((pid = tree_any_marked(table.entries[i].keeper)) != 0) {
        const int watch = (int)syscall(SYS_pidfd_open, pid, 0);
        if (watch < 0 && errno == ESRCH)
            continue;
        if (watch < 0)
            return; /* without pidfds only the end of children of ours tells */
        if (!procfs_has_mark(pid, table.entries[i].keeper)) { /* it has ended, and its number is another's */
            close(watch);
            continue;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.fd = watch};
        if (epoll_ctl(init.epoll, EPOLL_CTL_ADD, watch, &event) == 0)
            table.states[i].watch_plus_1 = watch + 1;
        else
            close(watch); /* as without pidfds */
        return;
    }
    set_empty(i);
}

void keepers_keep_scope(const struct wire_frame *frame) {
    const uint32_t keeper = wire_u32(wire_find(frame, WIRE_KEEP_SCOPE_KEEPER));
    const pid_t pid = (pid_t)wire_u32(wire_find(frame, WIRE_KEEP_SCOPE_PID));
    const size_t known = keeper == 0 ? table.count : table_find(keeper);
    if (known < table.count) {
        /* A new manager says it again. */
        table.untold += !table.states[known].kept_untold;
        table.states[known].kept_untold = true;
    }
    if (keeper == 0 || known < table.count)
        return;
    const size_t i = table_take(keeper, wire_text(wire_find(frame, WIRE_KEEP_SCOPE_UNIT)));
    if (i == NO_ENTRY) {
        say("cannot keep a scope: no memory");
        keepers_tell_empty(keeper);
        return;
    }
    table.entries[i].lost = true;
    table.states[i].remains = 1;
    table.lost_with_remains++;
    struct rlimit limit;
    if (pid > 1 && prlimit(pid, RLIMIT_LOCKS, NULL, &limit) == 0) {
        limit.rlim_cur = keeper_mark(keeper);
        if (prlimit(pid, RLIMIT_LOCKS, &limit, NULL) < 0)
            say("cannot mark PID %d for %s: %s", (int)pid, table.entries[i].unit, strerror(errno));
    }
    table.states[i].kept_untold = true;
    table.untold++;
    watch_next(i);
}

bool keepers_scope_ready(int descriptor) {
    for (size_t i = 0; table.lost_with_remains > 0 && i < table.count; i++) {
        if (table.states[i].watch_plus_1 != descriptor + 1)
            continue;
        if (table.states[i].killing)
            tree_signal_marked(table.entries[i].keeper, SIGKILL);
        watch_next(i);
        return true;
    }
    return false;
}

void keepers_forget_watches(void) {
    for (size_t i = 0; table.lost_with_remains > 0 && i < table.count; i++)
        if (table.states[i].watch_plus_1 > 0)
            close(table.states[i].watch_plus_1 - 1);
}

void keepers_drop_watch(size_t i) {
    const int watch = table.states[i].watch_plus_1 - 1;
    if (watch < 0)
        return;
    /* By name: a fork may have it too, and then it would go on waking us. */
    epoll_ctl(init.epoll, EPOLL_CTL_DEL, watch, NULL);
    close(watch);
    table.states[i].watch_plus_1 = 0;
}

/* The process itself may be dead, and its number another's. */
static void signal_marked_process(pid_t pid, uint32_t keeper, int signal) {
    if (pid <= 1)
        return;
    const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (procfs_has_mark(pid, keeper)) {
        if (pidfd < 0)
            kill(pid, signal);
        else
            syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
    }
    if (pidfd >= 0)
        close(pidfd);
}

void keepers_kill_remains(uint32_t keeper, int signal, uint32_t which) {
    const size_t i = table_find(keeper);
    if (i == table.count || !table.entries[i].lost) {
        say("the manager asked to kill what is left of keeper %u, which is not lost", keeper);
        return;
    }
    if (which & SLOT_TREE) {
        table.states[i].killing |= signal == SIGKILL;
        tree_signal_marked(keeper, signal);
    } else {
        if (which & SLOT_MAIN)
            signal_marked_process(table.entries[i].page->main, keeper, signal);
        if (which & SLOT_CONTROL)
            signal_marked_process(table.entries[i].page->control, keeper, signal);
    }
    if (table.states[i].empty && !table.states[i].empty_untold) {
        table.states[i].empty_untold = true;
        table.untold++;
    }
}
