/** How a service's processes are run and killed, for `show`: systemd's src/core/dbus-execute.c and dbus-kill.c. */
import type { DirectoryClass, ExecSettings, KillSettings, StreamTarget } from '../../units/exec-model.ts';
import type { UnitType } from '../../units/model.ts';
import { allCapabilities, formatCapabilities } from '../../units/values/capability.ts';
import { formatMode } from '../../units/values/mode.ts';
import type { ManagedCall } from '../call.ts';
import { limitProperties } from './limit-properties.ts';
import { constant, list, type Property, property, yes } from './property.ts';

/** `dropped`: capabilities that other settings take away. */
export function execProperties(call: ManagedCall, exec: ExecSettings, dropped: bigint): readonly Property[] {
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
    ...(exec.directories[kind].links.length === 0
      ? []
      : [property(`${name}Symlink`, () => exec.directories[kind].links.map(([path, link]) => `${path}:${link}`))]),
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
    ...streamProperties('StandardInput', exec.stdin),
    ...streamProperties('StandardOutput', exec.stdout),
    ...streamProperties('StandardError', exec.stderr),
    constant('TTYPath', exec.ttyPath),
    property('SyslogPriority', () => String(24 + exec.syslogLevel)),
    constant('SyslogIdentifier', exec.syslogIdentifier),
    constant('SyslogLevelPrefix', yes(exec.syslogLevelPrefix)),
    constant('SyslogLevel', String(exec.syslogLevel)),
    property('CapabilityBoundingSet', () =>
      formatCapabilities((exec.boundingCapabilities ?? allCapabilities) & ~dropped),
    ),
    property('AmbientCapabilities', () => formatCapabilities(exec.ambientCapabilities ?? 0n)),
    constant('User', exec.user),
    constant('Group', exec.group),
    property('SupplementaryGroups', () => list(exec.supplementaryGroups)),
    constant('IgnoreSIGPIPE', yes(exec.ignoreSigpipe)),
    constant('NoNewPrivileges', yes(exec.noNewPrivileges)),
    ...directories,
    property('ExecSearchPath', () => list(exec.execSearchPath)),
  ];
}

/** What is not the same everywhere of a unit of this type that sets nothing, or was not read. */
export function unsetExecProperties(call: ManagedCall, type: UnitType): readonly Property[] {
  return [
    ...limitProperties(call, { limits: new Map() }),
    property('CapabilityBoundingSet', () => formatCapabilities(allCapabilities)),
    // A service without its own is given the default output when all is read.
    ...(type === 'service' ? [constant('StandardOutput', 'inherit')] : []),
    // Their commands are one group of processes, with one keyring.
    ...(type === 'service' ? [] : [constant('KeyringMode', 'shared')]),
    ...(type === 'mount' || type === 'swap' ? [constant('SameProcessGroup', 'yes')] : []),
  ];
}

/** Which file it is, the bus does not tell. */
function streamProperties(name: string, target: StreamTarget): readonly Property[] {
  return [constant(name, target.kind), constant(`${name}FileDescriptorName`, target.kind === 'fd' ? target.name : '')];
}

export function killProperties(kill: KillSettings): readonly Property[] {
  return [
    constant('KillMode', kill.mode),
    constant('KillSignal', String(kill.signal)),
    constant('RestartKillSignal', String(kill.restartSignal ?? kill.signal)),
    constant('FinalKillSignal', String(kill.finalSignal)),
    constant('SendSIGKILL', yes(kill.sendSigkill)),
    constant('SendSIGHUP', yes(kill.sendSighup)),
    constant('WatchdogSignal', String(kill.watchdogSignal)),
  ];
}
