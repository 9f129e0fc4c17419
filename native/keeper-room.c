/* The keeper's large buffers, in a mapping of their own, and its stack. An idle keeper has two pages: the one with all
 * that changes (CHANGING), and the one where the stack begins, which has the process title too. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"

CHANGING struct keeper_room *room;
/* While at rest: the few events that are not acknowledged yet. */
static CHANGING uint8_t rested_events[256];
static CHANGING size_t rested_bytes;

static void give_back_stack(void);
static void give_back(const void *from, const void *to);
#if !defined(__SANITIZE_ADDRESS__)
static _Noreturn void begin_on_own_stack(void);
static CHANGING void (*after_begin)(void);
#endif

void room_begin(void) {
    room = mmap(NULL, sizeof *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        say("no memory for a keeper: %s", strerror(errno));
        _exit(1);
    }
}

/* The first frame lies right below the arguments: what the kernel put there for libc's start is not asked for again.
 * Where a sanitizer watches over the stack, it stays as it is. */
_Noreturn void room_continue(void (*function)(void)) {
#if !defined(__SANITIZE_ADDRESS__)
    uintptr_t top = (stack_end() - 64) & ~(uintptr_t)15;
    after_begin = function;
    if (stack_end() == 0)
        after_begin();
#if defined(__x86_64__)
    __asm__ volatile("mov %0, %%rsp\n\txor %%ebp, %%ebp\n\tcall *%1" : : "r"(top), "r"(begin_on_own_stack) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("mov sp, %0\n\tmov x29, xzr\n\tblr %1" : : "r"(top), "r"(begin_on_own_stack) : "memory");
#else
#error "how is the stack changed on this machine?"
#endif
#endif
    function();
    __builtin_unreachable();
}

void room_rest(void) {
    rested_bytes = events_bytes() <= sizeof rested_events ? events_bytes() : 0;
    memcpy(rested_events, room->events, rested_bytes);
    give_back(room->events + events_bytes() - rested_bytes, room->events + sizeof room->events);
    give_back(room->input + log_carried(), room->input + sizeof room->input);
    give_back(&room->scratch, room + 1);
    give_back_stack();
    program_file_rest();
}

void room_wake(void) {
    memcpy(room->events, rested_events, rested_bytes);
    rested_bytes = 0;
}

#if !defined(__SANITIZE_ADDRESS__)
static _Noreturn void begin_on_own_stack(void) {
    give_back_stack();
    after_begin();
    __builtin_unreachable();
}
#endif

/* What lies below the frames that are in use is left from deeper calls, or init's. */
static void give_back_stack(void) {
    enum { MARGIN = 512, DEPTH = 256 * 1024 };
    uintptr_t end = (uintptr_t)__builtin_frame_address(0) - MARGIN;
    give_back((void *)(end - DEPTH), (void *)end);
}

/* The whole pages among these bytes. ENOMEM, where something is not mapped, is no trouble: the rest was given back. */
static void give_back(const void *from, const void *to) {
    enum { PAGE = 4096 };
    uintptr_t start = ((uintptr_t)from + PAGE - 1) & ~(uintptr_t)(PAGE - 1),
              end = (uintptr_t)to & ~(uintptr_t)(PAGE - 1);
    if (start < end)
        madvise((void *)start, end - start, MADV_DONTNEED);
}
