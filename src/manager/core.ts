/**
 * The one place that feeds events to machines, compares the states before and after, and lets the rest of the system
 * know. Two phases: feed() and the requests change states and queue what follows from it; settle() goes on until nothing moves any more and
 * hands out what is to be done in the world. Nothing here recurses, waits or touches the world.
 */
import { atoms } from '../graph/dependency.ts';
import type { RequestedJobType } from '../graph/job.ts';
import type { Units } from '../units/load.ts';
import type { JobMode } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { JobOutcome, Outcome } from './api.ts';
import { collectGarbage } from './collect.ts';
import type { ConditionPort } from './conditions.ts';
import type { Sleeper } from './deadlines.ts';
import type { Effect } from './effect.ts';
import type { Engine } from './engine.ts';
import { emergency } from './emergency.ts';
import { createEngine, jobOf, log, recordOf } from './engine.ts';
import type { ManagerEvent } from './event.ts';
import { feedUnit, setDeadline } from './feeding.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import { finishJob } from './jobs/finish.ts';
import { reorder } from './jobs/order.ts';
import { runJob } from './jobs/run.ts';
import { triggerAll } from './jobs/trigger.ts';
import { loadUnit, loadUnitAnew, rebuildGraph, tellDiagnostics } from './loading.ts';
import { killUnit } from './killing.ts';
import { withSettingsOf, type UnitMachine } from './machines.ts';
import type { Machine } from './machine.ts';
import { cleanUnit, freezeUnit } from './operations.ts';
import type { LoadOwnPart } from './own-types.ts';
import { noteTriggering } from './triggering.ts';
import type { CleanKind, ServiceEvent } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import type { Instant, Job, JobId, Stamp } from './state.ts';
import { resetFailed } from './reset-failed.ts';
import { doUpkeep } from './upkeep.ts';
import type { UnitRecord, UnitState, World } from './world.ts';

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

/** What follows goes first: states before automatic starts and stops, these before the next job, forgetting last. */
function settle(engine: Engine): readonly Effect[] {
  while (stepOnce(engine));
  collectGarbage(engine);
  const { effects } = engine;
  engine.effects = [];
  if (engine.watchers.length > 0 && effects.some(({ kind }) => kind === 'unit-changed' || kind === 'job-removed')) {
    for (const tell of engine.watchers.splice(0)) tell();
  }
  return effects;
}

/** One thing that is due. False: nothing is. */
function stepOnce(engine: Engine): boolean {
  if (deliverNotices(engine)) return true;
  if (engine.triggers.length > 0) {
    triggerAll(engine);
    return true;
  }
  const restart = engine.restarts.shift();
  if (restart !== undefined) {
    restartService(engine, restart);
    return true;
  }
  const reload = engine.reloads.shift();
  if (reload !== undefined) {
    reloadOthers(engine, reload);
    return true;
  }
  if (doUpkeep(engine) || runReady(engine)) return true;
  return engine.world.jobs.size === 0 && endIdling(engine);
}

/** All that can run, before anything else is looked at; what a job's end starts or frees comes to its place among them. */
function runReady(engine: Engine): boolean {
  let job = engine.ready.take();
  if (job === undefined) return false;
  for (; job !== undefined; job = engine.ready.take()) {
    runJob(engine, job);
    deliverNotices(engine);
    if (engine.triggers.length > 0) triggerAll(engine);
  }
  return true;
}

/** Tells units how those that they start have fared. False: there was nothing to tell. */
function deliverNotices(engine: Engine): boolean {
  const { notices, world } = engine;
  if (notices.length === 0) return false;
  for (const { to, about } of notices) {
    const record = world.records.get(to);
    if (record !== undefined) feedUnit(engine, record, { kind: 'triggered' }, about);
  }
  notices.length = 0;
  return true;
}

