/** FailureAction=, SuccessAction=, StartLimitAction=, JobTimeoutAction=: what is to become of the whole container (emergency_action()). */
import type { EmergencyAction } from '../units/model.ts';
import type { Engine } from './engine.ts';
import { log } from './engine.ts';
import type { UnitRecord } from './world.ts';

export interface Emergency {
  readonly action: EmergencyAction;
  /** FailureActionExitStatus= and the like; undefined: that of the main process, and 255 where a signal ended it. */
  readonly exitStatus: number | undefined;
  /** Where there was no main process. systemd leaves with 0 even then; whoever started the container should see that something failed. */
  readonly otherwise: number;
  readonly reason: string;
  /** It is no end of the unit that was foreseen, so it is told (EMERGENCY_ACTION_WARN). */
  readonly warns: boolean;
}

export function emergency(engine: Engine, record: UnitRecord, what: Emergency): void {
  const { action, exitStatus, otherwise, reason, warns } = what;
  if (action === 'none') return;
  const { name } = record.unit;
  if (warns) log(engine, name, 'warning', `${words[action]}: ${reason}`, 'whole');
  const status = exitStatus ?? engine.machine.exitStatus(record.state) ?? otherwise;
  engine.effects.push({ kind: 'emergency', unit: name, action, status, reason });
}

const words: Readonly<Record<Exclude<EmergencyAction, 'none'>, string>> = {
  exit: 'Exiting',
  'exit-force': 'Exiting immediately',
  reboot: 'Rebooting',
  'reboot-force': 'Forcibly rebooting',
  'reboot-immediate': 'Rebooting immediately',
  poweroff: 'Powering off',
  'poweroff-force': 'Forcibly powering off',
  'poweroff-immediate': 'Powering off immediately',
};
