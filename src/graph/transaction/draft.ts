/**
 * A transaction that is being worked on: jobs by unit, and which job pulled in which. Before merge.ts a unit may have
 * several jobs, linked by `next`, the newest first.
 */
import type { UnitName } from '../../units/name.ts';
import type { JobType } from '../job.ts';
import type { Scene } from '../scene.ts';
import type { TransactionError } from './error.ts';

export interface DraftJob {
  readonly unit: UnitName;
  type: JobType;
  ignoreOrder: boolean;
  /** The anchor cannot do without it. */
  matters: boolean;
  /** What it pulls in has not been looked at. */
  isNew: boolean;
  isDropped: boolean;
  /** Links of pulledBy that are alive. */
  pullers: number;
  next: DraftJob | undefined;
  readonly pulls: Link[];
  readonly pulledBy: Link[];
}

/** `subject` pulled `object` in. */
export interface Link {
  subject: DraftJob;
  object: DraftJob;
  /** The subject cannot be without the object. */
  readonly matters: boolean;
  /** Pulled in by Conflicts=. */
  readonly conflicts: boolean;
  alive: boolean;
}

/** Why a job that was pulled in is not part of the outcome; `plan` tells it. */
export type DropReason =
  /** Nothing to do for the unit. */
  | { readonly kind: 'redundant' }
  /** Nobody needs it any more after others were dropped. */
  | { readonly kind: 'unneeded' }
  /** It needs a job that was dropped. */
  | { readonly kind: 'needs'; readonly unit: UnitName; readonly type: JobType }
  /** Units in the order of waiting: each waits for the next, the last for the first. */
  | { readonly kind: 'cycle'; readonly path: readonly CycleStep[] }
  /** A job of the same unit that cannot be done together with it won. */
  | { readonly kind: 'conflict'; readonly type: JobType }
  /** mode fail: it would stop a running unit or contradict a queued job. */
  | { readonly kind: 'impact' };

export interface CycleStep {
  readonly unit: UnitName;
  readonly type: JobType;
}

export interface DroppedJob {
  readonly unit: UnitName;
  readonly type: JobType;
  readonly reason: DropReason;
}

/** A job that could not be pulled in, and nobody minds. */
export interface SkippedJob {
  readonly unit: UnitName;
  readonly type: JobType;
  readonly by: UnitName;
  readonly error: TransactionError;
  /** Whoever pulled it in cannot be without it, but it does not apply to the unit. */
  readonly isRequired: boolean;
}

/** A cycle that was found: each job of the path waits for the next, the last for the first. */
export interface Cycle {
  readonly path: readonly CycleStep[];
  /** What was left out to break it; undefined: it cannot be broken. */
  readonly victim: CycleStep | undefined;
}

export interface Draft {
  readonly scene: Scene;
  readonly jobs: Map<UnitName, DraftJob>;
  /** All that were ever part of it. */
  readonly made: DraftJob[];
  readonly dropped: DroppedJob[];
  readonly skipped: SkippedJob[];
  readonly cycles: Cycle[];
  /** Jobs that lost their last puller: candidates of dropUnneeded(). */
  readonly orphans: DraftJob[];
}

export function newDraft(scene: Scene): Draft {
  return { scene, jobs: new Map(), made: [], dropped: [], skipped: [], cycles: [], orphans: [] };
}

/** The job of this type for the unit, made if there is none. */
export function jobFor(draft: Draft, unit: UnitName, type: JobType): DraftJob {
  const head = draft.jobs.get(unit);
  for (let job = head; job !== undefined; job = job.next) if (job.type === type) return job;
  const job: DraftJob = {
    unit,
    type,
    ignoreOrder: false,
    matters: false,
    isNew: true,
    isDropped: false,
    pullers: 0,
    next: head,
    pulls: [],
    pulledBy: [],
  };
  draft.jobs.set(unit, job);
  draft.made.push(job);
  return job;
}

/** Undoes the links, which go in circles: without this each transaction would lie about until the engine searches for such. */
export function dissolve(draft: Draft): void {
  for (const job of draft.made) {
    job.pulls.length = 0;
    job.pulledBy.length = 0;
    job.next = undefined;
  }
}

export function link(subject: DraftJob, object: DraftJob, matters: boolean, conflicts: boolean): void {
  const made = { subject, object, matters, conflicts, alive: true };
  subject.pulls.push(made);
  object.pulledBy.push(made);
  object.pullers += 1;
}

/** Takes a job out. `cascade`: and with it every job that cannot be without it. */
export function drop(draft: Draft, job: DraftJob, cascade: boolean, reason: DropReason): void {
  const queue: { readonly job: DraftJob; readonly reason: DropReason }[] = [{ job, reason }];
  for (const item of queue) {
    if (item.job.isDropped) continue;
    takeOut(draft, item.job, item.reason);
    for (const by of item.job.pulledBy) {
      if (!by.alive) continue;
      by.alive = false;
      if (!cascade || !by.matters) continue;
      queue.push({ job: by.subject, reason: { kind: 'needs', unit: item.job.unit, type: item.job.type } });
    }
  }
}

function takeOut(draft: Draft, job: DraftJob, reason: DropReason): void {
  job.isDropped = true;
  draft.dropped.push({ unit: job.unit, type: job.type, reason });
  unlist(draft, job);
  for (const pull of job.pulls) {
    if (!pull.alive) continue;
    pull.alive = false;
    pull.object.pullers -= 1;
    if (pull.object.pullers === 0) draft.orphans.push(pull.object);
  }
}

/** Out of its unit's list. */
export function unlist(draft: Draft, job: DraftJob): void {
  const head = draft.jobs.get(job.unit);
  if (head === job) {
    if (job.next === undefined) draft.jobs.delete(job.unit);
    else draft.jobs.set(job.unit, job.next);
    return;
  }
  for (let before = head; before !== undefined; before = before.next) {
    if (before.next === job) {
      before.next = job.next;
      return;
    }
  }
}
