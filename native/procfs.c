#include "procfs.h"

#include "pidone.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static ssize_t read_file(const char *path, char *text, size_t capacity) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    const ssize_t length = read(file, text, capacity - 1);
    close(file);
    text[length > 0 ? length : 0] = 0;
    return length;
}

/* proc(5): pid (comm) state ppid pgrp session tty_nr tpgid flags minflt cminflt majflt cmajflt utime stime cutime
 * cstime priority nice num_threads itrealvalue starttime … */
bool procfs_read(pid_t pid, struct process *process) {
    enum { STATE = 3, PARENT = 4, THREADS = 20, START = 22 };
    char path[32], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    const ssize_t length = read_file(path, text, sizeof text);
    if (length <= 0)
        return false;
    char *at = memrchr(text, ')', (size_t)length); /* comm may have parentheses of its own */
    if (!at || at[1] != ' ')
        return false;
    at += 2;
    *process = (struct process){.pid = pid};
    for (int field = STATE; field <= START; field++) {
        if (field == STATE)
            process->zombie = *at == 'Z' || *at == 'X';
        if (field == PARENT)
            process->parent = (pid_t)strtol(at, NULL, 10);
        if (field == THREADS)
            process->threads = (unsigned)strtoul(at, NULL, 10);
        if (field == START)
            process->start = strtoull(at, NULL, 10);
        at = strchr(at, ' ');
        if (!at)
            return false;
        at++;
    }
    /* A leader that left its threads behind looks dead, and is not. */
    if (process->threads > 1)
        process->zombie = false;
    return true;
}

bool procfs_has_mark(pid_t pid, uint32_t keeper) {
    const uint64_t mark = keeper_mark(keeper);
    struct rlimit limit;
    if (prlimit(pid, RLIMIT_LOCKS, NULL, &limit) == 0)
        return limit.rlim_cur == mark;
    /* Another user's, and CAP_SYS_RESOURCE is not ours. The file is for all to read. */
    static const char row[] = "\nMax file locks ";
    char path[32], text[2048];
    snprintf(path, sizeof path, "/proc/%d/limits", (int)pid);
    if (read_file(path, text, sizeof text) <= 0)
        return false;
    const char *at = strstr(text, row);
    return at && strtoull(at + sizeof row - 1, NULL, 10) == mark;
}

/* linux_dirent64 of getdents64(2): what readdir would allocate a stream for. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* Calls visit for every entry of a directory that is a number. */
static bool each_number(const char *path, void (*visit)(void *context, pid_t number), void *context) {
    const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return false;
    _Alignas(struct directory_entry) char buffer[8192];
    for (;;) {
        const long length = syscall(SYS_getdents64, directory, buffer, sizeof buffer);
        if (length <= 0)
            break;
        for (long at = 0; at < length;) {
            const struct directory_entry *entry = (const struct directory_entry *)(buffer + at);
            at += entry->length;
            if (entry->name[0] >= '1' && entry->name[0] <= '9')
                visit(context, (pid_t)strtol(entry->name, NULL, 10));
        }
    }
    close(directory);
    return true;
}

bool procfs_each(void (*visit)(void *context, pid_t pid), void *context) {
    return each_number("/proc", visit, context);
}

/* Numbers with a space behind each; a number may be cut in two by the end of the buffer. */
static bool read_children(pid_t pid, pid_t thread, void (*visit)(void *context, pid_t pid), void *context) {
    char path[64], buffer[4096];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)thread);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    pid_t number = 0;
    ssize_t length;
    while ((length = read(file, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < length; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                number = number * 10 + (buffer[i] - '0');
            } else if (number > 0) {
                visit(context, number);
                number = 0;
            }
        }
    close(file);
    return true;
}

struct threads {
    pid_t pid;
    void (*visit)(void *context, pid_t pid);
    void *context;
};

static void visit_thread(void *context, pid_t thread) {
    const struct threads *threads = context;
    read_children(threads->pid, thread, threads->visit, threads->context);
}

bool procfs_each_child(const struct process *parent, void (*visit)(void *context, pid_t pid), void *context) {
    static enum { UNKNOWN, THERE, MISSING } list = UNKNOWN;
    if (list == UNKNOWN) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
        list = access(path, R_OK) == 0 ? THERE : MISSING;
    }
    if (list == MISSING)
        return false;
    if (parent->threads <= 1) {
        read_children(parent->pid, parent->pid, visit, context);
        return true;
    }
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/task", (int)parent->pid);
    struct threads threads = {.pid = parent->pid, .visit = visit, .context = context};
    each_number(path, visit_thread, &threads);
    return true;
}
