import { readdirSync } from 'node:fs';
import test from 'ava';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { parseUnitName } from '../../src/units/name.ts';
import { fakeHost } from '../fake/host.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';
import { compareUnits, parseShown } from './compare.ts';

const folder = new URL('units/', import.meta.url);
const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];
const instances = ['inst@a-b\\x2dc.service', 'ali@y.service', 'in-st@x.service', 'in-st@y.service', 'nowhere.service'];

const missing = systemdMissing();
(missing === undefined ? test : test.skip)(
  'Every unit loads as systemd loads it: the same properties and dependencies',
  async (t) => {
    const machine = await bootSystemd(folder.pathname);
    try {
      const names = readdirSync(folder).filter((name) => parseUnitName(name) !== undefined && !name.includes('@.'));
      const quoted = [...names, ...instances].map((name) => `'${name}'`).join(' ');
      const { stdout } = await machine.run(`systemctl show --all -- ${quoted}`);
      const shown = parseShown(stdout);
      t.true(shown.size >= names.length - 1, 'systemd has answered');
      // The machine's own root: both read the same files.
      const host = fakeHost({ directory: `/proc/${machine.init}/root` });
      const units = openUnits(host, { searchPath, root: '', specifiers: specifiersOf(host, [], 0) });
      t.deepEqual(compareUnits(units, shown), []);
    } finally {
      await machine.down();
    }
  },
);
