/** The processes of a unit: what is below its keepers, which themselves are pidone's own and not shown. */
import type { HostFiles } from '../port.ts';
import type { Palette } from './colour.ts';
import { shellWord } from './shell-word.ts';
import { cut } from './table.ts';
import { harmless } from './text.ts';

type Proc = Pick<HostFiles, 'readFile' | 'readDirectory'>;

const longest = 1024 * 1024;

/** pids of everything below the keepers, and of the members of a scope with all below, ascending. */
export function processesBelow(
  proc: Proc,
  keepers: readonly number[],
  members: readonly number[] = [],
): readonly number[] {
  const found = new Set<number>(members);
  const pending = [...keepers, ...members];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const child of childrenOf(proc, parent)) {
      if (found.has(child)) continue;
      found.add(child);
      pending.push(child);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Children of all threads of a process. A kernel without CONFIG_PROC_CHILDREN tells none: /proc is searched instead. */
function childrenOf(proc: Proc, pid: number): readonly number[] {
  const threads = proc.readDirectory(`/proc/${pid}/task`);
  if (typeof threads === 'number') return [];
  const children: number[] = [];
  for (const { name } of threads) {
    const text = proc.readFile(`/proc/${pid}/task/${name}/children`, longest);
    if (typeof text === 'number') {
      if (name === String(pid)) return searchChildren(proc, pid);
      continue;
    }
    for (const word of text.split(' ')) if (word !== '') children.push(Number(word));
  }
  return children;
}

function searchChildren(proc: Proc, parent: number): readonly number[] {
  const entries = proc.readDirectory('/proc');
  if (typeof entries === 'number') return [];
  return entries.flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = proc.readFile(`/proc/${name}/stat`, longest);
    // The name in parentheses may hold anything, a parenthesis included.
    const after = typeof stat === 'string' ? stat.slice(stat.lastIndexOf(')') + 2).split(' ') : [];
    return Number(after[1]) === parent ? [Number(name)] : [];
  });
}

/** The name of a process as the kernel has it; undefined when it is gone. */
export function commOf(proc: Proc, pid: number): string | undefined {
  const text = proc.readFile(`/proc/${pid}/comm`, longest);
  return typeof text === 'string' ? text.replace(/\n$/, '') : undefined;
}

/** The command line, words quoted as a shell would want them; `[comm]` where there is none; undefined when the process is gone. */
function commandLineOf(proc: Proc, pid: number): string | undefined {
  const text = proc.readFile(`/proc/${pid}/cmdline`, longest);
  if (typeof text !== 'string') return undefined;
  const words = text.replace(/\0+$/, '').split('\0');
  if (text === '' || words.length === 0) {
    const comm = commOf(proc, pid);
    return comm === undefined ? undefined : `[${comm}]`;
  }
  return words.map(shellWord).join(' ');
}

/** Lines of the tree, `indent` before each; the pids padded to one width. */
export function renderProcesses(
  proc: Proc,
  pids: readonly number[],
  indent: string,
  palette: Palette,
  columns: number | undefined,
): string {
  const lines = pids.flatMap((pid) => {
    const command = commandLineOf(proc, pid);
    return command === undefined ? [] : [{ pid, command: harmless(command) }];
  });
  const digits = String(lines.at(-1)?.pid ?? '').length;
  return lines
    .map(({ pid, command }, index) => {
      const branch = index === lines.length - 1 ? '└─' : '├─';
      const text = `${String(pid).padStart(digits)} ${command}`;
      const room = columns === undefined ? undefined : Math.max(10, columns - indent.length - 2);
      return `${indent}${branch}${palette.dim(room === undefined ? text : cut(text, room))}\n`;
    })
    .join('');
}
