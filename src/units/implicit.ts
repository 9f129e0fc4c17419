/** Dependencies that no file names: man systemd.service and its like, "AUTOMATIC DEPENDENCIES". */
import { always, beforeShutdown, Collector, isOn } from './collector.ts';
import type { Draft } from './draft.ts';
import { addMountDependencies, addNeededMounts } from './mount-dependencies.ts';
import type { StreamTarget } from './exec-model.ts';
import type { Dependency, DependencyKind, ServiceType, Unit } from './model.ts';
import { instanceOf, parseUnitName, prefixOf, type UnitName, unitType } from './name.ts';
import { addTriggers } from './triggers.ts';

/** What the rules need to know of the unit besides its draft. */
export interface Surroundings {
  /** Counts for services only. */
  readonly kind: ServiceType;
  /** A unit that is there by its name alone leads to no other that it would trigger. */
  readonly hasFile: boolean;
  /** Whether a unit of that name has a file: mounts that have one are required, others are only waited for. */
  hasUnitFile(name: UnitName): boolean;
}

/** All of them, of a loaded unit of any type; those that DefaultDependencies=no takes away have the origin `default`. */
export function automaticDependencies(
  name: UnitName,
  draft: Draft,
  mounts: readonly string[],
  around: Surroundings,
): readonly Dependency[] {
  const found = new Collector();
  const byDefault = draft.common.defaultDependencies;
  switch (unitType(name)) {
    case 'service':
      addService(found, name, draft, around.kind);
      break;
    case 'socket':
      addSlice(found, name, draft);
      if (around.hasFile) addTriggers(found, name, draft);
      if (Object.values(draft.commands).some(({ length }) => length > 0)) addExec(found, draft);
      if (byDefault) addGathered(found, 'sockets.target');
      break;
    case 'timer':
      addTriggers(found, name, draft);
      if (byDefault) addGathered(found, 'timers.target');
      if (byDefault && hasCalendar(draft)) {
        found.add('default', 'time-sync.target', 'After');
        found.add('default', 'time-set.target', 'After');
      }
      break;
    case 'path':
      addTriggers(found, name, draft);
      if (byDefault) addGathered(found, 'paths.target');
      break;
    case 'slice':
      addParentSlice(found, name);
      if (byDefault) found.addAll(beforeShutdown);
      break;
    case 'scope':
      addSlice(found, name, draft);
      if (byDefault) found.addAll(beforeShutdown);
      break;
    case 'target':
      if (byDefault) found.addAll(beforeShutdown);
      break;
    case 'mount':
    case 'automount':
    case 'swap':
      if (around.hasFile) addMountDependencies(found, name, draft);
      if (around.hasFile && unitType(name) !== 'automount') addSlice(found, name, draft);
      break;
    default:
  }
  const { wantsMountsFor } = draft.common;
  const hasFile = (mount: UnitName): boolean => around.hasUnitFile(mount);
  if (mounts.length > 0) addNeededMounts(found, name, 'Requires', mounts, hasFile);
  if (wantsMountsFor.length > 0) addNeededMounts(found, name, 'Wants', wantsMountsFor, hasFile);
  return found.dependencies;
}

function hasCalendar({ accepted }: Draft): boolean {
  return /^OnCalendar=/m.test(accepted.get('Timers') ?? '');
}

const inSystemSlice = [always('implicit', 'Requires', 'system.slice'), always('implicit', 'After', 'system.slice')];
const afterJournal = [always('implicit', 'After', 'systemd-journald.socket')];
const afterBasic = [
  always('default', 'Requires', 'sysinit.target'),
  always('default', 'After', 'sysinit.target'),
  always('default', 'After', 'basic.target'),
  ...beforeShutdown,
];

function addService(found: Collector, name: UnitName, draft: Draft, type: ServiceType): void {
  if (type === 'dbus') found.add('implicit', 'dbus.socket', 'Requires', 'After');
  for (const socket of draft.service.sockets) found.add('implicit', socket, 'Wants', 'After', 'TriggeredBy');
  addSlice(found, name, draft);
  addExec(found, draft);
  if (draft.common.defaultDependencies) found.addAll(afterBasic);
}

