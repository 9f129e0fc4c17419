/**
 * Why a job cannot be: systemd's D-Bus error names and its manager's sentences (src/core/dbus-unit.c
 * bus_unit_validate_load_state(), src/core/transaction.c, manager_add_job()).
 */
import type { LoadState } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import type { JobType } from '../job.ts';

export interface TransactionError {
  readonly code:
    | 'NoSuchUnit'
    | 'LoadFailed'
    | 'BadUnitSetting'
    | 'UnitMasked'
    | 'JobTypeNotApplicable'
    | 'TransactionIsDestructive'
    | 'TransactionOrderIsCyclic'
    | 'TransactionJobsConflicting'
    | 'NoIsolation'
    | 'InvalidArgs';
  readonly message: string;
}

/** Why a unit in this load state can have no job but a stop. `why`: for `error`, its errno's text. */
export function loadError(unit: UnitName, load: Exclude<LoadState, 'loaded'>, why: string): TransactionError {
  switch (load) {
    case 'not-found':
      return { code: 'NoSuchUnit', message: `Unit ${unit} not found.` };
    case 'bad-setting':
      return { code: 'BadUnitSetting', message: `Unit ${unit} has a bad unit file setting.` };
    case 'error':
      return {
        code: 'LoadFailed',
        message: `Unit ${unit} failed to load properly, please adjust/correct and reload service manager: ${why}`,
      };
    case 'masked':
      return { code: 'UnitMasked', message: `Unit ${unit} is masked.` };
  }
}

export function notApplicable(unit: UnitName, type: JobType): TransactionError {
  return { code: 'JobTypeNotApplicable', message: `Job type ${type} is not applicable for unit ${unit}.` };
}

export function conflicting(unit: UnitName, a: JobType, b: JobType): TransactionError {
  return {
    code: 'TransactionJobsConflicting',
    message: `Transaction contains conflicting jobs '${a}' and '${b}' for ${unit}. Probably contradicting requirement dependencies configured.`,
  };
}

export function destructive(
  anchor: { readonly unit: UnitName; readonly type: JobType },
  unit: UnitName,
  installed: JobType,
  wanted: JobType,
): TransactionError {
  return {
    code: 'TransactionIsDestructive',
    message: `Transaction for ${anchor.unit}/${anchor.type} is destructive (${unit} has '${installed}' job queued, but '${wanted}' is included in transaction).`,
  };
}

export const orderIsCyclic: TransactionError = {
  code: 'TransactionOrderIsCyclic',
  message: 'Transaction order is cyclic. See system logs for details.',
};

export const noIsolation: TransactionError = {
  code: 'NoIsolation',
  message: 'Operation refused, unit may not be isolated.',
};

export const isolateIsForStart: TransactionError = {
  code: 'InvalidArgs',
  message: 'Isolate is only valid for start.',
};

export const triggeringIsForStop: TransactionError = {
  code: 'InvalidArgs',
  message: '--job-mode=triggering is only valid for stop.',
};

export const restartingIsForStart: TransactionError = {
  code: 'InvalidArgs',
  message: '--job-mode=restart-dependencies is only valid for start.',
};
