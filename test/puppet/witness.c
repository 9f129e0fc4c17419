/*
 * witness WORD…: prints all that this process was given, a line each: words, variables (sorted), ids, groups,
 * capabilities, limits, scheduling, signals, descriptors, directories, credentials. Asks the kernel rather than /proc,
 * so that it also works where no /proc is. The value of a variable …PID that is its own pid is printed
 * as "self". At last it ends as $WITNESS_END says: by an exit status, or below 0 by a signal.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IOPRIO_WHO_PROCESS = 1, CAPABILITIES = 64, GROUPS = 1024, MASK_BYTES = 1024, FIRST_CREDENTIAL_BYTES = 64 };

static const struct {
    int resource;
    const char *name;
} LIMITS[] = {{RLIMIT_CPU, "CPU"}, {RLIMIT_FSIZE, "FSIZE"}, {RLIMIT_DATA, "DATA"}, {RLIMIT_STACK, "STACK"},
    {RLIMIT_CORE, "CORE"}, {RLIMIT_RSS, "RSS"}, {RLIMIT_NOFILE, "NOFILE"}, {RLIMIT_AS, "AS"}, {RLIMIT_NPROC, "NPROC"},
    {RLIMIT_MEMLOCK, "MEMLOCK"}, {RLIMIT_SIGPENDING, "SIGPENDING"}, {RLIMIT_MSGQUEUE, "MSGQUEUE"},
    {RLIMIT_NICE, "NICE"}, {RLIMIT_RTPRIO, "RTPRIO"}, {RLIMIT_RTTIME, "RTTIME"}};

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_number(const void *a, const void *b) {
    gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;
    return (x > y) - (x < y);
}

/* Bytes that would not stay on the line as \xHH. */
static void print_text(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (text[i] >= ' ' && text[i] != 127 && text[i] != '\\')
            putchar(text[i]);
        else
            printf("\\x%02x", (unsigned)(unsigned char)text[i]);
    putchar('\n');
}

static void print_words(int count, char **words) {
    for (int i = 0; i < count; i++) {
        printf("word ");
        print_text(words[i], strlen(words[i]));
    }
}

static void print_environment(char **environment) {
    size_t count = 0;
    while (environment[count])
        count++;
    qsort(environment, count, sizeof *environment, by_text);
    char self[16];
    snprintf(self, sizeof self, "%d", getpid());
    for (size_t i = 0; i < count; i++) {
        const char *value = strchr(environment[i], '=');
        bool is_pid = value && value - environment[i] > 3 && strncmp(value - 3, "PID", 3) == 0;
        if (is_pid && strcmp(value + 1, self) == 0) {
            printf("env %.*s=self\n", (int)(value - environment[i]), environment[i]);
        } else {
            printf("env ");
            print_text(environment[i], strlen(environment[i]));
        }
    }
}

static void print_ids(void) {
    uid_t uid[3];
    gid_t gid[3], groups[GROUPS];
    getresuid(uid, uid + 1, uid + 2);
    getresgid(gid, gid + 1, gid + 2);
    printf("uid %u %u %u\ngid %u %u %u\ngroups", uid[0], uid[1], uid[2], gid[0], gid[1], gid[2]);
    int count = getgroups(GROUPS, groups);
    qsort(groups, count > 0 ? (size_t)count : 0, sizeof *groups, by_number);
    for (int i = 0; i < count; i++)
        printf(" %u", groups[i]);
    putchar('\n');
}

static void print_capabilities(void) {
    struct {
        uint32_t version;
        int pid;
        struct {
            uint32_t effective, permitted, inheritable;
        } words[2];
    } sets = {.version = 0x20080522};
    syscall(SYS_capget, &sets, sets.words);
    uint64_t bounding = 0, ambient = 0;
    for (unsigned i = 0; i < CAPABILITIES; i++) {
        if (prctl(PR_CAPBSET_READ, i) == 1)
            bounding |= UINT64_C(1) << i;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
            ambient |= UINT64_C(1) << i;
    }
#define BOTH(SET) ((unsigned long long)sets.words[1].SET << 32 | sets.words[0].SET)
    printf("cap inheritable %llx\ncap permitted %llx\ncap effective %llx\n", BOTH(inheritable), BOTH(permitted),
        BOTH(effective));
    printf("cap bounding %llx\ncap ambient %llx\n", (unsigned long long)bounding, (unsigned long long)ambient);
    printf("securebits %x\n", (unsigned)prctl(PR_GET_SECUREBITS));
    printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    printf("seccomp %d\n", prctl(PR_GET_SECCOMP));
}

