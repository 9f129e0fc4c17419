/** What becomes of a text when it is a unit file: all of it, in one text that is the same on every engine. */
import type { Unit } from '../../../src/units/model.ts';
import { makeAcceptedKinds } from '../../../src/units/accepted-kinds.ts';
import { openUnits } from '../../../src/units/load.ts';
import { parseUnitName } from '../../../src/units/name.ts';
import type { SpecifierContext } from '../../../src/units/syntax/specifiers.ts';
import { voiceProblem } from '../../units/voice.ts';
import { treeOf } from './tree.ts';

/** One of them for each input, by turns: what they have that a service has not is little. */
const otherTypes = ['socket', 'timer', 'path', 'target', 'slice'];

/** ENOENT: there are no zones. */
const noFile = 2;

const specifiers: SpecifierContext = {
  machineId: () => '0123456789abcdef0123456789abcdef',
  bootId: () => 'fedcba9876543210fedcba9876543210',
  hostName: () => 'box.example.org',
  kernelRelease: () => '6.1.0',
  architecture: () => 'x86-64',
  osRelease: (field) => (field === 'ID' ? 'debian' : ''),
  user: () => ({ name: 'root', uid: 0, home: '/root', shell: '/bin/sh' }),
  group: () => ({ name: 'root', gid: 0 }),
  temporaryDirectory: () => '/tmp',
  persistentTemporaryDirectory: () => '/var/tmp',
};

/** Loads the text as an instance's file, as a drop-in, and as a unit of another type. Throws where a rule of all units is broken. */
export function judge(text: string, number: number): string {
  const other = `x.${otherTypes[number % otherTypes.length] ?? ''}`;
  const directory = '/etc/systemd/system';
  const tree = treeOf(
    new Map([
      [`${directory}/x@.service`, text],
      [`${directory}/${other}`, text],
      [`${directory}/y.service`, '[Service]\nExecStart=/a\n'],
      [`${directory}/y.service.d/a.conf`, text],
    ]),
  );
  const acceptedKinds = () => makeAcceptedKinds({ readRange: () => noFile });
  const units = openUnits(tree, { searchPath: [directory], root: '', specifiers, acceptedKinds });
  return ['x@i.service', other, 'y.service']
    .map((word) => {
      const name = parseUnitName(word);
      if (name === undefined) throw new Error(`internal error: ${word} is no name`);
      const unit = units.load(name);
      check(unit);
      return JSON.stringify(unit, plain);
    })
    .join('\n');
}

function check({ name, load, loadError, diagnostics }: Unit): void {
  if (load !== 'loaded' && loadError === '') throw new Error(`${name} does not load and does not say why`);
  for (const { line, column, message } of diagnostics) {
    if (line < 0 || column < 0 || (line > 0 && column === 0)) throw new Error(`no place: ${message}`);
    const problem = message.length > 400 ? 'it is too long' : voiceProblem(message);
    if (problem !== undefined) throw new Error(`${message}: ${problem}`);
  }
}

/** JSON has no maps, sets, bigints and infinity. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { map: [...(value as Map<unknown, unknown>)] };
  if (value instanceof Set) return { set: [...(value as Set<unknown>)] };
  if (typeof value === 'bigint') return `${value}n`;
  return value === Infinity ? 'infinity' : value;
}

/** 64 bits of a text (FNV-1a in two lanes), as hex. */
export function digest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x01000193) ^ (low >>> 15);
  }
  return [low, high].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}
