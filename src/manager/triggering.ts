/** Units that start another one, and what they are told of it: unit_trigger_notify(). */
import { atoms } from '../graph/dependency.ts';
import type { UnitName } from '../units/name.ts';
import type { Engine } from './engine.ts';
import type { Triggered } from './own-types.ts';
import type { UnitRecord } from './world.ts';

/** Notes for all that start this unit how it is now: they are told one after the other, before any other job runs. */
export function noticeTriggering(engine: Engine, record: UnitRecord): void {
  if (engine.triggering.size === 0) return;
  const { name } = record.unit;
  for (const other of engine.world.graph.neighbours(name)) {
    if ((other.atoms & atoms.triggeredBy) === 0 || !engine.triggering.has(other.name)) continue;
    engine.notices.push({ to: other.name, about: factsOf(engine, record) });
  }
}

/** The unit that `record` starts, as it is now. */
export function triggeredBy(engine: Engine, record: UnitRecord): Triggered | undefined {
  const name = engine.machine.triggers(record.unit);
  if (name === undefined) return undefined;
  const { world } = engine;
  const triggered = world.records.get(world.names.get(name) ?? name);
  return triggered === undefined ? undefined : factsOf(engine, triggered);
}

/** Keeps the set of those that start others right: to be called for each record that is new or has other settings. */
export function noteTriggering(engine: Engine, record: UnitRecord): void {
  const { name } = record.unit;
  if (engine.machine.triggers(record.unit) === undefined) engine.triggering.delete(name);
  else engine.triggering.add(name);
}

export interface Notice {
  readonly to: UnitName;
  readonly about: Triggered;
}

function factsOf(engine: Engine, { unit, state, job, stamps, startLimitHit }: UnitRecord): Triggered {
  const { machine } = engine;
  return {
    name: unit.name,
    load: unit.load,
    active: machine.activeState(unit, state),
    sub: machine.subState(state),
    hasJob: job !== undefined,
    startLimitHit,
    inactiveExit: stamps.inactiveExit,
    inactiveEnter: stamps.inactiveEnter,
  };
}
