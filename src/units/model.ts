/**
 * What the rest of pidone knows of a unit file: a Unit, read-only, with every value parsed. Made by load.ts, once, and
 * again at daemon-reload; the running state lives elsewhere (manager/).
 */
import type { Diagnostic } from './diagnostic.ts';
import type { Microseconds, UnitName } from './name.ts';

export type UnitType =
  'service' | 'target' | 'socket' | 'timer' | 'path' | 'mount' | 'automount' | 'swap' | 'device' | 'slice' | 'scope';

/** systemd's LoadState words that a loaded name can have. */
export type LoadState = 'loaded' | 'not-found' | 'bad-setting' | 'error' | 'masked';

/** Kinds of dependencies as written in files; graph/dependency.ts adds their inverses. */
export type DependencyKind =
  | 'Requires'
  | 'Requisite'
  | 'Wants'
  | 'BindsTo'
  | 'PartOf'
  | 'Upholds'
  | 'Conflicts'
  | 'Before'
  | 'After'
  | 'OnFailure'
  | 'OnSuccess'
  | 'PropagatesReloadTo'
  | 'ReloadPropagatedFrom'
  | 'PropagatesStopTo'
  | 'StopPropagatedFrom'
  | 'JoinsNamespaceOf'
  | 'Triggers'
  | 'TriggeredBy';

/** Where a dependency comes from: a file, a .wants/ link, an implicit rule or the default dependencies. `show` and `list-dependencies` need none of it; `plan` tells it. */
export type DependencyOrigin = 'file' | 'link' | 'implicit' | 'default';

export interface Dependency {
  readonly kind: DependencyKind;
  readonly on: UnitName;
  readonly origin: DependencyOrigin;
}

/**
 * A unit that only a booted machine has. A start job of it is done at once; nothing runs. `active`: what it stands for is there
 * already (a mount that the engine made, a slice), so it counts as active from the beginning; otherwise it stays inactive, as
 * with a condition that does not hold.
 */
export interface StandIn {
  readonly active: boolean;
  /** For status and the log, as the rest of a sentence: "the container's engine mounts". */
  readonly reason: string;
}

export interface Unit {
  /** The name that it was loaded under; for an alias, the real one. */
  readonly name: UnitName;
  /** Every name of the unit, `name` included (Names=). */
  readonly names: readonly UnitName[];
  readonly type: UnitType;
  readonly load: LoadState;
  /** Why load is not `loaded`, for the operator. */
  readonly loadError: string;
  /** errno's text that systemd gives for load `error`; else ''. */
  readonly loadErrno: string;
  /** Set where pidone never runs this unit, though others may depend on it. See stand-ins.ts. */
  readonly standIn: StandIn | undefined;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  /** Realtime usec of the newest file that it was read from: NeedDaemonReload. */
  readonly modified: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly dependencies: readonly Dependency[];
  readonly common: CommonSettings;
  /** Only where `type` has settings of its own that pidone carries out; never of a stand-in. */
  readonly service: ServiceSettings | undefined;
  readonly timer: TimerSettings | undefined;
  readonly path: PathSettings | undefined;
  /** Of a scope that a program has asked for. */
  readonly scope?: ScopeSettings | undefined;
  readonly socket: SocketCommands | undefined;
  readonly install: InstallSettings;
  /** Every other known setting as written, for `show` and status' "accepted, harmless" list: key → last value (lists joined with a blank, or line by line where a value may have blanks). */
  readonly accepted: ReadonlyMap<string, string>;
}

export type JobMode =
  | 'fail'
  | 'replace'
  | 'replace-irreversibly'
  | 'isolate'
  | 'flush'
  | 'ignore-dependencies'
  | 'ignore-requirements'
  | 'triggering'
  | 'restart-dependencies';

export type EmergencyAction =
  | 'none'
  | 'exit'
  | 'exit-force'
  | 'reboot'
  | 'reboot-force'
  | 'reboot-immediate'
  | 'poweroff'
  | 'poweroff-force'
  | 'poweroff-immediate';

/** [Unit] */
export interface CommonSettings {
  readonly description: string;
  readonly documentation: readonly string[];
  readonly defaultDependencies: boolean;
  readonly allowIsolate: boolean;
  readonly ignoreOnIsolate: boolean;
  readonly stopWhenUnneeded: boolean;
  readonly refuseManualStart: boolean;
  readonly refuseManualStop: boolean;
  readonly onFailureJobMode: JobMode;
  readonly onSuccessJobMode: JobMode;
  readonly collectMode: 'inactive' | 'inactive-or-failed';
  readonly conditions: readonly Condition[];
  readonly asserts: readonly Condition[];
  readonly startLimitInterval: Microseconds;
  readonly startLimitBurst: number;
  readonly startLimitAction: EmergencyAction;
  readonly failureAction: EmergencyAction;
  readonly successAction: EmergencyAction;
  readonly failureActionExitStatus: number | undefined;
  readonly successActionExitStatus: number | undefined;
  readonly jobTimeout: Microseconds;
  readonly jobRunningTimeout: Microseconds;
  readonly jobTimeoutAction: EmergencyAction;
  readonly sourcePath: string;
  readonly requiresMountsFor: readonly string[];
  /** systemd 256 */
  readonly wantsMountsFor: readonly string[];
}

