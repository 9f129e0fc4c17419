/**
 * The execution environment of a command as data: from settings and variables to the fields of the `run` frame. What
 * cannot be had is an answer, not an attempt: a user that nobody knows is never root. Sources: systemd.exec(5); exec_child()
 * of systemd's src/core/execute.c.
 */
import type { Host, HostFacts, HostFiles } from '../host.d.ts';
import { dynamicNames, isDynamic } from '../units/dynamic-user.ts';
import type { ExecCommand, ExecSettings, Limits } from '../units/exec-model.ts';
import type { Unit } from '../units/model.ts';
import { hasSecrets, secretsDirectory } from '../units/secret-settings.ts';
import { allCapabilities, droppedCapabilities } from '../units/values/capability.ts';
import { type FrameFields, runFlags, slots } from '../wire/schema.ts';
import {
  type Credentials,
  type CredentialsResult,
  dynamicCredentials,
  loginVariables,
  managersHome,
  resolveCredentials,
} from './credentials.ts';
import { directoryRecords, directoryVariables, lastingDirectories } from './directories.ts';
import type { UnitEffect } from './effect.ts';
import { readEnvironmentFiles } from './environment/files.ts';
import {
  buildEnvironment,
  defaultPath,
  type EnvironmentChanges,
  type ServiceEnvironment,
} from './environment/service.ts';
import { substituteArguments } from './environment/substitute.ts';
import type * as SecretsPart from './secrets.ts';
import type { Space } from './spaces.ts';
import type { ServiceResult } from './service/state.ts';
import { sandboxFields } from './sandbox/fields.ts';
import { openFiles } from './open-files.ts';
import { clientStreams, goesToJournal, streamFields } from './streams.ts';
import { terminalFlags, terminalSize, terminalVariables } from './terminal.ts';
import type * as DynamicUserPart from './dynamic-user.ts';
import type * as TuningPart from './tuning.ts';

export interface ExecutionPort extends Pick<Host, 'load'> {
  readonly files: Pick<HostFiles, 'readFile' | 'realPath' | 'readDirectory' | 'statusNoFollow' | 'writeFile'>;
  readonly facts: Pick<HostFacts, 'user' | 'group' | 'groupsOf' | 'randomHex' | 'kernel'>;
  /** For what must outlive the manager, not the container. */
  readonly runtimeDirectory: string;
  /** The manager's own uid: not root in a container of an arbitrary user. */
  readonly uid: number;
  /** What this container forbids is fatal, and not left out. */
  readonly strict: boolean;
  /** The container's environment, and what `systemctl set-environment` changed. */
  readonly container: ReadonlyMap<string, string>;
  managerEnvironment(): EnvironmentChanges;
}

/** What belongs to this invocation. */
export interface ExecutionContext {
  readonly invocation: string;
  /** What its commands share. */
  readonly space: Space | undefined;
  /** Of a unit that another's end has started. */
  readonly monitor: readonly string[];
  /** Path of the NOTIFY_SOCKET, '' for none. */
  readonly notifyPath: string;
  /** Where a client listens that gives its descriptors, '' for none. */
  readonly streams: string;
}

export type Execution =
  /** notice: what the operator should know, '' for nothing. */
  | { readonly ok: true; readonly fields: FrameFields<'run'>; readonly notice: string }
  /** result and exitStatus as in the event `run-failed`. */
  | {
      readonly ok: false;
      readonly result: ServiceResult;
      readonly exitStatus: number | undefined;
      readonly why: string;
    };

type RunEffect = Extract<UnitEffect, { kind: 'run' }>;

