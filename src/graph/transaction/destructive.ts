/** May the transaction replace what is in the queue? transaction_is_destructive(). */
import type { JobMode } from '../../units/model.ts';
import { isConflicting } from '../job.ts';
import type { Draft, DraftJob } from './draft.ts';
import type { TransactionError } from './error.ts';
import { destructive } from './error.ts';

/** Nothing replaces an irreversible job, and mode fail replaces none. */
export function destroys(draft: Draft, anchor: DraftJob, mode: JobMode): TransactionError | undefined {
  for (const job of draft.scene.shuffle?.([...draft.jobs.values()]) ?? draft.jobs.values()) {
    const installed = draft.scene.installed(job.unit);
    if (installed === undefined || (mode !== 'fail' && !installed.irreversible)) continue;
    if (isConflicting(installed.type, job.type)) return destructive(anchor, job.unit, installed.type, job.type);
  }
  return undefined;
}
