/* eslint max-lines: off -- a table */
/**
 * THE table of directives: which section has which, where its value goes, how it is read, and what pidone does with it. Parsing,
 * `show`, `verify` and the documentation all read it. A directive that is not here is one that systemd does not know either.
 * Lists of the keys: systemd 252's and 257's.
 */
import { obsolete } from './accepted-kind.ts';
import type { AcceptedKindName } from './accepted-kinds.ts';
import type { Draft, DraftPart } from './draft.ts';
import { directoryPaths } from './directory-kinds.ts';
import * as environmentKinds from './environment-kinds.ts';
import * as execKinds from './exec-kinds.ts';
import type { DependencyKind } from './model.ts';
import * as unitKinds from './unit-kinds.ts';
import {
  absolutePath,
  boolean,
  duration,
  integer,
  mode,
  nanoseconds,
  oneOf,
  optional,
  optionalDuration,
  settable,
  signal,
  string,
  timeout,
  unsigned,
  type ValueKind,
} from './value-kind.ts';
import { allCapabilities } from './values/capability.ts';
import { limitResources } from './values/limit.ts';
import { textRows } from './text-rows.ts';

/** Sections, and the groups of directives that several of them share. */
export type Section =
  'Unit' | 'Service' | 'Install' | 'Socket' | 'Timer' | 'Path' | 'Mount' | 'Automount' | 'Swap' | 'Slice' | 'Scope';
export type Group = 'exec' | 'kill' | 'resources';

interface Row {
  readonly key: string;
  readonly home: Section | Group;
  /** `done`: as systemd does it. `harmless`: the service runs the same without it. `unsupported`: something is missing without it. */
  readonly status: 'done' | 'works-if-privileged' | 'harmless' | 'unsupported';
  /** What needs the privilege, or why it is not carried out; '' where neither. */
  readonly sentence: string;
  /** Capabilities without which it is left out, with blanks between: "cap_sys_nice". */
  readonly needs: string;
}

/** A setting whose value is a field of the unit's model. */
export interface FieldRow extends Row {
  readonly kind: ValueKind<unknown>;
  /** 'dependencies': the list itself, which grows in place. */
  readonly part: DraftPart | 'dependencies';
  readonly field: string;
  /** A second field of the same part that gets the value too: TimeoutSec=. */
  readonly alsoField?: string;
}

/** A setting whose value is checked and kept as text (Unit.accepted), carried out from that or not: most units have none of them. */
export interface TextRow extends Row {
  /** Of accepted-kinds.ts, a part that is loaded when the first such setting is read. */
  readonly kind: AcceptedKindName;
}

export type Directive = FieldRow | TextRow;

export function isCarriedOut({ status }: Directive): boolean {
  return status === 'done' || status === 'works-if-privileged';
}

export function isKeptAsText(directive: Directive): directive is TextRow {
  return typeof directive.kind === 'string';
}

/** Which groups a section has besides its own directives. */
export const groupsOf: Readonly<Record<Section, readonly Group[]>> = {
  Unit: [],
  Service: ['exec', 'kill', 'resources'],
  Install: [],
  Socket: ['exec', 'kill', 'resources'],
  Timer: [],
  Path: [],
  Mount: ['exec', 'kill', 'resources'],
  Automount: [],
  Swap: ['exec', 'kill', 'resources'],
  Slice: ['resources'],
  Scope: ['kill', 'resources'],
};

/** The directive that `key` is in `section`, or undefined for one that systemd does not know. */
export function findDirective(section: Section, key: string): Directive | undefined {
  return (sections[section] ??= gatherSection(section)).get(key);
}

/** Gives the table's memory back: it is made again when it is asked next. */
export function forgetDirectives(): void {
  table = undefined;
  sections = {};
}

/** One look-up for a key, be it the section's own or a group's. */
let sections: Partial<Record<Section, ReadonlyMap<string, Directive>>> = {};

function gatherSection(section: Section): ReadonlyMap<string, Directive> {
  table ??= makeTable();
  const gathered = new Map<string, Directive>();
  for (const home of [...groupsOf[section], section]) {
    for (const [key, directive] of table.get(home) ?? []) gathered.set(key, directive);
  }
  return gathered;
}

/** Every directive, for the documentation and for `verify`. */
export function allDirectives(): readonly Directive[] {
  table ??= makeTable();
  return [...table.values()].flatMap((home) => [...home.values()]);
}

// Made at the first use: the top level of a module does no work.
let table: Map<Section | Group, Map<string, Directive>> | undefined;

