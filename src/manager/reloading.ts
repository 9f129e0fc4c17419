/** What is no part of the world, made anew: by a new manager, and when every unit file is read again. */
import type { Units } from '../units/load.ts';
import type { Engine } from './engine.ts';
import { feedUnit, setDeadline } from './feeding.ts';
import { reorder } from './jobs/order.ts';
import { rebuildGraph, tellDiagnostics } from './loading.ts';
import { withSettingsOf } from './machines.ts';
import { noteTriggering } from './triggering.ts';
import type { UnitState } from './world.ts';

/** Everything that is no part of the world is worked out anew. What the store has was settled, so a job that runs goes on. */
export function resume(engine: Engine): void {
  const { world } = engine;
  rebuildGraph(engine);
  for (const record of world.records.values()) {
    const { name } = record.unit;
    setDeadline(engine, name, record.state);
    if (engine.machine.waitsForIdle(record.state)) engine.idlers.add(name);
    // Not what holds all the time (upkeep.ts): whoever died had looked at that before it stored, and a try more is one too many.
    engine.garbage.add(name);
  }
  for (const job of world.jobs.values()) engine.deadlines.set(job.id, job.deadline);
  engine.ready.clear();
  reorder(engine);
  engine.tellsDiagnostics = true;
  for (const record of [...world.records.values()]) {
    noteTriggering(engine, record);
    if (engine.machine.wantsResume(record.state)) feedUnit(engine, record, { kind: 'resume' });
  }
}

/** Has no settings that its machine works by. */
function isPlain({ type }: UnitState): boolean {
  return type === 'target' || type === 'stand-in';
}

/** daemon-reload. What runs goes on with its state; a service whose file is gone keeps its settings until it is down. */
export function reload(engine: Engine, units: Units): void {
  const { world } = engine;
  world.units = units;
  world.names.clear();
  engine.told.clear();
  for (const [name, record] of world.records) {
    const unit = units.load(name);
    tellDiagnostics(engine, unit);
    if (unit.load !== 'loaded' && !isPlain(record.state)) {
      record.unit = { ...withSettingsOf(unit, record.unit), name };
    } else {
      record.unit = unit.name === name ? unit : { ...unit, name };
      const fresh = engine.machine.initial(unit);
      if (!isPlain(fresh) && fresh.type !== record.state.type) record.state = fresh;
    }
    // What has become an alias of another unit keeps its own name while it is known.
    if (unit.name === name) for (const alias of unit.names) world.names.set(alias, name);
    world.names.set(name, name);
    world.dirty.add(name);
  }
  resume(engine);
}
