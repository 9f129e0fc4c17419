/*
 * probe NAME WHAT…: what a sandbox lets this process do, a line "NAME WHAT=RESULT" each in the log ($PUPPET_LOG, else
 * /run/order.log, opened before anything else). RESULT is ok, a value, or the name of an error. Each WHAT asks in a way
 * whose answer does not hang on capabilities where it is allowed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static const struct {
    int number;
    const char *name;
} ERRORS[] = {{EPERM, "EPERM"}, {ENOENT, "ENOENT"}, {EBADF, "EBADF"}, {EACCES, "EACCES"}, {EINVAL, "EINVAL"},
    {ENOSYS, "ENOSYS"}, {EROFS, "EROFS"}, {EAFNOSUPPORT, "EAFNOSUPPORT"}, {ENXIO, "ENXIO"}, {EEXIST, "EEXIST"},
    {EFAULT, "EFAULT"}, {EILSEQ, "EILSEQ"}, {ENOTDIR, "ENOTDIR"}, {EISDIR, "EISDIR"}, {ENOTSUP, "ENOTSUP"}};

static char text[64];

static const char *result(long value) {
    if (value >= 0)
        return "ok";
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        if (ERRORS[i].number == errno)
            return ERRORS[i].name;
    snprintf(text, sizeof text, "errno %d", errno);
    return text;
}

static const char *number(long value) {
    if (value < 0)
        return result(value);
    snprintf(text, sizeof text, "%ld", value);
    return text;
}

static long try_socket(int family) {
    int made = socket(family, SOCK_DGRAM, 0);
    if (made >= 0)
        close(made);
    return made;
}

/* A datagram that nobody takes: ENETUNREACH where the loopback device is down. */
static long try_loopback(void) {
    struct sockaddr_in nobody = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (made < 0)
        return -1;
    long sent = sendto(made, "", 0, 0, (struct sockaddr *)&nobody, sizeof nobody);
    int error = errno;
    close(made);
    errno = error;
    return sent;
}

