/** Gathers dependencies that no file names. */
import type { Dependency, DependencyKind } from './model.ts';
import type { UnitName } from './name.ts';
import { parseBoolean } from './values/boolean.ts';

/** The same few objects serve all units: most of what follows is alike. */
export class Collector {
  readonly dependencies: Dependency[] = [];

  add(origin: Dependency['origin'], on: string, ...kinds: readonly DependencyKind[]): void {
    for (const kind of kinds) this.dependencies.push({ kind, on: on as UnitName, origin });
  }

  addAll(dependencies: readonly Dependency[]): void {
    for (const dependency of dependencies) this.dependencies.push(dependency);
  }
}

export function always(origin: Dependency['origin'], kind: DependencyKind, on: string): Dependency {
  return { kind, on: on as UnitName, origin };
}

export const beforeShutdown: readonly Dependency[] = [
  always('default', 'Conflicts', 'shutdown.target'),
  always('default', 'Before', 'shutdown.target'),
];

/** Whether a setting that pidone does not carry out is written as on. */
export function isOn(accepted: ReadonlyMap<string, string>, key: string): boolean {
  const value = accepted.get(key);
  return value !== undefined && parseBoolean(value) === true;
}
