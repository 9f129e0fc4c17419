/** A job whose turn it is: job_run_and_invalidate(), unit_start(), unit_stop(), unit_reload(). */
import { isDown, isUp } from '../../graph/active-state.ts';
import { atoms } from '../../graph/dependency.ts';
import { testAsserts, testConditions } from '../conditions.ts';
import type { Engine } from '../engine.ts';
import { activeOf, log, recordOf } from '../engine.ts';
import { feedUnit } from '../feeding.ts';
import type { Instant, Job, JobResult, KeeperId } from '../state.ts';
import { takeStart } from '../start-limit.ts';
import type { UnitRecord } from '../world.ts';
import { finishJob } from './finish.ts';
import { beginMessage } from './messages.ts';

/** What became of trying: 'under way' (the state will say when it ends), 'again' after the next state change, or an end. */
type Attempt = 'under way' | 'again' | 'nothing to do' | JobResult;

/** Runs the job if it is still there, waits, and waits for no other. */
export function runJob(engine: Engine, job: Job): void {
  if (job.state !== 'waiting' || engine.blockers.has(job.id) || engine.world.jobs.get(job.id) !== job) return;
  const record = recordOf(engine, job.unit);
  setRunning(engine, record, job);
  const { type } = job;
  const attempt = perform(engine, record, job);
  // The answer may have come with a change of state that ended the job, or turned it into a start.
  const still = engine.world.jobs.get(job.id);
  if (still?.state !== 'running' || still.type !== type) return;
  switch (attempt) {
    case 'under way': {
      const message = beginMessage(record.unit, type === 'restart' ? 'stop' : type);
      if (message !== undefined) log(engine, job.unit, 'info', message, 'whole');
      return;
    }
    case 'again':
      job.state = 'waiting';
      engine.world.dirtyJobs.add(job.id);
      return;
    case 'nothing to do':
      finishJob(engine, job, 'done', { propagates: true, isSilent: true });
      return;
    default:
      finishJob(engine, job, attempt);
  }
}

function setRunning(engine: Engine, record: UnitRecord, job: Job): void {
  job.state = 'running';
  const { jobRunningTimeout } = record.unit.common;
  if (jobRunningTimeout !== Infinity) {
    const at = engine.now + jobRunningTimeout;
    if (job.deadline === undefined || at < job.deadline) job.deadline = at as Instant;
    engine.deadlines.set(job.id, job.deadline);
  }
  engine.world.dirtyJobs.add(job.id);
}

function perform(engine: Engine, record: UnitRecord, job: Job): Attempt {
  switch (job.type) {
    case 'verify-active': {
      const active = activeOf(engine, record);
      return isUp(active) ? 'nothing to do' : active === 'activating' ? 'again' : 'skipped';
    }
    case 'start':
      return start(engine, record, job);
    case 'stop':
    case 'restart':
      return stop(engine, record, job);
    case 'reload':
      return reload(engine, record);
    case 'nop':
      return 'nothing to do';
  }
}

function start(engine: Engine, record: UnitRecord, job: Job): Attempt {
  const active = activeOf(engine, record);
  if (isUp(active)) return 'nothing to do';
  if (active === 'maintenance') return 'again';
  if (record.unit.load !== 'loaded') return 'failed';
  if (active !== 'activating' && record.unit.standIn === undefined) {
    if (!testConditions(engine, record)) {
      return 'nothing to do';
    }
    if (!testAsserts(engine, record)) return 'assert';
  }
  if (!hasWhatItIsBoundTo(engine, record)) return 'dependency';
  const isNew = engine.machine.beginsAnew(record.unit, record.state);
  if (isDown(active)) record.activation = job.activation;
  return answerOf(
    feedUnit(engine, record, {
      kind: 'start',
      keeper: isNew ? newKeeper(engine) : (0 as KeeperId),
      invocation: isNew ? engine.ports.newInvocation() : '',
      startLimitHit: isNew && !takeStart(engine, record),
    }),
  );
}

function newKeeper(engine: Engine): KeeperId {
  const id = engine.world.nextKeeper as KeeperId;
  engine.world.nextKeeper += 1;
  return id;
}

/** BindsTo= together with After= on a unit that is not up: the job fails (unit_verify_deps()). */
function hasWhatItIsBoundTo(engine: Engine, record: UnitRecord): boolean {
  const both = atoms.cannotBeActiveWithout | atoms.after;
  for (const other of engine.world.graph.neighbours(record.unit.name)) {
    if ((other.atoms & both) !== both || isUp(engine.scene.active(other.name))) continue;
    log(engine, record.unit.name, 'notice', `Bound to unit ${other.name}, but unit isn't active.`);
    return false;
  }
  return true;
}

function stop(engine: Engine, record: UnitRecord, job: Job): Attempt {
  if (isDown(activeOf(engine, record))) return 'nothing to do';
  return answerOf(feedUnit(engine, record, { kind: 'stop', forRestart: job.type === 'restart' }));
}

function reload(engine: Engine, record: UnitRecord): Attempt {
  if (record.unit.load !== 'loaded') return 'failed';
  if (!engine.scene.canReload(record.unit.name)) return 'skipped';
  const active = activeOf(engine, record);
  if (active === 'reloading') return 'again';
  if (active !== 'active') {
    log(engine, record.unit.name, 'warning', 'Unit cannot be reloaded because it is inactive.');
    return 'invalid';
  }
  // It only passes reloads on.
  if (engine.machine.canReload(record.unit) === undefined) return 'done';
  return answerOf(feedUnit(engine, record, { kind: 'reload' }));
}

function answerOf(answer: ReturnType<typeof feedUnit>): Attempt {
  switch (answer) {
    case undefined:
    case 'accepted':
      return 'under way';
    case 'already':
      return 'nothing to do';
    case 'again':
      return 'again';
    case 'start-limit':
    case 'failed':
      return 'failed';
    case 'unsupported':
      return 'unsupported';
  }
}
