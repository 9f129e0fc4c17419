/* The journal of a unit: a directory with `current` and a few older files, bounded. Several keepers of one unit, and
 * the manager, append to `current`, each whole records in one write(2). A head line tells the reader which keeper and
 * invocation the records that follow belong to:
 *
 *     REALTIME i- KEEPER PID INVOCATION IDENTIFIER
 *
 * and a second one has fields that all of them have, where there are such (log-entry.h):
 *
 *     REALTIME x- KEEPER PID FIELDS */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

static CHANGING const char *path_of_directory = "";
static CHANGING int directory = -1;
static CHANGING int current = -1;
static CHANGING uint64_t size_limit;
static CHANGING uint32_t files_kept;
static CHANGING const char *fields_of_all = "";
static CHANGING uint64_t lost; /* lines, since the last that could be written */
static CHANGING bool torn;     /* the file ends inside a record */

static int open_directory(const char *path);
static bool open_current(void);
static void rotate(void);
static void remove_oldest(void);
static size_t count_lines(const char *text, size_t length);
static size_t put(const char *text, size_t length);
static bool tell_lost(void);

void log_file_begin(const char *path, uint64_t bytes, uint32_t files, const char *fields) {
    path_of_directory = path;
    fields_of_all = fields;
    size_limit = bytes;
    files_kept = files;
    if (!*path)
        return;
    directory = open_directory(path);
    if (directory >= 0 && open_current())
        return;
    event_notice("JOURNAL", errno, "no journal in %s", path);
    if (directory < 0)
        path_of_directory = "";
}

bool log_file_is_wanted(void) {
    return *path_of_directory;
}

void log_file_append(const char *text, size_t length) {
    struct stat status;
    if (current >= 0 && fstat(current, &status) == 0 &&
        (status.st_nlink == 0 || (size_limit && (uint64_t)status.st_size >= size_limit)))
        rotate();
    if (current < 0 && directory >= 0)
        open_current();
    if ((lost || torn) && !tell_lost()) {
        lost += count_lines(text, length);
        return;
    }
    size_t taken = put(text, length);
    if (taken < length)
        lost += count_lines(text + taken, length - taken);
}

/* Below a directory that root owns; 0750. -1 with errno. */
static int open_directory(const char *path) {
    mode_t mask = umask(0022);
    if (mkdir(path, 0750) < 0 && errno == ENOENT) {
        /* The first unit of all: the journal's root comes with it. */
        char parent[256];
        const char *slash = strrchr(path, '/');
        if (slash && slash > path && (size_t)(slash - path) < sizeof parent) {
            memcpy(parent, path, (size_t)(slash - path));
            parent[slash - path] = '\0';
            mkdir(parent, 0755);
            mkdir(path, 0750);
        }
    }
    umask(mask);
    int opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (opened >= 0 && (fstat(opened, &status) < 0 || status.st_uid != geteuid())) {
        close(opened);
        errno = EPERM;
        return -1;
    }
    return opened;
}

static bool open_current(void) {
    /* Read too: whether it ends inside a record must be seen. */
    current = openat(directory, "current", O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (current < 0)
        return false;
    char last;
    off_t end = lseek(current, 0, SEEK_END);
    torn = end > 0 && pread(current, &last, 1, end - 1) == 1 && last != '\n';
    enum { HEAD_BYTES = 400, FIELDS_BYTES = 4096 };
    char head[HEAD_BYTES + FIELDS_BYTES + 64];
    int n = snprintf(head, sizeof head, "%s%016llx i- %u %d %.32s %.255s\n", torn ? "\n" : "",
        (unsigned long long)clock_usec(CLOCK_REALTIME), keeper.number, keeper.pid,
        *keeper.invocation ? keeper.invocation : "-", keeper.identifier);
    torn = false;
    if (*fields_of_all && strlen(fields_of_all) <= FIELDS_BYTES)
        n += snprintf(head + n, sizeof head - (size_t)n, "%016llx x- %u %d %s\n",
            (unsigned long long)clock_usec(CLOCK_REALTIME), keeper.number, keeper.pid, fields_of_all);
    put(head, (size_t)n);
    return true;
}

/* Whoever finds `current` full renames it, unless another one of this unit has done so meanwhile, or somebody has
 * removed it; then the new one is opened. */
static void rotate(void) {
    struct stat ours, named;
    if (flock(current, LOCK_EX | LOCK_NB) < 0)
        return; /* another one is at it */
    if (fstat(current, &ours) == 0 && fstatat(directory, "current", &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) {
        char name[32];
        snprintf(name, sizeof name, "%016llx.log", (unsigned long long)clock_usec(CLOCK_REALTIME));
        if (renameat(directory, "current", directory, name) < 0) {
            flock(current, LOCK_UN);
            return;
        }
        remove_oldest();
    }
    close(current);
    open_current();
}

/* Names sort by time. */
static void remove_oldest(void) {
    for (;;) {
        char oldest[32] = "", entries[2048];
        uint32_t count = 0;
        lseek(directory, 0, SEEK_SET);
        for (long got; (got = syscall(SYS_getdents64, directory, entries, sizeof entries)) > 0;) {
            for (long at = 0; at < got;) {
                /* struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name */
                uint16_t length;
                memcpy(&length, entries + at + 16, sizeof length);
                const char *name = entries + at + 19;
                if (strlen(name) == 20 && strspn(name, "0123456789abcdef") == 16 && strcmp(name + 16, ".log") == 0) {
                    count++;
                    if (!*oldest || strcmp(name, oldest) < 0)
                        memcpy(oldest, name, 21);
                }
                at += length;
            }
        }
        if (count <= files_kept || unlinkat(directory, oldest, 0) < 0)
            return;
    }
}

/* There may be room again: ends a torn record, and says what is missing. */
static bool tell_lost(void) {
    char note[160] = "\n";
    int length = 1;
    if (lost)
        length = snprintf(note, sizeof note,
            "%s%016llx m4 %u %d %llu lines of this unit were lost: the journal could not be written\n",
            torn ? "\n" : "", (unsigned long long)clock_usec(CLOCK_REALTIME), keeper.number, keeper.pid,
            (unsigned long long)lost);
    if (put(note, (size_t)length) < (size_t)length)
        return false;
    lost = 0;
    return true;
}

/* Bytes that were taken. A part is not taken back: another one may have appended meanwhile. */
static size_t put(const char *text, size_t length) {
    ssize_t taken = -1;
    int error = EBADF;
    if (current >= 0) {
        do
            taken = write(current, text, length);
        while (taken < 0 && errno == EINTR);
        error = taken < 0 ? errno : ENOSPC;
    }
    if (taken > 0)
        torn = text[taken - 1] != '\n';
    if (taken != (ssize_t)length)
        event_notice("JOURNAL_FULL", error, "lines are lost: cannot write to %s/current", path_of_directory);
    return taken > 0 ? (size_t)taken : 0;
}

static size_t count_lines(const char *text, size_t length) {
    size_t count = 0;
    for (const char *end = text + length; (text = memchr(text, '\n', (size_t)(end - text))); text++)
        count++;
    return count;
}
