/** A Unit as the lines that `systemctl show --all` prints for it: the properties that pidone fills, in systemd's form. */
import { list } from '../../src/ctl/render/property.ts';
import type { ExecCommand, ExitStatusSet, StreamTarget } from '../../src/units/exec-model.ts';
import type { DependencyKind, Unit } from '../../src/units/model.ts';
import { formatBoolean } from '../../src/units/values/boolean.ts';
import { allCapabilities, formatCapabilities } from '../../src/units/values/capability.ts';
import { formatDuration } from '../../src/units/values/duration.ts';
import { limitInfinity, limitResources } from '../../src/units/values/limit.ts';
import { formatMode } from '../../src/units/values/mode.ts';
import { formatSignal } from '../../src/units/values/signal.ts';

export type Properties = ReadonlyMap<string, string>;

export function propertiesOf(unit: Unit): Properties {
  const found = new Map<string, string>();
  const put = (key: string, value: string | number): void => void found.set(key, String(value));
  const { common, service } = unit;
  put('Names', [...unit.names].map((name) => list([name])).join(' '));
  put('LoadState', unit.load);
  put('FragmentPath', unit.fragmentPath);
  put('DropInPaths', unit.dropInPaths.join(' '));
  put('Description', common.description);
  if (unit.load !== 'loaded') return found;
  put('Documentation', list(common.documentation));
  put('SourcePath', common.sourcePath);
  put('StopWhenUnneeded', formatBoolean(common.stopWhenUnneeded));
  put('RefuseManualStart', formatBoolean(common.refuseManualStart));
  put('RefuseManualStop', formatBoolean(common.refuseManualStop));
  put('AllowIsolate', formatBoolean(common.allowIsolate));
  put('IgnoreOnIsolate', formatBoolean(common.ignoreOnIsolate));
  put('DefaultDependencies', formatBoolean(common.defaultDependencies));
  put('OnSuccessJobMode', common.onSuccessJobMode);
  put('OnFailureJobMode', common.onFailureJobMode);
  put('JobTimeoutUSec', formatDuration(common.jobTimeout));
  put('JobRunningTimeoutUSec', formatDuration(common.jobRunningTimeout));
  put('StartLimitIntervalUSec', formatDuration(common.startLimitInterval));
  put('StartLimitBurst', common.startLimitBurst);
  put('StartLimitAction', common.startLimitAction);
  put('FailureAction', common.failureAction);
  put('SuccessAction', common.successAction);
  put('FailureActionExitStatus', common.failureActionExitStatus ?? '[not set]');
  put('SuccessActionExitStatus', common.successActionExitStatus ?? '[not set]');
  put('CollectMode', common.collectMode);
  if (service === undefined) return found;

  put('Type', service.type);
  put('Restart', service.restart);
  put('PIDFile', service.pidFile);
  put('NotifyAccess', service.notifyAccess);
  put('RestartUSec', formatDuration(service.restartUsec));
  put('TimeoutStartUSec', formatDuration(service.timeoutStart));
  put('TimeoutStopUSec', formatDuration(service.timeoutStop));
  put('TimeoutAbortUSec', formatDuration(service.timeoutAbort ?? service.timeoutStop));
  put('TimeoutStartFailureMode', service.timeoutStartFailureMode);
  put('TimeoutStopFailureMode', service.timeoutStopFailureMode);
  put('RuntimeMaxUSec', formatDuration(service.runtimeMax));
  put('RootDirectoryStartOnly', formatBoolean(service.rootDirectoryStartOnly));
  put('RemainAfterExit', formatBoolean(service.remainAfterExit));
  put('GuessMainPID', formatBoolean(service.guessMainPid));
  put('BusName', service.busName);
  put('SuccessExitStatus', formatStatuses(service.successExitStatus));
  put('RestartPreventExitStatus', formatStatuses(service.restartPreventExitStatus));
  put('RestartForceExitStatus', formatStatuses(service.restartForceExitStatus));
  for (const [slot, commands] of Object.entries(service.commands)) {
    if (commands.length > 0) put(`${slot}Ex`, commands.map(formatCommand).join('\n'));
  }
  const { exec, kill } = service;
  put('Environment', list(exec.environment));
  const environmentFiles = exec.environmentFiles.map(
    ({ path, mayMiss }) => `${path} (ignore_errors=${formatBoolean(mayMiss)})`,
  );
  put('EnvironmentFiles', environmentFiles.join('\n'));
  put('PassEnvironment', list(exec.passEnvironment));
  put('UnsetEnvironment', list(exec.unsetEnvironment));
  put('UMask', formatMode(exec.umask));
  put(
    'WorkingDirectory',
    (exec.workingDirectory.mayMiss ? '!' : '') + (exec.workingDirectory.home ? '~' : exec.workingDirectory.path),
  );
  put('RootDirectory', exec.rootDirectory);
  put('User', exec.user);
  put('Group', exec.group);
  put('SupplementaryGroups', list(exec.supplementaryGroups));
  put('Nice', exec.nice ?? 0);
  put('OOMScoreAdjust', exec.oomScoreAdjust ?? 0);
  put('StandardInput', formatStream(exec.stdin));
  put('StandardOutput', formatStream(exec.stdout));
  put('StandardError', formatStream(exec.stderr));
  put('TTYPath', exec.ttyPath);
  put('SyslogIdentifier', exec.syslogIdentifier);
  put('SyslogLevelPrefix', formatBoolean(exec.syslogLevelPrefix));
  put('SyslogLevel', exec.syslogLevel);
  put('IgnoreSIGPIPE', formatBoolean(exec.ignoreSigpipe));
  put('NoNewPrivileges', formatBoolean(exec.noNewPrivileges));
  put('AmbientCapabilities', formatCapabilities(exec.ambientCapabilities ?? 0n));
  put('CapabilityBoundingSet', formatCapabilities(exec.boundingCapabilities ?? allCapabilities));
  put('TimerSlackNSec', String(exec.timerSlackNsec ?? 50_000n));
  put('ExecSearchPath', list(exec.execSearchPath));
  put('RuntimeDirectoryPreserve', exec.runtimeDirectoryPreserve);
  for (const [name, key] of [
    ['runtime', 'Runtime'],
    ['state', 'State'],
    ['cache', 'Cache'],
    ['logs', 'Logs'],
    ['configuration', 'Configuration'],
  ] as const) {
    put(`${key}Directory`, list(exec.directories[name].paths));
    put(`${key}DirectoryMode`, formatMode(exec.directories[name].mode));
  }
  for (const [key, { resource }] of Object.entries(limitResources)) {
    const limit = exec.limits.get(resource);
    if (limit === undefined) continue;
    put(key, formatLimit(limit.hard));
    put(`${key}Soft`, formatLimit(limit.soft));
  }
  put('KillMode', kill.mode);
  put('KillSignal', kill.signal);
  put('RestartKillSignal', kill.restartSignal ?? kill.signal);
  put('FinalKillSignal', kill.finalSignal);
  put('WatchdogSignal', kill.watchdogSignal);
  put('SendSIGHUP', formatBoolean(kill.sendSighup));
  put('SendSIGKILL', formatBoolean(kill.sendSigkill));
  return found;
}

