/* The container's terminal (`docker run -t`). It is that of PID 1, so that Ctrl-C stops the container. A unit that asks
 * for it gets it, and with it Ctrl-C, as long as its keeper lives; then it is PID 1's again. */
#include "init.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

static CHANGING unsigned users;

void terminal_let_go(void) {
    if (users++ > 0 || ioctl(STDIN_FILENO, TIOCNOTTY) < 0)
        return;
    /* Whose terminal goes gets SIGHUP, which would read as a wish to reload: it is pending, and to ignore it forgets
     * it. */
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGHUP, &ignore, &before);
    sigaction(SIGHUP, &before, NULL);
}

void terminal_take_back(void) {
    if (--users == 0)
        ioctl(STDIN_FILENO, TIOCSCTTY, 0); /* EPERM: somebody of another session has it still */
}
