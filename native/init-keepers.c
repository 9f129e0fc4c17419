/* The life of keepers: made for init by a fork, ended by themselves or by the end of all. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "held.h"
#include "init-table.h"
#include "store.h"

/* The kernel gives the lowest number that is free, so numbers tell. */
bool leaves_reserve(const int *descriptors, size_t descriptor_count) {
    enum { RESERVE = 16 };
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return true;
    for (size_t i = 0; i < descriptor_count; i++)
        if ((rlim_t)descriptors[i] + RESERVE >= limit.rlim_cur)
            return false;
    return true;
}

void keepers_keep(const struct wire_frame *keep, struct wire_message *message) {
    const uint32_t keeper = wire_u32(wire_find(keep, WIRE_KEEP_KEEPER));
    const char *unit = wire_text(wire_find(keep, WIRE_KEEP_UNIT));
    if (message->descriptor_count == 0 || !leaves_reserve(message->descriptors, message->descriptor_count)) {
        say("cannot keep %s: %s", unit, strerror(EMFILE));
        keepers_tell_failure(keeper, EMFILE);
        return;
    }
    if (keeper == 0 || message->descriptor_count != 2 || table_find(keeper) < table.count) {
        say("the manager asked for a keeper %u of %s that cannot be", keeper, unit);
        keepers_tell_failure(keeper, EINVAL);
        return;
    }
    const size_t i = table_take(keeper, unit);
    if (i == NO_ENTRY) {
        say("cannot keep %s: no memory", unit);
        keepers_tell_failure(keeper, ENOMEM);
        return;
    }

    table.states[i].terminal = wire_u32(wire_find(keep, WIRE_KEEP_TERMINAL)) != 0;
    if (table.states[i].terminal)
        terminal_let_go();
    init_store_drain(); /* what the keeper before this one has stored */
    const pid_t pid = fork();
    if (pid == 0)
        keepers_become(keep, message->descriptors[0], table.entries[i].page);
    if (pid < 0) {
        table.states[i].failure = errno;
        if (table.states[i].terminal)
            terminal_take_back();
        table.states[i].gone_untold = true;
        table.untold++;
        say("cannot keep %s: %s", unit, strerror(errno));
        return;
    }
    table.entries[i].pid = pid;
    table.entries[i].channel = message->descriptors[1];
    close(message->descriptors[0]);
    message->descriptor_count = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = table.entries[i].channel};
    epoll_ctl(init.inputs, EPOLL_CTL_ADD, table.entries[i].channel, &event);
}

/* What a keeper has besides what all share: its channel, the socket to init, what its unit has stored. */
static int spared_at(size_t i, int channel) {
    return i == 0 ? channel : i == 1 ? store_of_keepers : store_at(i - 2)->descriptor;
}

static bool is_spared(int descriptor, int channel) {
    for (size_t i = 0; i < store_size() + 2; i++)
        if (spared_at(i, channel) == descriptor)
            return true;
    return false;
}

static void close_others(int channel) {
    /* From one that is spared to the next. */
    unsigned first = (unsigned)init.highest_shared + 1;
    while (first != 0) {
        unsigned next = UINT_MAX;
        for (size_t i = 0; i < store_size() + 2; i++) {
            const int spared = spared_at(i, channel);
            if (spared >= 0 && (unsigned)spared >= first && (unsigned)spared < next)
                next = (unsigned)spared;
        }
        if (next > first && syscall(SYS_close_range, first, next == UINT_MAX ? UINT_MAX : next - 1, 0) < 0)
            break;
        first = next + 1; /* 0 after the last */
    }
    if (first == 0)
        return;
    DIR *directory = opendir("/proc/self/fd"); /* a kernel before 5.9 */
    if (!directory)
        return;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        const int open = (int)strtol(entry->d_name, NULL, 10);
        if (open > init.highest_shared && open != dirfd(directory) && !is_spared(open, channel))
            close(open);
    }
    closedir(directory);
}

/* The table would be 300 bytes a unit in every keeper. */
_Noreturn void keepers_become(const struct wire_frame *keep, int channel, struct keeper_page *page) {
    const uint32_t keeper = page->keeper;
    store_forget_others(wire_text(wire_find(keep, WIRE_KEEP_UNIT)));
    held_forget();
    close_others(channel);
    table_forget();
    mark_self(keeper); /* all that it ever forks has it from its first moment */
    keeper_main(keep, channel, page);
}

bool keepers_ended(pid_t pid, int wait_status) {
    size_t i = 0;
    while (i < table.count && table.entries[i].pid != pid)
        i++;
    if (i == table.count)
        return false;
    table.entries[i].pid = 0;
    if (table.states[i].terminal)
        terminal_take_back();
    epoll_ctl(
        init.inputs, EPOLL_CTL_DEL, table.entries[i].channel, NULL); /* its end of file would count as input for ever */
    table.entries[i].lost = !(end_code(wait_status) == END_EXITED && end_value(wait_status) == 0);
    table.states[i].code = end_code(wait_status);
    table.states[i].status = end_value(wait_status);
    table.states[i].gone_untold = true;
    table.untold++;
    table.states[i].empty = true;
    if (table.entries[i].lost && !stop_kills()) {
        char how[32];
        describe_end(how, sizeof how, wait_status);
        table.states[i].remains = (uint32_t)tree_count_marked(table.entries[i].keeper);
        table.states[i].empty = table.states[i].remains == 0;
        table.lost_with_remains += !table.states[i].empty;
        say("the keeper of %s (PID %d) ended: %s; %u of its processes are left", table.entries[i].unit, (int)pid, how,
            table.states[i].remains);
    }
    return true;
}

void keepers_forget(uint32_t keeper) {
    const size_t i = table_find(keeper);
    if (i == table.count)
        return;
    if (table.entries[i].pid != 0) {
        say("the manager wants to forget keeper %u of %s, which lives", keeper, table.entries[i].unit);
        return;
    }
    table_drop(i);
}

/* ── the end of all ──────────────────────────────────────────────────────────────────────────────────────────────── */

size_t keepers_terminate(void) {
    for (size_t i = 0; i < table.count; i++) {
        if (table.entries[i].keeper == 0)
            continue;
        if (table.entries[i].pid != 0) {
            kill(table.entries[i].pid, SIGTERM);
            kill(table.entries[i].pid, SIGCONT); /* it may have been stopped */
        } else if (table.entries[i].lost && !table.states[i].empty) {
            tree_signal_marked(table.entries[i].keeper, SIGTERM);
            tree_signal_marked(table.entries[i].keeper, SIGCONT);
        }
    }
    return keepers_alive();
}

size_t keepers_alive(void) {
    size_t alive = 0;
    for (size_t i = 0; i < table.count; i++)
        alive += table.entries[i].keeper != 0 &&
                 (table.entries[i].pid != 0 || (table.entries[i].lost && !table.states[i].empty));
    return alive;
}

void keepers_destroy(void) {
    for (size_t i = 0; i < table.count; i++) {
        if (table.entries[i].keeper == 0)
            continue;
        if (table.entries[i].pid != 0) {
            tree_signal_below(table.entries[i].pid, SIGKILL, NULL, 0);
            kill(table.entries[i].pid, SIGKILL);
        } else if (table.entries[i].lost && !table.states[i].empty) {
            table.states[i].killing = true;
            tree_signal_marked(table.entries[i].keeper, SIGKILL);
        }
    }
}
