/**
 * From a request to the jobs that carry it out, or a refusal. Pure: the same scene and request give the same transaction. The steps, and
 * their order, are those of systemd's manager_add_job() and transaction_activate().
 */
import type { JobMode } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { isDown } from '../active-state.ts';
import { atoms } from '../dependency.ts';
import { collapse } from '../job.ts';
import type { JobType, RequestedJobType } from '../job.ts';
import type { OrderedJob } from '../order.ts';
import type { Scene } from '../scene.ts';
import { breakCycle, onceStopped } from './cycles.ts';
import { destroys } from './destructive.ts';
import type { Cycle, Draft, DraftJob, DroppedJob, SkippedJob } from './draft.ts';
import { dissolve, newDraft } from './draft.ts';
import type { TransactionError } from './error.ts';
import { isolateIsForStart, noIsolation, orderIsCyclic, restartingIsForStart, triggeringIsForStop } from './error.ts';
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
  /** isolate, flush: queued jobs that are no part of it are cancelled, but those of units with IgnoreOnIsolate=. */
  readonly cancelsOthers: boolean;
  readonly irreversible: boolean;
  readonly dropped: readonly DroppedJob[];
  readonly skipped: readonly SkippedJob[];
}

/** cycles: all that were found, in order, for the log and for `plan`. */
export type Built =
  | { readonly ok: true; readonly transaction: Transaction; readonly cycles: readonly Cycle[] }
  | { readonly ok: false; readonly error: TransactionError; readonly cycles: readonly Cycle[] };

/** request.unit is the real name of a loaded unit. */
export function buildTransaction(scene: Scene, request: Request): Built {
  const { unit, mode } = request;
  if (mode === 'isolate' && request.type !== 'start') return refusal(isolateIsForStart);
  if (mode === 'isolate' && !scene.allowsIsolate(unit)) return refusal(noIsolation);
  if (mode === 'triggering' && request.type !== 'stop') return refusal(triggeringIsForStop);
  if (mode === 'restart-dependencies' && request.type !== 'start') return refusal(restartingIsForStart);

  const draft = newDraft(scene);
  const built = fill(draft, request);
  dissolve(draft);
  return built;
}

function refusal(error: TransactionError): Built {
  return { ok: false, error, cycles: [] };
}

function fill(draft: Draft, { unit, type, mode }: Request): Built {
  const alone = mode === 'ignore-dependencies' || mode === 'ignore-requirements';
  const options = {
    alone,
    ignoreOrder: mode === 'ignore-dependencies',
    restartsOthers: mode === 'restart-dependencies',
  };
  const anchor = expand(draft, unit, collapse(type, draft.scene.active(unit)), undefined, options);
  if ('code' in anchor) return refusal(anchor);
  if (mode === 'isolate') stopAllOthers(draft, anchor);
  if (mode === 'triggering') stopTriggers(draft, anchor);
  return activate(draft, anchor, mode);
}

function activate(draft: Draft, anchor: DraftJob, mode: JobMode): Built {
  const collects = mode !== 'isolate';
  const refuse = (error: TransactionError): Built => ({ ok: false, error, cycles: draft.cycles });
  markMattering(anchor);
  if (mode === 'fail') minimiseImpact(draft);
  dropRedundant(draft, anchor);
  if (collects) dropUnneeded(draft, anchor);
  const seen = { restarts: false };
  const asIs = (job: OrderedJob): OrderedJob => {
    seen.restarts ||= job.type === 'restart';
    return job;
  };
  if (!breakCycles(draft, anchor, collects, asIs)) return refuse(orderIsCyclic);
  const looked = [...draft.jobs.keys()];
  let holds = true;
  let merged = mergeJobs(draft, anchor);
  for (; merged.kind === 'dropped'; merged = mergeJobs(draft, anchor)) {
    holds = false;
    if (collects) dropUnneeded(draft, anchor);
  }
  if (merged.kind === 'conflict') return refuse(merged.error);
  const kept = merged.anchor;
  dropRedundant(draft, kept);
  // Looking is what a large transaction costs most: not again for jobs that are the same, or are gone and leave their place to none.
  holds &&= !merged.hasChanged;
  holds &&= looked.every((unit) => draft.jobs.has(unit) || draft.scene.installed(unit) === undefined);
  // A merged job may have another place in the order, and so has a restart once it has stopped its unit: systemd does not look again, and
  // such jobs wait for ever. What a merged job has brought along matters as much as it does.
  markMattering(kept);
  for (let isNew = true; isNew; holds = false) {
    if (!holds && !breakCycles(draft, kept, collects, asIs)) return refuse(orderIsCyclic);
    if (!seen.restarts) break;
    const known = draft.cycles.length;
    if (!breakCycles(draft, kept, collects, onceStopped)) return refuse(orderIsCyclic);
    // What was left out gives its place to the queued job of its unit, which may close another cycle.
    isNew = draft.cycles.length > known;
  }
  const error = destroys(draft, kept, mode);
  if (error !== undefined) return refuse(error);
  return {
    ok: true,
    transaction: {
      anchor: kept,
      jobs: [...draft.jobs.values()],
      cancelsOthers: mode === 'isolate' || mode === 'flush',
      irreversible: mode === 'replace-irreversibly',
      dropped: draft.dropped,
      skipped: draft.skipped,
    },
    cycles: draft.cycles,
  };
}

/** False: there is a cycle that cannot be broken. */
function breakCycles(
  draft: Draft,
  anchor: DraftJob,
  collects: boolean,
  view: (job: OrderedJob) => OrderedJob,
): boolean {
  for (;;) {
    const cycle = breakCycle(draft, view);
    if (cycle === undefined) return true;
    if (cycle.victim === undefined) return false;
    if (collects) dropUnneeded(draft, anchor);
  }
}

/**
 * isolate: a stop for every unit that is up or has a job, and that the anchor did not pull in (transaction_add_isolate_jobs()). What is
 * triggered by a unit that stays, stays.
 */
function stopAllOthers(draft: Draft, anchor: DraftJob): void {
  const { scene } = draft;
  const stays = (unit: UnitName): boolean => scene.ignoresIsolate(unit) || draft.jobs.has(unit);
  for (const unit of scene.all()) {
    if (!isStoppable(scene, unit) || stays(unit)) continue;
    if (triggersOf(scene, unit).some(stays)) continue;
    stopFor(draft, anchor, unit);
  }
}

/** triggering: what would start the unit again is stopped too (transaction_add_triggering_jobs()). */
function stopTriggers(draft: Draft, anchor: DraftJob): void {
  const { scene } = draft;
  for (const unit of triggersOf(scene, anchor.unit)) {
    if (isStoppable(scene, unit) && !draft.jobs.has(unit)) stopFor(draft, anchor, unit);
  }
}

function isStoppable(scene: Scene, unit: UnitName): boolean {
  return !isDown(scene.active(unit)) || scene.installed(unit) !== undefined;
}

function triggersOf(scene: Scene, unit: UnitName): UnitName[] {
  const others = scene.graph.neighbours(unit).filter((other) => (other.atoms & atoms.triggeredBy) !== 0);
  return others.map((other) => other.name);
}

function stopFor(draft: Draft, anchor: DraftJob, unit: UnitName): void {
  const error = expand(draft, unit, 'stop', { job: anchor, matters: true }, { alone: false, ignoreOrder: false });
  if ('code' in error) draft.skipped.push({ unit, type: 'stop', by: anchor.unit, error, isRequired: false });
}
