/** Units that nobody needs to know any more are forgotten: CollectMode= (unit_may_gc(), unit_gc_sweep()). */
import { isDown } from '../graph/active-state.ts';
import type { UnitName } from '../units/name.ts';
import type { Engine } from './engine.ts';
import { activeOf } from './engine.ts';
import { feedUnit } from './feeding.ts';
import { forgetUnasked } from './rate.ts';
import { isPerpetual } from './target/machine.ts';
import { isTransient } from './transient-files.ts';
import type { UnitRecord } from './world.ts';

/** Forgets the candidates that are idle and that no unit leads to which is not idle itself. */
export function collectGarbage(engine: Engine): void {
  const { garbage, world } = engine;
  for (const name of garbage) {
    garbage.delete(name);
    const record = world.records.get(name);
    if (record === undefined) continue;
    letGo(engine, record);
    if (!isForgettable(engine, record)) continue;
    for (const lonely of lonelyWith(engine, name) ?? []) forget(engine, lonely);
  }
}

/** What a service that is down keeps for its next start goes when no job will start it. */
function letGo(engine: Engine, record: UnitRecord): void {
  const { state } = record;
  if (
    record.job === undefined &&
    state.type === 'service' &&
    state.service.stored > 0 &&
    isDown(activeOf(engine, record))
  )
    feedUnit(engine, record, { kind: 'let-go' });
}

/** The unit and those idle ones that lead to it; undefined: one that is not idle does. */
function lonelyWith(engine: Engine, name: UnitName): readonly UnitName[] | undefined {
  const seen = new Set<UnitName>([name]);
  for (const each of seen) {
    for (const neighbour of engine.world.graph.neighbours(each)) {
      if (neighbour.twin.declares === 0) continue;
      const record = engine.world.records.get(neighbour.name);
      if (record === undefined) continue;
      if (!isForgettable(engine, record)) return undefined;
      seen.add(neighbour.name);
    }
  }
  return [...seen];
}

function isForgettable(engine: Engine, record: UnitRecord): boolean {
  const { unit } = record;
  if (record.job !== undefined || isPerpetual(unit.name) || isHeld(engine, unit.name)) return false;
  if (unit.standIn !== undefined) return true;
  const active = activeOf(engine, record);
  const isOver = active === 'inactive' || (active === 'failed' && unit.common.collectMode === 'inactive-or-failed');
  return isOver && engine.machine.isIdle(record.state);
}

function isHeld({ world }: Engine, name: UnitName): boolean {
  for (const { holds } of world.requests.values()) if (holds === name) return true;
  return false;
}

function forget(engine: Engine, name: UnitName): void {
  const { world } = engine;
  const record = world.records.get(name);
  if (record === undefined) return;
  for (const other of world.graph.neighbours(name)) if (other.declares !== 0) engine.garbage.add(other.name);
  const { unit } = record;
  if (unit.load === 'loaded' && unit.standIn === undefined)
    engine.effects.push({ kind: 'forgotten', unit: name, isTransient: isTransient(unit) });
  world.graph.remove(name);
  world.records.delete(name);
  for (const alias of record.unit.names) if (world.names.get(alias) === name) world.names.delete(alias);
  world.names.delete(name);
  world.dirty.add(name);
  engine.deadlines.set(name, undefined);
  engine.idlers.delete(name);
  engine.triggering.delete(name);
  forgetUnasked(engine, name);
}
