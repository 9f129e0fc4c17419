/* What init makes before the first manager: the runtime directory, the control socket, room for descriptors. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool use_directory(const char *path);
static bool control_path(struct sockaddr_un *address);
static void forget_earlier_life(void);

int open_control_socket(void) {
    char own[sizeof program.runtime_directory];
    snprintf(own, sizeof own, "/tmp/pidone-%u", (unsigned)geteuid());
    const char *wish = getenv("PIDONE_RUNTIME_DIRECTORY");
    if (program.is_pid_1)
        mkdir("/run", 0755); /* an image from scratch has none */
    if (!(wish && *wish && use_directory(wish)) && !use_directory("/run/pidone")) {
        if (!use_directory(own)) {
            say("no runtime directory, so systemctl cannot reach me: give the container a tmpfs at /run");
            return -1;
        }
        if (program.is_pid_1 || geteuid() == 0)
            say("using the runtime directory %s instead", own);
    }

    struct sockaddr_un address;
    control_path(&address);
    const int control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (control < 0) {
        say("no control socket: %s", strerror(errno));
        return -1;
    }
    if (connect(control, (struct sockaddr *)&address, sizeof address) == 0) {
        say("another pidone runs with the directory %s; PIDONE_RUNTIME_DIRECTORY gives this one its own",
            program.runtime_directory);
        _exit(1);
    }
    unlink(address.sun_path);
    forget_earlier_life();
    const mode_t mask = umask(0177);
    const bool bound = bind(control, (struct sockaddr *)&address, sizeof address) == 0;
    umask(mask);
    if (!bound || listen(control, SOMAXCONN) < 0) {
        say("no control socket %s: %s", address.sun_path, strerror(errno));
        close(control);
        return -1;
    }
    return control;
}

/* A container that is started again finds its files: what a manager stored in another life is about processes that are
 * gone, and no manager of this one may believe it. */
static void forget_earlier_life(void) {
    static const char *const names[] = {"state", "crash"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[sizeof program.runtime_directory + 16];
        snprintf(path, sizeof path, "%s/%s", program.runtime_directory, names[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            say("cannot remove %s: %s", path, strerror(errno));
    }
}

void remove_control_socket(void) {
    struct sockaddr_un address;
    if (init.control_socket >= 0 && control_path(&address))
        unlink(address.sun_path);
}

static bool control_path(struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(address->sun_path, sizeof address->sun_path, "%s/control", program.runtime_directory) <
           (int)sizeof address->sun_path;
}

/* Takes the directory when it is, or can be made, ours alone to write to. In /tmp anybody may have been there before.
 */
static bool use_directory(const char *path) {
    if (path[0] != '/' || strlen(path) >= sizeof program.runtime_directory) {
        say("cannot use the runtime directory %s: it must be absolute and shorter than %zu bytes", path,
            sizeof program.runtime_directory);
        return false;
    }
    const char *why = NULL;
    struct stat status;
    const int directory =
        mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 || fstat(directory, &status) < 0)
        why = strerror(errno);
    else if (status.st_uid != geteuid())
        why = "it belongs to another user";
    else if (fchmod(directory, 0755) < 0 || faccessat(directory, ".", W_OK, AT_EACCESS) < 0)
        why = strerror(errno);
    if (directory >= 0)
        close(directory);
    if (why) {
        if (program.is_pid_1 || geteuid() == 0)
            say("cannot use the runtime directory %s: %s", path, why);
        return false;
    }
    strcpy(program.runtime_directory, path);
    return true;
}

void pretend_systemd_booted(void) {
    /* Only for PID 1: elsewhere another init has the word on it. */
    if (!program.is_pid_1)
        return;
    if (mkdir("/run/systemd", 0755) == 0 || errno == EEXIST)
        mkdir("/run/systemd/system", 0755);
    /* Who looks at the first process (Ansible's facts, scripts with ps) and not at the directory. */
    prctl(PR_SET_NAME, "systemd");
}

/* Two descriptors a unit; children get the container's own limit back. */
void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
