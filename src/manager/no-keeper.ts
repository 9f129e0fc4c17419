/** Why a unit runs nothing: init could not fork its keeper. `errno` of fork(2) or of what it is to be talked to by; what can be done about it comes with it. */
export function noKeeper(errno: number): string {
  return `No keeper could be had for this unit: ${reasons[errno] ?? `errno ${errno}`}.`;
}

const reasons: Readonly<Record<number, string>> = {
  // EAGAIN, ENOMEM, EMFILE
  11: 'the container may have no more processes (--pids-limit, ulimit -u)',
  12: 'no memory is left',
  24: 'the container may have no more open files (--ulimit nofile)',
};
