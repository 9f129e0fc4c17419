/** A request becomes a transaction, and that becomes queued jobs: manager_add_job(). */
import { explainCycle } from '../../graph/explain.ts';
import type { RequestedJobType } from '../../graph/job.ts';
import { buildTransaction } from '../../graph/transaction/build.ts';
import type { Transaction } from '../../graph/transaction/build.ts';
import type { CycleStep } from '../../graph/transaction/draft.ts';
import type { JobMode } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import type { ManagerError } from '../api.ts';
import type { Engine } from '../engine.ts';
import { log, recordOf } from '../engine.ts';
import { loadUnit } from '../loading.ts';
import type { Job, JobId } from '../state.ts';
import { installTransaction } from './install.ts';

export type Enqueued =
  | { readonly ok: true; readonly job: JobId; readonly transaction: Transaction }
  | { readonly ok: false; readonly error: ManagerError };

/** Carries out one transaction. `name` may be an alias and need not be loaded. */
export function enqueueJob(
  engine: Engine,
  type: RequestedJobType,
  name: UnitName,
  mode: JobMode,
  origin: Job['origin'],
): Enqueued {
  const { unit } = loadUnit(engine, name);
  const built = buildTransaction(engine.scene, { unit: unit.name, type, mode });
  if (!built.ok) {
    if (built.cycle !== undefined) tellCycle(engine, unit.name, built.cycle, undefined);
    return { ok: false, error: built.error };
  }
  tellTroubles(engine, built.transaction);
  return { ok: true, job: installTransaction(engine, built.transaction, origin), transaction: built.transaction };
}

/** What was left out in a way that the operator must know. */
function tellTroubles(engine: Engine, transaction: Transaction): void {
  const anchor = transaction.anchor.unit;
  for (const { unit, type, reason } of transaction.dropped) {
    if (reason.kind === 'cycle') tellCycle(engine, anchor, reason.path, { unit, type });
  }
  for (const { unit, by, error } of transaction.skipped) {
    if (error.code === 'NoSuchUnit' || error.code === 'UnitMasked' || error.code === 'JobTypeNotApplicable') continue;
    log(engine, by, 'warning', `Cannot add dependency job for ${unit}, ignoring: ${error.message}`);
  }
}

function tellCycle(engine: Engine, anchor: UnitName, path: readonly CycleStep[], victim: CycleStep | undefined): void {
  const unitOf = (name: UnitName) => recordOf(engine, name).unit;
  for (const line of explainCycle(engine.world.graph, unitOf, path)) log(engine, anchor, 'err', line);
  if (victim === undefined) log(engine, anchor, 'err', 'Unable to break the ordering cycle.');
  else log(engine, anchor, 'err', `Job ${victim.unit}/${victim.type} deleted to break the ordering cycle.`);
}
