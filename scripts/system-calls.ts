/**
 * node scripts/system-calls.ts GROUPS amd64=FILE,FILE… i386=… x32=… arm=… arm64=…
 *
 * Writes src/units/system-calls/tables.ts from facts: GROUPS is what `systemd-analyze syscall-filter` of the newest systemd
 * prints, and the files are the kernel's headers (`#define __NR_read 0`: asm/unistd_64.h, unistd_32.h, unistd_x32.h,
 * unistd-eabi.h, asm-generic/unistd.h) or lists of `name<TAB>number`. Names are those of src/units/values/system-call.ts: a
 * new one is added there first. To be run when a kernel or systemd brings new ones.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { groups, systemCalls } from '../src/units/values/system-call.ts';
import { numbersFrom } from './system-calls/headers.ts';

const x32Bit = 0x40000000;
const armPrivate = 0x0f0000;
/** From here on a number is the same for every architecture. */
const commonFrom = 424;

const [groupsFile = '', ...rest] = process.argv.slice(2);
const files = new Map(rest.map((word) => word.split('=') as [string, string]));
const universe = [...systemCalls.split(' '), ...groups.split(' ').map((name) => `@${name}`)];

function place(name: string): string {
  const at = universe.indexOf(name);
  if (at < 0) throw new Error(`${name} is not in src/units/values/system-call.ts`);
  return at.toString(36).padStart(2, '0');
}

function numbers(architecture: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const file of files.get(architecture)?.split(',') ?? [])
    for (const [name, number] of numbersFrom(readFileSync(file, 'utf8'))) found.set(name, number);
  return found;
}

/** Two characters for each number from `first` on; dots for one that nobody has. */
function dense(all: ReadonlyMap<string, number>, first: number, end: number): string {
  const names = new Map([...all].filter(([, number]) => number >= first && number < end).map(([n, i]) => [i, n]));
  const last = Math.max(...names.keys());
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const name = names.get(first + at);
    return name === undefined ? '..' : place(name);
  }).join('');
}

function groupText(): string {
  const lines: string[] = [];
  for (const line of readFileSync(groupsFile, 'utf8').split('\n')) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    if (line.startsWith('@')) lines.push(`${word.slice(1)} `);
    else if (lines.at(-1) !== 'known ') lines.push(`${lines.pop() ?? ''}${place(word)}`);
  }
  return lines.filter((line) => line !== 'known ').join('\n');
}

const amd64 = numbers('amd64');
const common = new Map([...amd64, ...numbers('arm64'), ...numbers('i386')]);
const x32 = new Map([...numbers('x32')].map(([name, number]) => [name, number & ~x32Bit]));
const arm = numbers('arm');
const entries = {
  amd64: dense(amd64, 0, commonFrom),
  i386: dense(numbers('i386'), 0, commonFrom),
  arm: dense(arm, 0, commonFrom),
  // The generic header has calls of 32 bits from 403 on.
  arm64: dense(numbers('arm64'), 0, 403),
  common: dense(common, commonFrom, 512),
  x32: dense(x32, 512, 1024),
  armPrivate: dense(arm, armPrivate, armPrivate + 256),
};
writeFileSync(
  'src/units/system-calls/tables.ts',
  `/* eslint max-lines: off -- a table */
/**
 * Numbers of system calls and the groups of SystemCallFilter=. Made by scripts/system-calls.ts: do not edit. Two characters
 * are the place, to the base 36, of a name in \`systemCalls\`, or behind those of a group in \`groups\` (units/values/system-call.ts).
 */

/** By number from 0, but \`common\` from ${commonFrom}, \`x32\` (its own ones) from 512, \`armPrivate\` from 0xf0000. */
export const numbered = {
${Object.entries(entries)
  .map(([name, text]) => `  ${name}: '${text}',\n`)
  .join('')}};

/** A line each: the name, a blank, its members. \`known\` is not there: it is all. */
export const members = \`${groupText()}\`;
`,
);
