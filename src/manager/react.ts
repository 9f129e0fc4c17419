/** What a change of a unit's state means for its job and for others: unit_notify(), unit_process_job(). */
import { isDown, isDownOrGoing, isUp, isUpOrComing } from '../graph/active-state.ts';
import { atoms } from '../graph/dependency.ts';
import { emergency } from './emergency.ts';
import type { Change, Engine } from './engine.ts';
import { jobOf } from './engine.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import { finishJob } from './jobs/finish.ts';
import { trigger, triggerAll } from './jobs/trigger.ts';
import type { ActiveState, Job } from './state.ts';
import { noticeTriggering } from './triggering.ts';
import type { UnitRecord } from './world.ts';

/** Until no change is left to react to. */
export function reactToAll(engine: Engine): void {
  const { changes } = engine;
  for (const change of changes) {
    react(engine, change);
    triggerAll(engine);
  }
  changes.length = 0;
}

function react(engine: Engine, change: Change): void {
  const { from, to } = change;
  const record = engine.world.records.get(change.unit);
  if (record === undefined) return;
  const job = jobOf(engine, record);
  if (job === undefined || isUnexpected(engine, record, job, to)) propagateUnasked(engine, record, from, to);
  if (to === 'failed' && from !== 'failed' && !change.willRestart) trigger(engine, record, 'OnFailure');
  if (to === 'inactive' && !isDown(from) && !change.willRestart) trigger(engine, record, 'OnSuccess');
  noticeTriggering(engine, record);
  actOnEnd(engine, record, from, to);
  queueUpkeep(engine, record, to);
}

/** What the change means for the unit's job, which may end by it. True: nobody asked for this change. */
function isUnexpected(engine: Engine, record: UnitRecord, job: Job, to: ActiveState): boolean {
  if (job.state === 'waiting') engine.ready.push(job);
  const runs = job.state === 'running';
  switch (job.type) {
    case 'start':
    case 'verify-active':
      if (isUp(to)) {
        finishJob(engine, job, 'done');
        return false;
      }
      if (!runs || to === 'activating') return false;
      if (isDown(to)) finishJob(engine, job, to === 'failed' ? 'failed' : 'done');
      return true;
    case 'reload':
      if (!runs) return false;
      if (to === 'active') {
        finishJob(engine, job, engine.machine.reloadFailed(record.state) ? 'failed' : 'done');
        return false;
      }
      if (to === 'activating' || to === 'reloading') return false;
      if (isDown(to)) finishJob(engine, job, to === 'failed' ? 'failed' : 'done');
      return true;
    case 'stop':
    case 'restart':
      if (isDown(to)) {
        finishJob(engine, job, 'done');
        return false;
      }
      if (!runs || to === 'deactivating') return false;
      finishJob(engine, job, 'failed');
      return true;
    case 'nop':
      return false;
  }
}

/** A unit came up or went down and no job asked for it: retroactively_start_dependencies(), retroactively_stop_dependencies(). */
function propagateUnasked(engine: Engine, record: UnitRecord, from: ActiveState, to: ActiveState): void {
  if (isDown(from) && isUpOrComing(to)) startOthers(engine, record);
  else if (isUpOrComing(from) && isDownOrGoing(to)) stopOthers(engine, record, atoms.retroactiveStopOnStop);
}

function startOthers(engine: Engine, record: UnitRecord): void {
  for (const other of engine.world.graph.neighbours(record.unit.name)) {
    const replaces = (other.atoms & atoms.retroactiveStartReplace) !== 0;
    if (!replaces && (other.atoms & atoms.retroactiveStartFail) === 0) continue;
    if ((other.atoms & atoms.after) !== 0 || isUpOrComing(engine.scene.active(other.name))) continue;
    enqueueJob(engine, 'start', other.name, replaces ? 'replace' : 'fail', 'dependency');
  }
  stopOthers(engine, record, atoms.retroactiveStopOnStart);
}

function stopOthers(engine: Engine, record: UnitRecord, rule: number): void {
  for (const other of engine.world.graph.neighbours(record.unit.name)) {
    if ((other.atoms & rule) === 0 || isDownOrGoing(engine.scene.active(other.name))) continue;
    enqueueJob(engine, 'stop', other.name, 'replace', 'dependency');
  }
}

/** FailureAction=, SuccessAction=. */
function actOnEnd(engine: Engine, record: UnitRecord, from: ActiveState, to: ActiveState): void {
  const { name, common } = record.unit;
  if (to === 'failed' && from !== 'failed') {
    emergency(engine, record, {
      action: common.failureAction,
      exitStatus: common.failureActionExitStatus,
      otherwise: 255,
      reason: `unit ${name} failed`,
      warns: false,
    });
  } else if (to === 'inactive' && !isDown(from)) {
    emergency(engine, record, {
      action: common.successAction,
      exitStatus: common.successActionExitStatus,
      otherwise: 0,
      reason: `unit ${name} succeeded`,
      warns: false,
    });
  }
}

/** Who has to be looked at now that this unit is down, or up. */
function queueUpkeep(engine: Engine, record: UnitRecord, to: ActiveState): void {
  const { name } = record.unit;
  const { graph } = engine.world;
  if (isDown(to)) {
    for (const other of graph.neighbours(name)) {
      if ((other.atoms & atoms.checkUnneeded) !== 0) engine.unneeded.add(other.name);
      if ((other.atoms & atoms.checkBound) !== 0) engine.bound.add(other.name);
    }
    engine.upheld.add(name);
    engine.garbage.add(name);
  } else if (isUp(to)) {
    for (const other of graph.neighbours(name)) {
      if ((other.atoms & atoms.checkUpheld) !== 0) engine.upheld.add(other.name);
    }
    engine.unneeded.add(name);
    engine.bound.add(name);
  }
}