/** What the environment of its processes needs: unit_add_exec_dependencies(). */
function addExec(found: Collector, { exec, directories, accepted }: Draft): void {
  if (isLogged(exec.stdout) || isLogged(exec.stderr)) {
    const space = accepted.get('LogNamespace') ?? '';
    if (space === '') found.addAll(afterJournal);
    else
      for (const socket of ['systemd-journald', 'systemd-journald-varlink'])
        found.add('implicit', `${socket}@${space}.socket`, 'Requires', 'After');
  }
  if (directories.state.length + directories.cache.length + directories.logs.length > 0) {
    found.add('implicit', 'systemd-remount-fs.service', 'After');
  }
  if (isOn(accepted, 'PrivateTmp') || isOn(accepted, 'DynamicUser')) {
    found.add('implicit', 'tmp.mount', 'Wants', 'After');
    found.add('implicit', 'systemd-tmpfiles-setup.service', 'After');
  }
  if (accepted.has('RootImage')) found.add('implicit', 'systemd-udevd.service', 'After');
}

/** Its lines go through the journal. */
function isLogged({ kind }: StreamTarget): boolean {
  return kind === 'journal' || kind === 'journal+console' || kind === 'kmsg' || kind === 'kmsg+console';
}

/** Sockets, timers and paths are started before the target that gathers them. */
function addGathered(found: Collector, target: string): void {
  found.add('default', target, 'Before');
  found.add('default', 'sysinit.target', 'Requires', 'After');
  found.addAll(beforeShutdown);
}

function addSlice(found: Collector, name: UnitName, draft: Draft): void {
  const used = sliceOf(name, draft.accepted);
  if (used === 'system.slice') found.addAll(inSystemSlice);
  else found.add('implicit', used, 'Requires', 'After');
}

/** The slice that a unit lies in: as it says, else the usual one. Instances share a slice named after their template. */
export function sliceOf(name: UnitName, accepted: ReadonlyMap<string, string>): string {
  const written = accepted.get('Slice');
  const slice = written === undefined ? undefined : parseUnitName(written);
  if (slice?.endsWith('.slice') === true) return slice;
  if (name === 'init.scope') return '-.slice';
  return instanceOf(name) === undefined ? 'system.slice' : `system-${prefixOf(name).replaceAll('-', '\\x2d')}.slice`;
}

/** a-b.slice lies in a.slice, and that in -.slice. */
function addParentSlice(found: Collector, name: UnitName): void {
  if (name === '-.slice') {
    // It lies in it, as systemd's src/core/scope.c has it.
    found.add('implicit', 'init.scope', 'Before');
    return;
  }
  const dash = name.lastIndexOf('-');
  found.add('implicit', dash < 0 ? '-.slice' : `${name.slice(0, dash)}.slice`, 'Requires', 'After');
}

const pulls: ReadonlySet<DependencyKind> = new Set(['Requires', 'Requisite', 'Wants', 'BindsTo', 'Upholds', 'PartOf']);

/**
 * Whether a target is to be ordered After= a unit that it pulls in: when both have DefaultDependencies=yes and the unit is not
 * itself After= the target. Both must be loaded, so the caller asks when it has them (the graph does). Source:
 * unit_add_default_target_dependency() in systemd's src/core/unit.c.
 */
export function isOrderedByTarget(target: Unit, pulled: Unit): boolean {
  if (target.type !== 'target' || !target.common.defaultDependencies || !pulled.common.defaultDependencies)
    return false;
  if (target.load !== 'loaded' || pulled.load !== 'loaded') return false;
  const after = pulled.dependencies.some(({ kind, on }) => kind === 'After' && target.names.includes(on));
  return !after && !target.dependencies.some(({ kind, on }) => kind === 'Before' && pulled.names.includes(on));
}

/** Whether a dependency of this kind makes a target wait: see isOrderedByTarget. */
export function isPulledByTarget(kind: DependencyKind): boolean {
  return pulls.has(kind);
}
