/** A running system for the transaction's tests: units in words, and which of them are up or have a job. */
import type { ActiveState } from '../../src/graph/active-state.ts';
import { createGraph } from '../../src/graph/digraph.ts';
import type { JobType } from '../../src/graph/job.ts';
import type { InstalledJob, Scene } from '../../src/graph/scene.ts';
import { loadError } from '../../src/graph/transaction/error.ts';
import type { Unit } from '../../src/units/model.ts';
import type { UnitName } from '../../src/units/name.ts';
import { makeUnit, name, unitsFrom } from '../fake/unit.ts';

export interface SceneWords {
  /** Units that are not inactive. */
  readonly states?: Readonly<Record<string, ActiveState>>;
  readonly jobs?: Readonly<Record<string, JobType | (Partial<InstalledJob> & { readonly type: JobType })>>;
  readonly reloadable?: readonly string[];
  readonly perpetual?: readonly string[];
}

export function sceneOf(units: string | readonly Unit[], words: SceneWords = {}): Scene {
  const byName = new Map<UnitName, Unit>();
  const graph = createGraph();
  for (const unit of typeof units === 'string' ? unitsFrom(units) : units) {
    byName.set(unit.name, unit);
    graph.add(unit, (other) => other);
  }
  const states = new Map(Object.entries(words.states ?? {}).map(([key, state]) => [name(key), state]));
  const jobs = new Map(
    Object.entries(words.jobs ?? {}).map(([key, job]): [UnitName, InstalledJob] => [
      name(key),
      { irreversible: false, ignoreOrder: false, ...(typeof job === 'string' ? { type: job } : job) },
    ]),
  );
  const find = (unit: UnitName): Unit => byName.get(unit) ?? makeUnit(unit, { load: 'not-found' });
  return {
    graph,
    active: (unit) => states.get(unit) ?? 'inactive',
    loadError(unit) {
      const { load } = find(unit);
      return load === 'loaded' ? undefined : loadError(unit, load, 'it is broken');
    },
    installed: (unit) => jobs.get(unit),
    canReload: (unit) => (words.reloadable ?? []).some((each) => name(each) === unit),
    isPerpetual: (unit) => (words.perpetual ?? []).some((each) => name(each) === unit),
    allowsIsolate: (unit) => find(unit).common.allowIsolate,
    ignoresIsolate: (unit) => find(unit).common.ignoreOnIsolate,
    all: () => byName.keys(),
  };
}
