/** FailureAction=, SuccessAction=, StartLimitAction=: what is to become of the whole container (emergency_action()). */
import type { EmergencyAction } from '../units/model.ts';
import type { Engine } from './engine.ts';
import type { UnitRecord } from './world.ts';

/** Exit status: as set, else that of the main process, else 255 (unit_failure_action_exit_status()). */
export function emergency(
  engine: Engine,
  record: UnitRecord,
  action: EmergencyAction,
  exitStatus: number | undefined,
  reason: string,
): void {
  if (action === 'none') return;
  const status = exitStatus ?? engine.machine.exitStatus(record.state) ?? 255;
  engine.effects.push({ kind: 'emergency', unit: record.unit.name, action, status, reason });
}
