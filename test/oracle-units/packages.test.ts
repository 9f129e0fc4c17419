// The units of Debian's packages, as they are: each loads, and pidone and the real systemd say the same of it.
import { readdirSync } from 'node:fs';
import test from 'ava';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { parseUnitName } from '../../src/units/name.ts';
import { fakeHost } from '../fake/host.ts';
import { bootPidone, pidoneMissing } from '../oracle/pidone.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';
import { compareUnits, parseShown } from './compare.ts';
import { packagedUnits } from './packages.ts';
import { propertiesOf } from './properties.ts';

const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];
const runnable = (systemdMissing() ?? pidoneMissing()) === undefined ? test : test.skip;

runnable('Units of ssh, cron, nginx, redis, node-exporter, rsyslog and dbus load and show as in systemd', async (t) => {
  const folder = await packagedUnits();
  const names = readdirSync(folder).filter((name) => parseUnitName(name) !== undefined && !name.includes('@.'));
  t.true(names.length >= 7, names.join(' '));
  const systemd = await bootSystemd(folder);
  const pidone = await bootPidone(folder);
  try {
    const { stdout } = await systemd.run(`systemctl show --all -- ${names.join(' ')}`);
    const shown = parseShown(stdout);
    const host = fakeHost({ directory: `/proc/${systemd.init}/root` });
    const units = openUnits(host, { searchPath, root: '', specifiers: specifiersOf(host, [], 0) });
    t.deepEqual(compareUnits(units, shown), [], 'what is read');

    const own = parseShown((await pidone.run(`systemctl show --all -- ${names.join(' ')}`)).stdout);
    const differing: string[] = [];
    for (const name of names) {
      const unit = units.load(parseUnitName(name) ?? t.fail(name));
      t.deepEqual([unit.name, unit.load, unit.diagnostics], [unit.name, 'loaded', []]);
      for (const key of propertiesOf(unit).keys()) {
        const [theirs, ours] = [shown, own].map((all) => all.get(unit.name)?.get(key));
        if (theirs !== ours && !ofMachine.has(key))
          differing.push(`${unit.name} ${key}=${String(ours)}, not ${String(theirs)}`);
      }
    }
    t.deepEqual(differing, []);
  } finally {
    await Promise.all([systemd.down(), pidone.down()]);
  }
});

/** The machine of the real systemd is started with another default output. */
const ofMachine: ReadonlySet<string> = new Set(['StandardOutput']);