/** Restart=: a restart job, so that what is bound to the service restarts with it (service_enter_restart()). */
function restartService(engine: Engine, name: UnitName): void {
  const { world } = engine;
  const record = world.records.get(name);
  if (record === undefined) return;
  // RestartMode=direct: for others it was never down.
  const isDirect = record.unit.service !== undefined && record.unit.service.restartMode === 'direct';
  const job = isDirect
    ? enqueueJob(engine, 'start', name, 'restart-dependencies', 'restart')
    : enqueueJob(engine, 'restart', name, 'replace', 'restart');
  if (!job.ok) log(engine, name, 'warning', `Failed to schedule restart job: ${job.error.message}`);
  // A start that has tried already, and for which this was no end, tries again.
  const queued = jobOf(engine, record);
  if (!isDirect || queued?.type !== 'start' || queued.state !== 'running') return;
  queued.state = 'waiting';
  world.dirtyJobs.add(queued.id);
  engine.ready.push(queued);
}

/** It said RELOADING=1: manager_propagate_reload(). */
function reloadOthers(engine: Engine, name: UnitName): void {
  for (const other of engine.world.graph.neighbours(name)) {
    if ((other.atoms & atoms.propagatesReloadTo) === 0) continue;
    const job = enqueueJob(engine, 'try-reload', other.name, 'fail', 'dependency');
    if (!job.ok) log(engine, name, 'warning', `Failed to propagate the reload, ignoring: ${job.error.message}`);
  }
}

/** No job is left: Type=idle services go on. */
function endIdling(engine: Engine): boolean {
  if (engine.idlers.size === 0) return false;
  const waiting = [...engine.idlers];
  engine.idlers.clear();
  for (const name of waiting) {
    const record = engine.world.records.get(name);
    if (record !== undefined && engine.machine.waitsForIdle(record.state)) {
      feedUnit(engine, record, { kind: 'idle-over' });
    }
  }
  return true;
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

/** Everything that is no part of the world is worked out anew. What the store has was settled, so a job that runs goes on. */
function resume(engine: Engine): void {
  const { world } = engine;
  rebuildGraph(engine);
  for (const record of world.records.values()) {
    const { name } = record.unit;
    setDeadline(engine, name, record.state);
    if (engine.machine.waitsForIdle(record.state)) engine.idlers.add(name);
    // Not what holds all the time (upkeep.ts): whoever died had looked at that before it stored, and a try more is one too many.
    engine.garbage.add(name);
  }
  for (const job of world.jobs.values()) engine.deadlines.set(job.id, job.deadline);
  engine.ready.clear();
  reorder(engine);
  engine.tellsDiagnostics = true;
  for (const record of [...world.records.values()]) {
    noteTriggering(engine, record);
    if (engine.machine.wantsResume(record.state)) feedUnit(engine, record, { kind: 'resume' });
  }
}

/** Has no settings that its machine works by. */
function isPlain({ type }: UnitState): boolean {
  return type === 'target' || type === 'stand-in';
}

/** daemon-reload. What runs goes on with its state; a service whose file is gone keeps its settings until it is down. */
function reload(engine: Engine, units: Units): void {
  const { world } = engine;
  world.units = units;
  world.names.clear();
  engine.told.clear();
  for (const [name, record] of world.records) {
    const unit = units.load(name);
    tellDiagnostics(engine, unit);
    if (unit.load !== 'loaded' && !isPlain(record.state)) {
      record.unit = { ...withSettingsOf(unit, record.unit), name };
    } else {
      record.unit = unit.name === name ? unit : { ...unit, name };
      const fresh = engine.machine.initial(unit);
      if (!isPlain(fresh) && fresh.type !== record.state.type) record.state = fresh;
    }
    // What has become an alias of another unit keeps its own name while it is known.
    if (unit.name === name) for (const alias of unit.names) world.names.set(alias, name);
    world.names.set(name, name);
    world.dirty.add(name);
  }
  resume(engine);
}
