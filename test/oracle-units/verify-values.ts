import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { allDirectives, type Directive } from '../../src/units/directives.ts';
import { lib, world } from '../units/world.ts';
import { newerKeys, newerValues, placeless } from './newer.ts';
import { samples } from './samples.ts';

/** One value of one directive, and what each side says of it. */
export interface Difference {
  readonly directive: string;
  readonly value: string;
  /** undefined: nothing. */
  readonly systemd: string | undefined;
  readonly pidone: string | undefined;
}

export interface Comparison {
  /** How many values were given to directives. */
  readonly lines: number;
  readonly differences: readonly Difference[];
}

/** The unit that a directive is read in. Of [Install] loading says nothing, and scopes have no files. */
const types = new Map<Directive['home'], string>([
  ['Unit', 'service'],
  ['Service', 'service'],
  ['exec', 'service'],
  ['kill', 'service'],
  ['resources', 'service'],
  ['Socket', 'socket'],
  ['Timer', 'timer'],
  ['Path', 'path'],
  ['Mount', 'mount'],
  ['Automount', 'automount'],
  ['Swap', 'swap'],
]);

/** After a wrong value of these the rest of the file is not read: each value is in a file of its own. */
const ending =
  /^(?:Exec(?!SearchPath|Paths)|User$|Group$|SupplementaryGroups$|Socket(?:User|Group)$|WorkingDirectory$|Root(?:Directory|Image|Verity)$|DynamicUser$|SELinuxContext$|AppArmorProfile$|SmackProcessLabel$|PIDFile$)/;

/** More would not be told: a unit has at most 100 diagnostics. */
const linesOfFile = 40;
const filesOfRun = 400;

/**
 * Gives values of the samples to every directive that systemd 252 knows, and asks both readers which lines are wrong.
 * `share`: only every so-manieth value, others for each directive.
 */
export async function compareValues(share: number): Promise<Comparison> {
  const { files, meaning } = writeFiles(share);
  const theirs = await askSystemd(files);
  const ours = askPidone(files);
  const differences: Difference[] = [];
  for (const [place, { directive, value }] of meaning) {
    const [systemd, pidone] = [theirs.get(place), ours.get(place)];
    if ((systemd === undefined) !== (pidone === undefined)) differences.push({ directive, value, systemd, pidone });
  }
  return { lines: meaning.size, differences };
}

type Meaning = ReadonlyMap<string, { readonly directive: string; readonly value: string }>;

function writeFiles(share: number): { readonly files: ReadonlyMap<string, string>; readonly meaning: Meaning } {
  const files = new Map<string, string>();
  const meaning = new Map<string, { readonly directive: string; readonly value: string }>();
  for (const [index, { key, home }] of allDirectives().entries()) {
    const type = types.get(home);
    if (type === undefined || newerKeys.has(key) || placeless.has(key)) continue;
    const newer = newerValues.get(key) ?? [];
    const values = samples.filter((value, at) => (at + index) % share === 0 && !newer.includes(value));
    const section = type === 'service' && home !== 'Unit' ? 'Service' : home;
    const length = ending.test(key) ? 1 : linesOfFile;
    for (let from = 0; from < values.length; from += length) {
      const name = `t${files.size}.${type}`;
      const lines = type === 'service' ? ['[Service]', 'ExecStart=/bin/true', `[${section}]`] : [`[${section}]`];
      for (const value of values.slice(from, from + length)) {
        lines.push(`${key}=${value}`);
        meaning.set(`${name}:${lines.length}`, { directive: `${key}=`, value });
      }
      files.set(name, `${lines.join('\n')}\n`);
    }
  }
  return { files, meaning };
}

async function askSystemd(files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-values-'));
  try {
    for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
    const names = [...files.keys()].map((name) => `./${name}`);
    for (let from = 0; from < names.length; from += filesOfRun) {
      const words = ['verify', '--man=no', ...names.slice(from, from + filesOfRun)];
      const options = { cwd: folder, reject: false, maxBuffer: 2 ** 30, env: { LC_ALL: 'C' } } as const;
      const { stderr } = await execa('systemd-analyze', words, options);
      for (const [, name = '', line = '', message = ''] of stderr.matchAll(/^\/.*\/(t\d+\.[a-z]+):(\d+): (.*)$/gm)) {
        told.set(`${name}:${line}`, message);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return told;
}

/** Not below /etc, where Debian's systemd says a little more. */
function askPidone(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  const it = world(Object.fromEntries([...files].map(([name, text]) => [`${lib}/${name}`, text])));
  for (const name of files.keys()) {
    for (const { line, message } of it.load(name).diagnostics) told.set(`${name}:${line}`, message);
  }
  return told;
}
