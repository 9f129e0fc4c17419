/** What building a transaction asks of the running system: a view, nothing is copied. Names are real names of loaded units. */
import type { UnitName } from '../units/name.ts';
import type { ActiveState } from './active-state.ts';
import type { Graph } from './digraph.ts';
import type { JobType } from './job.ts';
import type { TransactionError } from './transaction/error.ts';

/** A job that is in the queue already. */
export interface InstalledJob {
  readonly type: JobType;
  readonly irreversible: boolean;
  readonly ignoreOrder: boolean;
}

export interface Scene {
  readonly graph: Graph;
  active(unit: UnitName): ActiveState;
  /** What stands against any job but a stop: transaction/error.ts' loadError(). */
  loadError(unit: UnitName): TransactionError | undefined;
  installed(unit: UnitName): InstalledJob | undefined;
  canReload(unit: UnitName): boolean;
  /** Can never be stopped (`-.slice`). */
  isPerpetual(unit: UnitName): boolean;
  allowsIsolate(unit: UnitName): boolean;
  ignoresIsolate(unit: UnitName): boolean;
  /** Every loaded unit. */
  all(): Iterable<UnitName>;
  /**
   * Where the outcome hangs on which job is looked at first: that order. systemd's is a hash's, another one each time; ours is that of
   * finding unless this is there (tests try many).
   */
  shuffle?<T>(list: readonly T[]): readonly T[];
}
