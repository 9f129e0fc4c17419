// What systemd-run's command lines become: the same units as those that the real systemd-run 252 made (fragments.json; test/oracle/transient.test.ts asks it).
import { readFileSync } from 'node:fs';
import test from 'ava';
import { acceptedKindsOf } from '../../../src/units/accepted-part.ts';
import { openUnits } from '../../../src/units/load.ts';
import { specifiersOf } from '../../../src/units/machine-specifiers.ts';
import type { Unit } from '../../../src/units/model.ts';
import type { UnitName } from '../../../src/units/name.ts';
import { fakeHost } from '../../fake/host.ts';
import { stage } from '../stage.ts';
import { commandLines, wordsOf } from './command-lines.ts';

const fragments = JSON.parse(readFileSync(new URL('fragments.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

const programs = { '/usr/bin/sleep': 'x', '/usr/bin/true': 'x', '/usr/bin/sh': 'x' };

/** What pidone makes of it, by name. */
async function planned(line: string): Promise<ReadonlyMap<string, string>> {
  const own = stage({ files: programs, environment: { PATH: '/t:/usr/sbin:/usr/bin:/sbin:/bin' } });
  for (const path of Object.keys(programs)) own.host.memory.put(path, 'x', 0o755);
  const words = ['-q', '--unit=x', ...wordsOf(line)].map((word) => word.replaceAll(' ', '\\_'));
  const { status, stderr } = await own.run(`systemd-run ${words.join(' ')}`, undefined, '/usr');
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
  const units = own.asked.filter((each) => each.startsWith('transient '));
  return new Map(
    units.map((text) => {
      const head = text.split('\n', 1)[0] ?? '';
      return [head.split(' ')[1] ?? '', text.slice(head.length + 1)];
    }),
  );
}

/** A unit of which nothing is left that says how its file was written. */
function read(name: string, text: string): Partial<Unit> {
  const host = fakeHost();
  host.memory.put(`/run/systemd/transient/${name}`, text);
  const units = openUnits(host, {
    searchPath: ['/run/systemd/transient'],
    root: '',
    specifiers: specifiersOf(host, [], 0),
    acceptedKinds: acceptedKindsOf(host),
  });
  const unit = units.load(name as UnitName);
  const dependencies = unit.dependencies.map(({ kind, on }) => `${kind} ${on}`).sort();
  return { ...unit, dependencies: [...new Set(dependencies)] as never, diagnostics: [], modified: 0 };
}

/** systemd writes what no reader of unit files gives back: it never reads these files itself. */
function mended(text: string): string {
  return text.replaceAll(/\\([;$])/g, '$1').replaceAll(/^(Exec\w+)Ex=/gm, '$1=');
}

test('there are many of them, and each has its answer', (t) => {
  t.true(commandLines.length >= 80);
  t.deepEqual(Object.keys(fragments), commandLines);
});

for (const line of commandLines) {
  test(`the units are those of the real systemd-run: ${line}`, async (t) => {
    const own = await planned(line);
    const theirs = Object.entries(fragments[line] ?? {});
    t.deepEqual([...own.keys()].sort(), theirs.map(([name]) => name).sort());
    for (const [name, text] of theirs) t.deepEqual(read(name, own.get(name) ?? ''), read(name, mended(text)), name);
  });
}
