/** Restart=: whether a service that ended is started again (service_shall_restart(); systemd.service(5), table 2). */
import type { RestartSetting, ServiceSettings } from '../../units/model.ts';
import type { ExitStatusSet } from '../../units/exec-model.ts';
import type { ProcessEnd, ServiceResult, ServiceState } from './state.ts';

export function shallRestart(settings: ServiceSettings, state: ServiceState): boolean {
  if (state.forbidRestart) return false;
  const end = state.mainRun?.end;
  if (end !== undefined && includes(settings.restartPreventExitStatus, end)) return false;
  if (end !== undefined && includes(settings.restartForceExitStatus, end)) return true;
  return restartsOn[settings.restart](state.result);
}

/** usec until the next restart, after so many: RestartSec= grows to RestartMaxDelaySec= in RestartSteps=, each longer by the same factor (service_restart_usec_next() of systemd 254). */
export function restartDelay(settings: ServiceSettings, restarts: number): number {
  const { restartUsec: first, restartMaxDelay: longest, restartSteps: steps } = settings;
  if (restarts === 0 || steps === 0 || first === 0 || longest === Infinity || first >= longest) return first;
  return restarts >= steps ? longest : Math.floor(first * (longest / first) ** (restarts / steps));
}

const restartsOn: Readonly<Record<RestartSetting, (result: ServiceResult) => boolean>> = {
  no: () => false,
  always: (result) => result !== 'exec-condition',
  'on-success': (result) => result === 'success',
  'on-failure': (result) => result !== 'success' && result !== 'exec-condition',
  'on-abnormal': (result) => result !== 'success' && result !== 'exit-code' && result !== 'exec-condition',
  'on-abort': (result) => result === 'signal' || result === 'core-dump',
  'on-watchdog': (result) => result === 'watchdog',
};

function includes(set: ExitStatusSet, end: ProcessEnd): boolean {
  if (end.code === 'exited') return set.statuses.has(end.status);
  return end.code !== 'unknown' && set.signals.has(end.status);
}
