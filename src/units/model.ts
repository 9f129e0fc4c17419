/**
 * What the rest of pidone knows of a unit file: a Unit, read-only, with every value parsed. Made by load.ts, once, and
 * again at daemon-reload; the running state lives elsewhere (manager/).
 */
import type { Diagnostic } from './diagnostic.ts';
import type { ExecCommand, ExecSettings, ExitStatusSet, KillSettings } from './exec-model.ts';
import type { Microseconds, UnitName } from './name.ts';
import type { PathSettings, SocketCommands, TimerSettings } from './trigger-model.ts';

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

/** [Scope] */
export interface ScopeSettings {
  readonly kill: KillSettings;
  /** usec; Infinity: none. */
  readonly runtimeMax: number;
  readonly timeoutStop: number;
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
