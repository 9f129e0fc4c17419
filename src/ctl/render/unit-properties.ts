/** What `show` knows of a unit, by systemd's names, formats and order: src/core/dbus-unit.c, dbus-service.c, dbus-execute.c, dbus-kill.c. */
import { loadErrorText } from './load-error.ts';
import type { CommandRun, ServiceState, Stamp, UnitView } from '../../manager/api.ts';
import { sliceOf } from '../../units/implicit.ts';
import { fileStateOf } from '../file-state.ts';
import {
  type Condition,
  type DirectoryClass,
  type ExecCommand,
  execSlots,
  type ExecSettings,
  type ExitStatusSet,
  type ServiceSettings,
  type StreamTarget,
} from '../../units/model.ts';
import { allCapabilities, formatCapabilities } from '../../units/values/capability.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { formatMode } from '../../units/values/mode.ts';
import { formatSignal } from '../../units/values/signal.ts';
import type { ManagedCall } from '../call.ts';
import { limitProperties } from './limit-properties.ts';
import { constant, list, type Property, property, yes } from './property.ts';
import { codeNumber } from './process-end.ts';
import { timestamp } from './time.ts';
import { descriptionOf } from './unit-look.ts';

export function unitProperties(call: ManagedCall, view: UnitView): readonly Property[] {
  const { service, unit } = view;
  const own: Property[] = [];
  if (unit.service !== undefined && service !== undefined) {
    own.push(...serviceProperties(call, view, unit.service, service));
    own.push(...execProperties(call, unit.service.exec), ...acceptedProperties(view));
    own.push(...killProperties(unit.service));
  }
  return [...own, ...commonProperties(call, view)];
}

function span(value: number): string {
  return formatDuration(value);
}

function stamps(call: ManagedCall, name: string, stamp: Stamp | undefined): readonly Property[] {
  const { face } = call.services;
  return [
    property(name, () => timestamp(face, stamp?.realtime ?? 0, call.options.timestampStyle)),
    property(`${name}Monotonic`, () => String(stamp?.monotonic ?? 0)),
  ];
}

function serviceProperties(
  call: ManagedCall,
  view: UnitView,
  settings: ServiceSettings,
  state: ServiceState,
): readonly Property[] {
  const main = state.main.kind === 'runs' ? state.main.pid : 0;
  const control = state.control.kind === 'runs' ? state.control.pid : 0;
  const { mainRun } = state;
  return [
    constant('Type', settings.type),
    constant('ExitType', settings.exitType),
    constant('Restart', settings.restart),
    constant('RestartMode', settings.restartMode),
    constant('PIDFile', settings.pidFile),
    constant('NotifyAccess', state.notifyAccess ?? settings.notifyAccess),
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
    property('WatchdogUSec', () => span(state.watchdogUsec ?? settings.watchdog)),
    ...stamps(call, 'WatchdogTimestamp', state.watchdogStamp),
    constant('RootDirectoryStartOnly', yes(settings.rootDirectoryStartOnly)),
    constant('RemainAfterExit', yes(settings.remainAfterExit)),
    constant('GuessMainPID', yes(settings.guessMainPid)),
    property('RestartPreventExitStatus', () => statuses(settings.restartPreventExitStatus)),
    property('RestartForceExitStatus', () => statuses(settings.restartForceExitStatus)),
    property('SuccessExitStatus', () => statuses(settings.successExitStatus)),
    constant('MainPID', String(main)),
    constant('ControlPID', String(control)),
    constant('BusName', settings.busName),
    constant('FileDescriptorStoreMax', String(settings.fileDescriptorStoreMax)),
    constant('NFileDescriptorStore', String(state.stored)),
    constant('FileDescriptorStorePreserve', settings.fileDescriptorStorePreserve),
    constant('StatusText', state.statusText),
    constant('StatusErrno', String(state.statusErrno)),
    constant('StatusBusError', state.statusBusError),
    constant('Result', state.result),
    constant('ReloadResult', state.reloadResult),
    constant('CleanResult', state.cleanResult),
    constant('UID', '[not set]'),
    constant('GID', '[not set]'),
    constant('NRestarts', String(state.restarts)),
    ...(view.unit.accepted.has('OOMPolicy') ? [] : [constant('OOMPolicy', 'stop')]),
    ...stamps(call, 'ExecMainStartTimestamp', mainRun?.started),
    ...stamps(call, 'ExecMainExitTimestamp', mainRun?.ended),
    constant('ExecMainPID', String(mainRun?.pid ?? main)),
    constant('ExecMainCode', String(codeNumber(mainRun?.end))),
    constant('ExecMainStatus', String(mainRun?.end?.status ?? 0)),
    ...execSlots.flatMap((slot) => [
      property(slot, () =>
        settings.commands[slot].map((each, i) => commandText(call, each, state.runs[slot]?.[i], false)),
      ),
      property(`${slot}Ex`, () =>
        settings.commands[slot].map((each, i) => commandText(call, each, state.runs[slot]?.[i], true)),
      ),
    ]),
    property('Slice', () => sliceOf(view.unit.name, view.unit.accepted)),
    constant('ControlGroup', view.keepers.length > 0 ? `/system.slice/${view.unit.name}` : ''),
    constant('MemoryCurrent', '[not set]'),
    constant('CPUUsageNSec', '[not set]'),
    constant('TasksCurrent', '[not set]'),
  ];
}

