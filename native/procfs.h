/* What /proc tells of processes, read without allocation. */
#ifndef PIDONE_PROCFS_H
#define PIDONE_PROCFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One reading of /proc/PID/stat. `pid` and `start` together name a process for ever. */
struct process {
    pid_t pid;
    pid_t parent;
    uint64_t start; /* clock ticks since boot */
    unsigned threads;
    bool zombie; /* dead, but not yet waited for */
};

/* False when there is no such process (any more), or it cannot be read. */
bool procfs_read(pid_t pid, struct process *process);

/* Whether a process carries the mark of this keeper (pidone.h, keeper_mark). */
bool procfs_has_mark(pid_t pid, uint32_t keeper);

/* Calls visit(context, pid) for each child of each thread of `parent`. The list may miss some when others of them end
 * meanwhile. False when this kernel has no such list (CONFIG_PROC_CHILDREN). */
bool procfs_each_child(const struct process *parent, void (*visit)(void *context, pid_t pid), void *context);

/* Calls visit(context, pid) for each process there is. False when /proc cannot be read. */
bool procfs_each(void (*visit)(void *context, pid_t pid), void *context);

#endif