function makeTable(): Map<Section | Group, Map<string, Directive>> {
  const homes = new Map<Section | Group, Map<string, Directive>>();
  const add = (directive: Directive): void => {
    const home = homes.get(directive.home);
    if (home === undefined) homes.set(directive.home, new Map([[directive.key, directive]]));
    else home.set(directive.key, directive);
  };
  for (const directive of done()) add(directive);
  for (const { home, status, sentence, needs = '', keys } of textRows()) {
    for (const [name, words] of Object.entries(keys)) {
      for (const key of words.split(' ')) add({ key, home, status, sentence, needs, kind: name as AcceptedKindName });
    }
  }
  return homes;
}

/** One row: the value of `key` goes to `field` of `part`. The compiler sees that kind and field fit. */
function row<Part extends DraftPart, Field extends keyof Draft[Part] & string>(
  home: Section | Group,
  key: string,
  kind: ValueKind<Draft[Part][Field]>,
  part: Part,
  field: Field,
): FieldRow {
  return { key, home, status: 'done', sentence: '', needs: '', kind, part, field };
}

/** A row whose directive does its work only with the capabilities `needs`; `sentence` says what of it. */
function privileged(needs: string, sentence: string, directive: FieldRow): FieldRow {
  return { ...directive, status: 'works-if-privileged', needs, sentence };
}

function dependency(key: string, kind: DependencyKind, hint?: string): FieldRow {
  const list = unitKinds.dependencies(kind);
  const read = hint === undefined ? list : obsolete(list, hint);
  return { key, home: 'Unit', status: 'done', sentence: '', needs: '', kind: read, part: 'dependencies', field: '' };
}

