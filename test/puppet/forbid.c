/*
 * forbid 'CALL[(ARGUMENT,…)]=ERROR …' COMMAND…: runs a command below whom these system calls fail. An ARGUMENT is a
 * number, of which the low 32 bits are compared, !NUMBER for all others, or _ for any. So a kernel, or the engine of a
 * container, can be made to refuse what it has to be asked for. Needs CAP_SYS_ADMIN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned value;
} CALLS[] = {{"prctl", SYS_prctl}, {"setsid", SYS_setsid}, {"setpriority", SYS_setpriority},
    {"ioprio_set", SYS_ioprio_set}, {"personality", SYS_personality}, {"prlimit64", SYS_prlimit64},
    {"seccomp", SYS_seccomp}, {"setgroups", SYS_setgroups}, {"setresuid", SYS_setresuid}, {"chroot", SYS_chroot},
    {"unshare", SYS_unshare}, {"set_mempolicy", SYS_set_mempolicy}, {"add_key", SYS_add_key}, {"keyctl", SYS_keyctl}},
  ERRORS[] = {
      {"EINVAL", EINVAL}, {"EPERM", EPERM}, {"ENOMEM", ENOMEM}, {"ENODEV", ENODEV}, {"ENOSYS", ENOSYS}, {"EIO", EIO}};

/* linux/filter.h and linux/seccomp.h, which musl has not: load a word of the call, jump if equal, return. */
enum { LOAD = 0x20, IF_EQUAL = 0x15, RETURN = 0x06, ALLOW = 0x7fff0000, FAIL_WITH = 0x00050000, FILTER_MODE = 2 };
enum { NUMBER_AT = 0, ARGUMENTS_AT = 16, ROOM = 512 };
struct instruction {
    uint16_t code;
    uint8_t yes, no;
    uint32_t value;
};
static struct instruction program[ROOM];
static unsigned short length;

static void add(uint16_t code, uint8_t yes, uint8_t no, uint32_t value) {
    if (length == ROOM)
        exit(2);
    program[length++] = (struct instruction){code, yes, no, value};
}

static unsigned look_up(const char *name, int is_error) {
    size_t count = is_error ? sizeof ERRORS / sizeof *ERRORS : sizeof CALLS / sizeof *CALLS;
    for (size_t i = 0; i < count; i++)
        if (strcmp(is_error ? ERRORS[i].name : CALLS[i].name, name) == 0)
            return is_error ? ERRORS[i].value : CALLS[i].value;
    fprintf(stderr, "forbid: %s is not known\n", name);
    exit(2);
}

/* One rule: all that is compared jumps over the rest where it differs. */
static void add_rule(char *rule) {
    char *error = strchr(rule, '=');
    char *arguments = strchr(rule, '(');
    if (!error)
        exit(2);
    *error++ = '\0';
    uint32_t values[6];
    int others[6];
    unsigned places[6], count = 0, place = 0;
    if (arguments) {
        *arguments++ = '\0';
        arguments[strcspn(arguments, ")")] = '\0';
        for (char *word; place < 6 && (word = strsep(&arguments, ",")); place++)
            if (strcmp(word, "_") != 0) {
                places[count] = place;
                others[count] = *word == '!';
                values[count++] = (uint32_t)strtoul(word + (*word == '!'), NULL, 0);
            }
    }
    unsigned rest = 2 * count + 1;
    add(LOAD, 0, 0, NUMBER_AT);
    add(IF_EQUAL, 0, (uint8_t)rest, look_up(rule, 0));
    for (unsigned i = 0; i < count; i++) {
        add(LOAD, 0, 0, ARGUMENTS_AT + 8 * places[i]);
        rest -= 2;
        add(IF_EQUAL, others[i] ? (uint8_t)rest : 0, others[i] ? 0 : (uint8_t)rest, values[i]);
    }
    add(RETURN, 0, 0, FAIL_WITH | look_up(error, 1));
}

int main(int count, char **words) {
    if (count < 3)
        return 2;
    for (char *rule, *rest = words[1]; (rule = strsep(&rest, " "));)
        if (*rule)
            add_rule(rule);
    add(RETURN, 0, 0, ALLOW);
    struct {
        unsigned short length;
        const struct instruction *instructions;
    } filter = {length, program};
    if (prctl(PR_SET_SECCOMP, FILTER_MODE, &filter) < 0) {
        perror("forbid");
        return 2;
    }
    execvp(words[2], words + 2);
    perror(words[2]);
    return 127;
}