/** The dependencies that a unit has by itself, by the property that shows them. */
export function dependenciesOf(unit: Unit): ReadonlyMap<DependencyKind, ReadonlySet<string>> {
  const found = new Map<DependencyKind, Set<string>>();
  for (const { kind, on } of unit.dependencies) {
    const names = found.get(kind);
    if (names === undefined) found.set(kind, new Set([on]));
    else names.add(on);
  }
  return found;
}

function formatCommand({ path, argv, ignoreFailure, substitute, privilege }: ExecCommand): string {
  const flags = [
    ...(ignoreFailure ? ['ignore-failure'] : []),
    ...(privilege === '+' ? ['privileged'] : privilege === '!' ? ['no-setuid'] : privilege === '!!' ? ['ambient'] : []),
    ...(substitute ? [] : ['no-env-expand']),
  ];
  return `{ path=${path} ; argv[]=${argv.join(' ')} ; flags=${flags.join(' ')} ;`;
}

function formatStatuses({ statuses, signals }: ExitStatusSet): string {
  const numbers = [...statuses].sort((a, b) => a - b).map(String);
  const names = [...signals].sort((a, b) => a - b).map((number) => formatSignal(number).slice(3));
  return [...numbers, ...names].join(' ');
}

function formatStream(stream: StreamTarget): string {
  switch (stream.kind) {
    case 'fd':
      return `fd:${stream.name}`;
    case 'file':
    case 'append':
    case 'truncate':
      return `${stream.kind}:${stream.path}`;
    default:
      return stream.kind;
  }
}

function formatLimit(value: bigint): string {
  return value === limitInfinity ? 'infinity' : String(value);
}
