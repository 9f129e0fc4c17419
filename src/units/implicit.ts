/** Dependencies that no file names: man systemd.service and its like, "AUTOMATIC DEPENDENCIES". */
import type { Draft } from './draft.ts';
import type { Dependency, DependencyKind, ServiceType, Unit } from './model.ts';
import type { UnitName } from './name.ts';

const shutdown = 'shutdown.target' as UnitName;

/** What every service has because of its settings (`implicit`), and unless DefaultDependencies=no (`default`). */
export function serviceDependencies(draft: Draft, type: ServiceType): readonly Dependency[] {
  const found: Dependency[] = [];
  const add = (origin: Dependency['origin'], on: string, ...kinds: readonly DependencyKind[]): void => {
    for (const kind of kinds) found.push({ kind, on: on as UnitName, origin });
  };
  if (type === 'dbus') add('implicit', 'dbus.socket', 'Requires', 'After');
  for (const socket of draft.service.sockets) {
    add('implicit', socket, 'Wants', 'After');
  }
  add('implicit', sliceOf(draft), 'Requires', 'After');
  const { stdout, stderr } = draft.exec;
  if (stdout.kind.startsWith('journal') || stderr.kind.startsWith('journal')) {
    add('implicit', 'systemd-journald.socket', 'After');
  }
  if (!draft.common.defaultDependencies) return found;
  add('default', 'sysinit.target', 'Requires', 'After');
  add('default', 'basic.target', 'After');
  add('default', shutdown, 'Conflicts', 'Before');
  return found;
}

/** Before shutdown, in conflict with it: targets, sockets, timers, paths, slices and their like. */
export function shutdownDependencies(draft: Draft): readonly Dependency[] {
  if (!draft.common.defaultDependencies) return [];
  return [
    { kind: 'Conflicts', on: shutdown, origin: 'default' },
    { kind: 'Before', on: shutdown, origin: 'default' },
  ];
}

/** Sockets, timers and paths are started before the target that gathers them. */
export function gatheredDependencies(
  draft: Draft,
  target: 'sockets.target' | 'timers.target' | 'paths.target',
): readonly Dependency[] {
  if (!draft.common.defaultDependencies) return [];
  return [
    { kind: 'Before', on: target as UnitName, origin: 'default' },
    { kind: 'Requires', on: 'sysinit.target' as UnitName, origin: 'default' },
    { kind: 'After', on: 'sysinit.target' as UnitName, origin: 'default' },
    ...shutdownDependencies(draft),
  ];
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

function sliceOf(draft: Draft): string {
  const slice = draft.accepted.get('Slice');
  return slice === undefined || !slice.endsWith('.slice') ? 'system.slice' : slice;
}
