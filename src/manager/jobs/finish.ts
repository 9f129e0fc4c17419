/** The end of a job and what it means for others: job_finish_and_invalidate(). */
import { atoms } from '../../graph/dependency.ts';
import { isUp } from '../../graph/active-state.ts';
import type { JobOutcome } from '../api.ts';
import type { Engine } from '../engine.ts';
import { activeOf, jobOfUnit, log, recordOf } from '../engine.ts';
import type { Job, JobResult } from '../state.ts';
import { noticeTriggering } from '../triggering.ts';
import type { UnitRecord } from '../world.ts';
import { endMessage } from './messages.ts';
import { enterOrder, leaveOrder } from './order.ts';

/** How many ended jobs are remembered. */
const memory = 500;

export interface FinishOptions {
  /** Others fail with it (not when it makes room for another job). */
  readonly propagates: boolean;
  /** There was nothing to do: nothing is told in the log. */
  readonly isSilent: boolean;
}

const loud: FinishOptions = { propagates: true, isSilent: false };

/**
 * Ends a job, and the jobs that fail with it. A restart that has stopped its unit goes on as a start, under the same id.
 * A job that has ended already is left alone.
 */
export function finishJob(engine: Engine, job: Job, result: JobResult, options: FinishOptions = loud): void {
  const queue: { readonly job: Job; readonly result: JobResult }[] = [{ job, result }];
  let isFirst = true;
  for (const item of queue) {
    if (engine.world.jobs.get(item.job.id) !== item.job) continue;
    const record = recordOf(engine, item.job.unit);
    if (!isFirst || !options.isSilent) tell(engine, record, item.job, item.result);
    isFirst = false;
    if (item.result === 'done' && item.job.type === 'restart') {
      becomeStart(engine, item.job);
      continue;
    }
    const { type } = item.job;
    uninstall(engine, record, item.job, item.result);
    if (options.propagates) {
      const rule = failureRule(engine, record, type, item.result);
      if (rule !== 0) failOthers(engine, record, rule, queue);
    }
    if (item.result === 'timeout' || item.result === 'dependency') {
      const { name } = record.unit;
      log(engine, name, 'notice', `Job ${name}/${type} failed with result '${item.result}'.`);
      engine.triggers.push({ unit: name, why: 'OnFailure' });
    }
    noticeTriggering(engine, record);
  }
}

/** JOB_RESTART becomes JOB_START once the unit is down. */
function becomeStart(engine: Engine, job: Job): void {
  leaveOrder(engine, job);
  job.type = 'start';
  job.state = 'waiting';
  enterOrder(engine, job);
  engine.ready.push(job);
  engine.world.dirtyJobs.add(job.id);
}

function uninstall(engine: Engine, record: UnitRecord, job: Job, result: JobResult): void {
  leaveOrder(engine, job);
  engine.world.jobs.delete(job.id);
  record.job = undefined;
  engine.world.dirty.add(record.unit.name);
  engine.deadlines.set(job.id, undefined);
  const { name } = record.unit;
  engine.garbage.add(name);
  // What it was to be made of it still may be: if the job was in vain, nothing else would bring it up again.
  engine.upheld.add(name);
  engine.bound.add(name);
  engine.unneeded.add(name);
  remember(engine, { job: job.id, unit: job.unit, result });
  engine.effects.push({
    kind: 'job-removed',
    job: job.id,
    unit: job.unit,
    result,
    unitResult: engine.machine.result(record.state),
  });
}

/** Keeps the result for who asks later, and tells who waits. Also for a job that never came to be (nop). */
export function remember(engine: Engine, outcome: JobOutcome): void {
  const { world, ended } = engine;
  const id = outcome.job;
  world.dirtyJobs.add(id);
  ended.set(id, outcome);
  if (ended.size > memory) {
    for (const oldest of ended.keys()) {
      ended.delete(oldest);
      break;
    }
  }
  for (const request of world.requests.values()) if (request.jobs.includes(id)) request.results.set(id, outcome);
  const listeners = engine.listeners.get(id);
  if (listeners === undefined) return;
  engine.listeners.delete(id);
  for (const listener of listeners) listener(outcome);
}

/** The rule by which the end of this job fails start jobs of others; 0: it does not. */
function failureRule(engine: Engine, record: UnitRecord, type: Job['type'], result: JobResult): number {
  if (result !== 'done') {
    if (type === 'start' || type === 'verify-active') return atoms.propagateStartFailure;
    return type === 'stop' ? atoms.propagateStopFailure : 0;
  }
  if ((type === 'start' || type === 'reload') && !isUp(activeOf(engine, record))) return atoms.propagateInactiveStart;
  return 0;
}

function failOthers(
  engine: Engine,
  record: UnitRecord,
  rule: number,
  queue: { readonly job: Job; readonly result: JobResult }[],
): void {
  for (const neighbour of engine.world.graph.neighbours(record.unit.name)) {
    if ((neighbour.atoms & rule) === 0) continue;
    const other = jobOfUnit(engine, neighbour.name);
    if (other?.type !== 'start' && other?.type !== 'verify-active') continue;
    if (!isAsGoodAsDone(engine, other)) queue.push({ job: other, result: 'dependency' });
  }
}

/** systemd forks and binds by itself, so that a start which waits for nothing else has ended before another's can fail it. */
function isAsGoodAsDone(engine: Engine, { type, state, unit }: Job): boolean {
  if (type !== 'start' || state !== 'running') return false;
  const { service, socket } = recordOf(engine, unit).unit;
  if (service !== undefined && service.type !== 'simple' && service.type !== 'idle') return false;
  const commands = (service ?? socket)?.commands;
  return (
    commands !== undefined &&
    commands.ExecCondition.length + commands.ExecStartPre.length + commands.ExecStartPost.length === 0
  );
}

function tell(engine: Engine, record: UnitRecord, job: Job, result: JobResult): void {
  // Nothing has started: that ExecCondition= was not met has been said.
  if (job.type === 'start' && result === 'done' && record.conditionResult === false) return;
  const message = endMessage(record.unit, job.type, result);
  if (message !== undefined) log(engine, record.unit.name, message.level, message.message, 'whole');
}
