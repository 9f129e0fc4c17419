/* The processes of a unit: everything below its keeper, or, when that is lost, everything that carries its mark and all
 * below.
 *
 * A pid alone may name another process by the time it is used. Here a process counts as found only by this order: its
 * pidfd is opened; then its parent (or mark) is read; then the parent, found before, is seen to be the same process
 * still. So the pidfd is of a child of that parent, and through it goes the signal. Processes never leave a tree while
 * its root lives: an orphan falls to the nearest subreaper above it, and the root is one. */
#include "pidone.h"
#include "procfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

uint64_t keeper_mark(uint32_t keeper) {
    return UINT64_C(0x7064) << 48 | (uint64_t)program.instance << 32 | keeper;
}

void mark_self(uint32_t keeper) {
    const struct rlimit limit = {.rlim_cur = keeper_mark(keeper), .rlim_max = (rlim_t)program.original_locks.hard};
    setrlimit(RLIMIT_LOCKS, &limit); /* a container with a lower hard limit has no marks: told in docs/adr */
}

/* ── the set of processes found ──────────────────────────────────────────────────────────────────────────────────── */

struct found {
    pid_t pid;
    uint64_t start;
};

/* In the order found, with a hash table over it (index + 1, 0 is free). Small sets live on the caller's stack. */
struct found_set {
    struct found *list;
    uint32_t *slots;
    size_t count, capacity; /* of the list; twice as many slots */
    void *mapping;
    size_t mapping_length;
};

enum { SMALL_SET = 32 };
struct small_set {
    struct found list[SMALL_SET];
    uint32_t slots[2 * SMALL_SET];
};

static void use_small_set(struct found_set *set, struct small_set *room) {
    memset(room->slots, 0, sizeof room->slots);
    *set = (struct found_set){.list = room->list, .slots = room->slots, .capacity = SMALL_SET};
}

static void free_set(struct found_set *set) {
    if (set->mapping)
        munmap(set->mapping, set->mapping_length);
}

/* The slot that has the process, or the free one where it belongs. */
static uint32_t *slot_of(const struct found_set *set, pid_t pid, uint64_t start) {
    const size_t mask = 2 * set->capacity - 1;
    size_t i = ((uint32_t)pid * 2654435761u ^ (uint32_t)start) & mask;
    while (set->slots[i] != 0) {
        const struct found *found = &set->list[set->slots[i] - 1];
        if (found->pid == pid && found->start == start)
            break;
        i = (i + 1) & mask;
    }
    return &set->slots[i];
}

static bool is_found(const struct found_set *set, const struct process *process) {
    return *slot_of(set, process->pid, process->start) != 0;
}

static bool grow_set(struct found_set *set) {
    struct found_set bigger = {.count = set->count, .capacity = 4 * set->capacity};
    const size_t list_bytes = bigger.capacity * sizeof *bigger.list;
    bigger.mapping_length = list_bytes + 2 * bigger.capacity * sizeof *bigger.slots;
    bigger.mapping = mmap(NULL, bigger.mapping_length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bigger.mapping == MAP_FAILED)
        return false;
    bigger.list = bigger.mapping;
    bigger.slots = (uint32_t *)((char *)bigger.mapping + list_bytes);
    memcpy(bigger.list, set->list, set->count * sizeof *set->list);
    for (size_t i = 0; i < set->count; i++)
        *slot_of(&bigger, bigger.list[i].pid, bigger.list[i].start) = (uint32_t)i + 1;
    free_set(set);
    *set = bigger;
    return true;
}

/* Without memory for more, the rest is found by the next call. */
static void add_found(struct found_set *set, const struct process *process) {
    if (set->count == set->capacity && !grow_set(set))
        return;
    uint32_t *slot = slot_of(set, process->pid, process->start);
    set->list[set->count] = (struct found){.pid = process->pid, .start = process->start};
    *slot = (uint32_t)++set->count;
}

/* ── walking ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct walk {
    struct found_set set;
    struct process parent; /* whose children are being visited; pid 0: look at any process's own parent or mark */
    uint32_t keeper;       /* its marked processes belong too; 0: none */
    bool by_mark;          /* this visit looks at marks */
    int signal;            /* 0: only count */
    const int *also;
    size_t also_count;
    size_t news;   /* found in this pass */
    size_t living; /* found and not dead */
};

