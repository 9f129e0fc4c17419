/* PrivateDevices=: the /dev of a command's own mount namespace. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exec.h"

static int bind_node(int old, int made, const char *name);

/* A /dev with what every program may have, on a new file system that then takes the place of the old one. */
int exec_make_devices(const char *path) {
    enum { CHAR = 4 };
    static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};
    static const char *const folders[] = {"pts", "shm", "mqueue", "hugepages", "char"};
    static const char *const links[][2] = {{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"},
        {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"}, {"core", "/proc/kcore"}, {"log", NULL},
        {"ptmx", "pts/ptmx"}};
    int old = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC); /* not what RootDirectory= has, if anything */
    if (old < 0 ||
        mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_STRICTATIME | MS_NOEXEC, "mode=755,size=4m,nr_inodes=1m") < 0)
        return errno;
    int made = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (made < 0)
        return errno;
    char from[64], to[64];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct stat status;
        mkdirat(made, folders[i], 0755);
        if (i == CHAR || fstatat(old, folders[i], &status, 0) < 0)
            continue;
        snprintf(from, sizeof from, "/proc/self/fd/%d/%s", old, folders[i]);
        snprintf(to, sizeof to, "/proc/self/fd/%d/%s", made, folders[i]);
        if (mount(from, to, NULL, MS_BIND, NULL) < 0 && i < 2)
            return errno;
    }
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct stat status;
        if (fstatat(old, nodes[i], &status, 0) < 0 || !S_ISCHR(status.st_mode))
            continue;
        snprintf(from, sizeof from, "char/%u:%u", major(status.st_rdev), minor(status.st_rdev));
        snprintf(to, sizeof to, "../%s", nodes[i]);
        if (symlinkat(to, made, from) < 0)
            return errno;
        if (mknodat(made, nodes[i], status.st_mode, status.st_rdev) == 0)
            continue;
        int error = bind_node(old, made, nodes[i]); /* without CAP_MKNOD */
        if (error)
            return error;
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        char target[256];
        const char *leads = links[i][1];
        if (strcmp(links[i][0], "core") == 0 && access("/proc/kcore", F_OK) < 0)
            continue;
        if (!leads) { /* to where it leads now */
            ssize_t length = readlinkat(old, links[i][0], target, sizeof target - 1);
            if (length < 0 && errno == EINVAL && bind_node(old, made, links[i][0])) /* somebody's own socket */
                return errno;
            if (length <= 0)
                continue;
            target[length] = 0;
            leads = target;
        }
        if (symlinkat(leads, made, links[i][0]) < 0)
            return errno;
    }
    close(old);
    close(made);
    return 0;
}

/* What is no directory, as it is. 0 or an errno. */
static int bind_node(int old, int made, const char *name) {
    char from[64], to[64];
    int file = openat(made, name, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
        return errno;
    close(file);
    snprintf(from, sizeof from, "/proc/self/fd/%d/%s", old, name);
    snprintf(to, sizeof to, "/proc/self/fd/%d/%s", made, name);
    return mount(from, to, NULL, MS_BIND, NULL) < 0 ? errno : 0;
}
