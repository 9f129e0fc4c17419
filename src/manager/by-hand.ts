/** What may not be asked by hand: RefuseManualStart=, RefuseManualStop= of systemd.unit(5). */
import type { UnitName } from '../units/name.ts';
import type { ManagerError } from './api.ts';

export function onlyByDependency(unit: UnitName): ManagerError {
  return {
    code: 'OnlyByDependency',
    message: `Operation refused, unit ${unit} may be requested by dependency only (it is configured to refuse manual start/stop).`,
  };
}