export function buildExecution(
  unit: Unit,
  effect: RunEffect,
  context: ExecutionContext,
  port: ExecutionPort,
): Execution {
  const settings = (unit.service ?? unit.socket)?.exec;
  if (settings === undefined) throw new Error(`internal error: ${unit.name} has no exec settings`);
  const files =
    settings.environmentFiles.length === 0 ? noLines : readEnvironmentFiles(port.files, settings.environmentFiles);
  if (!files.ok) return { ok: false, result: 'resources', exitStatus: undefined, why: files.why };
  const credentials = credentialsOf(unit, settings, port);
  if (!credentials.ok) return { ...credentials, result: 'exit-code' };

  const environment = buildEnvironment(settings, {
    container: port.container,
    manager: port.managerEnvironment(),
    service: context.monitor.length === 0 ? effect.variables : effect.variables.concat(context.monitor),
    process: processVariables(unit, settings, credentials.value, context, effect.command, port).concat(
      terminalVariables(settings, port.container),
    ),
    files: files.value,
  });
  const tuning = tune(unit.accepted, effect.command, port);
  const own = runFields(unit, settings, effect, environment, credentials.value, context, port);
  // Who does not start the service finds what the start has gathered, or nothing where that failed.
  const gathers = hasSecrets(unit.accepted) && !/^Exec(?:Stop|Reload|StartPost)/.test(effect.phase);
  const secrets = gathers ? secretsOf(unit, credentials.value, port) : undefined;
  if (secrets?.ok === false) return { ...secrets, result: 'exit-code', exitStatus: 243 };
  const fields = {
    ...own,
    ...tuning,
    ...secrets?.fields,
    ...sandboxFields(unit, effect.command, { ...context, rootDirectory: own.rootDirectory ?? '' }, port),
  };
  // A process cannot be given it: what stands behind it would be another word.
  if (hasNul(fields.argv) || hasNul(fields.set) || hasNul(fields.paths))
    return { ok: false, result: 'resources', exitStatus: undefined, why: 'A NUL in the command line or environment' };
  return { ok: true, fields, notice: credentials.value.notice };
}

function hasNul(texts: readonly string[] | undefined): boolean {
  return texts?.some((text) => text.includes('\0')) === true;
}

function credentialsOf(unit: Unit, settings: ExecSettings, port: ExecutionPort): CredentialsResult {
  if (!isDynamic(unit.accepted)) return withLogin(unit.accepted, resolveCredentials(settings, port.facts), port);
  const { user, group } = dynamicNames(unit.name, settings);
  const part = port.load('manager/dynamic-user.ts') as typeof DynamicUserPart;
  const ids = part.dynamicIds(user, group, lastingDirectories(settings), {
    ...port,
    path: `${port.runtimeDirectory}/dynamic-users`,
  });
  if (!ids.ok) return { ...ids, exitStatus: 217 };
  return withLogin(unit.accepted, dynamicCredentials(settings, user, ids, port.facts), port);
}

/** Who a service runs as that is up, for `show`. */
export function idsOf(unit: Unit, port: ExecutionPort): Pick<Credentials, 'uid' | 'gid'> | undefined {
  const settings = unit.service?.exec;
  const credentials = settings === undefined ? undefined : credentialsOf(unit, settings, port);
  return credentials?.ok === true ? credentials.value : undefined;
}

/** SetLoginEnvironment= (systemd 255): USER and its like of no user, or of the manager's own. */
function withLogin(accepted: Unit['accepted'], result: CredentialsResult, port: ExecutionPort): CredentialsResult {
  const wanted = accepted.size === 0 ? undefined : accepted.get('SetLoginEnvironment');
  if (wanted === undefined || !result.ok) return result;
  if (wanted === 'no') return { ok: true, value: { ...result.value, variables: [] } };
  if (result.value.userName !== '') return result;
  const own = loginVariables(port.facts.user(String(port.uid)));
  return { ok: true, value: { ...result.value, variables: own.variables } };
}

function secretsOf(unit: Unit, { uid }: Credentials, port: ExecutionPort): SecretsPart.Secrets {
  const part = port.load('manager/secrets.ts') as typeof SecretsPart;
  return part.secretFields(unit.accepted, secretsDirectory(unit.name, port), uid ?? port.uid, port);
}

