/* Which name was I called by? */
#include "pidone.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static void open_standard_streams(void);
static bool is_named(const char *name);
static bool is_init(void);

int main(int argc, char **argv) {
    open_standard_streams();
    program_begin(argc, argv);
    if (is_named("pidone") && program.argc > 1 && strcmp(program.argv[1], "--") == 0)
        single_main(program.argv + 2);
    if (is_init())
        init_main();
    return client_main();
}

static bool is_named(const char *name) {
    const char *slash = strrchr(program.argv[0], '/');
    return strcmp(slash ? slash + 1 : program.argv[0], name) == 0;
}

/* `pidone` without a verb, with options alone (they are the manager's), or under the name that kernels start. */
static bool is_init(void) {
    if (is_named("init"))
        return true;
    if (!is_named("pidone"))
        return false;
    if (program.argc < 2)
        return true;
    const char *first = program.argv[1];
    return first[0] == '-' && strcmp(first, "--version") != 0 && strcmp(first, "--help") != 0 &&
           strcmp(first, "-h") != 0;
}

/* A descriptor 0, 1 or 2 that is missing would become some socket of ours, and get messages. */
static void open_standard_streams(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            return; /* no /dev: nothing better to be had */
}
