/** What the kernel's headers say: a system call's number by its name. Also reads lines of `name<TAB>number`. */
export function numbersFrom(text: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const line of text.split('\n')) {
    const header = /^#define\s+__(?:ARM_)?NR(3264)?_(\w+)\s+\(?(?:(__\w+)\s*\+\s*)?(0[xX][0-9a-fA-F]+|\d+)\)?\s*$/.exec(
      line,
    );
    const [, , name = '', base = '', digits = ''] = header ?? [];
    const [, listed = '', number = ''] = /^(\w+)\t(\d+)$/.exec(line) ?? [];
    if (header !== null && !retired.has(name))
      numbers.set(realName(name, header[1] !== undefined), offsetOf(base) + Number(digits));
    if (listed !== '') numbers.set(listed, Number(number));
  }
  return numbers;
}

/** asm-generic/unistd.h: limits, and names that are no call. */
const retired: ReadonlySet<string> = new Set([
  'syscalls',
  'arch_specific_syscall',
  'syscall_mask',
  'SYSCALL_BASE',
  'BASE',
]);

/** Calls with a different name on 64 and 32 bits have the number of `3264`: the 64-bit name is meant. */
function realName(name: string, isEither: boolean): string {
  return isEither && name === 'fstatat' ? 'newfstatat' : name;
}

function offsetOf(base: string): number {
  if (base === '__X32_SYSCALL_BIT') return 0x40000000;
  return base === '__ARM_NR_BASE' ? 0x0f0000 : 0;
}
