import { readFileSync } from 'node:fs';

import test from 'ava';
import { execa } from 'execa';

import { numbersFrom } from '../../scripts/system-calls/headers.ts';
import { type Architecture, membersOf, numbersOf } from '../../src/units/system-calls/calls.ts';
import { systemCalls } from '../../src/units/values/system-call.ts';

/** What systemd 257 has in its groups, and 252 not. */
const younger =
  '@sandbox file_getattr file_setattr fstatat getxattrat listmount listxattrat llseek lsm_get_self_attr lsm_list_modules mseal newfstat removexattrat setxattrat statmount'.split(
    ' ',
  );

test('The groups of SystemCallFilter= are systemd’s', async (t) => {
  const { stdout } = await execa('systemd-analyze', ['--no-pager', 'syscall-filter'], { reject: false });
  const groups = new Map<string, string[]>();
  let group: string[] = [];
  for (const line of stdout.split('\n')) {
    if (/^@\S+$/.test(line)) groups.set(line.slice(1), (group = []));
    else if (/^ {4}[@\w]/.test(line)) group.push(line.trim());
    else if (!line.startsWith('    #') && line !== '') break;
  }
  t.true(groups.size > 25);
  for (const [name, members] of groups) {
    const own = membersOf(name).filter((member) => !younger.includes(member) || members.includes(member));
    if (name === 'known')
      t.deepEqual(
        members.filter((member) => !member.startsWith('@') && !systemCalls.split(' ').includes(member)),
        [],
      );
    else t.deepEqual(own.toSorted(), members.toSorted(), `@${name}`);
  }
});

test('The numbers of system calls are those of the kernel’s headers', (t) => {
  const header = (name: string): string => readFileSync(name, 'utf8');
  const folder = '/usr/include/x86_64-linux-gnu/asm';
  const files: readonly (readonly [Architecture, string])[] = [
    ['amd64', `${folder}/unistd_64.h`],
    ['i386', `${folder}/unistd_32.h`],
    ['x32', `${folder}/unistd_x32.h`],
    ['arm64', '/usr/include/asm-generic/unistd.h'],
  ];
  for (const [architecture, file] of files) {
    const numbers = numbersOf(architecture);
    let seen = 0;
    for (const [name, number] of numbersFrom(header(file))) {
      // The generic header has calls of 32 bits and of other machines too.
      if (architecture === 'arm64' && (name === 'sync_file_range2' || (number >= 403 && number < 424))) continue;
      t.is(numbers.get(name), number, `${architecture} ${name}`);
      seen++;
    }
    t.true(seen > 300);
  }
});
