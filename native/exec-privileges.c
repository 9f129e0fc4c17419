/* User=, Group=, SupplementaryGroups=, CapabilityBoundingSet=, AmbientCapabilities=, SecureBits=, NoNewPrivileges= of
 * systemd.exec(5). Who the command runs as is never skipped: a step that fails here ends it (216, 217). What only
 * hardens is skipped and told. */
#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"

/* capabilities(7), version 3: 64 bits as two words. linux/capability.h is not there with musl. */
struct capabilities {
    uint32_t version;
    int32_t pid;
    struct {
        uint32_t effective, permitted, inheritable;
    } words[2];
};

static bool groups_are(const gid_t *groups, size_t count);
static bool get_capabilities(struct capabilities *capabilities);
static bool set_capabilities(struct capabilities *capabilities);
static void raise_ambient(const struct exec_request *request, uint64_t mask);

enum { GROUPS_MAX = 4096, CAPABILITY_SETPCAP = 8 };

void exec_set_groups(const struct exec_request *request) {
    static bool are_set; /* before a namespace of users, in which they cannot be changed */
    if (are_set)
        return;
    are_set = true;
    uint32_t uid_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_UID_PLUS1));
    uint32_t gid_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_GID_PLUS1));
    struct wire_field field = wire_find(request->run, WIRE_RUN_GROUPS);
    if (!uid_plus_1 && !gid_plus_1 && !field.length)
        return;
    if (gid_plus_1 && setresgid(gid_plus_1 - 1, gid_plus_1 - 1, gid_plus_1 - 1) < 0)
        exec_fail(request, STEP_GROUP, errno);

    gid_t groups[GROUPS_MAX]; /* on the stack of the child: no keeper has pages for it */
    size_t count = field.length / sizeof(uint32_t);
    if (count > GROUPS_MAX)
        exec_fail(request, STEP_GROUP, E2BIG);
    for (size_t i = 0; i < count; i++)
        groups[i] = wire_u32_at(field, i);
    if (setgroups(count, groups) == 0 || (errno == EPERM && groups_are(groups, count)))
        return;
    int error = errno;
    /* Without the right to change them, a command of pidone's own user keeps the groups that it has: nothing is gained
     * by that. */
    if (error == EPERM && uid_plus_1 && uid_plus_1 - 1 == geteuid())
        exec_skip(request, STEP_GROUP, error, "supplementary groups cannot be changed in this container");
    else
        exec_fail(request, STEP_GROUP, error);
}

struct exec_owner exec_owner(const struct exec_request *request) {
    struct wire_field owner = wire_find(request->run, WIRE_RUN_OWNER);
    if (owner.length >= 2 * sizeof(uint32_t))
        return (struct exec_owner){wire_u32_at(owner, 0), wire_u32_at(owner, 1)};
    return (struct exec_owner){
        wire_u32(wire_find(request->run, WIRE_RUN_UID_PLUS1)), wire_u32(wire_find(request->run, WIRE_RUN_GID_PLUS1))};
}

void exec_drop_bounding(const struct exec_request *request) {
    if (!(request->flags & RUN_SET_BOUNDING))
        return;
    uint64_t mask = wire_u64(wire_find(request->run, WIRE_RUN_BOUNDING));
    int error = 0;
    for (unsigned capability = 0; capability < 64; capability++) {
        if (mask >> capability & 1)
            continue;
        int present = prctl(PR_CAPBSET_READ, capability);
        if (present < 0)
            break; /* past the last one that the kernel knows */
        if (present && prctl(PR_CAPBSET_DROP, capability) < 0)
            error = errno;
    }
    struct capabilities capabilities;
    if (get_capabilities(&capabilities)) {
        capabilities.words[0].inheritable &= (uint32_t)mask;
        capabilities.words[1].inheritable &= (uint32_t)(mask >> 32);
        if (!set_capabilities(&capabilities))
            error = errno;
    }
    if (error && error != EPERM)
        exec_fail(request, STEP_CAPABILITIES, error);
    if (error)
        exec_skip(
            request, STEP_CAPABILITIES, error, "the capability bounding set cannot be made smaller in this container");
}

