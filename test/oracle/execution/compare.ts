/** What random services are given by pidone, beside what they are given by the real systemd. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomOf } from '../../fuzz/random.ts';
import type { Machine } from '../machine.ts';
import { bootPidone, bootPrivilegedPidone } from '../pidone.ts';
import { bootSystemd } from '../systemd.ts';
import { files, type Means, type RandomUnit, randomUnit, SMALL_ROOT } from './units.ts';
import { seenAlike } from './seen.ts';

/** Files that name a difference: the unit, and the lines that only one of them printed. */
export async function compareExecution(means: Means, seed: number, count: number): Promise<readonly string[]> {
  const random = randomOf(seed);
  const units = Array.from({ length: count }, (_, index) => randomUnit(`r${index}`, random, means));
  return compareUnits(means, units);
}

export async function compareUnits(means: Means, units: readonly RandomUnit[]): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pidone-execution-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await mkdir(path.join(folder, 'credentials'));
    await writeFile(path.join(folder, 'credentials/x'), 'x of a directory');
    for (const { name, lines } of units) await writeFile(path.join(folder, `${name}.service`), `${lines.join('\n')}\n`);
    const [theirs, ours] = await Promise.all([
      witnessed(() => bootSystemd(folder, ['PASSED=yes']), units),
      witnessed(() => (means === 'docker' ? bootPidone : bootPrivilegedPidone)(folder, ['PASSED=yes']), units),
    ]);
    return units.flatMap((unit) => {
      const wanted = seenAlike(theirs.get(unit.name) ?? '', unit, means);
      const given = seenAlike(ours.get(unit.name) ?? '', unit, means);
      return differences(unit, wanted, given);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function differences(unit: RandomUnit, wanted: readonly string[], given: readonly string[]): readonly string[] {
  if (wanted.join('\n') === given.join('\n')) return [];
  const [gone, come] = [without(wanted, given), without(given, wanted)];
  const lines = [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
  return [`${unit.name}: (- systemd, + pidone)\n${unit.lines.join('\n')}\n${lines.join('\n')}\n`];
}

/** Lines of the one, as often as the other has them less. */
function without(lines: readonly string[], taken: readonly string[]): readonly string[] {
  const rest = [...taken];
  return lines.filter((line) => {
    const index = rest.indexOf(line);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

/** What each unit has printed, and at last how it ended. */
async function witnessed(
  boot: () => Promise<Machine>,
  units: readonly RandomUnit[],
): Promise<ReadonlyMap<string, string>> {
  const machine = await boot();
  try {
    const names = units.map(({ name }) => name).join(' ');
    // All that systemd would make in a root directory itself.
    await machine.run(
      `mkdir -p /run/out ${SMALL_ROOT}; cd ${SMALL_ROOT}; mkdir -p t usr/bin usr/sbin usr/lib usr/lib64 var tmp dev proc sys run etc; mkdir -m 0750 root; ln -s usr/bin bin; ln -s usr/sbin sbin; ln -s usr/lib lib; ln -s usr/lib64 lib64; cp /t/witness t/`,
    );
    await machine.run("systemctl set-environment 'SET=from manager' MANAGER=$HOSTVAR SHARED=manager HOME=/manager");
    // What may run at once says nothing of another.
    await machine.run(`systemctl start ${names}`);
    const ends =
      'for u in $UNITS; do echo "== $u"; systemctl show -p Result,ExecMainCode,ExecMainStatus,UID,GID $u; done';
    const told = await machine.run(`UNITS='${names}'; ${ends}`);
    await machine.run(`systemctl stop ${names}`);
    const { stdout } = await machine.run(`cd /run/out; for u in ${names}; do echo "== $u"; cat $u; done`);
    const seen = new Map<string, string>();
    for (const part of `\n${told.stdout}\n${stdout}`.split('\n== ').slice(1)) {
      const [name = ''] = part.split('\n', 1);
      seen.set(name, (seen.get(name) ?? '') + part.slice(name.length));
    }
    return seen;
  } finally {
    await machine.down();
  }
}
