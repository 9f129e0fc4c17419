/** Names and numbers of system calls, and the groups that SystemCallFilter= knows; read from tables.ts when first asked. */
import { groups, systemCalls } from '../values/system-call.ts';
import { members, numbered } from './tables.ts';

/** What one kernel runs: the machine's own first, then those of its 32-bit programs. */
export type Architecture = 'amd64' | 'i386' | 'x32' | 'arm64' | 'arm';

export interface ArchitectureFacts {
  readonly name: Architecture;
  /** The word of SystemCallArchitectures=. */
  readonly word: string;
  /** What the kernel tells a filter (linux/audit.h). */
  readonly audit: number;
}

/** Of x32, which shares its audit number with amd64. */
export const x32Bit = 0x40000000;

const amd64Audit = 0xc000003e;

/** By what uname(2) says of the machine; none where there is no table. */
export function architecturesOf(machine: string): readonly ArchitectureFacts[] {
  if (machine === 'x86_64')
    return [
      { name: 'amd64', word: 'x86-64', audit: amd64Audit },
      { name: 'i386', word: 'x86', audit: 0x40000003 },
      { name: 'x32', word: 'x32', audit: amd64Audit },
    ];
  if (machine === 'aarch64')
    return [
      { name: 'arm64', word: 'arm64', audit: 0xc00000b7 },
      { name: 'arm', word: 'arm', audit: 0x40000028 },
    ];
  return [];
}

const numbers = new Map<Architecture, ReadonlyMap<string, number>>();

/** Number by name. */
export function numbersOf(architecture: Architecture): ReadonlyMap<string, number> {
  let found = numbers.get(architecture);
  if (found === undefined) numbers.set(architecture, (found = readNumbers(architecture)));
  return found;
}

function readNumbers(architecture: Architecture): Map<string, number> {
  const found = new Map<string, number>();
  const read = (text: string, first: number): void => {
    for (const [at, name] of readPlaces(text).entries()) if (name !== undefined) found.set(name, first + at);
  };
  read(numbered[architecture === 'x32' ? 'amd64' : architecture], 0);
  read(numbered.common, 424);
  if (architecture === 'arm') read(numbered.armPrivate, 0xf0001);
  if (architecture === 'x32') {
    read(numbered.x32, 512);
    for (const [name, number] of found) found.set(name, number + x32Bit);
  }
  return found;
}

let universe: readonly string[] | undefined;

function readPlaces(text: string): readonly (string | undefined)[] {
  universe ??= [...systemCalls.split(' '), ...groups.split(' ').map((name) => `@${name}`)];
  const names: (string | undefined)[] = [];
  // parseInt() of dots is NaN, of which there is no name.
  for (let at = 0; at < text.length; at += 2) names.push(universe[parseInt(text.slice(at, at + 2), 36)]);
  return names;
}

/** `@group` (with the groups in it) or a name, as names. */
export function expandName(name: string): readonly string[] {
  const found = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.startsWith('@')) waiting.push(...membersOf(next.slice(1)));
    else found.add(next);
  }
  return [...found];
}

/** As they are listed, groups among them. */
export function membersOf(group: string): readonly string[] {
  if (group === 'known') return systemCalls.split(' ');
  const line = members.split('\n').find((text) => text.startsWith(`${group} `)) ?? '';
  return readPlaces(line.slice(group.length + 1)).filter((name) => name !== undefined);
}
