#include "board.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From linux/futex.h, which musl-gcc has not. */
enum { FUTEX_WAIT, FUTEX_WAKE };

struct board *board_open(const char *root) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s%s", root, BOARD_PATH) >= (int)sizeof path)
        errno = ENAMETOOLONG;
    else {
        const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0 && ftruncate(fd, sizeof(struct board)) == 0) {
            void *board = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (board != MAP_FAILED) {
                close(fd);
                return board;
            }
        }
    }
    fprintf(stderr, "bench: cannot map %s%s: %s\n", root, BOARD_PATH, strerror(errno));
    exit(111);
}

void board_changed(struct board *board) {
    board_raise(&board->changes);
}

uint32_t board_raise(_Atomic uint32_t *word) {
    const uint32_t value = atomic_fetch_add(word, 1) + 1;
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    return value;
}

void board_wait(_Atomic uint32_t *word, uint32_t seen, int64_t deadline) {
    const int64_t left = deadline - board_now();
    if (left <= 0)
        return;
    const struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

int64_t board_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}
