/** Leaving out what need not be done: steps 1 to 4 and 8 of systemd's transaction_activate(). */
import { isUpOrComing } from '../active-state.ts';
import { isConflicting, isRedundant } from '../job.ts';
import type { Draft, DraftJob } from './draft.ts';
import { drop } from './draft.ts';

/** Marks what the anchor cannot do without. */
export function markMattering(anchor: DraftJob): void {
  const marked = new Set([anchor]);
  for (const job of marked) {
    job.matters = true;
    for (const pull of job.pulls) if (pull.alive && pull.matters) marked.add(pull.object);
  }
}

/** mode fail: what the anchor can do without does not stop running units and contradicts no queued job. */
export function minimiseImpact(draft: Draft): void {
  for (const job of everyJob(draft)) {
    if (job.isDropped || job.matters) continue;
    const installed = draft.scene.installed(job.unit);
    const stopsRunning = job.type === 'stop' && isUpOrComing(draft.scene.active(job.unit));
    const changesQueued = installed !== undefined && isConflicting(job.type, installed.type);
    if (stopsRunning || changesQueued) drop(draft, job, true, { kind: 'impact' });
  }
}

/** Drops the jobs of units for which no job would do anything. */
export function dropRedundant(draft: Draft, anchor: DraftJob): void {
  for (const [unit, head] of [...draft.jobs]) {
    const active = draft.scene.active(unit);
    const installed = draft.scene.installed(unit);
    let isKept = false;
    for (let job: DraftJob | undefined = head; job !== undefined && !isKept; job = job.next) {
      isKept =
        job === anchor ||
        !isRedundant(job.type, active) ||
        (installed !== undefined && isConflicting(job.type, installed.type));
    }
    if (isKept) continue;
    for (let job: DraftJob | undefined = head; job !== undefined; job = job.next) {
      drop(draft, job, false, { kind: 'redundant' });
    }
  }
}

/**
 * Drops what lost its last puller, and what that leaves alone in turn. Of several jobs of one unit systemd sees the newest only
 * (transaction_collect_garbage() goes through the heads of the lists): an older one stays, and may contradict.
 */
export function dropUnneeded(draft: Draft, anchor: DraftJob): void {
  for (let isAgain = draft.orphans.length > 0; isAgain;) {
    isAgain = false;
    for (const job of draft.orphans.splice(0)) {
      if (job.isDropped || job.pullers > 0 || job === anchor) continue;
      if (draft.jobs.get(job.unit) === job) {
        drop(draft, job, true, { kind: 'unneeded' });
        isAgain = true;
      } else draft.orphans.push(job);
    }
  }
}

function everyJob(draft: Draft): DraftJob[] {
  const all: DraftJob[] = [];
  for (const head of draft.jobs.values()) {
    for (let job: DraftJob | undefined = head; job !== undefined; job = job.next) all.push(job);
  }
  return all;
}
