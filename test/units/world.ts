/** A file tree with units in it, for the tests of units/: what stands where, and the Units of it. */
import { type FakeHost, fakeHost } from '../fake/host.ts';
import type { Unit } from '../../src/units/model.ts';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits, type Units } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { parseUnitName, type UnitName } from '../../src/units/name.ts';
import { systemSearchPath } from '../../src/units/search-path.ts';

export const etc = '/etc/systemd/system';
export const lib = '/lib/systemd/system';

export interface World {
  readonly host: FakeHost;
  readonly units: Units;
  load(name: string): Unit;
}

/** `files`: path → text; `-> target` makes a symlink. A path without `/` at its beginning is below /etc/systemd/system. */
export function world(files: Readonly<Record<string, string>>, searchPath = systemSearchPath): World {
  const host = fakeHost();
  host.memory.put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n');
  host.memory.put('/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  host.memory.special('/dev/null', 'character', 0o666);
  for (const [path, text] of Object.entries(files)) {
    const whole = path.startsWith('/') ? path : `${etc}/${path}`;
    if (text.startsWith('-> ')) host.memory.link(whole, text.slice(3));
    else host.memory.put(whole, text);
  }
  const units = openUnits(host, {
    searchPath,
    root: '',
    specifiers: specifiersOf(host, ['TMPDIR=/scratch'], 0),
    acceptedKinds: acceptedKindsOf(host),
  });
  return { host, units, load: (text) => units.load(name(text)) };
}

/** The unit x.service with this text. */
export function service(...lines: readonly string[]): Unit {
  return world({ 'x.service': ['[Service]', 'ExecStart=/bin/x', ...lines, ''].join('\n') }).load('x.service');
}

export function name(text: string): UnitName {
  const parsed = parseUnitName(text);
  if (parsed === undefined) throw new Error(`internal error: ${text} is no unit name`);
  return parsed;
}

/** What a unit depends on by its files and links, as `Kind=name`. */
export function stated(unit: Unit): readonly string[] {
  return unit.dependencies
    .filter(({ origin }) => origin === 'file' || origin === 'link')
    .map(({ kind, on }) => `${kind}=${on}`);
}

/** `line: message` of each diagnostic. */
export function told(unit: Unit): readonly string[] {
  return unit.diagnostics.map(({ line, message }) => `${line}: ${message}`);
}
