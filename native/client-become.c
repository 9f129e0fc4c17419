/* systemd-run --scope: the client becomes the command, in its own session and at its own terminal. */
#include <grp.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client.h"
#include "wire.h"

enum { GROUPS_MAX = 1024, NICE_ZERO = 21 };

static const char *change_ids(const struct wire_frame *errand);

const char *client_become(const struct wire_frame *errand, char *const *words) {
    struct wire_field set = wire_find(errand, WIRE_ERRAND_SET);
    const char *assignment;
    for (size_t at = 0; (assignment = wire_next_text(set, &at));)
        if (putenv((char *)(uintptr_t)assignment) != 0)
            return "no memory";
    const char *directory = wire_text(wire_find(errand, WIRE_ERRAND_DIRECTORY));
    if (*directory && chdir(directory) < 0)
        return directory;
    uint32_t nice = wire_u32(wire_find(errand, WIRE_ERRAND_NICE_PLUS21));
    if (nice != 0 && setpriority(PRIO_PROCESS, 0, (int)nice - NICE_ZERO) < 0)
        return "Failed to set nice level";
    const char *failed = change_ids(errand);
    if (failed != NULL)
        return failed;
    execvp(words[0], words);
    return "Failed to execute";
}

static const char *change_ids(const struct wire_frame *errand) {
    uint32_t uid = wire_u32(wire_find(errand, WIRE_ERRAND_UID_PLUS1));
    uint32_t gid = wire_u32(wire_find(errand, WIRE_ERRAND_GID_PLUS1));
    struct wire_field groups = wire_find(errand, WIRE_ERRAND_GROUPS);
    gid_t list[GROUPS_MAX];
    size_t count = groups.length / sizeof(uint32_t);
    if (count > GROUPS_MAX)
        count = GROUPS_MAX;
    for (size_t i = 0; i < count; i++)
        list[i] = wire_u32_at(groups, i);
    if (count > 0 && setgroups(count, list) < 0)
        return "Failed to set the groups";
    if (gid != 0 && setresgid(gid - 1, gid - 1, gid - 1) < 0)
        return "Failed to change GID";
    if (uid != 0 && setresuid(uid - 1, uid - 1, uid - 1) < 0)
        return "Failed to change UID";
    return NULL;
}