CHANGING struct signal_value signal_value;

static int open_pidfd(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Without pidfds (a kernel before 5.3, a sandbox) the moment between the check and the signal stays open. */
void send_signal(int pidfd, pid_t pid, int signal) {
    siginfo_t queued = {.si_signo = signal, .si_code = SI_QUEUE};
    queued.si_pid = getpid();
    queued.si_uid = getuid();
    queued.si_value = signal_value.value;
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, signal, signal_value.is_set ? &queued : NULL, 0);
    else if (signal_value.is_set)
        sigqueue(pid, signal, signal_value.value);
    else
        kill(pid, signal);
}

static bool is_alive(pid_t pid, uint64_t start) {
    struct process now;
    return procfs_read(pid, &now) && now.start == start;
}

/* Whether the process belongs, by what is true at this moment. */
static bool belongs(struct walk *walk, const struct process *process) {
    if (walk->by_mark)
        return procfs_has_mark(process->pid, walk->keeper) && is_alive(process->pid, process->start);
    if (walk->parent.pid != 0)
        return process->parent == walk->parent.pid && is_alive(walk->parent.pid, walk->parent.start);
    struct process parent;
    return procfs_read(process->parent, &parent) && is_found(&walk->set, &parent);
}

static void visit(void *context, pid_t pid) {
    struct walk *walk = context;
    struct process process;
    if (pid <= 1 || pid == getpid() || (walk->by_mark && !procfs_has_mark(pid, walk->keeper)) /* costs least */
        || !procfs_read(pid, &process) || is_found(&walk->set, &process))
        return;
    const int pidfd = walk->signal != 0 ? open_pidfd(pid) : -1;
    /* Read again now that the pidfd holds it: what was read before may have been of another process. */
    if (pidfd < 0 || procfs_read(pid, &process)) {
        if (!is_found(&walk->set, &process) && belongs(walk, &process)) {
            add_found(&walk->set, &process);
            walk->news++;
            walk->living += !process.zombie;
            if (walk->signal != 0) {
                send_signal(pidfd, pid, walk->signal);
                for (size_t i = 0; i < walk->also_count; i++)
                    send_signal(pidfd, pid, walk->also[i]);
            }
        }
    }
    if (pidfd >= 0)
        close(pidfd);
}

/* Looks at every process that could be new. The list grows while it is gone through. */
static void pass(struct walk *walk) {
    if (walk->keeper != 0) {
        walk->by_mark = true;
        procfs_each(visit, walk);
        walk->by_mark = false;
    }
    const size_t enough = 2 * walk->set.count + 4096; /* of those that fork faster than they are found */
    for (size_t i = 0; i < walk->set.count && i < enough; i++) {
        if (!procfs_read(walk->set.list[i].pid, &walk->parent) || walk->parent.start != walk->set.list[i].start)
            continue;
        if (!procfs_each_child(&walk->parent, visit, walk)) {
            walk->parent.pid = 0;
            procfs_each(visit, walk);
            return;
        }
    }
}

/* A pass that finds more newcomers than this is up against something that forks as it is killed. */
enum { PASSES_MAX = 64, CROWD = 16 };

static void signal_found(const struct found *found, int signal) {
    const int pidfd = open_pidfd(found->pid);
    if (is_alive(found->pid, found->start))
        send_signal(pidfd, found->pid, signal);
    if (pidfd >= 0)
        close(pidfd);
}

/* The place of a killed process is free for the next fork, that of a stopped one is not: so a fork bomb is stopped
 * first. */
static void freeze_and_kill(struct walk *walk) {
    const size_t first = walk->set.count;
    walk->signal = SIGSTOP;
    for (int i = 0; i < PASSES_MAX && (i == 0 || walk->news > 0); i++) {
        walk->news = 0;
        pass(walk);
    }
    walk->signal = SIGKILL;
    for (size_t i = first; i < walk->set.count; i++)
        signal_found(&walk->set.list[i], SIGKILL);
}

