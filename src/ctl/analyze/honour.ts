/** What of a unit this container will not honour, and why: settings by the table, privileges that are missing, units that only stand in. */
import { findDirective, type Section } from '../../units/directives.ts';
import { readUnitText } from '../../units/files.ts';
import type { Units } from '../../units/load.ts';
import type { Unit } from '../../units/model.ts';
import { findStandIn } from '../../units/stand-ins.ts';
import { parseFragment } from '../../units/syntax/fragment.ts';
import { allCapabilities, formatCapabilities, parseCapability } from '../../units/values/capability.ts';
import type { Services } from '../port.ts';

export interface Note {
  /** "FILE:LINE", or the unit's name. */
  readonly place: string;
  readonly message: string;
}

export function whatIsNotHonoured(services: Services, units: Units, unit: Unit): readonly Note[] {
  return [...settings(units, unit), ...privileges(services, unit), ...standIns(units, unit)];
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
function settings(units: Units, { fragmentPath, dropInPaths, accepted }: Unit): readonly Note[] {
  const notes: Note[] = [];
  for (const path of [fragmentPath, ...dropInPaths]) {
    const text = readUnitText(units.files, units.options.root, path);
    if (text.kind !== 'text') continue;
    for (const { section, key, line } of parseFragment(path, text.text, new Set(sections)).assignments) {
      const directive = findDirective(section as Section, key);
      // What was reset or is wrong has no effect anywhere.
      if (directive === undefined || directive.status === 'done' || !accepted.has(key)) continue;
      const effect = directive.status === 'harmless' ? 'has no effect here' : 'is not carried out';
      notes.push({ place: `${path}:${line}`, message: `${key}= ${effect}: ${directive.sentence}` });
    }
  }
  return notes;
}

/** What the manager's process may do, which is the most that a service gets. */
function privileges({ files }: Services, { name, service }: Unit): readonly Note[] {
  if (service === undefined) return [];
  const status = files.readFile('/proc/self/status', 65536);
  const field = (key: string): string | undefined =>
    typeof status === 'string' ? new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(status)?.[1] : undefined;
  const held = BigInt(`0x${field('CapEff') ?? '0'}`);
  const bounds = BigInt(`0x${field('CapBnd') ?? '0'}`);
  const has = (capability: string): boolean => ((held >> BigInt(parseCapability(capability) ?? 63)) & 1n) === 1n;
  const notes: string[] = [];
  const { exec } = service;
  const { ambientCapabilities = 0n, boundingCapabilities } = exec;
  const missing = ambientCapabilities & ~bounds;
  if (missing !== 0n) notes.push(`AmbientCapabilities=: this container has no ${formatCapabilities(missing)}`);
  if (boundingCapabilities !== undefined && boundingCapabilities !== allCapabilities) {
    const wanted = boundingCapabilities & ~bounds;
    if (wanted !== 0n) notes.push(`CapabilityBoundingSet=: this container has no ${formatCapabilities(wanted)}`);
  }
  const isOther = exec.user !== '' && exec.user !== 'root' && exec.user !== '0';
  if (
    (isOther || exec.group !== '' || exec.supplementaryGroups.length > 0) &&
    !(has('cap_setuid') && has('cap_setgid'))
  )
    notes.push(
      'User=, Group= and SupplementaryGroups= need cap_setuid and cap_setgid, which this container does not have',
    );
  if (exec.nice !== undefined && exec.nice < 0 && !has('cap_sys_nice'))
    notes.push(`Nice=${exec.nice} needs cap_sys_nice, which this container does not have`);
  if (exec.oomScoreAdjust !== undefined && exec.oomScoreAdjust < 0 && !has('cap_sys_resource'))
    notes.push(`OOMScoreAdjust=${exec.oomScoreAdjust} needs cap_sys_resource, which this container does not have`);
  if (exec.limits.size > 0 && !has('cap_sys_resource'))
    notes.push('Limit…= can be at most what the container’s engine allows: this container has no cap_sys_resource');
  if (exec.rootDirectory !== '' && !has('cap_sys_chroot'))
    notes.push('RootDirectory= needs cap_sys_chroot, which this container does not have');
  return notes.map((message) => ({ place: name, message }));
}

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
