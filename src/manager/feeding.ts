/** One event to one unit's machine: the new state is kept, the effects go out, and the change is queued for react.ts. */
import { isDown, isUp } from '../graph/active-state.ts';
import type { UnitEffect } from './effect.ts';
import type { Engine } from './engine.ts';
import { activeOf, jobOf } from './engine.ts';
import type { Step } from './machine.ts';
import { reactToAll } from './react.ts';
import type { ServiceEvent } from './service/event.ts';
import type { ActiveState } from './state.ts';
import type { UnitRecord, UnitState } from './world.ts';

/** Feeds, and reacts to what changed. The answer is the machine's to a job's event. */
export function feedUnit(engine: Engine, record: UnitRecord, event: ServiceEvent): Step<UnitState>['answer'] {
  const { machine, now, stamp } = engine;
  const { unit } = record;
  const { name } = unit;
  const before = record.state;
  const from = machine.activeState(unit, before);
  const stopPending = jobOf(engine, record)?.type === 'stop';
  const moment = { now, stamp, stopPending, watchdogsOff: engine.world.watchdogsOff };
  const step = machine.step(unit, before, event, moment);
  record.state = step.state;
  engine.world.dirty.add(name);
  for (const effect of step.effects) pass(engine, record, effect);
  engine.deadlines.set(name, machine.deadline(step.state));
  if (machine.waitsForIdle(step.state)) engine.idlers.add(name);

  const to = activeOf(engine, record);
  const willRestart = machine.willRestart(step.state);
  if (step.via !== undefined) change(engine, record, from, step.via, willRestart);
  const last = step.via ?? from;
  if (step.via !== undefined || last !== to || machine.subState(before) !== machine.subState(step.state)) {
    change(engine, record, last, to, willRestart);
    engine.effects.push({ kind: 'unit-changed', unit: name, active: to, sub: machine.subState(step.state) });
  }
  reactToAll(engine);
  return step.answer;
}

function pass(engine: Engine, record: UnitRecord, effect: UnitEffect): void {
  if (effect.kind === 'enqueue-restart') engine.restarts.push(record.unit.name);
  else if (effect.kind === 'propagate-reload') engine.reloads.push(record.unit.name);
  else engine.effects.push({ ...effect, unit: record.unit.name });
}

function change(engine: Engine, record: UnitRecord, from: ActiveState, to: ActiveState, willRestart: boolean): void {
  const { stamps } = record;
  stamps.stateChange = engine.stamp;
  if (isDown(from) && !isDown(to)) stamps.inactiveExit = engine.stamp;
  else if (!isDown(from) && isDown(to)) stamps.inactiveEnter = engine.stamp;
  if (!isUp(from) && isUp(to)) stamps.activeEnter = engine.stamp;
  else if (isUp(from) && !isUp(to)) stamps.activeExit = engine.stamp;
  engine.changes.push({ unit: record.unit.name, from, to, willRestart });
}
