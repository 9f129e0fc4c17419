/** One event to one unit's machine: the new state is kept, the effects go out, and the change is queued for react.ts. */
import { isDown, isUp } from '../graph/active-state.ts';
import type { UnitEffect } from './effect.ts';
import type { Engine } from './engine.ts';
import { activeOf, jobOf } from './engine.ts';
import type { Step } from './machine.ts';
import { loadForConnection } from './loading.ts';
import { monitorVariables } from './environment/monitor.ts';
import { reactToAll } from './react.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import type { UnitName } from '../units/name.ts';
import type { Around, Triggered } from './own-types.ts';
import { tellStandIn } from './stand-in.ts';
import type { ActiveState } from './state.ts';
import { triggeredBy } from './triggering.ts';
import type { UnitEvent, UnitRecord, UnitState } from './world.ts';

/** Feeds, and reacts to what changed. The answer is the machine's to a job's event. `triggered`: the unit that it starts as it was; left out: as it is. */
export function feedUnit(
  engine: Engine,
  record: UnitRecord,
  event: UnitEvent,
  triggered?: Triggered,
): Step<UnitState>['answer'] {
  const { machine, now, stamp } = engine;
  const { unit } = record;
  const { name } = unit;
  const before = record.state;
  const from = machine.activeState(unit, before);
  const stopPending = jobOf(engine, record)?.type === 'stop';
  const around = (): Around => ({
    since: record.stamps.inactiveExit,
    booted: engine.world.started,
    random: randomPart(engine),
    triggered: triggered ?? triggeredBy(engine, record),
  });
  const moment = { now, stamp, stopPending, watchdogsOff: engine.world.watchdogsOff, around };
  const step = machine.step(unit, before, event, moment);
  record.state = step.state;
  engine.world.dirty.add(name);
  let refused: string | undefined;
  for (const effect of step.effects) {
    if (effect.kind === 'activate') refused = activate(engine, name, effect);
    else pass(engine, record, effect);
    // What was to follow the start is not to be.
    if (refused !== undefined) break;
  }
  setDeadline(engine, name, step.state);
  if (machine.waitsForIdle(step.state)) engine.idlers.add(name);

  const to = activeOf(engine, record);
  const willRestart = machine.willRestart(step.state);
  let last = from;
  for (const passed of step.via ?? []) {
    change(engine, record, last, passed, willRestart);
    last = passed;
  }
  if (step.via !== undefined || last !== to || machine.subState(before) !== machine.subState(step.state)) {
    change(engine, record, last, to, willRestart);
    engine.effects.push({ kind: 'unit-changed', unit: name, active: to, sub: machine.subState(step.state) });
  }
  reactToAll(engine);
  if (refused !== undefined) feedUnit(engine, record, { kind: 'activation-failed', why: refused });
  return step.answer;
}

export function setDeadline({ deadlines, machine }: Engine, name: UnitName, state: UnitState): void {
  deadlines.set(name, machine.deadline(state), machine.opens?.(state));
}

/** Queues the start of another unit; why it cannot be, else undefined. Nothing of it runs before this unit's change is known. */
function activate(engine: Engine, by: UnitName, effect: Extract<UnitEffect, { kind: 'activate' }>): string | undefined {
  if (effect.connection !== undefined) loadForConnection(engine, effect.start, effect.connection);
  const job = enqueueJob(engine, 'start', effect.start, 'replace', 'dependency', effect.activation);
  if (job.ok) tellStandIn(engine, by, effect.start);
  return job.ok ? undefined : job.error.message;
}

/** 48 bits of chance, of the id that a unit could begin with. */
function randomPart(engine: Engine): number {
  return Number.parseInt(engine.ports.newInvocation().slice(0, 12), 16) / 2 ** 48;
}

function pass(engine: Engine, record: UnitRecord, effect: UnitEffect): void {
  if (effect.kind === 'enqueue-restart') engine.restarts.push(record.unit.name);
  else if (effect.kind === 'propagate-reload') engine.reloads.push(record.unit.name);
  else if (effect.kind === 'condition-unmet') record.conditionResult = false;
  else if (effect.kind === 'run')
    engine.effects.push({ ...withMonitor(engine, record, effect), unit: record.unit.name });
  else engine.effects.push({ ...effect, unit: record.unit.name });
}

/** Of who has triggered it as that is now: before the command is forked more may become of it. */
function withMonitor(
  engine: Engine,
  { unit }: UnitRecord,
  effect: Extract<UnitEffect, { kind: 'run' }>,
): typeof effect {
  const monitor = monitorVariables(engine.world, unit.name, effect.phase);
  return monitor.length === 0 ? effect : { ...effect, variables: effect.variables.concat(monitor) };
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