static size_t count_ended(const struct found_set *set) {
    size_t ended = 0;
    struct process now;
    for (size_t i = 0; i < set->count; i++)
        ended += !procfs_read(set->list[i].pid, &now) || now.start != set->list[i].start || now.zombie;
    return ended;
}

/* Until a pass finds nobody new, and nobody has ended meanwhile: his children went to a parent that may have been
 * looked at before they came. Whoever forks faster than that is left to the caller, who asks again. */
static void walk_all(struct walk *walk) {
    for (size_t i = 0, ended = 0; i < PASSES_MAX; i++) {
        walk->news = 0;
        pass(walk);
        const size_t before = ended;
        ended = count_ended(&walk->set);
        if (walk->news == 0 && ended == before)
            return;
        if (i > 0 && walk->news > CROWD && walk->signal == SIGKILL)
            freeze_and_kill(walk);
    }
}

size_t tree_signal_below(pid_t root, int signal, const int *also, size_t also_count) {
    struct small_set room;
    struct walk walk = {.signal = signal, .also = also, .also_count = also_count};
    use_small_set(&walk.set, &room);
    struct process process;
    if (procfs_read(root, &process)) {
        add_found(&walk.set, &process);
        walk_all(&walk);
    }
    free_set(&walk.set);
    return walk.living;
}

/* All of a pass are found before the first gets its signal: one without a mark of its own belongs by a parent's, and
 * that must live until then. */
size_t tree_signal_marked(uint32_t keeper, int signal) {
    struct small_set room;
    struct walk walk = {.keeper = keeper};
    use_small_set(&walk.set, &room);
    size_t signalled = 0;
    for (int i = 0; i < PASSES_MAX; i++) {
        walk.news = 0;
        pass(&walk);
        if (walk.news == 0)
            break;
        for (; signal != 0 && signalled < walk.set.count; signalled++)
            signal_found(&walk.set.list[signalled], signal);
    }
    free_set(&walk.set);
    return walk.living;
}

size_t tree_count_marked(uint32_t keeper) {
    return tree_signal_marked(keeper, 0);
}

struct any {
    uint32_t keeper;
    pid_t pid;
};

static void take_marked(void *context, pid_t pid) {
    struct any *any = context;
    struct process process;
    if (any->pid == 0 && pid > 1 && procfs_has_mark(pid, any->keeper) && procfs_read(pid, &process) && !process.zombie)
        any->pid = pid;
}

pid_t tree_any_marked(uint32_t keeper) {
    struct any any = {.keeper = keeper};
    procfs_each(take_marked, &any);
    return any.pid;
}

/* ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Goes up from the process to the root. `trail` tells two ways up apart. */
static bool climb(pid_t process, pid_t root, uint64_t *trail) {
    *trail = 14695981039346656037ull;
    struct process at;
    for (pid_t pid = process; pid > 1; pid = at.parent) {
        if (!procfs_read(pid, &at))
            return false;
        *trail = (*trail ^ (uint64_t)pid) * 1099511628211ull;
        *trail = (*trail ^ at.start) * 1099511628211ull;
        if (at.parent == root)
            return true;
    }
    return false;
}

bool tree_is_below(pid_t process, pid_t root) {
    if (process <= 1 || root <= 0)
        return false;
    /* Twice the same way: so all of it was true in between. A parent that ended on the way changes it; the next try
     * tells. */
    for (int tries = 0; tries < 8; tries++) {
        uint64_t first, second;
        const bool below = climb(process, root, &first);
        if (climb(process, root, &second) == below && first == second)
            return below;
    }
    return false;
}

struct children {
    pid_t of;
    pid_t *list;
    size_t capacity, count;
};

static void take_child(void *context, pid_t pid) {
    struct children *children = context;
    if (children->count < children->capacity)
        children->list[children->count] = pid;
    children->count++;
}

static void take_if_child(void *context, pid_t pid) {
    struct children *children = context;
    struct process process;
    if (procfs_read(pid, &process) && process.parent == children->of)
        take_child(context, pid);
}

size_t tree_children(pid_t of, pid_t *children, size_t capacity) {
    struct children result = {.of = of, .list = children, .capacity = capacity};
    struct process process;
    if (procfs_read(of, &process) && !procfs_each_child(&process, take_child, &result))
        procfs_each(take_if_child, &result);
    return result.count;
}