/* A page that was writable becomes executable. */
static long try_mprotect(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long try_mmap(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                                                  : 0;
}

static long try_mode(mode_t mode) {
    int file = memfd_create("probe", MFD_CLOEXEC);
    return file < 0 ? -1 : fchmod(file, mode);
}

/* A 32-bit call of this machine; its number for getpid(2) is 20. */
static long try_32(void) {
#ifdef __x86_64__
    long value;
    __asm__ volatile("int $0x80" : "=a"(value) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
    if (value < 0) {
        errno = (int)-value;
        return -1;
    }
#endif
    return 0;
}

static long try_open(const char *path, int flags) {
    int file = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file >= 0)
        close(file);
    return file;
}

/* A new file in a directory, which is removed again. */
static long try_write(const char *directory) {
    char path[512];
    snprintf(path, sizeof path, "%s/probe.%ld", directory, (long)getpid());
    long made = try_open(path, O_CREAT | O_EXCL | O_WRONLY);
    int error = errno;
    if (made >= 0)
        unlink(path);
    errno = error;
    return made;
}

static long try_exec(const char *path) {
    return access(path, X_OK);
}

/* The session keyring: its user and group, and whether it has this invocation's number and that user's own keyring. */
static const char *describe_keyring(void) {
    const int get = 0, describe = 6, search = 10, read_key = 11, session = -3;
    long keyring = syscall(SYS_keyctl, get, session, 0, 0, 0);
    char about[200] = "", own[40];
    if (keyring < 0 || syscall(SYS_keyctl, describe, keyring, about, sizeof about - 1, 0) < 0)
        return result(-1);
    int uid = -1, gid = -1;
    sscanf(about, "%*[^;];%d;%d", &uid, &gid);
    unsigned char bytes[16];
    long key = syscall(SYS_keyctl, search, keyring, "user", "invocation_id", 0);
    bool has_number = key >= 0 && syscall(SYS_keyctl, read_key, key, bytes, sizeof bytes, 0) == sizeof bytes;
    const char *invocation = getenv("INVOCATION_ID");
    for (size_t i = 0; has_number && i < sizeof bytes; i++) {
        char hex[3];
        snprintf(hex, sizeof hex, "%02x", bytes[i]);
        has_number = invocation && strncmp(invocation + 2 * i, hex, 2) == 0;
    }
    snprintf(own, sizeof own, "_uid.%u", getuid());
    bool is_linked = syscall(SYS_keyctl, search, keyring, "keyring", own, 0) >= 0;
    snprintf(text, sizeof text, "%.20s of %d:%d%s%s", strrchr(about, ';') + 1, uid, gid,
        has_number ? ", with number" : "", is_linked ? ", linked" : "");
    return text;
}

static const char *probe(const char *what) {
    const char *colon = strchr(what, ':');
    const char *path = colon ? colon + 1 : "";
    struct utsname names;
    struct sched_param none = {.sched_priority = 0};
    struct timespec wrong = {.tv_sec = 0, .tv_nsec = -1};
    if (strcmp(what, "uname") == 0)
        return result(uname(&names));
    if (strcmp(what, "unix") == 0)
        return result(try_socket(AF_UNIX));
    if (strcmp(what, "inet") == 0)
        return result(try_socket(AF_INET));
    if (strcmp(what, "netlink") == 0)
        return result(try_socket(AF_NETLINK));
    if (strcmp(what, "loopback") == 0)
        return result(try_loopback());
    if (strcmp(what, "mprotect") == 0)
        return result(try_mprotect());
    if (strcmp(what, "mmap") == 0)
        return result(try_mmap());
    if (strcmp(what, "realtime") == 0) /* EINVAL where it is allowed to ask */
        return result(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &none));
    if (strcmp(what, "suid") == 0)
        return result(try_mode(04755));
    if (strcmp(what, "sgid") == 0)
        return result(try_mode(02755));
    if (strcmp(what, "mode") == 0)
        return result(try_mode(0755));
    if (strcmp(what, "personality") == 0)
        return result(personality(PER_LINUX32));
    if (strcmp(what, "setns") == 0) /* EBADF */
        return result(setns(-1, 0));
    if (strcmp(what, "setns-net") == 0) /* EBADF */
        return result(setns(-1, CLONE_NEWNET));
    if (strcmp(what, "setns-uts") == 0) /* EBADF */
        return result(setns(-1, CLONE_NEWUTS));
    if (strcmp(what, "clone3") == 0) /* EINVAL */
        return result(syscall(SYS_clone3, NULL, 0));
    if (strcmp(what, "clock") == 0) /* EINVAL */
        return result(clock_settime(CLOCK_REALTIME, &wrong));
    if (strcmp(what, "iopl") == 0)
#ifdef SYS_iopl
        return result(syscall(SYS_iopl, 0));
#else
        return "EPERM"; /* nobody has it */
#endif
    if (strcmp(what, "hostname") == 0)
        return result(sethostname("", 0));
    if (strcmp(what, "unknown") == 0)
        return result(syscall(4000));
    if (strcmp(what, "32") == 0)
        return result(try_32());
    if (strcmp(what, "keyring") == 0)
        return describe_keyring();
    if (strcmp(what, "no-new-privileges") == 0)
        return number(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    if (strncmp(what, "write:", 6) == 0)
        return result(try_write(path));
    if (strncmp(what, "read:", 5) == 0)
        return result(try_open(path, O_RDONLY));
    if (strncmp(what, "exec:", 5) == 0)
        return result(try_exec(path));
    return "unknown probe";
}

int main(int argc, char **argv) {
    const char *log = getenv("PUPPET_LOG");
    int out = open(log ? log : "/run/order.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (argc < 3 || out < 0)
        return 1;
    for (int i = 2; i < argc; i++) {
        char line[600];
        int length = snprintf(line, sizeof line, "%s %s=%s\n", argv[1], argv[i], probe(argv[i]));
        if (length < 0 || write(out, line, (size_t)length) != length)
            return 1;
    }
    return 0;
}