static void print_limit(const char *name, const char *kind, rlim_t value) {
    if (value == RLIM_INFINITY)
        printf("limit %s %s infinity\n", name, kind);
    else
        printf("limit %s %s %llu\n", name, kind, (unsigned long long)value);
}

static void print_limits(void) {
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        struct rlimit limit;
        getrlimit(LIMITS[i].resource, &limit);
        print_limit(LIMITS[i].name, "soft", limit.rlim_cur);
        print_limit(LIMITS[i].name, "hard", limit.rlim_max);
    }
}

static void print_mask(const char *name, const unsigned char *bytes, long length) {
    while (length > 1 && !bytes[length - 1])
        length--;
    printf("%s ", name);
    for (long i = length - 1; i >= 0; i--)
        printf("%02x", bytes[i]);
    putchar('\n');
}

static void print_scheduling(void) {
    int priority = 0, mode = -1;
    unsigned char mask[MASK_BYTES] = {0}, nodes[MASK_BYTES] = {0};
    printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
    long policy = syscall(SYS_sched_getscheduler, 0);
    syscall(SYS_sched_getparam, 0, &priority);
    printf("scheduler %lx priority %d\n", (unsigned long)policy, priority);
    print_mask("affinity", mask, syscall(SYS_sched_getaffinity, 0, sizeof mask, mask));
    if (syscall(SYS_get_mempolicy, &mode, nodes, 8 * sizeof nodes, NULL, 0) == 0) {
        printf("mempolicy %d\n", mode);
        print_mask("nodes", nodes, sizeof nodes);
    }
    printf("ioprio %lx\n", (unsigned long)syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0));
    printf("timerslack %d\n", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    printf("personality %x\n", (unsigned)personality(0xffffffff));
}

/* Of the kernel's own files, where they are. */
static void print_file(const char *name, const char *path) {
    char text[64] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    printf("%s %s\n", name, text);
}

static void print_process(void) {
    char text[PATH_MAX];
    mode_t mask = umask(0);
    printf("umask %03o\ncwd %s\n", mask, getcwd(text, sizeof text) ? text : strerror(errno));
    printf("leads session %d group %d\n", getsid(0) == getpid(), getpgrp() == getpid());
    print_file("oom", "/proc/self/oom_score_adj");
    print_file("coredumps", "/proc/self/coredump_filter");
    printf("dumpable %d keepcaps %d subreaper ", prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
    int value = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &value);
    printf("%d death ", value);
    prctl(PR_GET_PDEATHSIG, &value);
    printf("%d\n", value);
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (int i = 1; i < _NSIG; i++) {
        struct sigaction action;
        if (sigismember(&blocked, i) == 1)
            printf("signal %d blocked\n", i);
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            printf("signal %d %s\n", i, action.sa_handler == SIG_IGN ? "ignored" : "handled");
    }
    for (int i = 0; i < 64; i++) {
        struct stat status;
        if (fstat(i, &status) == 0)
            printf("descriptor %d %o %u:%u flags %x %x\n", i, status.st_mode, status.st_uid, status.st_gid,
                (unsigned)fcntl(i, F_GETFD), (unsigned)fcntl(i, F_GETFL));
    }
    if (gethostname(text, sizeof text) == 0)
        printf("host %s\n", text);
}

static void print_place(const char *kind, const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        printf("%s %s %s\n", kind, path, strerror(errno));
    else
        printf("%s %s %o %u:%u\n", kind, path, status.st_mode, status.st_uid, status.st_gid);
}

static void print_directories(void) {
    static const char *const variables[] = {
        "RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        char *copy = value ? strdup(value) : NULL;
        for (char *path, *rest = copy; rest && (path = strsep(&rest, ":"));)
            print_place("directory", path);
        free(copy);
    }
}

static void print_credentials(void) {
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    if (!directory)
        return;
    print_place("credentials", directory);
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX], bytes[FIRST_CREDENTIAL_BYTES];
        if (entries[i]->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        print_place("credential", path);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t length = file < 0 ? -1 : read(file, bytes, sizeof bytes);
        printf("content %s ", entries[i]->d_name);
        print_text(length < 0 ? strerror(errno) : bytes, length < 0 ? strlen(strerror(errno)) : (size_t)length);
        if (file >= 0)
            close(file);
    }
}

int main(int count, char **words, char **environment) {
    print_words(count, words);
    print_ids();
    print_capabilities();
    print_limits();
    print_scheduling();
    print_process();
    print_directories();
    print_credentials();
    print_environment(environment);
    puts("end");
    const char *end = getenv("WITNESS_END");
    int status = fflush(stdout) == 0 ? 0 : 1;
    if (status == 0 && end)
        status = atoi(end);
    if (status < 0)
        raise(-status);
    return status;
}
