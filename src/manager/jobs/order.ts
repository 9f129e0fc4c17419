/**
 * Which queued jobs wait for which: a count a job, kept up to date as jobs come, go and change, so that finding the next
 * job to run never looks at all of them (job_is_runnable()).
 */
import { goesBefore, waitsFor } from '../../graph/order.ts';
import type { Engine } from '../engine.ts';
import { jobOfUnit } from '../engine.ts';
import type { Job } from '../state.ts';

/** Call when the job has been installed, or after its type or order changed. */
export function enterOrder(engine: Engine, job: Job): void {
  let count = 0;
  for (const neighbour of engine.world.graph.neighbours(job.unit)) {
    const other = jobOfUnit(engine, neighbour.name);
    if (other === undefined) continue;
    if (waitsFor(neighbour.atoms, job, other)) count += 1;
    if (goesBefore(neighbour.atoms, job, other)) {
      engine.blockers.set(other.id, (engine.blockers.get(other.id) ?? 0) + 1);
    }
  }
  if (count > 0) engine.blockers.set(job.id, count);
  else engine.blockers.delete(job.id);
}

/** Call before the job goes, or before its type or order changes. What waited for nothing else may run. */
export function leaveOrder(engine: Engine, job: Job): void {
  engine.blockers.delete(job.id);
  for (const neighbour of engine.world.graph.neighbours(job.unit)) {
    const other = jobOfUnit(engine, neighbour.name);
    if (other === undefined || !goesBefore(neighbour.atoms, job, other)) continue;
    const left = (engine.blockers.get(other.id) ?? 0) - 1;
    if (left > 0) {
      engine.blockers.set(other.id, left);
    } else {
      engine.blockers.delete(other.id);
      if (other.state === 'waiting') engine.ready.push(other);
    }
  }
}

/** From nothing: after a reload or a crash. */
export function reorder(engine: Engine): void {
  engine.blockers.clear();
  for (const job of engine.world.jobs.values()) {
    let count = 0;
    for (const neighbour of engine.world.graph.neighbours(job.unit)) {
      const other = jobOfUnit(engine, neighbour.name);
      if (other !== undefined && waitsFor(neighbour.atoms, job, other)) count += 1;
    }
    if (count > 0) engine.blockers.set(job.id, count);
    else if (job.state === 'waiting') engine.ready.push(job);
  }
}
