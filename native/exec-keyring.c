/* KeyringMode=: the command's session keyring is new, with the invocation's number in it, and belongs to the unit's
 * user. Where the container has no keyrings for it, it goes without, as under systemd. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"
#include "keeper.h"

/* linux/keyctl.h is not there with musl. */
enum { JOIN_SESSION_KEYRING = 1, SETPERM = 5, LINK = 8 };
enum { SESSION_KEYRING = -3, USER_KEYRING = -4 };
enum { TO_VIEW_READ_SEARCH = 0x0b0b0000 }; /* for whoever holds it, and for its user */

static int set_keyring(uint32_t mode, struct exec_owner owner);
static void add_invocation(void);

void exec_set_keyring(const struct exec_request *request) {
    uint32_t mode = wire_u32(wire_find(request->run, WIRE_RUN_KEYRING));
    if (mode & KEYRING_INHERIT)
        return;
    int error = set_keyring(mode, exec_owner(request));
    if (!error)
        add_invocation();
    else if (error != ENOSYS && error != EPERM && error != EACCES && error != EDQUOT)
        exec_fail(request, STEP_KEYRING, error);
    else if (mode & KEYRING_WRITTEN)
        exec_tell(request, STEP_KEYRING, error, "not applied in this container: KeyringMode=");
}

/* As its owner, whose own keyring comes into being with it. 0 or an errno. */
static int set_keyring(uint32_t mode, struct exec_owner owner) {
    uid_t uid = getuid();
    gid_t gid = getgid();
    bool is_group = owner.gid_plus_1 && owner.gid_plus_1 - 1 != gid,
         is_user = owner.uid_plus_1 && owner.uid_plus_1 - 1 != uid;
    int error = 0;
    if ((is_group && setregid(owner.gid_plus_1 - 1, (gid_t)-1) < 0) ||
        (is_user && setreuid(owner.uid_plus_1 - 1, (uid_t)-1) < 0) ||
        syscall(SYS_keyctl, JOIN_SESSION_KEYRING, 0, 0, 0, 0) < 0 ||
        (mode & KEYRING_SHARED && syscall(SYS_keyctl, LINK, USER_KEYRING, SESSION_KEYRING, 0, 0) < 0))
        error = errno;
    if ((is_user && setreuid(uid, (uid_t)-1) < 0) || (is_group && setregid(gid, (gid_t)-1) < 0))
        return error ? error : errno;
    return error;
}

static void add_invocation(void) {
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof bytes; i++) {
        char digits[3] = {keeper.invocation[2 * i]};
        if (!digits[0] || !(digits[1] = keeper.invocation[2 * i + 1]))
            return;
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    long key = syscall(SYS_add_key, "user", "invocation_id", bytes, sizeof bytes, SESSION_KEYRING);
    if (key >= 0)
        syscall(SYS_keyctl, SETPERM, key, TO_VIEW_READ_SEARCH, 0, 0);
}
