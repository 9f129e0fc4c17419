/** OnFailure=, OnSuccess= (unit_start_on_failure()). */
import { atoms } from '../../graph/dependency.ts';
import type { Engine } from '../engine.ts';
import { log } from '../engine.ts';
import { tellStandIn } from '../stand-in.ts';
import { mayActUnasked } from '../rate.ts';
import type { UnitRecord } from '../world.ts';
import { enqueueJob } from './enqueue.ts';

/** Notes that the units of OnFailure= (or OnSuccess=) are to be started. */
export function trigger(engine: Engine, record: UnitRecord, why: 'OnFailure' | 'OnSuccess'): void {
  engine.triggers.push({ unit: record.unit.name, why });
}

/** Queues the jobs of all that was noted, and of what that notes in turn. */
export function triggerAll(engine: Engine): void {
  for (const { unit, why } of engine.triggers) {
    const record = engine.world.records.get(unit);
    if (record !== undefined) startTriggered(engine, record, why);
  }
  engine.triggers.length = 0;
}

function startTriggered(engine: Engine, record: UnitRecord, why: 'OnFailure' | 'OnSuccess'): void {
  const { name, common } = record.unit;
  const rule = why === 'OnFailure' ? atoms.onFailure : atoms.onSuccess;
  const mode = why === 'OnFailure' ? common.onFailureJobMode : common.onSuccessJobMode;
  const others = engine.world.graph.neighbours(name).filter((other) => (other.atoms & rule) !== 0);
  if (others.length === 0) return;
  if (!mayActUnasked(engine, name, 'trigger')) {
    log(engine, name, 'warning', `Not triggering ${why}= dependencies since we tried this too often recently.`);
    return;
  }
  log(engine, name, 'info', `Triggering ${why}= dependencies.`);
  for (const other of others) {
    const job = enqueueJob(engine, 'start', other.name, mode, 'dependency');
    if (job.ok) tellStandIn(engine, name, other.name);
    else log(engine, name, 'warning', `Failed to enqueue ${why}= job, ignoring: ${job.error.message}`);
  }
}
