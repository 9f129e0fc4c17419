/** One job a unit: transaction_merge_jobs(). Of two jobs that cannot be one, the one that matters less goes. */
import { merge, mergedRequest } from '../job.ts';
import type { JobType } from '../job.ts';
import type { Draft, DraftJob } from './draft.ts';
import { drop, unlist } from './draft.ts';
import type { TransactionError } from './error.ts';
import { conflicting } from './error.ts';

export type MergeOutcome =
  /** hasChanged: some unit had several jobs. */
  | { readonly kind: 'merged'; readonly anchor: DraftJob; readonly hasChanged: boolean }
  /** A job was dropped: clean up and try again. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'conflict'; readonly error: TransactionError };

export function mergeJobs(draft: Draft, anchor: DraftJob): MergeOutcome {
  const heads = draft.scene.shuffle?.([...draft.jobs.values()]) ?? draft.jobs.values();
  for (const head of heads) {
    if (head.next === undefined) continue;
    const clash = conflictOf(draft, head);
    if (clash === undefined) continue;
    return dropOneOf(draft, head)
      ? { kind: 'dropped' }
      : { kind: 'conflict', error: conflicting(head.unit, clash.merged, clash.other) };
  }
  let kept = anchor;
  let hasChanged = false;
  for (const head of [...draft.jobs.values()]) {
    if (head.next === undefined) continue;
    const survivor = mergeList(draft, head, kept);
    hasChanged = true;
    if (head.unit === anchor.unit) kept = survivor;
  }
  return { kind: 'merged', anchor: kept, hasChanged };
}

/** The first job of the unit's list that does not go together with those before it. */
function conflictOf(draft: Draft, head: DraftJob): { readonly merged: JobType; readonly other: JobType } | undefined {
  const active = draft.scene.active(head.unit);
  let merged = head.type;
  for (let job = head.next; job !== undefined; job = job.next) {
    const both = merge(merged, job.type, active);
    if (both === undefined) return { merged, other: job.type };
    merged = both;
  }
  return undefined;
}

/** delete_one_unmergeable_job(): of the first two that conflict. */
function dropOneOf(draft: Draft, head: DraftJob): boolean {
  for (let a: DraftJob | undefined = head; a !== undefined; a = a.next) {
    for (let b = a.next; b !== undefined; b = b.next) {
      if (mergedRequest(a.type, b.type) !== undefined) continue;
      const loser = loserOf(a, b);
      if (loser === undefined) return false;
      drop(draft, loser, true, { kind: 'conflict', type: loser === a ? b.type : a.type });
      return true;
    }
  }
  throw new Error(`internal error: no conflict among the jobs of ${head.unit}`);
}

/** Rather a start than a stop, unless the stop is there because of Conflicts=. */
function loserOf(a: DraftJob, b: DraftJob): DraftJob | undefined {
  if (a.matters && b.matters) return undefined;
  if (a.matters) return b;
  if (b.matters) return a;
  if (a.type === 'stop') return isFromConflict(a) ? b : a;
  if (b.type === 'stop') return isFromConflict(b) ? a : b;
  return a;
}

function isFromConflict(job: DraftJob): boolean {
  return job.pulledBy.some((by) => by.alive && by.conflicts);
}

/** Makes one job of the list; links of the others become its own. */
function mergeList(draft: Draft, head: DraftJob, anchor: DraftJob): DraftJob {
  const active = draft.scene.active(head.unit);
  let survivor = head;
  let type = head.type;
  for (let job = head.next; job !== undefined; job = job.next) {
    if (job === anchor) survivor = job;
    type = merge(type, job.type, active) ?? type;
  }
  for (let job: DraftJob | undefined = head; job !== undefined;) {
    const following: DraftJob | undefined = job.next;
    if (job !== survivor) absorb(draft, survivor, job);
    job = following;
  }
  survivor.type = type;
  return survivor;
}

function absorb(draft: Draft, into: DraftJob, job: DraftJob): void {
  unlist(draft, job);
  into.matters ||= job.matters;
  into.ignoreOrder ||= job.ignoreOrder;
  for (const pull of job.pulls) {
    pull.subject = into;
    into.pulls.push(pull);
  }
  for (const by of job.pulledBy) {
    by.object = into;
    into.pulledBy.push(by);
    if (by.alive) into.pullers += 1;
  }
  job.isDropped = true;
}