/** `{ path=/bin/true ; argv[]=/bin/true ; ignore_errors=no ; start_time=[n/a] ; … }` */
function commandText(call: ManagedCall, command: ExecCommand, run: CommandRun | undefined, extended: boolean): string {
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

function statuses({ statuses: numbers, signals }: ExitStatusSet): string {
  return [
    ...[...numbers].sort((a, b) => a - b).map(String),
    ...[...signals].map((each) => formatSignal(each).replace(/^SIG/, '')),
  ].join(' ');
}

function execProperties(call: ManagedCall, exec: ExecSettings): readonly Property[] {
  const directories = (
    [
      ['RuntimeDirectory', 'runtime'],
      ['StateDirectory', 'state'],
      ['CacheDirectory', 'cache'],
      ['LogsDirectory', 'logs'],
      ['ConfigurationDirectory', 'configuration'],
    ] as const satisfies readonly (readonly [string, DirectoryClass])[]
  ).flatMap(([name, kind]) => [
    ...(kind === 'runtime' ? [constant('RuntimeDirectoryPreserve', exec.runtimeDirectoryPreserve)] : []),
    property(`${name}Mode`, () => formatMode(exec.directories[kind].mode)),
    property(name, () => list(exec.directories[kind].paths)),
  ]);
  const { workingDirectory } = exec;
  return [
    property('Environment', () => list(exec.environment)),
    property('EnvironmentFiles', () =>
      exec.environmentFiles.map(({ path, mayMiss }) => `${path} (ignore_errors=${yes(mayMiss)})`),
    ),
    property('PassEnvironment', () => list(exec.passEnvironment)),
    property('UnsetEnvironment', () => list(exec.unsetEnvironment)),
    property('UMask', () => formatMode(exec.umask)),
    ...limitProperties(call, exec),
    property(
      'WorkingDirectory',
      () => `${workingDirectory.mayMiss ? '!' : ''}${workingDirectory.home ? '~' : workingDirectory.path}`,
    ),
    constant('RootDirectory', exec.rootDirectory),
    constant('OOMScoreAdjust', String(exec.oomScoreAdjust ?? 0)),
    constant('Nice', String(exec.nice ?? 0)),
    property('TimerSlackNSec', () => String(exec.timerSlackNsec ?? 50000n)),
    property('StandardInput', () => streamText(exec.stdin)),
    property('StandardOutput', () => streamText(exec.stdout)),
    property('StandardError', () => streamText(exec.stderr)),
    constant('TTYPath', exec.ttyPath),
    property('SyslogPriority', () => String(24 + exec.syslogLevel)),
    constant('SyslogIdentifier', exec.syslogIdentifier),
    constant('SyslogLevelPrefix', yes(exec.syslogLevelPrefix)),
    constant('SyslogLevel', String(exec.syslogLevel)),
    constant('SyslogFacility', '3'),
    property('CapabilityBoundingSet', () => formatCapabilities(exec.boundingCapabilities ?? allCapabilities)),
    property('AmbientCapabilities', () => formatCapabilities(exec.ambientCapabilities ?? 0n)),
    constant('User', exec.user),
    constant('Group', exec.group),
    property('SupplementaryGroups', () => list(exec.supplementaryGroups)),
    constant('IgnoreSIGPIPE', yes(exec.ignoreSigpipe)),
    constant('NoNewPrivileges', yes(exec.noNewPrivileges)),
    ...directories,
    property('ExecSearchPath', () => exec.execSearchPath.join(':')),
  ];
}

function streamText(target: StreamTarget): string {
  switch (target.kind) {
    case 'fd':
      return `fd:${target.name}`;
    case 'file':
    case 'append':
    case 'truncate':
      return `${target.kind}:${target.path}`;
    default:
      return target.kind;
  }
}

/** Settings that are known and have no effect here, as they were written. */
function acceptedProperties({ unit }: UnitView): readonly Property[] {
  return [...unit.accepted].flatMap(([key, value]) => (key === 'Slice' ? [] : constant(key, value)));
}

function killProperties({ kill, reloadSignal }: ServiceSettings): readonly Property[] {
  return [
    constant('KillMode', kill.mode),
    constant('KillSignal', String(kill.signal)),
    constant('RestartKillSignal', String(kill.restartSignal ?? kill.signal)),
    constant('FinalKillSignal', String(kill.finalSignal)),
    constant('SendSIGKILL', yes(kill.sendSigkill)),
    constant('SendSIGHUP', yes(kill.sendSighup)),
    constant('WatchdogSignal', String(kill.watchdogSignal)),
    constant('ReloadSignal', String(reloadSignal)),
  ];
}

const dependencyProperties =
  'Requires Requisite Wants BindsTo PartOf Upholds RequiredBy RequisiteOf WantedBy BoundBy UpheldBy ConsistsOf Conflicts ConflictedBy Before After OnFailure OnFailureOf OnSuccess OnSuccessOf Triggers TriggeredBy PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf';

function commonProperties(call: ManagedCall, view: UnitView): readonly Property[] {
  const { unit, stamps: at } = view;
  const { common } = unit;
  const { api } = call;
  const isLoaded = unit.load === 'loaded';
  const isStandIn = unit.standIn !== undefined;
  return [
    constant('Id', unit.name),
    property('Names', () => list(unit.names)),
    ...dependencyProperties.split(' ').map((kind) => property(kind, () => list(api.dependencies(unit.name, kind)))),
    property('RequiresMountsFor', () => list(common.requiresMountsFor)),
    property('Documentation', () => list(common.documentation)),
    property('Description', () => descriptionOf(view)),
    constant('LoadState', unit.load),
    constant('ActiveState', view.active),
    constant('FreezerState', view.service?.frozen === true ? 'frozen' : 'running'),
    constant('SubState', view.sub),
    constant('FragmentPath', unit.fragmentPath),
    constant('SourcePath', common.sourcePath),
    property('DropInPaths', () => list(unit.dropInPaths)),
    property('UnitFileState', () => fileStateOf(call, unit)?.state ?? ''),
    property('UnitFilePreset', () => {
      const file = fileStateOf(call, unit);
      return file === undefined ? '' : file.preset ? 'enabled' : 'disabled';
    }),
    ...stamps(call, 'StateChangeTimestamp', at.stateChange),
    ...stamps(call, 'InactiveExitTimestamp', at.inactiveExit),
    ...stamps(call, 'ActiveEnterTimestamp', at.activeEnter),
    ...stamps(call, 'ActiveExitTimestamp', at.activeExit),
    ...stamps(call, 'InactiveEnterTimestamp', at.inactiveEnter),
    constant('CanStart', yes(isLoaded && !common.refuseManualStart)),
    constant('CanStop', yes(isLoaded && !common.refuseManualStop && !(isStandIn && unit.name === '-.slice'))),
    property('CanReload', () => yes(view.canReload)),
    constant('CanIsolate', yes(isLoaded && common.allowIsolate)),
    property('CanClean', () => cleanable(view)),
    constant('CanFreeze', yes(isLoaded && unit.service !== undefined)),
    property('Job', () => (view.job === undefined ? '' : String(view.job.id))),
    constant('StopWhenUnneeded', yes(common.stopWhenUnneeded)),
    constant('RefuseManualStart', yes(common.refuseManualStart)),
    constant('RefuseManualStop', yes(common.refuseManualStop)),
    constant('AllowIsolate', yes(common.allowIsolate)),
    constant('DefaultDependencies', yes(common.defaultDependencies)),
    constant('OnSuccessJobMode', common.onSuccessJobMode),
    constant('OnFailureJobMode', common.onFailureJobMode),
    constant('IgnoreOnIsolate', yes(common.ignoreOnIsolate)),
    property('NeedDaemonReload', () => yes(view.needDaemonReload)),
    property('JobTimeoutUSec', () => span(common.jobTimeout)),
    property('JobRunningTimeoutUSec', () => span(common.jobRunningTimeout)),
    constant('JobTimeoutAction', common.jobTimeoutAction),
    constant('ConditionResult', yes(view.condition.result ?? false)),
    constant('AssertResult', yes(view.assertResult ?? false)),
    ...stamps(call, 'ConditionTimestamp', view.condition.stamp),
    ...stamps(call, 'AssertTimestamp', view.assertResult === undefined ? undefined : view.condition.stamp),
    property('Conditions', () => common.conditions.map((each) => conditionText('Condition', each))),
    property('Asserts', () => common.asserts.map((each) => conditionText('Assert', each))),
    constant('LoadError', loadErrorText(unit)),
    constant('Transient', 'no'),
    constant('Perpetual', yes(unit.name === '-.slice')),
    property('StartLimitIntervalUSec', () => span(common.startLimitInterval)),
    constant('StartLimitBurst', String(common.startLimitBurst)),
    constant('StartLimitAction', common.startLimitAction),
    constant('FailureAction', common.failureAction),
    property('FailureActionExitStatus', () => String(common.failureActionExitStatus ?? '[not set]')),
    constant('SuccessAction', common.successAction),
    property('SuccessActionExitStatus', () => String(common.successActionExitStatus ?? '[not set]')),
    constant('InvocationID', view.service?.invocation ?? ''),
    constant('CollectMode', common.collectMode),
  ];
}

/** What `systemctl clean` would find. */
function cleanable({ unit }: UnitView): string {
  const { service } = unit;
  if (service === undefined) return '';
  const { directories } = service.exec;
  const kinds = (['runtime', 'state', 'cache', 'logs', 'configuration'] as const).filter(
    (kind) => directories[kind].paths.length > 0,
  );
  return service.fileDescriptorStoreMax > 0 ? [...kinds, 'fdstore'].join(' ') : kinds.join(' ');
}

function conditionText(word: string, { kind, trigger, negate, parameter }: Condition): string {
  return `${word}${kind}=${trigger ? '|' : ''}${negate ? '!' : ''}${parameter}`;
}
