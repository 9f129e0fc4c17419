/**
 * What holds all the time and not only when a job runs: StopWhenUnneeded=, BindsTo=, Upholds=
 * (unit_is_unneeded(), unit_is_bound_by_inactive(), unit_is_upheld_by_active()).
 */
import { isDown, isUp } from '../graph/active-state.ts';
import { atoms } from '../graph/dependency.ts';
import type { UnitName } from '../units/name.ts';
import type { Engine } from './engine.ts';
import { activeOf, log } from './engine.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import { mayActUnasked } from './rate.ts';
import type { UnitRecord } from './world.ts';

/** Looks at one queued unit. False: there was none. */
export function doUpkeep(engine: Engine): boolean {
  return (
    takeOne(engine, engine.upheld, startIfUpheld) ||
    takeOne(engine, engine.bound, stopIfBoundToNothing) ||
    takeOne(engine, engine.unneeded, stopIfUnneeded)
  );
}

function takeOne(engine: Engine, queue: Set<UnitName>, act: (engine: Engine, record: UnitRecord) => void): boolean {
  for (const name of queue) {
    queue.delete(name);
    const record = engine.world.records.get(name);
    if (record !== undefined && record.job === undefined) act(engine, record);
    return true;
  }
  return false;
}

function startIfUpheld(engine: Engine, record: UnitRecord): void {
  if (!isDown(activeOf(engine, record))) return;
  const { name } = record.unit;
  for (const other of engine.world.graph.neighbours(name)) {
    if ((other.atoms & atoms.startSteadily) === 0 || hasJob(engine, other.name)) continue;
    if (!isUp(engine.scene.active(other.name))) continue;
    if (!mayActUnasked(engine, name, 'upkeep')) {
      log(
        engine,
        name,
        'warning',
        `Unit needs to be started because active unit ${other.name} upholds it, but not starting since we tried this too often recently.`,
      );
      return;
    }
    const job = enqueueJob(engine, 'start', name, 'fail', 'dependency');
    if (!job.ok) log(engine, name, 'warning', `Failed to enqueue start job, ignoring: ${job.error.message}`);
    return;
  }
}

function stopIfBoundToNothing(engine: Engine, record: UnitRecord): void {
  if (activeOf(engine, record) !== 'active') return;
  const { name } = record.unit;
  for (const other of engine.world.graph.neighbours(name)) {
    if ((other.atoms & atoms.cannotBeActiveWithout) === 0 || hasJob(engine, other.name)) continue;
    if (!isDown(engine.scene.active(other.name))) continue;
    if (!mayActUnasked(engine, name, 'upkeep')) {
      log(
        engine,
        name,
        'warning',
        `Unit needs to be stopped because it is bound to inactive unit ${other.name}, but not stopping since we tried this too often recently.`,
      );
      return;
    }
    const job = enqueueJob(engine, 'stop', name, 'replace', 'dependency');
    if (!job.ok) log(engine, name, 'warning', `Failed to enqueue stop job, ignoring: ${job.error.message}`);
    return;
  }
}

function stopIfUnneeded(engine: Engine, record: UnitRecord): void {
  if (!record.unit.common.stopWhenUnneeded || activeOf(engine, record) !== 'active') return;
  const { name } = record.unit;
  for (const other of engine.world.graph.neighbours(name)) {
    if ((other.atoms & atoms.pinned) === 0) continue;
    const pinning = engine.world.records.get(other.name);
    if (pinning === undefined) continue;
    if (pinning.job !== undefined || !isDown(activeOf(engine, pinning)) || engine.machine.willRestart(pinning.state)) {
      return;
    }
  }
  if (!mayActUnasked(engine, name, 'upkeep')) {
    log(engine, name, 'warning', 'Unit not needed anymore, but not stopping since we tried this too often recently.');
    return;
  }
  const job = enqueueJob(engine, 'stop', name, 'fail', 'dependency');
  if (!job.ok) log(engine, name, 'warning', `Failed to enqueue stop job, ignoring: ${job.error.message}`);
}

function hasJob(engine: Engine, name: UnitName): boolean {
  return engine.world.records.get(name)?.job !== undefined;
}
