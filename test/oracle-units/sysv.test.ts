// Init scripts become the same units as systemd-sysv-generator makes of them.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import test from 'ava';
import { convertScripts } from '../../src/units/sysv/scripts.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { fakeHost } from '../fake/host.ts';
import { anyScripts, type Machine, realScripts } from './sysv-scripts.ts';

const generator = '/lib/systemd/system-generators/systemd-sysv-generator';
const runnable = systemdMissing() === undefined ? test : test.skip;

runnable('Scripts as Debian’s packages have them become the units that systemd makes', async (t) => {
  const { ours, theirs } = await convertOnBoth(realScripts);
  t.true(ours.size > 5);
  t.deepEqual(differences(ours, theirs), []);
});

runnable('Scripts with any header, link and name become the units that systemd makes', async (t) => {
  for (const machine of fc.sample(anyScripts, { numRuns: 60, seed: 252 })) {
    const { ours, theirs } = await convertOnBoth(machine);
    t.deepEqual(differences(ours, theirs), [], JSON.stringify(machine));
  }
});

/** What is made: path → lines of the unit without the order of lists, or `-> target`. */
type Made = ReadonlyMap<string, readonly string[] | string>;

async function convertOnBoth(machine: Machine): Promise<{ readonly ours: Made; readonly theirs: Made }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-sysv-'));
  try {
    for (const part of ['init.d', 'out', 'early', 'late', 'units', ...levels]) mkdirSync(path.join(folder, part));
    for (const [name, text] of Object.entries(machine.scripts)) {
      writeFileSync(path.join(folder, 'init.d', name), text);
      chmodSync(path.join(folder, 'init.d', name), machine.inert.includes(name) ? 0o644 : 0o755);
    }
    for (const link of machine.links) symlinkSync('../init.d/x', path.join(folder, link));
    for (const name of machine.natives)
      writeFileSync(path.join(folder, 'units', name), '[Service]\nExecStart=/bin/true\n');
    const output = ['out', 'early', 'late'].map((part) => path.join(folder, part));
    await execa(generator, output, {
      env: {
        SYSTEMD_SYSVINIT_PATH: path.join(folder, 'init.d'),
        SYSTEMD_SYSVRCND_PATH: folder,
        SYSTEMD_UNIT_PATH: path.join(folder, 'units'),
      },
    });
    const made = convertScripts(
      fakeHost({ directory: '/' }),
      '',
      { scripts: [path.join(folder, 'init.d')], runlevels: [folder] },
      (name) => machine.natives.includes(name),
    );
    const ours = new Map<string, readonly string[] | string>();
    for (const [name, text] of made.files) ours.set(name, linesOf(text));
    for (const [name, target] of made.links) ours.set(name, `-> ${target}`);
    return { ours: sorted(ours), theirs: sorted(read(path.join(folder, 'late'))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const levels = ['0', '1', '2', '3', '4', '5', '6', 'S'].map((level) => `rc${level}.d`);

function read(folder: string): Map<string, readonly string[] | string> {
  const found = new Map<string, readonly string[] | string>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (entry.isSymbolicLink()) found.set(name, `-> ${readlinkSync(file)}`);
    else if (entry.isFile()) found.set(name, linesOf(readFileSync(file, 'utf8')));
  }
  return found;
}

/** Systemd lists a target once for each runlevel. */
function linesOf(text: string): readonly string[] {
  return [...new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))].sort();
}

/** Lines that one of the two has alone. */
function differences(ours: Made, theirs: Made): readonly string[] {
  const flat = (made: Made): ReadonlySet<string> =>
    new Set(
      [...made].flatMap(([name, lines]) =>
        (typeof lines === 'string' ? [lines] : lines).map((line) => `${name}: ${line}`),
      ),
    );
  const [a, b] = [flat(ours), flat(theirs)];
  return [
    ...[...a].filter((line) => !b.has(line)).map((line) => `pidone ${line}`),
    ...[...b].filter((line) => !a.has(line)).map((line) => `systemd ${line}`),
  ];
}

function sorted(made: Map<string, readonly string[] | string>): Made {
  return new Map([...made].sort(([a], [b]) => (a < b ? -1 : 1)));
}
