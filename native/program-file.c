/* The pages of the program's own file. They are the same for all processes of pidone and come back from the page cache,
 * sixteen at a fault; but who has come to rest needs none but those that it waits in. */
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>

#include "pidone.h"

/* The linker's name for the head of the file in memory. (dl_iterate_phdr() would look for the kernel's word on it at
 * the end of a stack that a keeper has left.) */
extern const char __executable_start[];

void program_file_rest(void) {
    const ElfW(Ehdr) *header = (const void *)__executable_start;
    const ElfW(Phdr) *segments = (const void *)(__executable_start + header->e_phoff);
    const uintptr_t moved = header->e_type == ET_DYN ? (uintptr_t)__executable_start : 0;
    for (int i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_W) == 0) /* what was written to would be lost */
            program_file_forget((const void *)(moved + segments[i].p_vaddr), segments[i].p_memsz);
}

void program_file_forget(const void *bytes, size_t length) {
    enum { PAGE = 4096 };
    uintptr_t from = ((uintptr_t)bytes + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t to = ((uintptr_t)bytes + length) & ~(uintptr_t)(PAGE - 1);
    if (from < to)
        madvise((void *)from, to - from, MADV_DONTNEED);
}
