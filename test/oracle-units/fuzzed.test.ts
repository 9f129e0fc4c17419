// Unit files that nobody wrote (test/fuzz/inputs.ts): whether they load, the real systemd and units/ agree.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { parseUnitName } from '../../src/units/name.ts';
import { fakeHost } from '../fake/host.ts';
import { inputs } from '../fuzz/inputs.ts';
import { seedsOf } from '../fuzz/seeds.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';

const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];
const asked = systemdMissing() === undefined ? test : test.skip;
const first = Number(process.env['PIDONE_FUZZ_FIRST'] ?? 0);
const count = Number(process.env['PIDONE_FUZZ_INPUTS'] ?? 600);

asked('Whether a unit file loads is what systemd says, whatever is in it', async (t) => {
  t.timeout(10 * 60_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-fuzzed-'));
  const texts = new Map(
    inputs(seedsOf(), first, count).map((text, index) => [`z${String(first + index)}.service`, text]),
  );
  for (const [name, text] of texts) writeFileSync(path.join(folder, name), text, 'latin1');
  const machine = await bootSystemd(folder);
  try {
    const theirs = new Map<string, string>();
    // What is loaded for the first time is said to be so whatever the others name.
    const { stdout } = await machine.run(`systemctl list-units --all --plain --no-legend 'z*.service'`);
    for (const [, name = '', load = ''] of stdout.matchAll(/^(z\d+\.service) +(\S+)/gm)) theirs.set(name, load);
    t.true(theirs.size > count / 2, `${String(theirs.size)} units`);
    const host = fakeHost({ directory: `/proc/${machine.init}/root`, hostName: 'oracle' });
    const units = openUnits(host, {
      searchPath,
      root: '',
      specifiers: specifiersOf(host, [], 0),
      acceptedKinds: acceptedKindsOf(host),
    });
    const differing = [...theirs].flatMap(([name, systemd]) => {
      const { load, loadError } = units.load(parseUnitName(name) ?? t.fail(name));
      const text = texts.get(name) ?? '';
      // Of services with one name on the bus systemd loads only the first.
      return load === systemd || (systemd === 'error' && text.includes('BusName='))
        ? []
        : [{ name, systemd, pidone: `${load} ${loadError}`, text }];
    });
    t.deepEqual(differing, []);
  } finally {
    await machine.down();
    rmSync(folder, { recursive: true, force: true });
  }
});
