/** Planned jobs become queued ones, or part of those that are queued: transaction_apply(), job_install(). */
import { isConflicting, isSuperset, merge } from '../../graph/job.ts';
import type { JobType } from '../../graph/job.ts';
import type { PlannedJob, Transaction } from '../../graph/transaction/build.ts';
import type { UnitName } from '../../units/name.ts';
import type { Engine } from '../engine.ts';
import { activeOf, jobOf, recordOf } from '../engine.ts';
import type { Instant, Job, JobId } from '../state.ts';
import type { UnitRecord } from '../world.ts';
import { finishJob, remember } from './finish.ts';
import { enterOrder, leaveOrder } from './order.ts';

const quietly = { propagates: false, isSilent: true };

/** The id of the anchor, or of the job that it was merged into. Nothing runs yet. */
export function installTransaction(engine: Engine, transaction: Transaction, origin: Job['origin']): JobId {
  if (transaction.cancelsOthers) cancelOthers(engine, transaction);
  let anchor: JobId | undefined;
  for (const planned of transaction.jobs) {
    const isAnchor = planned.unit === transaction.anchor.unit;
    if (planned.type === 'nop') {
      if (isAnchor) anchor = nothingToDo(engine, planned.unit);
      continue;
    }
    const job = install(engine, planned, isAnchor ? origin : 'dependency', transaction.irreversible);
    if (isAnchor) anchor = job.id;
  }
  if (anchor === undefined) throw new Error(`internal error: no job for ${transaction.anchor.unit}`);
  return anchor;
}

function cancelOthers(engine: Engine, transaction: Transaction): void {
  const planned = new Set(transaction.jobs.map((job) => job.unit));
  for (const job of [...engine.world.jobs.values()]) {
    if (planned.has(job.unit) || recordOf(engine, job.unit).unit.common.ignoreOnIsolate) continue;
    finishJob(engine, job, 'canceled', { propagates: false, isSilent: false });
  }
}

/** A collapsed request (try-restart of what is down): an id that has ended well. */
function nothingToDo(engine: Engine, unit: UnitName): JobId {
  const id = newId(engine);
  remember(engine, { job: id, unit, result: 'done' });
  return id;
}

function newId(engine: Engine): JobId {
  const id = engine.world.nextJob as JobId;
  engine.world.nextJob += 1;
  return id;
}

function install(engine: Engine, planned: PlannedJob, origin: Job['origin'], irreversible: boolean): Job {
  const record = recordOf(engine, planned.unit);
  const present = jobOf(engine, record);
  if (present !== undefined) {
    if (!isConflicting(present.type, planned.type)) {
      mergeInto(engine, record, present, planned, origin, irreversible);
      return present;
    }
    finishJob(engine, present, 'canceled', quietly);
  }
  const { jobTimeout } = record.unit.common;
  const job: Job = {
    id: newId(engine),
    unit: planned.unit,
    type: planned.type,
    state: 'waiting',
    irreversible,
    ignoreOrder: planned.ignoreOrder,
    origin,
    deadline: jobTimeout === Infinity ? undefined : ((engine.now + jobTimeout) as Instant),
  };
  engine.world.jobs.set(job.id, job);
  engine.world.dirtyJobs.add(job.id);
  engine.world.dirty.add(planned.unit);
  record.job = job.id;
  engine.deadlines.set(job.id, job.deadline);
  enterOrder(engine, job);
  if (!engine.blockers.has(job.id)) engine.ready.push(job);
  return job;
}

/** A running job that does not already do all of it is run again; a reload always is, as the configuration may have changed since. */
function mergeInto(
  engine: Engine,
  record: UnitRecord,
  job: Job,
  planned: PlannedJob,
  origin: Job['origin'],
  irreversible: boolean,
): void {
  const isCovered = planned.type !== 'reload' && isSuperset(job.type, planned.type);
  leaveOrder(engine, job);
  job.type = mergedType(engine, record, job.type, planned.type);
  job.irreversible ||= irreversible;
  job.ignoreOrder ||= planned.ignoreOrder;
  if (origin === 'operator') job.origin = origin;
  if (!isCovered) job.state = 'waiting';
  enterOrder(engine, job);
  if (job.state === 'waiting' && !engine.blockers.has(job.id)) engine.ready.push(job);
  engine.world.dirtyJobs.add(job.id);
}

function mergedType(engine: Engine, record: UnitRecord, a: JobType, b: JobType): JobType {
  const merged = merge(a, b, activeOf(engine, record));
  if (merged === undefined) throw new Error(`internal error: ${a} and ${b} do not merge`);
  return merged;
}
