// An image without systemd's own files: no unit of a package depends on one that is nowhere.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import test from 'ava';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import type { DependencyKind } from '../../src/units/model.ts';
import { instantiate, isTemplate, parseUnitName } from '../../src/units/name.ts';
import { fakeHost } from '../fake/host.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { packagedUnits } from './packages.ts';

const runnable = systemdMissing() === undefined ? test : test.skip;

/** A start fails without them. */
const needed: ReadonlySet<DependencyKind> = new Set(['Requires', 'Requisite', 'BindsTo']);
/** Services of other packages, which these do not bring: on every machine it is as here. */
const ofOthers: ReadonlySet<string> = new Set(['chronyd.service', 'gpsd.service']);

runnable('Without the unit files of systemd itself, nothing that Debian’s packages need is missing', async (t) => {
  const folder = await packagedUnits();
  const { stdout } = await execa('dpkg', ['-L', 'systemd']);
  const own = new Set(stdout.split('\n').map((file) => path.basename(file)));
  const isOwn = (name: string): boolean => own.has(name) || /^(systemd|initrd)-/.test(name);
  const host = fakeHost({ directory: '/' });
  const list = host.readDirectory.bind(host);
  host.readDirectory = (directory) => {
    const entries = list(directory);
    return typeof entries === 'number' ? entries : entries.filter(({ name }) => !isOwn(name));
  };
  const specifiers = specifiersOf(host, [], 0);
  const units = openUnits(host, { searchPath: [folder], root: '', specifiers, acceptedKinds: acceptedKindsOf(host) });
  const names = readdirSync(folder)
    .filter((name) => !isOwn(name))
    .map(parseUnitName)
    .map((name) => (name !== undefined && isTemplate(name) ? instantiate(name, 'x') : name))
    .filter((name) => name !== undefined);
  t.true(names.length > 300);
  const missing: string[] = [];
  for (const name of names) {
    for (const { kind, on } of units.load(name).dependencies) {
      if (needed.has(kind) && !ofOthers.has(on) && units.load(on).load !== 'loaded')
        missing.push(`${name} ${kind}=${on}`);
    }
  }
  t.deepEqual(missing, []);
});
