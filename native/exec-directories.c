/* RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory= of systemd.exec(5):
 * made, owned and given their mode before the exec. All is done by descriptor: a link swapped in meanwhile is refused,
 * its target left alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec.h"
#include "safe-path.h"

static int make_directory(const char *path, mode_t mode, uid_t uid, gid_t gid, bool keeps);
static int claim(int directory, mode_t mode, uid_t uid, gid_t gid);

void exec_make_directories(const struct exec_request *request) {
    struct wire_field directories = wire_find(request->run, WIRE_RUN_DIRECTORIES);
    size_t at = 0;
    for (const char *record; (record = wire_next_text(directories, &at));) {
        /* "EXITCODE MODE UID GID KEEPS PATH"; KEEPS 1: a directory that is there is left as it is */
        char *rest;
        uint32_t step = (uint32_t)strtoul(record, &rest, 10);
        mode_t mode = (mode_t)strtoul(rest, &rest, 8) & 07777;
        uid_t uid = (uid_t)strtoul(rest, &rest, 10);
        gid_t gid = (gid_t)strtoul(rest, &rest, 10);
        bool keeps = strtoul(rest, &rest, 10) != 0;
        int error = *rest == ' ' ? make_directory(rest + 1, mode, uid, gid, keeps) : EINVAL;
        if (error)
            exec_fail(request, step, error);
    }
}

/* 0 or an errno. */
static int make_directory(const char *path, mode_t mode, uid_t uid, gid_t gid, bool keeps) {
    mode_t mask = umask(0022);
    const char *last;
    int parent = open_parent_unplanted(path, true, &last);
    int error = parent < 0 ? errno : 0;
    bool is_there = false;
    if (!error && mkdirat(parent, last, mode) < 0) {
        is_there = errno == EEXIST;
        error = is_there ? 0 : errno;
    }
    if (!error) {
        int directory = open_directory_unplanted(parent, last, O_RDONLY);
        if (directory < 0)
            error = errno;
        else if (!(is_there && keeps))
            error = claim(directory, mode, uid, gid);
        if (directory >= 0)
            close(directory);
    }
    if (parent >= 0)
        close(parent);
    umask(mask);
    return error;
}

static int claim(int directory, mode_t mode, uid_t uid, gid_t gid) {
    struct stat status;
    if (fstat(directory, &status) < 0)
        return errno;
    if ((status.st_uid != uid || status.st_gid != gid) && fchown(directory, uid, gid) < 0)
        return errno;
    if ((status.st_mode & 07777) != mode && fchmod(directory, mode) < 0)
        return errno;
    return 0;
}