/** `ConditionPathExists=|!/etc/x`: kind "PathExists", trigger, negate, parameter. */
export interface Condition {
  readonly kind: string;
  readonly trigger: boolean;
  readonly negate: boolean;
  readonly parameter: string;
}

export type ServiceType = 'simple' | 'exec' | 'forking' | 'oneshot' | 'dbus' | 'notify' | 'notify-reload' | 'idle';
export type RestartSetting = 'no' | 'on-success' | 'on-failure' | 'on-abnormal' | 'on-abort' | 'on-watchdog' | 'always';
/** How RestartMode= passes from one run to the next: through failed or dead, as others see it; or not. */
export type RestartMode = 'normal' | 'direct' | 'debug';
export type NotifyAccess = 'none' | 'main' | 'exec' | 'all';
export type TimeoutFailureMode = 'terminate' | 'abort' | 'kill';

/** Exec commands of a service, in the order of its life. */
export const execSlots = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
] as const;
export type ExecSlot = (typeof execSlots)[number];

/** [Service], with its [exec] and [kill] parts. Times: Infinity is "infinity". */
export interface ServiceSettings {
  readonly type: ServiceType;
  readonly commands: Readonly<Record<ExecSlot, readonly ExecCommand[]>>;
  readonly restart: RestartSetting;
  readonly restartUsec: Microseconds;
  /** In so many steps RestartSec= grows to restartMaxDelay; 0: it does not. */
  readonly restartSteps: number;
  readonly restartMaxDelay: Microseconds;
  readonly restartMode: RestartMode;
  /** What its life hangs on: the main process, or all that is in its tree. */
  readonly exitType: 'main' | 'cgroup';
  readonly timeoutStart: Microseconds;
  readonly timeoutStop: Microseconds;
  /** undefined: the same as timeoutStop */
  readonly timeoutAbort: Microseconds | undefined;
  readonly timeoutStartFailureMode: TimeoutFailureMode;
  readonly timeoutStopFailureMode: TimeoutFailureMode;
  readonly runtimeMax: Microseconds;
  /** Up to so much longer, by chance. */
  readonly runtimeRandomizedExtra: Microseconds;
  /** Infinity or 0: none. */
  readonly watchdog: Microseconds;
  readonly remainAfterExit: boolean;
  readonly guessMainPid: boolean;
  /** Absolute, or ''. */
  readonly pidFile: string;
  readonly busName: string;
  /** What holds: main where the socket is needed (Type=notify, WatchdogSec=) and none was said. */
  readonly notifyAccess: NotifyAccess;
  readonly rootDirectoryStartOnly: boolean;
  /** When one of its processes is killed as the container has no memory left. */
  readonly oomPolicy: 'continue' | 'stop' | 'kill';
  /** Type=notify-reload */
  readonly reloadSignal: number;
  /** 0: nothing is stored. */
  readonly fileDescriptorStoreMax: number;
  readonly fileDescriptorStorePreserve: 'no' | 'yes' | 'restart';
  readonly successExitStatus: ExitStatusSet;
  readonly restartPreventExitStatus: ExitStatusSet;
  readonly restartForceExitStatus: ExitStatusSet;
  readonly exec: ExecSettings;
  readonly kill: KillSettings;
}

/** The settings of a timer that elapse counted from a moment. */
export type TimerBase = 'OnActiveSec' | 'OnBootSec' | 'OnStartupSec' | 'OnUnitActiveSec' | 'OnUnitInactiveSec';

export type TimerValue =
  | { readonly base: TimerBase; readonly usec: Microseconds }
  /** `text`: the expression in its normal form. */
  | { readonly base: 'OnCalendar'; readonly text: string };

/** [Scope] */
export interface ScopeSettings {
  readonly kill: KillSettings;
  /** usec; Infinity: none. */
  readonly runtimeMax: number;
  readonly timeoutStop: number;
}

/** [Timer] */
export interface TimerSettings {
  /** What it starts. */
  readonly unit: UnitName;
  /** The last one that was written is the first, as in systemd. */
  readonly values: readonly TimerValue[];
  readonly onClockChange: boolean;
  readonly onTimezoneChange: boolean;
  readonly accuracy: Microseconds;
  readonly randomizedDelay: Microseconds;
  readonly fixedRandomDelay: boolean;
  readonly deferReactivation: boolean;
  readonly persistent: boolean;
  readonly remainAfterElapse: boolean;
}

