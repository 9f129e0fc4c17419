/** The running system as the transaction sees it. */
import { atoms } from '../graph/dependency.ts';
import type { Scene } from '../graph/scene.ts';
import { loadError } from '../graph/transaction/error.ts';
import type { UnitName } from '../units/name.ts';
import type { UnitMachine } from './machines.ts';
import { isPerpetual } from './target/machine.ts';
import type { World } from './world.ts';

export function sceneOf(world: World, machine: UnitMachine): Scene {
  return {
    get graph() {
      return world.graph;
    },
    active(name) {
      const record = world.records.get(name);
      return record === undefined ? 'inactive' : machine.activeState(record.unit, record.state);
    },
    loadError(name) {
      const unit = world.records.get(name)?.unit;
      if (unit === undefined) return loadError(name, 'not-found', '');
      return unit.load === 'loaded' ? undefined : loadError(name, unit.load, unit.loadErrno);
    },
    installed(name) {
      const job = world.records.get(name)?.job;
      return job === undefined ? undefined : world.jobs.get(job);
    },
    canReload: (name) => canReload(world, machine, name),
    isPerpetual,
    allowsIsolate: (name) => world.records.get(name)?.unit.common.allowIsolate === true,
    ignoresIsolate(name) {
      const unit = world.records.get(name)?.unit;
      // What the engine has mounted, and the like, is nobody's to stop.
      return unit !== undefined && (unit.common.ignoreOnIsolate || unit.standIn?.active === true);
    },
    all: () => world.records.keys(),
  };
}

/** By its own means, or as a unit that only passes reloads on (unit_can_reload()). */
export function canReload(world: World, machine: UnitMachine, name: UnitName): boolean {
  const record = world.records.get(name);
  if (record === undefined) return false;
  return (
    machine.canReload(record.unit) ??
    world.graph.neighbours(name).some((other) => (other.atoms & atoms.propagatesReloadTo) !== 0)
  );
}
