/**
 * From a request to the jobs that carry it out, or a refusal. Pure: the same scene and request give the same transaction. The steps, and
 * their order, are those of systemd's manager_add_job() and transaction_activate().
 */
import type { JobMode } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { isDown } from '../active-state.ts';
import { collapse } from '../job.ts';
import type { JobType, RequestedJobType } from '../job.ts';
import type { Scene } from '../scene.ts';
import { breakCycle } from './cycles.ts';
import { destroys } from './destructive.ts';
import type { CycleStep, Draft, DraftJob, DroppedJob, SkippedJob } from './draft.ts';
import { newDraft } from './draft.ts';
import type { TransactionError } from './error.ts';
import { isolateIsForStart, noIsolation, orderIsCyclic, triggeringIsForStop } from './error.ts';
import { expand } from './expand.ts';
import { mergeJobs } from './merge.ts';
import { dropRedundant, dropUnneeded, markMattering, minimiseImpact } from './minimise.ts';

export interface Request {
  readonly unit: UnitName;
  readonly type: RequestedJobType;
  readonly mode: JobMode;
}

export interface PlannedJob {
  readonly unit: UnitName;
  readonly type: JobType;
  readonly ignoreOrder: boolean;
}

export interface Transaction {
  readonly anchor: PlannedJob;
  /** One a unit, in the order of finding; the anchor is among them. */
  readonly jobs: readonly PlannedJob[];
  /** isolate, flush: queued jobs that are no part of it are cancelled. */
  readonly cancelsOthers: 'none' | 'all' | 'but-ignoring-isolate';
  readonly irreversible: boolean;
  readonly dropped: readonly DroppedJob[];
  readonly skipped: readonly SkippedJob[];
}

export type Built =
  | { readonly ok: true; readonly transaction: Transaction }
  /** cycle: where the order is cyclic, told in the log and by `plan`. */
  | { readonly ok: false; readonly error: TransactionError; readonly cycle?: readonly CycleStep[] };

/** request.unit is the real name of a loaded unit. */
export function buildTransaction(scene: Scene, request: Request): Built {
  const { unit, mode } = request;
  if (mode === 'isolate' && request.type !== 'start') return { ok: false, error: isolateIsForStart };
  if (mode === 'isolate' && !scene.allowsIsolate(unit)) return { ok: false, error: noIsolation };
  if (mode === 'triggering' && request.type !== 'stop') return { ok: false, error: triggeringIsForStop };

  const draft = newDraft(scene);
  const alone = mode === 'ignore-dependencies' || mode === 'ignore-requirements';
  const options = { alone, ignoreOrder: mode === 'ignore-dependencies' };
  const anchor = expand(draft, unit, collapse(request.type, scene.active(unit)), undefined, options);
  if ('code' in anchor) return { ok: false, error: anchor };
  if (mode === 'isolate') stopAllOthers(draft, anchor);
  return activate(draft, anchor, mode);
}

function activate(draft: Draft, anchor: DraftJob, mode: JobMode): Built {
  const collects = mode !== 'isolate';
  markMattering(anchor);
  if (mode === 'fail') minimiseImpact(draft);
  dropRedundant(draft, anchor);
  let kept = anchor;
  for (let isMerged = false; !isMerged;) {
    const cycle = breakCycles(draft, kept, collects);
    if (cycle !== undefined) return { ok: false, error: orderIsCyclic, cycle };
    const merged = mergeJobs(draft, kept);
    if (merged.kind === 'conflict') return { ok: false, error: merged.error };
    if (merged.kind === 'dropped') continue;
    // A merged job may have another place in the order (a start that became a restart): systemd does not look again, and waits for ever.
    isMerged = !merged.hasChanged;
    kept = merged.anchor;
  }
  dropRedundant(draft, kept);
  const error = destroys(draft, kept, mode);
  if (error !== undefined) return { ok: false, error };
  return {
    ok: true,
    transaction: {
      anchor: kept,
      jobs: [...draft.jobs.values()],
      cancelsOthers: mode === 'isolate' ? 'but-ignoring-isolate' : mode === 'flush' ? 'all' : 'none',
      irreversible: mode === 'replace-irreversibly',
      dropped: draft.dropped,
      skipped: draft.skipped,
    },
  };
}

/** The cycle that cannot be broken; undefined: there is none any more. */
function breakCycles(draft: Draft, anchor: DraftJob, collects: boolean): readonly CycleStep[] | undefined {
  for (;;) {
    if (collects) dropUnneeded(draft, anchor);
    const search = breakCycle(draft);
    if (search.kind === 'none') return undefined;
    if (search.kind === 'unbreakable') return search.path;
  }
}

/** isolate: a stop for every unit that is up or has a job, and that the anchor did not pull in (transaction_add_isolate_jobs()). */
function stopAllOthers(draft: Draft, anchor: DraftJob): void {
  const { scene } = draft;
  for (const unit of scene.all()) {
    if (scene.ignoresIsolate(unit) || draft.jobs.has(unit)) continue;
    if (isDown(scene.active(unit)) && scene.installed(unit) === undefined) continue;
    const error = expand(draft, unit, 'stop', { job: anchor, matters: true }, { alone: false, ignoreOrder: false });
    if ('code' in error) draft.skipped.push({ unit, type: 'stop', by: anchor.unit, error });
  }
}
