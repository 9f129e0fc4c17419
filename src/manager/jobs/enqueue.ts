/** A request becomes a transaction, and that becomes queued jobs: manager_add_job(). */
import { cycleLines, explainCycle } from '../../graph/explain.ts';
import type { RequestedJobType } from '../../graph/job.ts';
import { buildTransaction } from '../../graph/transaction/build.ts';
import type { Transaction } from '../../graph/transaction/build.ts';
import type { Cycle } from '../../graph/transaction/draft.ts';
import type { JobMode } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import type { ManagerError } from '../api.ts';
import type { Engine } from '../engine.ts';
import { log, recordOf } from '../engine.ts';
import { loadUnit } from '../loading.ts';
import type { Job, JobId } from '../state.ts';
import type { Activation } from '../world.ts';
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
  activation?: Activation,
): Enqueued {
  const { unit } = loadUnit(engine, name);
  const built = buildTransaction(engine.scene, { unit: unit.name, type, mode });
  for (const cycle of built.cycles) tellCycle(engine, cycle);
  if (!built.ok) {
    tellRefusal(engine, unit.name, built.error);
    return { ok: false, error: built.error };
  }
  tellSkipped(engine, built.transaction);
  const id = installTransaction(engine, built.transaction, origin);
  const job = activation === undefined ? undefined : engine.world.jobs.get(id);
  if (job !== undefined) job.activation ??= activation;
  return { ok: true, job: id, transaction: built.transaction };
}

/** As systemd tells it, and then by which dependencies and files. */
function tellCycle(engine: Engine, cycle: Cycle): void {
  const { about, found, end } = cycleLines(cycle);
  if (about === undefined) return;
  for (const line of found) log(engine, about, 'warning', line);
  for (const line of explainCycle(engine.world.graph, (name) => recordOf(engine, name).unit, cycle.path)) {
    log(engine, about, 'warning', line);
  }
  log(engine, about, 'err', end);
}

/** What is wrong with the configuration and not with the request (transaction_activate()). */
function tellRefusal(engine: Engine, anchor: UnitName, { code, message }: ManagerError): void {
  const lead = refusals[code];
  if (lead === undefined) return;
  log(engine, anchor, code === 'TransactionIsDestructive' ? 'notice' : 'warning', `${lead}: ${message}`, 'whole');
}

const refusals: Partial<Readonly<Record<ManagerError['code'], string>>> = {
  TransactionOrderIsCyclic: 'Requested transaction contains an unfixable cyclic ordering dependency',
  TransactionJobsConflicting: 'Requested transaction contains unmergeable jobs',
  TransactionIsDestructive: 'Requested transaction contradicts existing jobs',
};

/** Pulled in, impossible, and not worth to fail for: what is common (not there, masked) is not told. */
function tellSkipped(engine: Engine, transaction: Transaction): void {
  for (const { unit, type, error, isRequired } of transaction.skipped) {
    if (isRequired) continue;
    if (type === 'reload') log(engine, unit, 'warning', `Cannot add dependency reload job, ignoring: ${error.message}`);
    else if (type === 'stop' || !common.has(error.code))
      log(engine, unit, 'warning', `Cannot add dependency job, ignoring: ${error.message}`);
  }
}

const common: ReadonlySet<ManagerError['code']> = new Set(['NoSuchUnit', 'UnitMasked', 'JobTypeNotApplicable']);
