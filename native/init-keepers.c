/* The table of keepers. It grows with need and is handed to each manager by its fork. */
#include "held.h"
#include "init.h"
#include "procfs.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What init alone knows of keepers[i]. */
struct state {
    int code, status;  /* of the keeper process's own end */
    uint32_t remains;  /* when it was lost */
    int failure;       /* errno of a fork that failed, else 0 */
    bool gone_untold;  /* the manager must hear keeperGone (keeperFailed) */
    bool empty;        /* lost, and nothing is left */
    bool empty_untold; /* the manager must hear remainsEmpty */
    bool killing;      /* SIGKILL was asked for: whoever turns up gets it too */
    uint32_t unheard;  /* log entries that it did not take */
    bool kept_untold;  /* the manager must hear scopeKept */
    int watch_plus_1;  /* of a scope: pidfd of one of its processes */
};

static CHANGING struct keeper_entry *keepers;
static CHANGING struct state *states;
static CHANGING size_t count, capacity;
static CHANGING size_t untold; /* flags …_untold that are set; 0: nothing to look for */
static CHANGING size_t lost_with_remains;

/* Pages shared with the keepers, in blocks that never move. */
enum { PAGES_PER_BLOCK = 4096 / sizeof(struct keeper_page), BLOCKS_MAX = 4096 };
static struct keeper_page *blocks[BLOCKS_MAX];

static size_t take_entry(void);
static _Noreturn void become_keeper(
    const struct wire_frame *keep, struct wire_message *message, struct keeper_page *page);
static void free_entry(size_t i);
static size_t find(uint32_t keeper);
static bool tell_failure(uint32_t keeper, int error);
static bool tell_empty(uint32_t keeper);
static void drop_watch(size_t i);

/* ── the life of a keeper ────────────────────────────────────────────────────────────────────────────────────────── */

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
        tell_failure(keeper, EMFILE);
        return;
    }
    if (keeper == 0 || message->descriptor_count != 2 || find(keeper) < count) {
        say("the manager asked for a keeper %u of %s that cannot be", keeper, unit);
        tell_failure(keeper, EINVAL);
        return;
    }
    const size_t i = take_entry();
    if (i == capacity) {
        say("cannot keep %s: no memory", unit);
        tell_failure(keeper, ENOMEM);
        return;
    }
    keepers[i] = (struct keeper_entry){.keeper = keeper, .channel = -1, .page = keepers[i].page};
    states[i] = (struct state){0};
    snprintf(keepers[i].unit, sizeof keepers[i].unit, "%s", unit);
    *keepers[i].page = (struct keeper_page){.keeper = keeper};

    init_store_drain(); /* what the keeper before this one has stored */
    const pid_t pid = fork();
    if (pid == 0)
        become_keeper(keep, message, keepers[i].page);
    if (pid < 0) {
        states[i].failure = errno;
        states[i].gone_untold = true;
        untold++;
        say("cannot keep %s: %s", unit, strerror(errno));
        return;
    }
    keepers[i].pid = pid;
    keepers[i].channel = message->descriptors[1];
    close(message->descriptors[0]);
    message->descriptor_count = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = keepers[i].channel};
    epoll_ctl(init.inputs, EPOLL_CTL_ADD, keepers[i].channel, &event);
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
static _Noreturn void become_keeper(
    const struct wire_frame *keep, struct wire_message *message, struct keeper_page *page) {
    const uint32_t keeper = page->keeper;
    const int channel = message->descriptors[0];
    store_forget_others(wire_text(wire_find(keep, WIRE_KEEP_UNIT)));
    held_forget();
    close_others(channel);
    munmap(keepers, capacity * sizeof *keepers);
    munmap(states, capacity * sizeof *states);
    mark_self(keeper); /* all that it ever forks has it from its first moment */
    keeper_main(keep, channel, page);
}

