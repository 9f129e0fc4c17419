/** What `show` knows of a service: systemd's src/core/dbus-service.c. */
import type { CommandRun, ServiceState, Stamp, UnitView } from '../../manager/api.ts';
import type { ExecCommand } from '../../units/exec-model.ts';
import { execSlots, type ServiceSettings } from '../../units/model.ts';
import { formatExitStatuses } from '../../units/values/exit-status.ts';
import { formatSignal } from '../../units/values/signal.ts';
import type { ManagedCall } from '../call.ts';
import { codeNumber } from './process-end.ts';
import { constant, type Property, property, yes } from './property.ts';
import { span, stamps } from './stamp-properties.ts';
import { timestamp } from './time.ts';

/** What it is to do. */
export function serviceProperties(settings: ServiceSettings): readonly Property[] {
  return [
    constant('Type', settings.type),
    constant('ExitType', settings.exitType),
    constant('Restart', settings.restart),
    constant('RestartMode', settings.restartMode),
    constant('PIDFile', settings.pidFile),
    constant('NotifyAccess', settings.notifyAccess),
    property('RestartUSec', () => span(settings.restartUsec)),
    constant('RestartSteps', String(settings.restartSteps)),
    property('RestartMaxDelayUSec', () => span(settings.restartMaxDelay)),
    property('TimeoutStartUSec', () => span(settings.timeoutStart)),
    property('TimeoutStopUSec', () => span(settings.timeoutStop)),
    property('TimeoutAbortUSec', () => span(settings.timeoutAbort ?? settings.timeoutStop)),
    constant('TimeoutStartFailureMode', settings.timeoutStartFailureMode),
    constant('TimeoutStopFailureMode', settings.timeoutStopFailureMode),
    property('RuntimeMaxUSec', () => span(settings.runtimeMax)),
    property('RuntimeRandomizedExtraUSec', () => span(settings.runtimeRandomizedExtra)),
    constant('RootDirectoryStartOnly', yes(settings.rootDirectoryStartOnly)),
    constant('RemainAfterExit', yes(settings.remainAfterExit)),
    constant('GuessMainPID', yes(settings.guessMainPid)),
    property('RestartPreventExitStatus', () => formatExitStatuses(settings.restartPreventExitStatus)),
    property('RestartForceExitStatus', () => formatExitStatuses(settings.restartForceExitStatus)),
    property('SuccessExitStatus', () => formatExitStatuses(settings.successExitStatus)),
    constant('BusName', settings.busName),
    constant('FileDescriptorStoreMax', String(settings.fileDescriptorStoreMax)),
    constant('FileDescriptorStorePreserve', settings.fileDescriptorStorePreserve),
    constant('OOMPolicy', settings.oomPolicy),
    constant('ReloadSignal', String(settings.reloadSignal)),
  ];
}

/** What has become of it. */
export function serviceStateProperties(
  call: ManagedCall,
  view: UnitView,
  settings: ServiceSettings,
  state: ServiceState,
): readonly Property[] {
  const main = state.main.kind === 'runs' ? state.main.pid : 0;
  const control = state.control.kind === 'runs' ? state.control.pid : 0;
  const { mainRun } = state;
  return [
    // Until it has been started once, systemd has not made up its mind.
    property('WatchdogUSec', () =>
      span(view.stamps.inactiveExit.monotonic === 0 ? Infinity : (state.watchdogUsec ?? settings.watchdog)),
    ),
    ...stamps(call, 'WatchdogTimestamp', state.watchdogStamp),
    constant('NotifyAccess', state.notifyAccess ?? settings.notifyAccess),
    constant('NFileDescriptorStore', String(state.stored)),
    constant('MainPID', String(main)),
    constant('ControlPID', String(control)),
    constant('StatusText', state.statusText),
    constant('StatusErrno', String(state.statusErrno)),
    constant('StatusBusError', state.statusBusError),
    constant('Result', state.result),
    constant('ReloadResult', state.reloadResult),
    constant('CleanResult', state.cleanResult),
    property('UID', () => id(view, 'uid')),
    property('GID', () => id(view, 'gid')),
    constant('NRestarts', String(state.restarts)),
    ...stamps(call, 'ExecMainStartTimestamp', mainRun?.started),
    ...stamps(call, 'ExecMainExitTimestamp', mainRun?.ended),
    constant('ExecMainPID', String(mainRun?.pid ?? main)),
    constant('ExecMainCode', String(codeNumber(mainRun?.end))),
    constant('ExecMainStatus', String(mainRun?.end?.status ?? 0)),
    ...commandProperties(call, settings, state.runs),
    constant('ControlGroup', view.keepers.length > 0 ? `/system.slice/${view.unit.name}` : ''),
  ];
}

/** Known as long as the service is up. */
function id(view: UnitView, key: 'uid' | 'gid'): string {
  const isUp = view.active !== 'inactive' && view.active !== 'failed' && view.sub !== 'auto-restart';
  return String((isUp ? view.ids?.[key] : undefined) ?? '[not set]');
}

/** `runs`: how its commands went the last time. */
export function commandProperties(
  call: ManagedCall,
  settings: ServiceSettings,
  runs: ServiceState['runs'],
): readonly Property[] {
  return execSlots.flatMap((slot) => [
    property(slot, () => settings.commands[slot].map((each, i) => commandText(call, each, runs[slot]?.[i], false))),
    property(`${slot}Ex`, () =>
      settings.commands[slot].map((each, i) => commandText(call, each, runs[slot]?.[i], true)),
    ),
  ]);
}

/** `{ path=/bin/true ; argv[]=/bin/true ; ignore_errors=no ; start_time=[n/a] ; … }` */
export function commandText(
  call: ManagedCall,
  command: ExecCommand,
  run: CommandRun | undefined,
  extended: boolean,
): string {
  const { face } = call.services;
  const moment = (stamp: Stamp | undefined): string => timestamp(face, stamp?.realtime ?? 0) || 'n/a';
  const flags = [
    command.ignoreFailure ? 'ignore-failure' : '',
    command.privilege === '+' ? 'privileged' : '',
    command.privilege === '!' ? 'no-setuid' : '',
    command.privilege === '!!' ? 'ambient' : '',
    command.substitute ? '' : 'no-env-expand',
  ].filter((flag) => flag !== '');
  const end = run?.end;
  const code = end === undefined || end.code === 'unknown' ? '(null)' : end.code;
  const status = end?.status ?? 0;
  const signal = end?.code === 'exited' ? '' : `/${status === 0 ? '0' : formatSignal(status).replace(/^SIG/, '')}`;
  return [
    `{ path=${command.path}`,
    `argv[]=${command.argv.join(' ')}`,
    extended ? `flags=${flags.join(' ')}` : `ignore_errors=${yes(command.ignoreFailure)}`,
    `start_time=[${moment(run?.started)}]`,
    `stop_time=[${moment(run?.ended)}]`,
    `pid=${run?.pid ?? 0}`,
    `code=${code}`,
    `status=${status}${signal} }`,
  ].join(' ; ');
}
