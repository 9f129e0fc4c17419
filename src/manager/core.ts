/**
 * The one place that feeds events to machines, compares the states before and after, and lets the rest of the system
 * know. Two phases: feed() and the requests change states and queue what follows from it; settle() goes on until nothing moves any more and
 * hands out what is to be done in the world. Nothing here recurses, waits or touches the world.
 */
import type { RequestedJobType } from '../graph/job.ts';
import type { Units } from '../units/load.ts';
import type { JobMode } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { JobOutcome, Outcome } from './api.ts';
import type { ConditionPort } from './conditions.ts';
import type { Sleeper } from './deadlines.ts';
import type { Effect } from './effect.ts';
import type { Engine } from './engine.ts';
import { emergency } from './emergency.ts';
import { createEngine, log, recordOf } from './engine.ts';
import type { ManagerEvent } from './event.ts';
import { feedUnit } from './feeding.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import { finishJob } from './jobs/finish.ts';
import { loadUnit, loadUnitAnew } from './loading.ts';
import { killUnit } from './killing.ts';
import { type UnitMachine } from './machines.ts';
import type { Machine } from './machine.ts';
import { cleanUnit, freezeUnit } from './operations.ts';
import type { LoadOwnPart } from './own-types.ts';
import type { CleanKind, ServiceEvent } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import type { Instant, Job, JobId, Stamp } from './state.ts';
import { resetFailed } from './reset-failed.ts';
import type { UnitRecord, World } from './world.ts';
import { reload, resume } from './reloading.ts';
import { settle } from './settling.ts';

export interface CorePorts {
  /** The machine of services (service/machine.ts). */
  readonly service: Machine<ServiceState, ServiceEvent>;
  /** Machines of other types (own-types.ts). */
  readonly ownPart: LoadOwnPart;
  readonly conditions: ConditionPort;
  /** 32 hex digits. */
  newInvocation(): string;
}

export interface Core {
  readonly world: World;
  readonly machine: UnitMachine;
  /** What follows happens at this moment: once for each batch of events, before anything else. */
  at(now: Instant, stamp: Stamp): void;
  /** After the world was filled by the store or is new: graph, order of jobs and deadlines are built from it. */
  resume(): void;
  /** The record of a name, loaded with all that its dependencies name, under its real name. Never fails: a name without a file is `not-found`. */
  load(name: UnitName): UnitRecord;
  /** The same for a unit whose files have just come. */
  loadAnew(name: UnitName): UnitRecord;
  /** Nobody holds it any more. */
  mayForget(name: UnitName): void;
  feed(event: ManagerEvent): void;
  /** One transaction (manager_add_job). The value is the job that was asked for, or the one that it was merged into. */
  enqueue(type: RequestedJobType, name: UnitName, mode: JobMode, origin: Job['origin']): Outcome<JobId>;
  cancel(job: JobId): Outcome<undefined>;
  /** What became of a job that has ended, as long as it is remembered (the last 500, and those of requests that wait). */
  outcomeOf(job: JobId): JobOutcome | undefined;
  /** Called when the job ends; at once if it has. */
  whenEnded(job: JobId, tell: (outcome: JobOutcome) => void): void;
  /** Called once, by the next settle() in which a unit or a job went to another state. */
  whenChanged(tell: () => void): void;
  /** `systemctl kill`: a signal for processes of a unit. */
  kill(name: UnitName, who: 'main' | 'control' | 'all', signal: number, value?: number): Outcome<undefined>;
  clean(name: UnitName, what: readonly CleanKind[]): Outcome<undefined>;
  freeze(name: UnitName, kind: 'freeze' | 'thaw'): Outcome<undefined>;
  /** Forgets failure, result and start limit; undefined: of all units. */
  resetFailed(name: UnitName | undefined): Outcome<undefined>;
  /** Every unit file is read again: daemon-reload. */
  reload(units: Units): void;
  /** Goes on until nothing moves and gives what is to be done, in this order. */
  settle(): readonly Effect[];
  /** When feed({ kind: 'timer' }) is due next. */
  deadline(): Instant | undefined;
}

