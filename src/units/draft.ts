/**
 * A unit while its files are read: what each directive writes to. The values at the start are systemd's defaults
 * (`systemctl show` of a unit that sets nothing, systemd 252).
 */
import type { DirectoryClass, ExecCommand, ExecSettings, ExitStatusSet, KillSettings } from './exec-model.ts';
import type {
  CommonSettings,
  Condition,
  Dependency,
  ExecSlot,
  InstallSettings,
  ServiceSettings,
  ServiceType,
  UnitType,
} from './model.ts';
import { type Microseconds, type UnitName, unitType } from './name.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** [Service] as written: what depends on other settings is found out when all files are read. */
export interface DraftService extends Mutable<
  Omit<ServiceSettings, 'type' | 'commands' | 'timeoutStart' | 'exec' | 'kill'>
> {
  type: ServiceType | undefined;
  /** undefined: the type's default */
  timeoutStart: Microseconds | undefined;
  sockets: readonly string[];
}

/** Paths, each with a link to it behind a NUL where it has one. */
export type DraftDirectories = Record<DirectoryClass, readonly string[]>;
export type DraftDirectoryModes = Record<DirectoryClass, number>;

/** Each part is the shared default until something is written to it: own(). */
export interface Draft {
  /** jobRunningTimeout undefined: as jobTimeout */
  common: Mutable<Omit<CommonSettings, 'jobRunningTimeout'>> & {
    jobRunningTimeout: Microseconds | undefined;
  };
  service: DraftService;
  commands: Record<ExecSlot, readonly ExecCommand[]>;
  /** `directories` is put in when all is read. */
  exec: Mutable<ExecSettings>;
  directories: DraftDirectories;
  directoryModes: DraftDirectoryModes;
  kill: Mutable<KillSettings>;
  install: Mutable<InstallSettings>;
  readonly dependencies: Dependency[];
  readonly accepted: Map<string, string>;
}

const seconds = 1_000_000;
const noStatuses: ExitStatusSet = { statuses: new Set(), signals: new Set() };
const noConditions: readonly Condition[] = [];
const none: readonly never[] = [];

/** Types of units that stay when another is isolated, unless they say otherwise. */
const stayOnIsolate: ReadonlySet<UnitType> = new Set(['slice', 'scope', 'mount', 'automount', 'swap', 'device']);

export function newDraft(name: UnitName): Draft {
  const draft: Draft = { ...defaults, dependencies: [], accepted: new Map() };
  if (!stayOnIsolate.has(unitType(name))) return draft;
  const common = own(draft, 'common');
  common.ignoreOnIsolate = true;
  // Of these systemd says so itself, before any file: src/core/slice.c, scope.c.
  if (name === '-.slice' || name === 'system.slice') {
    common.defaultDependencies = false;
    common.documentation = ['man:systemd.special(7)'];
  }
  if (name === 'init.scope') {
    common.defaultDependencies = false;
    common.description = 'System and Service Manager';
    common.documentation = ['man:systemd(1)'];
  }
  return draft;
}

export type DraftPart = Exclude<keyof Draft, 'dependencies' | 'accepted'>;

/** A part to write to: a copy of the defaults at the first time. */
export function own<Part extends DraftPart>(draft: Draft, part: Part): Draft[Part] {
  if (draft[part] === defaults[part]) draft[part] = { ...defaults[part] } as Draft[Part];
  return draft[part];
}

const noDirectory = { paths: none, links: none, mode: 0o755 };

/** What `systemctl show` says of a unit that sets nothing. */
export const defaults: Readonly<Pick<Draft, DraftPart>> = {
  common: {
    description: '',
    documentation: none,
    defaultDependencies: true,
    allowIsolate: false,
    ignoreOnIsolate: false,
    stopWhenUnneeded: false,
    refuseManualStart: false,
    refuseManualStop: false,
    onFailureJobMode: 'replace',
    onSuccessJobMode: 'fail',
    collectMode: 'inactive',
    conditions: noConditions,
    asserts: noConditions,
    startLimitInterval: (10 * seconds) as Microseconds,
    startLimitBurst: 5,
    startLimitAction: 'none',
    jobTimeoutAction: 'none',
    failureAction: 'none',
    successAction: 'none',
    failureActionExitStatus: undefined,
    successActionExitStatus: undefined,
    jobTimeout: Infinity as Microseconds,
    jobRunningTimeout: undefined,
    sourcePath: '',
    requiresMountsFor: none,
    wantsMountsFor: none,
  },
  service: {
    type: undefined,
    restart: 'no',
    restartUsec: (0.1 * seconds) as Microseconds,
    restartSteps: 0,
    restartMaxDelay: Infinity as Microseconds,
    restartMode: 'normal',
    exitType: 'main',
    timeoutStart: undefined,
    timeoutStop: (90 * seconds) as Microseconds,
    timeoutAbort: undefined,
    timeoutStartFailureMode: 'terminate',
    timeoutStopFailureMode: 'terminate',
    runtimeMax: Infinity as Microseconds,
    runtimeRandomizedExtra: 0 as Microseconds,
    watchdog: 0 as Microseconds,
    remainAfterExit: false,
    guessMainPid: true,
    pidFile: '',
    busName: '',
    notifyAccess: 'none',
    rootDirectoryStartOnly: false,
    oomPolicy: 'stop',
    reloadSignal: 1,
    fileDescriptorStoreMax: 0,
    fileDescriptorStorePreserve: 'restart',
    successExitStatus: noStatuses,
    restartPreventExitStatus: noStatuses,
    restartForceExitStatus: noStatuses,
    sockets: none,
  },
  commands: {
    ExecCondition: none,
    ExecStartPre: none,
    ExecStart: none,
    ExecStartPost: none,
    ExecReload: none,
    ExecStop: none,
    ExecStopPost: none,
  },
  exec: {
    environment: none,
    environmentFiles: none,
    passEnvironment: none,
    unsetEnvironment: none,
    workingDirectory: { path: '', home: false, mayMiss: false },
    rootDirectory: '',
    user: '',
    group: '',
    supplementaryGroups: none,
    umask: 0o022,
    limits: new Map(),
    nice: undefined,
    oomScoreAdjust: undefined,
    stdin: { kind: 'null' },
    stdout: { kind: 'journal' },
    stderr: { kind: 'inherit' },
    ttyPath: '',
    syslogIdentifier: '',
    syslogLevelPrefix: true,
    syslogLevel: 6,
    ignoreSigpipe: true,
    noNewPrivileges: false,
    ambientCapabilities: undefined,
    boundingCapabilities: undefined,
    hasSecrets: false,
    removesIpc: false,
    runtimeDirectoryPreserve: 'no',
    timerSlackNsec: undefined,
    execSearchPath: none,
    directories: {
      runtime: noDirectory,
      state: noDirectory,
      cache: noDirectory,
      logs: noDirectory,
      configuration: noDirectory,
    },
  },
  directories: { runtime: none, state: none, cache: none, logs: none, configuration: none },
  directoryModes: { runtime: 0o755, state: 0o755, cache: 0o755, logs: 0o755, configuration: 0o755 },
  kill: {
    mode: 'control-group',
    signal: 15,
    restartSignal: undefined,
    finalSignal: 9,
    watchdogSignal: 6,
    sendSighup: false,
    sendSigkill: true,
  },
  install: { alias: none, wantedBy: none, requiredBy: none, upheldBy: none, also: none, defaultInstance: '' },
};
