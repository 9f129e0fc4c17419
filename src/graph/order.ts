/**
 * Which of two jobs goes first, when their units are ordered: systemd's job_compare(). A stop (or restart, which begins as one) goes before a
 * start whatever the direction of Before= and After=; of two stops the later unit's goes first; otherwise the earlier
 * unit's job does.
 */
import { atoms } from './dependency.ts';
import type { JobType } from './job.ts';

export interface OrderedJob {
  readonly type: JobType;
  readonly ignoreOrder: boolean;
}

/** Whether `job` may only begin once `other` has ended. `rules`: atoms that the unit of `job` has towards the unit of `other`. */
export function waitsFor(rules: number, job: OrderedJob, other: OrderedJob): boolean {
  if ((rules & (atoms.before | atoms.after)) === 0 || !isOrdered(job) || !isOrdered(other)) return false;
  return ((rules & atoms.after) !== 0 && !stops(job)) || ((rules & atoms.before) !== 0 && stops(other));
}

/** Whether `other` may only begin once `job` has ended. */
export function goesBefore(rules: number, job: OrderedJob, other: OrderedJob): boolean {
  if ((rules & (atoms.before | atoms.after)) === 0 || !isOrdered(job) || !isOrdered(other)) return false;
  return ((rules & atoms.before) !== 0 && !stops(other)) || ((rules & atoms.after) !== 0 && stops(job));
}

function isOrdered(job: OrderedJob): boolean {
  return job.type !== 'nop' && !job.ignoreOrder;
}

function stops(job: OrderedJob): boolean {
  return job.type === 'stop' || job.type === 'restart';
}