/** world: new, or as the store gave it (then resume() is to be called). */
export function createCore(world: World, ports: CorePorts): Core {
  const engine = createEngine(world, ports);
  return {
    world,
    machine: engine.machine,
    at(now, stamp) {
      engine.now = now;
      engine.stamp = stamp;
    },
    resume: () => resume(engine),
    load: (name) => loadUnit(engine, name),
    loadAnew: (name) => loadUnitAnew(engine, name),
    mayForget(name) {
      engine.garbage.add(name);
    },
    feed: (event) => feed(engine, event),
    enqueue(type, name, mode, origin) {
      const enqueued = enqueueJob(engine, type, name, mode, origin);
      return enqueued.ok ? { ok: true, value: enqueued.job } : enqueued;
    },
    cancel(id) {
      const job = world.jobs.get(id);
      if (job === undefined) {
        return { ok: false, error: { code: 'NoSuchJob', message: `Job ${id} does not exist.` } };
      }
      finishJob(engine, job, 'canceled');
      return { ok: true, value: undefined };
    },
    outcomeOf: (job) => outcomeOf(engine, job),
    whenEnded: (job, listener) => whenEnded(engine, job, listener),
    whenChanged(tell) {
      engine.watchers.push(tell);
    },
    kill: (name, who, signal, value) => killUnit(engine, name, who, signal, value),
    clean: (name, what) => cleanUnit(engine, name, what),
    freeze: (name, kind) => freezeUnit(engine, name, kind),
    resetFailed: (name) => resetFailed(engine, name),
    reload: (units) => reload(engine, units),
    settle: () => settle(engine),
    deadline: () => engine.deadlines.next(),
  };
}

function feed(engine: Engine, event: ManagerEvent): void {
  if (event.kind === 'timer') {
    wakeSleepers(engine);
    return;
  }
  const record = engine.world.records.get(event.unit);
  if (record === undefined) return;
  if (event.kind === 'unit') {
    feedUnit(engine, record, event.event);
  } else if (!record.notices.includes(event.text)) {
    record.notices = [...record.notices, event.text];
    engine.world.dirty.add(event.unit);
  }
}

/** Units whose deadline has passed look which one, and those that need not be woken on the dot; jobs that took too long end. */
function wakeSleepers(engine: Engine): void {
  const { deadlines, now } = engine;
  let sleeper = deadlines.takeDue(now);
  if (sleeper === undefined) return;
  for (; sleeper !== undefined; sleeper = deadlines.takeDue(now)) wake(engine, sleeper);
  for (const other of deadlines.takeOpen(now)) wake(engine, other);
}

function wake(engine: Engine, sleeper: Sleeper): void {
  if (typeof sleeper === 'number') {
    const job = engine.world.jobs.get(sleeper);
    if (job !== undefined) timeOut(engine, job);
  } else {
    const record = engine.world.records.get(sleeper);
    if (record !== undefined) feedUnit(engine, record, { kind: 'timer' });
  }
}

/** JobTimeoutSec=, JobRunningTimeoutSec= (job_dispatch_timer()). */
function timeOut(engine: Engine, job: Job): void {
  const record = recordOf(engine, job.unit);
  log(engine, job.unit, 'warning', `Job ${job.unit}/${job.type} timed out.`);
  finishJob(engine, job, 'timeout');
  emergency(engine, record, {
    action: record.unit.common.jobTimeoutAction,
    exitStatus: undefined,
    otherwise: 255,
    reason: 'job timed out',
    warns: true,
  });
}

function outcomeOf(engine: Engine, job: JobId): JobOutcome | undefined {
  const known = engine.ended.get(job);
  if (known !== undefined) return known;
  for (const request of engine.world.requests.values()) {
    const outcome = request.results.get(job);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function whenEnded(engine: Engine, job: JobId, listener: (outcome: JobOutcome) => void): void {
  if (!engine.world.jobs.has(job)) {
    listener(outcomeOf(engine, job) ?? { job, unit: '' as UnitName, result: 'canceled' });
    return;
  }
  const others = engine.listeners.get(job);
  if (others === undefined) engine.listeners.set(job, [listener]);
  else others.push(listener);
}
