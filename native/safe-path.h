/* Paths below directories that others may write to, without following what they planted there. */
#ifndef PIDONE_SAFE_PATH_H
#define PIDONE_SAFE_PATH_H

#include <stdbool.h>
#include <sys/types.h>

/* Opens an absolute path like open(2). A symbolic link is followed only where it lies in a directory that root (or
 * pidone's own user) owns and nobody else may write to; elsewhere it is refused (ELOOP, ENOTDIR), as is a hard link to
 * a file of somebody else than the only one who may write to that directory (EPERM). -1 with errno. */
int open_unplanted(const char *path, int flags, mode_t mode);

/* Opens the directory that holds the last component of an absolute path, as above, and makes what is missing on the way
 * (0755) when asked. `last` becomes the last component, inside `path`. -1 with errno; EINVAL when there is no last
 * component (`/`, `..`). */
int open_parent_unplanted(const char *path, bool make, const char **last);

/* The same, and directories are made with this mode (as the umask has it). */
int make_parent_unplanted(const char *path, mode_t mode, const char **last);

/* Opens the directory of that name in `parent`, through a link only where nobody else could have planted it. -1 with
 * errno. */
int open_directory_unplanted(int parent, const char *name, int flags);

#endif
