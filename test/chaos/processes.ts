import { readFileSync } from 'node:fs';

/** Children of a process, by /proc. Empty when it is gone. */
export function childrenOf(pid: number): readonly number[] {
  const words = read(`/proc/${pid}/task/${pid}/children`).split(' ');
  return words.filter((word) => word !== '').map(Number);
}

/** All below a process. */
export function treeOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...treeOf(child)]);
}

/** The command line, words parted by spaces; '' of a process that is gone. */
export function cmdlineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
}

/** R, S, T, Z …; '' of a process that is gone. */
export function stateOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