/** Of [Socket] what is about its processes; the rest is made of the text that is kept, when it is needed: socket-settings.ts. ExecStopPre= is in the place of ExecStop=. */
export interface SocketCommands {
  readonly commands: Readonly<Record<ExecSlot, readonly ExecCommand[]>>;
  readonly exec: ExecSettings;
  readonly kill: KillSettings;
}

export type PathKind = 'PathExists' | 'PathExistsGlob' | 'PathChanged' | 'PathModified' | 'DirectoryNotEmpty';

/** [Path] */
export interface PathSettings {
  /** What it starts. */
  readonly unit: UnitName;
  /** The last one that was written is the first, as in systemd. */
  readonly watched: readonly { readonly kind: PathKind; readonly path: string }[];
  readonly makeDirectory: boolean;
  readonly directoryMode: number;
  readonly triggerLimitInterval: Microseconds;
  readonly triggerLimitBurst: number;
}

/** Exit statuses and signals by number. */
export interface ExitStatusSet {
  readonly statuses: ReadonlySet<number>;
  readonly signals: ReadonlySet<number>;
}

/** One command line, specifiers expanded, words split and unquoted; $VAR is not yet replaced. */
export interface ExecCommand {
  /** Absolute, or a bare file name to be looked up at exec. */
  readonly path: string;
  /** argv[0] included (it differs from path with `@`). */
  readonly argv: readonly string[];
  /** `-` */
  readonly ignoreFailure: boolean;
  /** not `:` */
  readonly substitute: boolean;
  readonly privilege: 'none' | '+' | '!' | '!!';
}

export type StreamTarget =
  | {
      readonly kind:
        | 'inherit'
        | 'null'
        | 'journal'
        | 'kmsg'
        | 'journal+console'
        | 'kmsg+console'
        | 'socket'
        | 'tty'
        | 'tty-force'
        | 'tty-fail'
        | 'data';
    }
  | { readonly kind: 'fd'; readonly name: string }
  | { readonly kind: 'file' | 'append' | 'truncate'; readonly path: string };

export interface Limit {
  /** 2^64-1 is infinity. */
  readonly soft: bigint;
  readonly hard: bigint;
}

/** LimitCPU= … by the kernel's number of the resource. */
export type Limits = ReadonlyMap<number, Limit>;

export type DirectoryClass = 'runtime' | 'state' | 'cache' | 'logs' | 'configuration';

/** Below the root of its class (directoryClasses). */
export interface DirectorySettings {
  /** Sorted. */
  readonly paths: readonly string[];
  /** Symbolic links: from `link` to `path`. */
  readonly links: readonly (readonly [path: string, link: string])[];
  readonly mode: number;
}

export interface ExecSettings {
  /** NAME=VALUE, in order, later ones win. */
  readonly environment: readonly string[];
  /** Paths, with `-` told apart. */
  readonly environmentFiles: readonly { readonly path: string; readonly mayMiss: boolean }[];
  readonly passEnvironment: readonly string[];
  readonly unsetEnvironment: readonly string[];
  readonly workingDirectory: { readonly path: string; readonly home: boolean; readonly mayMiss: boolean };
  readonly rootDirectory: string;
  readonly user: string;
  readonly group: string;
  readonly supplementaryGroups: readonly string[];
  readonly umask: number;
  readonly limits: Limits;
  readonly nice: number | undefined;
  readonly oomScoreAdjust: number | undefined;
  readonly stdin: StreamTarget;
  readonly stdout: StreamTarget;
  readonly stderr: StreamTarget;
  readonly ttyPath: string;
  readonly syslogIdentifier: string;
  readonly syslogLevelPrefix: boolean;
  /** 0 to 7 */
  readonly syslogLevel: number;
  readonly ignoreSigpipe: boolean;
  readonly noNewPrivileges: boolean;
  /** Bits; undefined: not set. */
  readonly ambientCapabilities: bigint | undefined;
  readonly boundingCapabilities: bigint | undefined;
  readonly directories: Readonly<Record<DirectoryClass, DirectorySettings>>;
  /** Credentials are gathered for its commands. */
  readonly hasSecrets: boolean;
  readonly runtimeDirectoryPreserve: 'no' | 'yes' | 'restart';
  readonly timerSlackNsec: bigint | undefined;
  readonly execSearchPath: readonly string[];
}

export interface KillSettings {
  readonly mode: 'control-group' | 'process' | 'mixed' | 'none';
  readonly signal: number;
  /** undefined: the same as signal */
  readonly restartSignal: number | undefined;
  readonly finalSignal: number;
  readonly watchdogSignal: number;
  readonly sendSighup: boolean;
  readonly sendSigkill: boolean;
}

/** [Install] */
export interface InstallSettings {
  readonly alias: readonly string[];
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  /** systemd 254 and later. */
  readonly upheldBy: readonly string[];
  readonly also: readonly string[];
  readonly defaultInstance: string;
}