function done(): readonly FieldRow[] {
  const action = oneOf('emergency action', [
    'none',
    'exit',
    'exit-force',
    'reboot',
    'reboot-force',
    'reboot-immediate',
    'poweroff',
    'poweroff-force',
    'poweroff-immediate',
  ]);
  const jobMode = oneOf('job mode', [
    'fail',
    'replace',
    'replace-irreversibly',
    'isolate',
    'flush',
    'ignore-dependencies',
    'ignore-requirements',
    'triggering',
  ]);
  const failureMode = oneOf('timeout failure mode', ['terminate', 'abort', 'kill']);
  const limitSentence = 'more than the hard limit of the container needs CAP_SYS_RESOURCE';
  const actionStatus = optional(integer('exit status', 0, 255));
  return [
    row('Unit', 'Description', string, 'common', 'description'),
    row('Unit', 'Documentation', unitKinds.documentation, 'common', 'documentation'),
    row('Unit', 'SourcePath', absolutePath, 'common', 'sourcePath'),
    dependency('Requires', 'Requires'),
    dependency('RequiresOverridable', 'Requires', 'use Requires='),
    dependency('Requisite', 'Requisite'),
    dependency('RequisiteOverridable', 'Requisite', 'use Requisite='),
    dependency('Wants', 'Wants'),
    dependency('BindsTo', 'BindsTo'),
    dependency('BindTo', 'BindsTo'),
    dependency('Upholds', 'Upholds'),
    dependency('Conflicts', 'Conflicts'),
    dependency('Before', 'Before'),
    dependency('After', 'After'),
    dependency('OnSuccess', 'OnSuccess'),
    dependency('OnFailure', 'OnFailure'),
    dependency('PropagatesReloadTo', 'PropagatesReloadTo'),
    dependency('PropagateReloadTo', 'PropagatesReloadTo'),
    dependency('ReloadPropagatedFrom', 'ReloadPropagatedFrom'),
    dependency('PropagateReloadFrom', 'ReloadPropagatedFrom'),
    dependency('PropagatesStopTo', 'PropagatesStopTo'),
    dependency('StopPropagatedFrom', 'StopPropagatedFrom'),
    dependency('PartOf', 'PartOf'),
    dependency('JoinsNamespaceOf', 'JoinsNamespaceOf'),
    row('Unit', 'RequiresMountsFor', unitKinds.mountPaths, 'common', 'requiresMountsFor'),
    row('Unit', 'WantsMountsFor', unitKinds.mountPaths, 'common', 'wantsMountsFor'),
    row('Unit', 'StopWhenUnneeded', boolean, 'common', 'stopWhenUnneeded'),
    row('Unit', 'RefuseManualStart', boolean, 'common', 'refuseManualStart'),
    row('Unit', 'RefuseManualStop', boolean, 'common', 'refuseManualStop'),
    row('Unit', 'AllowIsolate', boolean, 'common', 'allowIsolate'),
    row('Unit', 'DefaultDependencies', boolean, 'common', 'defaultDependencies'),
    row('Unit', 'OnSuccessJobMode', jobMode, 'common', 'onSuccessJobMode'),
    row('Unit', 'OnFailureJobMode', jobMode, 'common', 'onFailureJobMode'),
    row('Unit', 'IgnoreOnIsolate', boolean, 'common', 'ignoreOnIsolate'),
    row('Unit', 'JobTimeoutSec', timeout, 'common', 'jobTimeout'),
    row('Unit', 'JobRunningTimeoutSec', settable(timeout), 'common', 'jobRunningTimeout'),
    row('Unit', 'JobTimeoutAction', action, 'common', 'jobTimeoutAction'),
    row('Unit', 'StartLimitIntervalSec', duration, 'common', 'startLimitInterval'),
    row('Unit', 'StartLimitInterval', duration, 'common', 'startLimitInterval'),
    row('Unit', 'StartLimitBurst', unsigned, 'common', 'startLimitBurst'),
    row('Unit', 'StartLimitAction', action, 'common', 'startLimitAction'),
    row('Unit', 'FailureAction', action, 'common', 'failureAction'),
    row('Unit', 'SuccessAction', action, 'common', 'successAction'),
    row('Unit', 'FailureActionExitStatus', actionStatus, 'common', 'failureActionExitStatus'),
    row('Unit', 'SuccessActionExitStatus', actionStatus, 'common', 'successActionExitStatus'),
    row('Unit', 'CollectMode', oneOf('mode', ['inactive', 'inactive-or-failed']), 'common', 'collectMode'),
    ...conditionKinds
      .split(' ')
      .map((kind) => row('Unit', `Condition${kind}`, unitKinds.conditions(kind), 'common', 'conditions')),
    // systemd has no AssertFirmware=.
    ...conditionKinds
      .split(' ')
      .filter((kind) => kind !== 'Firmware')
      .map((kind) => row('Unit', `Assert${kind}`, unitKinds.conditions(kind), 'common', 'asserts')),

    row(
      'Service',
      'Type',
      settable(
        oneOf('service type', ['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle']),
      ),
      'service',
      'type',
    ),
    row('Service', 'ExecCondition', execKinds.commands, 'commands', 'ExecCondition'),
    row('Service', 'ExecStartPre', execKinds.commands, 'commands', 'ExecStartPre'),
    row('Service', 'ExecStart', execKinds.commands, 'commands', 'ExecStart'),
    row('Service', 'ExecStartPost', execKinds.commands, 'commands', 'ExecStartPost'),
    row('Service', 'ExecReload', execKinds.commands, 'commands', 'ExecReload'),
    row('Service', 'ExecStop', execKinds.commands, 'commands', 'ExecStop'),
    row('Service', 'ExecStopPost', execKinds.commands, 'commands', 'ExecStopPost'),
    row(
      'Service',
      'Restart',
      oneOf('restart setting', ['no', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog', 'always']),
      'service',
      'restart',
    ),
    row('Service', 'RestartSec', duration, 'service', 'restartUsec'),
    row('Service', 'TimeoutStartSec', settable(timeout), 'service', 'timeoutStart'),
    { ...row('Service', 'TimeoutSec', timeout, 'service', 'timeoutStop'), alsoField: 'timeoutStart' },
    row('Service', 'TimeoutStopSec', timeout, 'service', 'timeoutStop'),
    row('Service', 'TimeoutAbortSec', optionalDuration, 'service', 'timeoutAbort'),
    row('Service', 'TimeoutStartFailureMode', failureMode, 'service', 'timeoutStartFailureMode'),
    row('Service', 'TimeoutStopFailureMode', failureMode, 'service', 'timeoutStopFailureMode'),
    row('Service', 'RuntimeMaxSec', duration, 'service', 'runtimeMax'),
    row('Service', 'WatchdogSec', duration, 'service', 'watchdog'),
    row('Service', 'StartLimitInterval', duration, 'common', 'startLimitInterval'),
    row('Service', 'StartLimitBurst', unsigned, 'common', 'startLimitBurst'),
    row('Service', 'StartLimitAction', action, 'common', 'startLimitAction'),
    row('Service', 'FailureAction', action, 'common', 'failureAction'),
    row('Service', 'RemainAfterExit', boolean, 'service', 'remainAfterExit'),
    row('Service', 'GuessMainPID', boolean, 'service', 'guessMainPid'),
    row('Service', 'PIDFile', execKinds.pidFile, 'service', 'pidFile'),
    row('Service', 'BusName', execKinds.busName, 'service', 'busName'),
    row('Service', 'NotifyAccess', oneOf('notify access', ['none', 'main', 'exec', 'all']), 'service', 'notifyAccess'),
    row('Service', 'RootDirectoryStartOnly', boolean, 'service', 'rootDirectoryStartOnly'),
    row('Service', 'SuccessExitStatus', execKinds.exitStatuses, 'service', 'successExitStatus'),
    row('Service', 'RestartPreventExitStatus', execKinds.exitStatuses, 'service', 'restartPreventExitStatus'),
    row('Service', 'RestartForceExitStatus', execKinds.exitStatuses, 'service', 'restartForceExitStatus'),
    row('Service', 'Sockets', unitKinds.socketNames, 'service', 'sockets'),
    row('Service', 'OOMPolicy', oneOf('OOM policy', ['continue', 'stop', 'kill']), 'service', 'oomPolicy'),
    row('Service', 'RestartSteps', unsigned, 'service', 'restartSteps'),
    row('Service', 'RestartMaxDelaySec', duration, 'service', 'restartMaxDelay'),
    row('Service', 'RestartMode', oneOf('restart mode', ['normal', 'direct', 'debug']), 'service', 'restartMode'),
    row('Service', 'ExitType', oneOf('service exit type', ['main', 'cgroup']), 'service', 'exitType'),
    row('Service', 'RuntimeRandomizedExtraSec', duration, 'service', 'runtimeRandomizedExtra'),
    row('Service', 'ReloadSignal', signal, 'service', 'reloadSignal'),
    row('Service', 'FileDescriptorStoreMax', unsigned, 'service', 'fileDescriptorStoreMax'),
    row('Service', 'FileDescriptorStorePreserve', execKinds.preserve, 'service', 'fileDescriptorStorePreserve'),

    row('Socket', 'ExecStartPre', execKinds.commands, 'commands', 'ExecStartPre'),
    row('Socket', 'ExecStartPost', execKinds.commands, 'commands', 'ExecStartPost'),
    row('Socket', 'ExecStopPre', execKinds.commands, 'commands', 'ExecStop'),
    row('Socket', 'ExecStopPost', execKinds.commands, 'commands', 'ExecStopPost'),

    row('exec', 'Environment', environmentKinds.environment, 'exec', 'environment'),
    row('exec', 'EnvironmentFile', environmentKinds.environmentFiles, 'exec', 'environmentFiles'),
    row('exec', 'PassEnvironment', environmentKinds.environmentNames, 'exec', 'passEnvironment'),
    row('exec', 'UnsetEnvironment', environmentKinds.environmentNames, 'exec', 'unsetEnvironment'),
    row('exec', 'WorkingDirectory', execKinds.workingDirectory, 'exec', 'workingDirectory'),
    privileged(
      'cap_sys_chroot',
      'needs CAP_SYS_CHROOT',
      row('exec', 'RootDirectory', execKinds.rootDirectory, 'exec', 'rootDirectory'),
    ),
    privileged(
      'cap_setuid cap_setgid',
      'another user than the own needs CAP_SETUID and CAP_SETGID',
      row('exec', 'User', execKinds.userName, 'exec', 'user'),
    ),
    privileged(
      'cap_setgid',
      'another group than the own needs CAP_SETGID',
      row('exec', 'Group', execKinds.userName, 'exec', 'group'),
    ),
    privileged(
      'cap_setgid',
      'needs CAP_SETGID',
      row('exec', 'SupplementaryGroups', execKinds.userNames, 'exec', 'supplementaryGroups'),
    ),
    row('exec', 'UMask', mode, 'exec', 'umask'),
    privileged(
      'cap_sys_nice',
      'a level below the own needs CAP_SYS_NICE',
      row('exec', 'Nice', optional(integer('nice level', -20, 19)), 'exec', 'nice'),
    ),
    privileged(
      'cap_sys_resource',
      'a score below the own needs CAP_SYS_RESOURCE',
      row('exec', 'OOMScoreAdjust', optional(integer('OOM score', -1000, 1000)), 'exec', 'oomScoreAdjust'),
    ),
    privileged(
      'cap_sys_admin',
      'tty-force takes a terminal from another session with CAP_SYS_ADMIN; without it the service fails (208/STDIN) where one has it',
      row('exec', 'StandardInput', execKinds.input, 'exec', 'stdin'),
    ),
    row('exec', 'StandardOutput', execKinds.output, 'exec', 'stdout'),
    row('exec', 'StandardError', execKinds.output, 'exec', 'stderr'),
    row('exec', 'TTYPath', absolutePath, 'exec', 'ttyPath'),
    row('exec', 'SyslogIdentifier', string, 'exec', 'syslogIdentifier'),
    row('exec', 'SyslogLevelPrefix', boolean, 'exec', 'syslogLevelPrefix'),
    row('exec', 'SyslogLevel', execKinds.syslogLevel, 'exec', 'syslogLevel'),
    row('exec', 'IgnoreSIGPIPE', boolean, 'exec', 'ignoreSigpipe'),
    row('exec', 'NoNewPrivileges', boolean, 'exec', 'noNewPrivileges'),
    privileged(
      '',
      'the container can give what it has',
      row('exec', 'AmbientCapabilities', execKinds.capabilities(0n), 'exec', 'ambientCapabilities'),
    ),
    privileged(
      'cap_setpcap',
      'needs CAP_SETPCAP, and keeps at most what the container has',
      row('exec', 'CapabilityBoundingSet', execKinds.capabilities(allCapabilities), 'exec', 'boundingCapabilities'),
    ),
    row('exec', 'TimerSlackNSec', nanoseconds, 'exec', 'timerSlackNsec'),
    row('exec', 'ExecSearchPath', execKinds.pathList, 'exec', 'execSearchPath'),
    row('exec', 'RuntimeDirectory', directoryPaths, 'directories', 'runtime'),
    row('exec', 'StateDirectory', directoryPaths, 'directories', 'state'),
    row('exec', 'CacheDirectory', directoryPaths, 'directories', 'cache'),
    row('exec', 'LogsDirectory', directoryPaths, 'directories', 'logs'),
    row('exec', 'ConfigurationDirectory', directoryPaths, 'directories', 'configuration'),
    row('exec', 'RuntimeDirectoryMode', mode, 'directoryModes', 'runtime'),
    row('exec', 'StateDirectoryMode', mode, 'directoryModes', 'state'),
    row('exec', 'CacheDirectoryMode', mode, 'directoryModes', 'cache'),
    row('exec', 'LogsDirectoryMode', mode, 'directoryModes', 'logs'),
    row('exec', 'ConfigurationDirectoryMode', mode, 'directoryModes', 'configuration'),
    row('exec', 'RuntimeDirectoryPreserve', execKinds.preserve, 'exec', 'runtimeDirectoryPreserve'),
    ...Object.entries(limitResources).map(([key, { resource, counts }]) =>
      privileged(
        'cap_sys_resource',
        limitSentence,
        row('exec', key, execKinds.limit(resource, counts), 'exec', 'limits'),
      ),
    ),

    row('kill', 'KillMode', execKinds.killMode, 'kill', 'mode'),
    row('kill', 'KillSignal', signal, 'kill', 'signal'),
    row('kill', 'RestartKillSignal', settable(signal), 'kill', 'restartSignal'),
    row('kill', 'FinalKillSignal', signal, 'kill', 'finalSignal'),
    row('kill', 'WatchdogSignal', signal, 'kill', 'watchdogSignal'),
    row('kill', 'SendSIGHUP', boolean, 'kill', 'sendSighup'),
    row('kill', 'SendSIGKILL', boolean, 'kill', 'sendSigkill'),

    row('Install', 'Alias', unitKinds.installNames, 'install', 'alias'),
    row('Install', 'WantedBy', unitKinds.installNames, 'install', 'wantedBy'),
    row('Install', 'RequiredBy', unitKinds.installNames, 'install', 'requiredBy'),
    row('Install', 'UpheldBy', unitKinds.installNames, 'install', 'upheldBy'),
    row('Install', 'Also', unitKinds.installNames, 'install', 'also'),
    row('Install', 'DefaultInstance', string, 'install', 'defaultInstance'),
  ];
}

const conditionKinds =
  'PathExists PathExistsGlob PathIsDirectory PathIsSymbolicLink PathIsMountPoint PathIsReadWrite PathIsEncrypted PathIsSocket DirectoryNotEmpty FileNotEmpty FileIsExecutable NeedsUpdate FirstBoot Architecture Firmware Virtualization Host KernelCommandLine KernelVersion Credential Security Capability ACPower Memory CPUFeature CPUs Environment User Group ControlGroupController OSRelease MemoryPressure CPUPressure IOPressure';