/** Of most units nothing, for which nothing is loaded. */
function tune(
  accepted: Unit['accepted'],
  { privilege }: ExecCommand,
  port: ExecutionPort,
): FrameFields<'run'> | undefined {
  for (const key of accepted.keys())
    if (/^(?:CPU[AS]|NUMA|IOSch|Pers|SecureB|Cored|MemoryK)/.test(key))
      return (port.load('manager/tuning.ts') as typeof TuningPart).tuningFields(
        accepted,
        privilege !== '+',
        port.files,
      );
  return undefined;
}

const noLines = { ok: true, value: [] } as const;

function runFields(
  unit: Unit,
  settings: ExecSettings,
  effect: RunEffect,
  environment: ServiceEnvironment,
  credentials: Credentials,
  context: ExecutionContext,
  port: ExecutionPort,
): FrameFields<'run'> {
  const { command } = effect;
  const { accepted } = unit;
  const applied = command.privilege === '+' || command.privilege === '!' ? undefined : credentials;
  const streams =
    context.streams === '' ? streamFields(unit, settings, effect.phase, effect.stdin) : clientStreams(context.streams);
  const watched = effect.variables.some((variable) => variable.startsWith('WATCHDOG_USEC='));
  const { workingDirectory } = settings;
  const directories = directoryRecords(settings, {
    uid: credentials.uid ?? port.uid,
    gid: credentials.gid ?? port.uid,
    isDynamic: isDynamic(accepted),
  });
  const ids = applied !== undefined && changesGroups(applied, port) ? applied : undefined;
  // RootDirectoryStartOnly=: the others run outside of it, in the same place seen from there.
  const isInside = unit.service?.rootDirectoryStartOnly !== true || effect.phase === 'ExecStart';
  const root = isInside
    ? { inside: settings.rootDirectory, outside: '' }
    : { inside: '', outside: settings.rootDirectory };
  const isHardened = command.privilege !== '+';
  const dropped = accepted.size > 0 ? droppedCapabilities(accepted) : 0n;
  const bounding =
    dropped > 0n ? (settings.boundingCapabilities ?? allCapabilities) & ~dropped : settings.boundingCapabilities;
  const uid = applied?.uid !== undefined && applied.uid !== port.uid ? applied.uid + 1 : undefined;
  const some = <T extends { readonly length: number }>(value: T): T | undefined =>
    value.length > 0 ? value : undefined;
  // What is left out has its default: most of a frame is.
  return {
    slot: slots[effect.slot],
    flags:
      flagsOf(accepted, settings, command) |
      (port.strict ? runFlags.strict : 0) |
      (isHardened && bounding !== undefined ? runFlags.setBounding : 0) |
      (goesToJournal(streams) ? runFlags.journalStream : 0) |
      terminalFlags(unit) |
      // Descriptors of the store are for ExecStart= alone.
      (effect.phase === 'ExecStart' ? runFlags.passStore : 0),
    paths: pathsOf(command, settings, port.container),
    argv: command.substitute ? substituteArguments(command.argv, environment.lookUp) : command.argv,
    set: environment.set,
    pidVariables: watched ? ['SYSTEMD_EXEC_PID', 'WATCHDOG_PID'] : ['SYSTEMD_EXEC_PID'],
    unset: some(environment.unset),
    workingDirectory:
      root.outside + (workingDirectory.home ? (credentials.home ?? managersHome) : workingDirectory.path || '/'),
    rootDirectory: some(root.inside),
    uidPlus1: uid,
    gidPlus1: ids?.gid === undefined ? undefined : ids.gid + 1,
    groups: ids?.groups ?? (applied === undefined && port.uid === 0 ? some(credentials.ownGroups) : undefined),
    owner: applied === undefined ? ownerOf(credentials) : undefined,
    umask: settings.umask,
    limits: isHardened && settings.limits.size > 0 ? limitTriples(settings.limits) : undefined,
    nice: settings.nice,
    oomScoreAdjust: settings.oomScoreAdjust,
    ...streams,
    ...terminalSize(unit),
    openFiles: openFiles(unit, effect.phase),
    ttyPath: some(settings.ttyPath),
    directories: some(directories),
    ambient: settings.ambientCapabilities,
    bounding,
    user: some(credentials.userName),
    timerSlackNsec: settings.timerSlackNsec,
  };
}