void exec_set_user(const struct exec_request *request) {
    uint32_t uid_plus_1 = wire_u32(wire_find(request->run, WIRE_RUN_UID_PLUS1));
    uint64_t ambient = wire_u64(wire_find(request->run, WIRE_RUN_AMBIENT));
    /* What the unit itself has taken out of the bounding set is not asked for. */
    if (request->flags & RUN_SET_BOUNDING)
        ambient &= wire_u64(wire_find(request->run, WIRE_RUN_BOUNDING));
    bool raises = (request->flags & RUN_SET_AMBIENT) && ambient;
    /* The secure bits need a capability that the change of user would take. */
    bool keeps = raises || wire_u32(wire_find(request->run, WIRE_RUN_SECURE_BITS));
    if (keeps && uid_plus_1 > 1 && prctl(PR_SET_KEEPCAPS, 1) < 0)
        exec_fail(request, STEP_USER, errno);
    if (uid_plus_1 && setresuid(uid_plus_1 - 1, uid_plus_1 - 1, uid_plus_1 - 1) < 0)
        exec_fail(request, STEP_USER, errno);
    if (raises)
        raise_ambient(request, ambient);
}

void exec_set_secure_bits(const struct exec_request *request) {
    uint32_t bits = wire_u32(wire_find(request->run, WIRE_RUN_SECURE_BITS));
    if (!bits || prctl(PR_GET_SECUREBITS) == (int)bits)
        return;
    struct capabilities capabilities;
    if (get_capabilities(&capabilities)) {
        capabilities.words[0].effective |= capabilities.words[0].permitted & 1u << CAPABILITY_SETPCAP;
        set_capabilities(&capabilities); /* where that fails the next one tells */
    }
    if (prctl(PR_SET_SECUREBITS, bits) == 0)
        return;
    if (errno != EPERM)
        exec_fail(request, STEP_SECUREBITS, errno);
    exec_skip(request, STEP_SECUREBITS, EPERM, "SecureBits= is not possible in this container");
}

void exec_set_no_new_privileges(const struct exec_request *request) {
    if ((request->flags & RUN_NO_NEW_PRIVILEGES) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        exec_fail(request, STEP_NO_NEW_PRIVILEGES, errno);
}

bool exec_has_capability(unsigned capability) {
    struct capabilities capabilities;
    return get_capabilities(&capabilities) && (capabilities.words[capability / 32].effective >> capability % 32 & 1);
}

static bool groups_are(const gid_t *groups, size_t count) {
    gid_t current[GROUPS_MAX];
    int have = getgroups(GROUPS_MAX, current);
    if (have < 0 || (size_t)have != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t j = 0; j < count && !found; j++)
            found = groups[i] == current[j];
        if (!found)
            return false;
    }
    return true;
}

/* A capability must be permitted and inheritable before it can be ambient; a change of user takes it away again, so
 * this comes after. */
static void raise_ambient(const struct exec_request *request, uint64_t mask) {
    struct capabilities capabilities;
    if (!get_capabilities(&capabilities))
        exec_fail(request, STEP_CAPABILITIES, errno);
    uint64_t possible = mask & (capabilities.words[0].permitted | (uint64_t)capabilities.words[1].permitted << 32);
    for (unsigned word = 0; word < 2; word++) {
        uint32_t bits = (uint32_t)(possible >> 32 * word);
        capabilities.words[word].inheritable |= bits;
    }
    if (!set_capabilities(&capabilities))
        exec_fail(request, STEP_CAPABILITIES, errno);
    for (unsigned capability = 0; capability < 64; capability++) {
        if (!(mask >> capability & 1))
            continue;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
            continue;
        if (errno != EPERM)
            exec_fail(request, STEP_CAPABILITIES, errno);
        exec_skip(
            request, STEP_CAPABILITIES, EPERM, "ambient capability %u is not to be had in this container", capability);
    }
}

static bool get_capabilities(struct capabilities *capabilities) {
    *capabilities = (struct capabilities){.version = 0x20080522};
    return syscall(SYS_capget, capabilities, capabilities->words) == 0;
}

static bool set_capabilities(struct capabilities *capabilities) {
    capabilities->version = 0x20080522;
    return syscall(SYS_capset, capabilities, capabilities->words) == 0;
}