bool keepers_ended(pid_t pid, int wait_status) {
    size_t i = 0;
    while (i < count && keepers[i].pid != pid)
        i++;
    if (i == count)
        return false;
    keepers[i].pid = 0;
    epoll_ctl(init.inputs, EPOLL_CTL_DEL, keepers[i].channel, NULL); /* its end of file would count as input for ever */
    keepers[i].lost = !(end_code(wait_status) == END_EXITED && end_value(wait_status) == 0);
    states[i].code = end_code(wait_status);
    states[i].status = end_value(wait_status);
    states[i].gone_untold = true;
    untold++;
    states[i].empty = true;
    if (keepers[i].lost && !stop_kills()) {
        char how[32];
        describe_end(how, sizeof how, wait_status);
        states[i].remains = (uint32_t)tree_count_marked(keepers[i].keeper);
        states[i].empty = states[i].remains == 0;
        lost_with_remains += !states[i].empty;
        say("the keeper of %s (PID %d) ended: %s; %u of its processes are left", keepers[i].unit, (int)pid, how,
            states[i].remains);
    }
    return true;
}

static void set_empty(size_t i) {
    drop_watch(i);
    states[i].empty = true;
    lost_with_remains--;
    if (!states[i].empty_untold)
        untold++;
    states[i].empty_untold = true;
}

void keepers_count_remains(void) {
    for (size_t i = 0; lost_with_remains > 0 && i < count; i++) {
        if (keepers[i].keeper == 0 || !keepers[i].lost || states[i].empty)
            continue;
        const size_t left =
            states[i].killing ? tree_signal_marked(keepers[i].keeper, SIGKILL) : tree_count_marked(keepers[i].keeper);
        if (left == 0)
            set_empty(i);
    }
}

/* ── scopes: processes of others ─────────────────────────────────────────────────────────────────────────────────── */

/* None of them need be a child of ours, so one is watched after the other until none has the mark. */
static void watch_next(size_t i) {
    pid_t pid;
    drop_watch(i);
    while ((pid = tree_any_marked(keepers[i].keeper)) != 0) {
        const int watch = (int)syscall(SYS_pidfd_open, pid, 0);
        if (watch < 0 && errno == ESRCH)
            continue;
        if (watch < 0)
            return; /* without pidfds only the end of children of ours tells */
        struct epoll_event event = {.events = EPOLLIN, .data.fd = watch};
        if (procfs_has_mark(pid, keepers[i].keeper) && epoll_ctl(init.epoll, EPOLL_CTL_ADD, watch, &event) == 0) {
            states[i].watch_plus_1 = watch + 1;
            return;
        }
        close(watch);
    }
    set_empty(i);
}

void keepers_keep_scope(const struct wire_frame *frame) {
    const uint32_t keeper = wire_u32(wire_find(frame, WIRE_KEEP_SCOPE_KEEPER));
    const pid_t pid = (pid_t)wire_u32(wire_find(frame, WIRE_KEEP_SCOPE_PID));
    const size_t known = keeper == 0 ? count : find(keeper);
    if (known < count) {
        /* A new manager says it again. */
        untold += !states[known].kept_untold;
        states[known].kept_untold = true;
    }
    if (keeper == 0 || known < count)
        return;
    const size_t i = take_entry();
    if (i == capacity) {
        say("cannot keep a scope: no memory");
        tell_empty(keeper);
        return;
    }
    keepers[i] = (struct keeper_entry){.keeper = keeper, .channel = -1, .page = keepers[i].page, .lost = true};
    states[i] = (struct state){.remains = 1};
    snprintf(keepers[i].unit, sizeof keepers[i].unit, "%s", wire_text(wire_find(frame, WIRE_KEEP_SCOPE_UNIT)));
    *keepers[i].page = (struct keeper_page){.keeper = keeper};
    lost_with_remains++;
    struct rlimit limit;
    if (pid > 1 && prlimit(pid, RLIMIT_LOCKS, NULL, &limit) == 0) {
        limit.rlim_cur = keeper_mark(keeper);
        if (prlimit(pid, RLIMIT_LOCKS, &limit, NULL) < 0)
            say("cannot mark PID %d for %s: %s", (int)pid, keepers[i].unit, strerror(errno));
    }
    states[i].kept_untold = true;
    untold++;
    watch_next(i);
}

bool keepers_scope_ready(int descriptor) {
    for (size_t i = 0; lost_with_remains > 0 && i < count; i++) {
        if (states[i].watch_plus_1 != descriptor + 1)
            continue;
        if (states[i].killing)
            tree_signal_marked(keepers[i].keeper, SIGKILL);
        watch_next(i);
        return true;
    }
    return false;
}

