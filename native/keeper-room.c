/* The keeper's large buffers and its stack, in a mapping of their own. Of all that, an idle keeper has one page: the
 * upper end of the stack, the `keep` frame and the first events. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keeper.h"

CHANGING struct keeper_room *room;

static void give_back_stack(void);
static void give_back(const void *from, const void *to);
#if !defined(__SANITIZE_ADDRESS__)
static _Noreturn void begin_on_own_stack(void);
static CHANGING void (*after_begin)(void);
#endif

void room_begin(void) {
    room = mmap(NULL, sizeof *room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED || mprotect(room->guard, sizeof room->guard, PROT_NONE) < 0) {
        say("no memory for a keeper: %s", strerror(errno));
        _exit(1);
    }
}

/* Where a sanitizer watches over the stack, it stays the one that it knows. */
_Noreturn void room_continue(void (*function)(void)) {
#if defined(__SANITIZE_ADDRESS__)
    function();
    __builtin_unreachable();
#else
    char *top = room->stack + sizeof room->stack;
    after_begin = function;
#if defined(__x86_64__)
    __asm__ volatile("mov %0, %%rsp\n\txor %%ebp, %%ebp\n\tcall *%1" : : "r"(top), "r"(begin_on_own_stack) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("mov sp, %0\n\tmov x29, xzr\n\tblr %1" : : "r"(top), "r"(begin_on_own_stack) : "memory");
#else
#error "how is the stack changed on this machine?"
#endif
    __builtin_unreachable();
#endif
}

void room_rest(void) {
    give_back(room->events + events_bytes(), room->input);
    give_back(room->input + log_carried(), room->input + sizeof room->input);
    give_back(&room->scratch, &room->scratch + 1);
    give_back(room->console, room->console + sizeof room->console);
    give_back_stack();
    program_file_rest();
}

#if !defined(__SANITIZE_ADDRESS__)
/* What init had on its stack changes with every fork: each keeper would have a copy of its own. */
static _Noreturn void begin_on_own_stack(void) {
    enum { DEPTH = 64 * 1024 };
    uintptr_t end = stack_end();
    if (end != 0)
        give_back((void *)(end - DEPTH), (void *)end);
    after_begin();
    __builtin_unreachable();
}
#endif

/* What lies below the frames that are in use is left from deeper calls. */
static void give_back_stack(void) {
    enum { MARGIN = 512 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), start = (uintptr_t)room->stack;
    if (here > start && here < start + sizeof room->stack)
        give_back(room->stack, (void *)(here - MARGIN));
}

/* The whole pages among these bytes. ENOMEM, where something is not mapped, is no trouble: the rest was given back. */
static void give_back(const void *from, const void *to) {
    enum { PAGE = 4096 };
    uintptr_t start = ((uintptr_t)from + PAGE - 1) & ~(uintptr_t)(PAGE - 1),
              end = (uintptr_t)to & ~(uintptr_t)(PAGE - 1);
    if (start < end)
        madvise((void *)start, end - start, MADV_DONTNEED);
}
