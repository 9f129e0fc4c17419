/** Dependencies that no file names: man systemd.service and its like, "AUTOMATIC DEPENDENCIES". */
import type { Draft } from './draft.ts';
import type { Dependency, DependencyKind, ServiceType, StreamTarget, Unit } from './model.ts';
import { instanceOf, parseUnitName, prefixOf, stemOf, type UnitName, unitType } from './name.ts';
import { parseBoolean } from './values/boolean.ts';

const shutdown = 'shutdown.target';

/**
 * All of them, of a loaded unit of any type (`kind` counts for services only); those that DefaultDependencies=no takes away have the
 * origin `default`. A unit that is there by its name alone leads to no other that it would trigger.
 */
export function automaticDependencies(
  name: UnitName,
  draft: Draft,
  kind: ServiceType,
  hasFile: boolean,
): readonly Dependency[] {
  const found = new Collector();
  const byDefault = draft.common.defaultDependencies;
  switch (unitType(name)) {
    case 'service':
      addService(found, name, draft, kind);
      break;
    case 'socket':
      addSlice(found, name, draft);
      if (hasFile) addTrigger(found, name, draft, 'Service');
      if (byDefault) addGathered(found, 'sockets.target');
      break;
    case 'timer':
      addTrigger(found, name, draft, 'Unit');
      if (byDefault) addGathered(found, 'timers.target');
      if (byDefault && draft.accepted.has('OnCalendar')) {
        found.add('default', 'time-sync.target', 'After');
        found.add('default', 'time-set.target', 'After');
      }
      break;
    case 'path':
      addTrigger(found, name, draft, 'Unit');
      if (byDefault) addGathered(found, 'paths.target');
      break;
    case 'slice':
      addParentSlice(found, name);
      if (byDefault) addShutdown(found);
      break;
    case 'target':
      if (byDefault) addShutdown(found);
      break;
    default:
  }
  return found.dependencies;
}

/** The same few objects serve all units: most of what follows is alike. */
class Collector {
  readonly dependencies: Dependency[] = [];

  add(origin: Dependency['origin'], on: string, ...kinds: readonly DependencyKind[]): void {
    for (const kind of kinds) this.dependencies.push({ kind, on: on as UnitName, origin });
  }

  addAll(dependencies: readonly Dependency[]): void {
    for (const dependency of dependencies) this.dependencies.push(dependency);
  }
}

function always(origin: Dependency['origin'], kind: DependencyKind, on: string): Dependency {
  return { kind, on: on as UnitName, origin };
}

const inSystemSlice = [always('implicit', 'Requires', 'system.slice'), always('implicit', 'After', 'system.slice')];
const afterJournal = [always('implicit', 'After', 'systemd-journald.socket')];
const beforeShutdown = [always('default', 'Conflicts', shutdown), always('default', 'Before', shutdown)];
const afterBasic = [
  always('default', 'Requires', 'sysinit.target'),
  always('default', 'After', 'sysinit.target'),
  always('default', 'After', 'basic.target'),
  ...beforeShutdown,
];

function addService(found: Collector, name: UnitName, draft: Draft, type: ServiceType): void {
  const { exec, directories, accepted } = draft;
  if (type === 'dbus') found.add('implicit', 'dbus.socket', 'Requires', 'After');
  for (const socket of draft.service.sockets) found.add('implicit', socket, 'Wants', 'After');
  addSlice(found, name, draft);
  if (isLogged(exec.stdout) || isLogged(exec.stderr)) found.addAll(afterJournal);
  if (directories.state.length + directories.cache.length + directories.logs.length > 0) {
    found.add('implicit', 'systemd-remount-fs.service', 'After');
  }
  if (parseBoolean(accepted.get('PrivateTmp') ?? 'no') === true) {
    found.add('implicit', 'systemd-tmpfiles-setup.service', 'After');
  }
  if (!draft.common.defaultDependencies) return;
  found.addAll(afterBasic);
}

/** Its lines go through the journal. */
function isLogged({ kind }: StreamTarget): boolean {
  return kind === 'journal' || kind === 'journal+console' || kind === 'kmsg' || kind === 'kmsg+console';
}

function addShutdown(found: Collector): void {
  found.addAll(beforeShutdown);
}

/** Sockets, timers and paths are started before the target that gathers them. */
function addGathered(found: Collector, target: string): void {
  found.add('default', target, 'Before');
  found.add('default', 'sysinit.target', 'Requires', 'After');
  addShutdown(found);
}

/** What a socket, a timer or a path starts comes after it; `key` names another unit than the one of the same name. */
function addTrigger(found: Collector, name: UnitName, draft: Draft, key: string): void {
  if (parseBoolean(draft.accepted.get('Accept') ?? 'no') === true) return;
  const named = parseUnitName(draft.accepted.get(key) ?? '');
  found.add('implicit', named ?? `${stemOf(name)}.service`, 'Before');
}

function addSlice(found: Collector, name: UnitName, draft: Draft): void {
  const written = draft.accepted.get('Slice');
  const slice = written === undefined ? undefined : parseUnitName(written);
  const used = slice?.endsWith('.slice') === true ? slice : usualSlice(name);
  if (used === 'system.slice') found.addAll(inSystemSlice);
  else found.add('implicit', used, 'Requires', 'After');
}

/** Instances share a slice named after their template. */
function usualSlice(name: UnitName): string {
  return instanceOf(name) === undefined ? 'system.slice' : `system-${prefixOf(name).replaceAll('-', '\\x2d')}.slice`;
}

/** a-b.slice lies in a.slice, and that in -.slice. */
function addParentSlice(found: Collector, name: UnitName): void {
  if (name === '-.slice') return;
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