static void drop_watch(size_t i) {
    if (states[i].watch_plus_1 > 0)
        close(states[i].watch_plus_1 - 1);
    states[i].watch_plus_1 = 0;
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
    const size_t i = find(keeper);
    if (i == count || !keepers[i].lost) {
        say("the manager asked to kill what is left of keeper %u, which is not lost", keeper);
        return;
    }
    if (which & SLOT_TREE) {
        states[i].killing |= signal == SIGKILL;
        tree_signal_marked(keeper, signal);
    } else {
        if (which & SLOT_MAIN)
            signal_marked_process(keepers[i].page->main, keeper, signal);
        if (which & SLOT_CONTROL)
            signal_marked_process(keepers[i].page->control, keeper, signal);
    }
    if (states[i].empty && !states[i].empty_untold) {
        states[i].empty_untold = true;
        untold++;
    }
}

void keepers_forget(uint32_t keeper) {
    const size_t i = find(keeper);
    if (i == count)
        return;
    if (keepers[i].pid != 0) {
        say("the manager wants to forget keeper %u of %s, which lives", keeper, keepers[i].unit);
        return;
    }
    free_entry(i);
}

/* ── telling the manager ─────────────────────────────────────────────────────────────────────────────────────────── */

static bool tell_failure(uint32_t keeper, int error) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEPER_FAILED, 0, 0);
    wire_put_u32(&w, WIRE_KEEPER_FAILED_KEEPER, keeper);
    wire_put_u32(&w, WIRE_KEEPER_FAILED_ERRNO, (uint32_t)error);
    return manager_send(&w);
}

static bool tell_gone(size_t i) {
    uint8_t buffer[128];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_KEEPER_GONE, 0, 0);
    wire_put_u32(&w, WIRE_KEEPER_GONE_KEEPER, keepers[i].keeper);
    wire_put_u32(&w, WIRE_KEEPER_GONE_LOST, keepers[i].lost);
    wire_put_u32(&w, WIRE_KEEPER_GONE_CODE, (uint32_t)states[i].code);
    wire_put_i32(&w, WIRE_KEEPER_GONE_STATUS, states[i].status);
    wire_put_u32(&w, WIRE_KEEPER_GONE_REMAINS, states[i].remains);
    return manager_send(&w);
}

static bool tell_empty(uint32_t keeper) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_REMAINS_EMPTY, 0, 0);
    wire_put_u32(&w, WIRE_REMAINS_EMPTY_KEEPER, keeper);
    return manager_send(&w);
}

static bool tell_kept(uint32_t keeper) {
    uint8_t buffer[64];
    struct wire_writer w;
    wire_begin(&w, buffer, sizeof buffer, WIRE_SCOPE_KEPT, 0, 0);
    wire_put_u32(&w, WIRE_SCOPE_KEPT_KEEPER, keeper);
    return manager_send(&w);
}

bool keepers_tell(void) {
    for (size_t i = 0; untold > 0 && i < count; i++) {
        if (states[i].gone_untold) {
            if (!(states[i].failure != 0 ? tell_failure(keepers[i].keeper, states[i].failure) : tell_gone(i)))
                return false;
            states[i].gone_untold = false;
            untold--;
            if (states[i].failure != 0) {
                free_entry(i);
                continue;
            }
        }
        if (states[i].kept_untold) {
            if (!tell_kept(keepers[i].keeper))
                return false;
            states[i].kept_untold = false;
            untold--;
        }
        if (states[i].empty_untold) {
            if (!tell_empty(keepers[i].keeper))
                return false;
            states[i].empty_untold = false;
            untold--;
        }
    }
    return true;
}

void keepers_tell_again(void) {
    for (size_t i = 0; i < count; i++) {
        if (keepers[i].keeper == 0 || keepers[i].pid != 0)
            continue;
        untold += !states[i].gone_untold;
        states[i].gone_untold = true;
        if (states[i].remains > 0 && states[i].empty) {
            untold += !states[i].empty_untold;
            states[i].empty_untold = true;
        }
    }
}

void keepers_fill_start(struct manager_start *start) {
    start->keepers = keepers;
    start->keeper_count = count;
}

/* ── the end of all ──────────────────────────────────────────────────────────────────────────────────────────────── */