/** Of a command that does not become the unit's user: whose the keyring is, and who else there is in a namespace of users. */
function ownerOf({ uid, gid }: Credentials): readonly number[] | undefined {
  if (uid === undefined && gid === undefined) return undefined;
  return [uid === undefined ? 0 : uid + 1, gid === undefined ? 0 : gid + 1];
}

/** Without root nobody else's groups can be had; one's own are there already. */
function changesGroups(credentials: Credentials, port: ExecutionPort): boolean {
  const { gid, groups } = credentials;
  return (gid !== undefined || groups.length > 0) && !(port.uid !== 0 && credentials.uid === port.uid);
}

function flagsOf(accepted: Unit['accepted'], settings: ExecSettings, command: ExecCommand): number {
  let flags = runFlags.setUmask;
  if (command.ignoreFailure) flags |= runFlags.mayMiss;
  if (accepted.get('NonBlocking') === 'yes') flags |= runFlags.nonBlocking;
  if (settings.workingDirectory.mayMiss) flags |= runFlags.directoryMayMiss;
  if ((settings.noNewPrivileges || isDynamic(accepted)) && command.privilege !== '+') flags |= runFlags.noNewPrivileges;
  if (settings.nice !== undefined) flags |= runFlags.setNice;
  if (settings.oomScoreAdjust !== undefined) flags |= runFlags.setOomScoreAdjust;
  if (settings.ignoreSigpipe) flags |= runFlags.ignoreSigpipe;
  if (command.privilege !== '+' && settings.ambientCapabilities !== undefined) flags |= runFlags.setAmbient;
  return flags;
}

/**
 * Where the executable may be. systemd looks a bare name up in ExecSearchPath=, else in the directories that it was compiled with;
 * here the container's PATH (not the unit's own) comes after these: images put programs in places of their own.
 */
function pathsOf(
  command: ExecCommand,
  settings: ExecSettings,
  container: ReadonlyMap<string, string>,
): readonly string[] {
  if (command.path.startsWith('/')) return [command.path];
  const directories =
    settings.execSearchPath.length > 0
      ? settings.execSearchPath
      : `${defaultPath}:${container.get('PATH') ?? ''}`.split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set(directories)].map((directory) => `${directory}/${command.path}`);
}

function processVariables(
  unit: Unit,
  settings: ExecSettings,
  credentials: Credentials,
  context: ExecutionContext,
  command: ExecCommand,
  port: ExecutionPort,
): readonly string[] {
  const variables = [`INVOCATION_ID=${context.invocation}`, ...credentials.variables, ...directoryVariables(settings)];
  // Who is to begin at home has one (acquire_home()).
  if (settings.workingDirectory.home && !variables.some((variable) => variable.startsWith('HOME=')))
    variables.push(`HOME=${credentials.home ?? managersHome}`);
  if (hasSecrets(unit.accepted)) variables.push(`CREDENTIALS_DIRECTORY=${secretsDirectory(unit.name, port)}`);
  // An init script whose parent is not PID 1 hands over to systemctl in Debian, which would wait for the script.
  if (command.path.startsWith('/etc/init.d/')) variables.push('SYSTEMCTL_SKIP_REDIRECT=1');
  if (context.notifyPath !== '') variables.push(`NOTIFY_SOCKET=${context.notifyPath}`);
  return variables;
}

function limitTriples(limits: Limits): bigint[] {
  const triples: bigint[] = [];
  for (const [resource, limit] of limits) triples.push(BigInt(resource), limit.soft, limit.hard);
  return triples;
}
