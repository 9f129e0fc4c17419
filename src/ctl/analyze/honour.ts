/** What of a unit this container will not honour, and why: settings by the table, privileges that are missing, units that only stand in. */
import { type Directive, findDirective, isCarriedOut, type Section } from '../../units/directives.ts';
import { readUnitText } from '../../units/files.ts';
import type { Units } from '../../units/load.ts';
import type { ExecSettings } from '../../units/exec-model.ts';
import type { Unit } from '../../units/model.ts';
import { findStandIn } from '../../units/stand-ins.ts';
import { parseFragment } from '../../units/syntax/fragment.ts';
import { allCapabilities, formatCapabilities, parseCapabilities } from '../../units/values/capability.ts';
import type { Services } from '../port.ts';

export interface Note {
  /** "FILE:LINE", or the unit's name. */
  readonly place: string;
  readonly message: string;
}

export function whatIsNotHonoured(services: Services, units: Units, unit: Unit): readonly Note[] {
  return [...settings(units, unit, readPrivileges(services)), ...standIns(units, unit)];
}

const sections: readonly Section[] = [
  'Unit',
  'Service',
  'Install',
  'Socket',
  'Timer',
  'Path',
  'Mount',
  'Automount',
  'Swap',
  'Slice',
  'Scope',
];

/** By the statuses and sentences of the table, where they are written. */
function settings(units: Units, unit: Unit, privileges: Privileges): readonly Note[] {
  const notes: Note[] = [];
  for (const path of [unit.fragmentPath, ...unit.dropInPaths]) {
    const text = readUnitText(units.files, units.options.root, path);
    if (text.kind !== 'text') continue;
    for (const { section, key, line } of parseFragment(path, text.text, new Set(sections)).assignments) {
      const directive = findDirective(section as Section, key);
      const message = directive === undefined ? undefined : whyNot(directive, unit, privileges);
      if (message !== undefined) notes.push({ place: `${path}:${line}`, message: `${key}= ${message}` });
    }
  }
  return notes;
}

/** undefined for what this container does. */
function whyNot(directive: Directive, { accepted, service }: Unit, privileges: Privileges): string | undefined {
  if (!isCarriedOut(directive)) {
    // What was reset or is wrong has no effect anywhere.
    if (!accepted.has(directive.key)) return undefined;
    return `${directive.status === 'harmless' ? 'has no effect here' : 'is not carried out'}: ${directive.sentence}`;
  }
  if (directive.status === 'done' || service === undefined) return undefined;
  // What is switched off needs nothing.
  if (accepted.get(directive.key) === 'no') return undefined;
  const needed = (neededBy[directive.key] ?? always)(service.exec, privileges.bounds, accepted);
  if (needed === false) return undefined;
  const missing = (needed === true ? parseCapabilities(directive.needs.split(' ')) : needed) & ~privileges.held;
  if (missing === 0n) return undefined;
  return `works only if privileged: ${directive.sentence}; this container has no ${formatCapabilities(missing)}`;
}

/** What the manager's process may do, which is the most that a service gets; as masks. */
interface Privileges {
  readonly held: bigint;
  readonly bounds: bigint;
}

function readPrivileges({ files }: Services): Privileges {
  const status = files.readFile('/proc/self/status', 65536);
  const field = (key: string): bigint =>
    BigInt(
      `0x${(typeof status === 'string' ? new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(status)?.[1] : undefined) ?? '0'}`,
    );
  return { held: field('CapEff'), bounds: field('CapBnd') };
}

const always = (): boolean => true;
const isRealtime = (_exec: ExecSettings, _bounds: bigint, accepted: Unit['accepted']): boolean =>
  /^(?:fifo|rr)$/.test(accepted.get('CPUSchedulingPolicy') ?? '');
const isUrgent = (_exec: ExecSettings, _bounds: bigint, accepted: Unit['accepted']): boolean =>
  accepted.get('IOSchedulingClass') === 'realtime';

/** Whether the value that was set needs the row's capabilities, or which others it needs. */
const neededBy: Readonly<
  Record<string, ((exec: ExecSettings, bounds: bigint, accepted: Unit['accepted']) => boolean | bigint) | undefined>
> = {
  User: ({ user }) => !['', 'root', '0'].includes(user),
  Group: ({ group }) => !['', 'root', '0'].includes(group),
  SupplementaryGroups: ({ supplementaryGroups }) => supplementaryGroups.length > 0,
  Nice: ({ nice }) => nice !== undefined && nice < 0,
  OOMScoreAdjust: ({ oomScoreAdjust }) => oomScoreAdjust !== undefined && oomScoreAdjust < 0,
  StandardInput: ({ stdin }) => stdin.kind === 'tty-force',
  RootDirectory: ({ rootDirectory }) => rootDirectory !== '',
  AmbientCapabilities: ({ ambientCapabilities = 0n }, bounds) => ambientCapabilities & ~bounds,
  CapabilityBoundingSet: ({ boundingCapabilities = allCapabilities }, bounds) =>
    boundingCapabilities === allCapabilities
      ? false
      : parseCapabilities(['cap_setpcap']) | (boundingCapabilities & ~bounds),
  CPUSchedulingPolicy: isRealtime,
  CPUSchedulingPriority: isRealtime,
  CPUSchedulingResetOnFork: isRealtime,
  IOSchedulingClass: isUrgent,
  IOSchedulingPriority: isUrgent,
};

/** Units that this one is, or waits for or pulls in, and that run nothing here. */
function standIns(units: Units, unit: Unit): readonly Note[] {
  const self = findStandIn(unit.name, unit.fragmentPath);
  if (self !== undefined) return [{ place: unit.name, message: `It is not run here: ${self.reason}` }];
  const notes = new Map<string, Note>();
  for (const { kind, on, origin } of unit.dependencies) {
    if (origin === 'default' || origin === 'implicit' || notes.has(on)) continue;
    const other = units.load(on);
    const standIn = other.load === 'loaded' ? findStandIn(other.name, other.fragmentPath) : undefined;
    if (standIn === undefined) continue;
    const effect = standIn.active ? 'counts as started' : 'is passed over';
    notes.set(on, { place: unit.name, message: `${kind}=${on}: ${effect}, ${standIn.reason}` });
  }
  return [...notes.values()];
}