size_t keepers_terminate(void) {
    for (size_t i = 0; i < count; i++) {
        if (keepers[i].keeper == 0)
            continue;
        if (keepers[i].pid != 0) {
            kill(keepers[i].pid, SIGTERM);
            kill(keepers[i].pid, SIGCONT); /* it may have been stopped */
        } else if (keepers[i].lost && !states[i].empty) {
            tree_signal_marked(keepers[i].keeper, SIGTERM);
            tree_signal_marked(keepers[i].keeper, SIGCONT);
        }
    }
    return keepers_alive();
}

size_t keepers_alive(void) {
    size_t alive = 0;
    for (size_t i = 0; i < count; i++)
        alive += keepers[i].keeper != 0 && (keepers[i].pid != 0 || (keepers[i].lost && !states[i].empty));
    return alive;
}

void keepers_destroy(void) {
    for (size_t i = 0; i < count; i++) {
        if (keepers[i].keeper == 0)
            continue;
        if (keepers[i].pid != 0) {
            tree_signal_below(keepers[i].pid, SIGKILL, NULL, 0);
            kill(keepers[i].pid, SIGKILL);
        } else if (keepers[i].lost && !states[i].empty) {
            states[i].killing = true;
            tree_signal_marked(keepers[i].keeper, SIGKILL);
        }
    }
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────── */

int keepers_channel(uint32_t keeper, uint32_t **lost) {
    const size_t i = find(keeper);
    if (i == count || keepers[i].pid == 0)
        return -1;
    *lost = &states[i].unheard;
    return keepers[i].channel;
}

uint32_t keepers_of_process(pid_t pid) {
    size_t i = 0;
    while (i < count && keepers[i].pid != pid)
        i++;
    return i < count ? keepers[i].keeper : 0;
}

const char *keepers_unit(uint32_t keeper) {
    const size_t i = keeper == 0 ? count : find(keeper);
    return i < count ? keepers[i].unit : NULL;
}

bool keepers_look_after(const char *unit) {
    for (size_t i = 0; i < count; i++)
        if (keepers[i].keeper != 0 && keepers[i].pid != 0 && strcmp(keepers[i].unit, unit) == 0)
            return true;
    return false;
}

/* Index of the keeper, or count. */
static size_t find(uint32_t keeper) {
    size_t i = 0;
    while (i < count && keepers[i].keeper != keeper)
        i++;
    return i;
}

static void free_entry(size_t i) {
    untold -= (size_t)states[i].gone_untold + (size_t)states[i].kept_untold + (size_t)states[i].empty_untold;
    lost_with_remains -= keepers[i].lost && !states[i].empty;
    drop_watch(i);
    if (keepers[i].channel >= 0)
        close(keepers[i].channel);
    keepers[i].page->keeper = 0;
    keepers[i] = (struct keeper_entry){.channel = -1, .page = keepers[i].page};
    states[i] = (struct state){0};
}

static void *map(size_t length, int sharing) {
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static bool grow_table(void) {
    const size_t bigger = capacity == 0 ? 64 : 2 * capacity;
    struct keeper_entry *new_keepers = map(bigger * sizeof *keepers, MAP_PRIVATE);
    struct state *new_states = map(bigger * sizeof *states, MAP_PRIVATE);
    if (!new_keepers || !new_states) {
        if (new_keepers)
            munmap(new_keepers, bigger * sizeof *keepers);
        return false;
    }
    if (capacity > 0) {
        memcpy(new_keepers, keepers, count * sizeof *keepers);
        memcpy(new_states, states, count * sizeof *states);
        munmap(keepers, capacity * sizeof *keepers);
        munmap(states, capacity * sizeof *states);
    }
    keepers = new_keepers;
    states = new_states;
    capacity = bigger;
    return true;
}

static struct keeper_page *page_of(size_t i) {
    const size_t block = i / PAGES_PER_BLOCK;
    if (block >= BLOCKS_MAX)
        return NULL;
    if (!blocks[block])
        blocks[block] = map(PAGES_PER_BLOCK * sizeof(struct keeper_page), MAP_SHARED);
    return blocks[block] ? &blocks[block][i % PAGES_PER_BLOCK] : NULL;
}

/* Index of an entry with a page, or the (new) capacity when there is no memory. */
static size_t take_entry(void) {
    const size_t i = find(0);
    if (i < count)
        return i;
    if (count == capacity && !grow_table())
        return capacity;
    keepers[i].page = page_of(i);
    if (!keepers[i].page)
        return capacity;
    count++;
    return i;
}
