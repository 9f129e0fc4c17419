/** Types of jobs and how two jobs of one unit become one: systemd's src/core/job.c. */
import { isUp, isUpOrComing } from './active-state.ts';
import type { ActiveState } from './active-state.ts';

/** What a job does once it is installed. */
export type JobType = 'start' | 'verify-active' | 'stop' | 'reload' | 'restart' | 'nop';

/** What may be asked for: the last three become one of the above by the state of the unit, at the time of asking. */
export type RequestedJobType = JobType | 'try-restart' | 'try-reload' | 'reload-or-start';

/**
 * The job that a request stands for while the unit is in this state (job_type_collapse()): `try-restart` of what is down
 * is `nop`.
 */
export function collapse(type: RequestedJobType, active: ActiveState): JobType {
  switch (type) {
    case 'try-restart':
      return isUpOrComing(active) ? 'restart' : 'nop';
    case 'try-reload':
      return isUp(active) ? 'reload' : 'nop';
    case 'reload-or-start':
      return isUp(active) ? 'reload' : 'start';
    default:
      return type;
  }
}

/** Both ways round; a pair that is not here cannot be one job. `nop` goes with everything. */
const merging: Readonly<Record<Exclude<JobType, 'nop'>, Partial<Readonly<Record<JobType, RequestedJobType>>>>> = {
  start: { start: 'start', 'verify-active': 'start', reload: 'reload-or-start', restart: 'restart' },
  'verify-active': { start: 'start', 'verify-active': 'verify-active', reload: 'reload', restart: 'restart' },
  stop: { stop: 'stop' },
  reload: { start: 'reload-or-start', 'verify-active': 'reload', reload: 'reload', restart: 'restart' },
  restart: { start: 'restart', 'verify-active': 'restart', reload: 'restart', restart: 'restart' },
};

/** The one job that does both, before it is collapsed; undefined: they conflict. */
export function mergedRequest(a: JobType, b: JobType): RequestedJobType | undefined {
  if (a === 'nop') return b;
  if (b === 'nop') return a;
  return merging[a][b];
}

/** The one job that does both for a unit in this state; undefined: they conflict. */
export function merge(a: JobType, b: JobType, active: ActiveState): JobType | undefined {
  const merged = mergedRequest(a, b);
  return merged === undefined ? undefined : collapse(merged, active);
}

/** Neither of the two can be carried out together with the other. */
export function isConflicting(a: JobType, b: JobType): boolean {
  return mergedRequest(a, b) === undefined;
}

/** `a` does all that `b` would. */
export function isSuperset(a: JobType, b: JobType): boolean {
  return mergedRequest(a, b) === a;
}

/** The job would change nothing of a unit in this state. Restart and reload always do something. */
export function isRedundant(type: JobType, active: ActiveState): boolean {
  switch (type) {
    case 'start':
    case 'verify-active':
      return isUp(active);
    case 'stop':
      return active === 'inactive' || active === 'failed';
    case 'nop':
      return true;
    case 'reload':
    case 'restart':
      return false;
  }
}
