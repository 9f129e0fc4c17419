/** The core's second phase: what follows from what was fed and asked, until nothing moves any more. */
import { atoms } from '../graph/dependency.ts';
import type { UnitName } from '../units/name.ts';
import { collectGarbage } from './collect.ts';
import type { Effect } from './effect.ts';
import type { Engine } from './engine.ts';
import { jobOf, log } from './engine.ts';
import { feedUnit } from './feeding.ts';
import { enqueueJob } from './jobs/enqueue.ts';
import { runJob } from './jobs/run.ts';
import { triggerAll } from './jobs/trigger.ts';
import { doUpkeep } from './upkeep.ts';

/** What follows goes first: states before automatic starts and stops, these before the next job, forgetting last. */
export function settle(engine: Engine): readonly Effect[] {
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
