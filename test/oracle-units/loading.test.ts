// Where units come from: search path, drop-ins of every level, aliases, masks, templates, links, automatic dependencies.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import test from 'ava';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { parseUnitName } from '../../src/units/name.ts';
import { systemSearchPath } from '../../src/units/search-path.ts';
import { fakeHost } from '../fake/host.ts';
import { bootPidone, pidoneMissing } from '../oracle/pidone.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';
import { compareUnits } from './compare.ts';
import { parseShown } from './shown.ts';
import { loadingFiles, loadingInstances, loadingPath } from './loading-files.ts';

const runnable = (systemdMissing() ?? pidoneMissing()) === undefined ? test : test.skip;

runnable('Units are found, merged, masked, linked and ordered as in systemd', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-loading-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [name, text] of Object.entries(loadingFiles)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else writeFileSync(file, text);
  }
  const files = Object.keys(loadingFiles)
    .filter((file) => file.split('/').length === 2)
    .map((file) => path.basename(file))
    .filter((name) => parseUnitName(name) !== undefined && !name.includes('@.'));
  const names = [...new Set([...files, ...loadingInstances])];
  const command = `systemctl show --all -- ${names.map((name) => `'${name}'`).join(' ')}`;
  const environment = [`SYSTEMD_UNIT_PATH=${loadingPath}`];
  const [systemd, pidone] = await Promise.all([bootSystemd(folder, environment), bootPidone(folder, environment)]);
  try {
    const shown = parseShown((await systemd.run(command)).stdout);
    t.true(shown.size > 100, 'systemd has answered');
    const host = fakeHost({ directory: `/proc/${systemd.init}/root` });
    const units = openUnits(host, {
      searchPath: loadingPath.split(':'),
      root: '',
      specifiers: specifiersOf(host, [], 0),
      acceptedKinds: acceptedKindsOf(host),
    });
    t.deepEqual(compareUnits(units, shown), [], 'what is read');

    const own = parseShown((await pidone.run(command)).stdout);
    const differing: string[] = [];
    for (const [id, properties] of shown) {
      for (const key of [
        'Names',
        'LoadState',
        'FragmentPath',
        'DropInPaths',
        'Slice',
        'RequiresMountsFor',
        'LoadError',
      ]) {
        if (key === 'Slice' && !(id.endsWith('.service') && properties.get('LoadState') === 'loaded')) continue;
        const [theirs, ours] = [properties, own.get(id)].map((each) => sorted(each?.get(key) ?? ''));
        if (theirs !== ours) differing.push(`${id} ${key}=${String(ours)}, not ${String(theirs)}`);
      }
    }
    t.deepEqual(differing, [], 'what the program shows');
  } finally {
    await Promise.all([systemd.down(), pidone.down()]);
  }
});

runnable('The search path is that of systemd, in its order', async (t) => {
  const { stdout } = await execa('systemd-analyze', ['unit-paths', '--system'], { env: {}, extendEnv: false });
  t.deepEqual(systemSearchPath, stdout.split('\n'));
});

/** Sets have no order. */
function sorted(value: string): string {
  return value.split(' ').sort().join(' ');
}
