/* The way to the manager. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "pidone.h"

/* $PIDONE_CLIENT_PATIENCE (seconds) is for tests. */
enum { PATIENCE_SECONDS = 90 };

static int connect_to(const char *directory, bool must_be_ours, int *error);

/* Where init may have put its socket, in the order in which it looks for a place. ENOENT: nowhere. */
int client_connect_manager(int *error) {
    char private_directory[32];
    const char *given = getenv("PIDONE_RUNTIME_DIRECTORY");
    if (given != NULL && given[0] != '\0')
        return connect_to(given, false, error);
    int socket = connect_to("/run/pidone", false, error);
    if (socket >= 0 || (*error != ENOENT && *error != ECONNREFUSED))
        return socket;
    snprintf(private_directory, sizeof private_directory, "/tmp/pidone-%u", geteuid());
    return connect_to(private_directory, true, error);
}

static int connect_to(const char *directory, bool must_be_ours, int *error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/control", directory);
    if (length < 0 || (size_t)length >= sizeof address.sun_path) {
        *error = ENAMETOOLONG;
        return -1;
    }
    /* Anybody can make a directory in /tmp, and listen there. */
    if (must_be_ours && (lstat(directory, &status) < 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())) {
        *error = ENOENT;
        return -1;
    }
    int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0) {
        *error = errno;
        return -1;
    }
    /* A full queue of clients makes connect wait. */
    struct timeval patience = {
        .tv_sec = client_patience_msec() / 1000, .tv_usec = client_patience_msec() % 1000 * 1000};
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0)
        return connection;
    *error = errno == ENOTDIR ? ENOENT : errno;
    close(connection);
    return -1;
}

int client_patience_msec(void) {
    const char *given = getenv("PIDONE_CLIENT_PATIENCE");
    double seconds = given == NULL ? 0 : strtod(given, NULL);
    return seconds > 0 && seconds < 86400 ? (int)(seconds * 1000) : PATIENCE_SECONDS * 1000;
}
