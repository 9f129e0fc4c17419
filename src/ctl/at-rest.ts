/** A unit with all that it leads to, as if nothing ran yet: for plans and for checks. */
import { createGraph } from '../graph/digraph.ts';
import type { Scene } from '../graph/scene.ts';
import { loadError } from '../graph/transaction/error.ts';
import { isOrderedByTarget, isPulledByTarget } from '../units/implicit.ts';
import type { Units } from '../units/load.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';

export interface SceneAtRest extends Scene {
  readonly start: UnitName;
  /** In the order of loading. */
  readonly units: readonly Unit[];
}

/** Loads all that the unit leads to. */
export function sceneAtRest(units: Units, name: UnitName): SceneAtRest {
  const graph = createGraph();
  const loaded = new Map<UnitName, Unit>();
  const real = (other: UnitName): UnitName => units.load(other).name;
  const pending = [real(name)];
  for (const next of pending) {
    if (loaded.has(next)) continue;
    const unit = units.load(next);
    loaded.set(next, unit);
    graph.add(unit, real);
    for (const { on } of unit.dependencies) pending.push(real(on));
  }
  for (const target of loaded.values()) {
    for (const { kind, on } of target.dependencies) {
      const other = units.load(on);
      if (isPulledByTarget(kind) && isOrderedByTarget(target, other)) graph.addAfter(target.name, other.name);
    }
  }
  const unitOf = (other: UnitName): Unit => loaded.get(other) ?? units.load(other);
  return {
    start: real(name),
    units: [...loaded.values()],
    graph,
    active: (unit) => (unitOf(unit).standIn?.active === true ? 'active' : 'inactive'),
    loadError(unit) {
      const { load, loadErrno } = unitOf(unit);
      return load === 'loaded' ? undefined : loadError(unit, load, loadErrno);
    },
    installed: () => undefined,
    canReload: (unit) => (unitOf(unit).service?.commands.ExecReload.length ?? 0) > 0,
    isPerpetual: (unit) => unit === '-.slice',
    allowsIsolate: (unit) => unitOf(unit).common.allowIsolate,
    ignoresIsolate: (unit) => unitOf(unit).common.ignoreOnIsolate,
    all: () => loaded.keys(),
  };
}
