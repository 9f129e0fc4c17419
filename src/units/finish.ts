import type { Diagnostic } from './diagnostic.ts';
import { defaults, type Draft, own } from './draft.ts';
import { automaticDependencies, type Surroundings } from './implicit.ts';
import type { DirectoryClass } from './exec-model.ts';
import type { CommonSettings, Dependency, DependencyKind, LoadState, ServiceSettings, StandIn, Unit } from './model.ts';
import type { SocketCommands } from './trigger-model.ts';
import { type Microseconds, stemOf, type UnitName, unescapeName, unescapePath, unitType } from './name.ts';
import { mountPathsOf } from './mount-dependencies.ts';
import { pathSettings } from './path-settings.ts';
import { scopeSettings } from './scope-settings.ts';
import { timerSettings } from './timer-settings.ts';
import { isDynamic } from './dynamic-user.ts';
import { hasSecrets } from './secret-settings.ts';
import { explainBadTrigger } from './triggers.ts';
import { explainBadService, serviceType } from './verify-service.ts';

/** How reading its files went. */
export interface Outcome {
  readonly load: LoadState;
  readonly loadError: string;
  readonly loadErrno: string;
  readonly modified: number;
  readonly fragmentPath: string;
  readonly standIn: StandIn | undefined;
  readonly dropInPaths: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The Unit that a draft is when all its files are read: what depends on several settings, defaults of the type, implicit dependencies. */
export function finishUnit(
  name: UnitName,
  names: readonly UnitName[],
  draft: Draft,
  outcome: Outcome,
  hasUnitFile: Surroundings['hasUnitFile'],
): Unit {
  const type = unitType(name);
  const isLoaded = outcome.load === 'loaded';
  const kind = serviceType(draft);
  if (type === 'service') settleStreams(draft);
  const standIn = isLoaded ? outcome.standIn : undefined;
  const hasFile = outcome.fragmentPath !== '';
  const bad = isLoaded && hasFile ? explainBad(name, draft, kind, standIn) : undefined;
  const { install, accepted } = draft;
  const mounts = isLoaded ? mountPathsOf(name, draft) : none;
  if (mounts.length > 0) own(draft, 'common').requiresMountsFor = mounts;
  const dependencies = isLoaded ? dependenciesOf(names, draft, standIn, mounts, { kind, hasFile, hasUnitFile }) : none;
  // What is not loaded runs nothing.
  const started =
    bad === undefined && standIn === undefined ? dependencies.find(({ kind }) => kind === 'Triggers')?.on : undefined;
  return {
    name,
    names,
    type,
    load: bad === undefined ? outcome.load : 'bad-setting',
    loadError: bad ?? outcome.loadError,
    loadErrno: outcome.loadErrno,
    standIn,
    fragmentPath: outcome.fragmentPath,
    dropInPaths: sparing(outcome.dropInPaths),
    modified: outcome.modified,
    diagnostics:
      bad === undefined
        ? sparing(outcome.diagnostics)
        : outcome.diagnostics.concat({
            severity: 'error',
            file: outcome.fragmentPath,
            line: 0,
            column: 0,
            message: `${bad}; the unit is not loaded (bad-setting)`,
          }),
    dependencies,
    common: finishCommon(name, draft),
    // Without settings nobody can start what must not run.
    service: type === 'service' && standIn === undefined ? finishService(draft, kind) : undefined,
    timer: started === undefined || type !== 'timer' ? undefined : timerSettings(started, accepted),
    path: started === undefined || type !== 'path' ? undefined : pathSettings(started, accepted),
    scope:
      type === 'scope' && standIn === undefined && isLoaded && hasFile
        ? scopeSettings(draft.kill, accepted)
        : undefined,
    socket: type === 'socket' && standIn === undefined && hasFile ? finishSocket(draft) : undefined,
    install,
    accepted: accepted.size === 0 ? nothing : accepted,
  };
}

const none: readonly never[] = [];
const nothing: ReadonlyMap<string, string> = new Map();

/** Most lists of most units are empty: one is enough for them all. */
function sparing<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list;
}

function explainBad(
  name: UnitName,
  draft: Draft,
  kind: ServiceSettings['type'],
  standIn: StandIn | undefined,
): string | undefined {
  if (unitType(name) !== 'service') return explainBadTrigger(name, draft.accepted);
  // A stand-in runs no command, and needs none.
  return standIn === undefined ? explainBadService(draft, kind) : undefined;
}

/** A service that runs nothing needs nobody: it only keeps its place in the order. */
const ofStandIn: ReadonlySet<DependencyKind> = new Set(['Before', 'After', 'Conflicts']);

function dependenciesOf(
  names: readonly UnitName[],
  draft: Draft,
  standIn: StandIn | undefined,
  mounts: readonly string[],
  around: Surroundings,
): readonly Dependency[] {
  const [name] = names;
  if (name === undefined) return [];
  const all = draft.dependencies.concat(automaticDependencies(name, draft, mounts, around));
  const isIdle = standIn !== undefined && unitType(name) === 'service';
  return withoutSelf(isIdle ? all.filter(({ kind }) => ofStandIn.has(kind)) : all, names);
}

/** A unit that names itself is told nothing about: systemd drops such a dependency. */
function withoutSelf(dependencies: readonly Dependency[], names: readonly UnitName[]): readonly Dependency[] {
  const [only] = names;
  const isSelf = (on: UnitName): boolean => (names.length === 1 ? on === only : names.includes(on));
  for (const { on } of dependencies) {
    if (isSelf(on)) return dependencies.filter((dependency) => !isSelf(dependency.on));
  }
  return dependencies;
}

function finishCommon(name: UnitName, draft: Draft): CommonSettings {
  const common = own(draft, 'common');
  if (common.description === '') common.description = usualDescription(name);
  common.jobRunningTimeout ??= common.jobTimeout;
  // jobRunningTimeout is there now.
  return common as CommonSettings;
}

function usualDescription(name: UnitName): string {
  if (unitType(name) === 'mount' || unitType(name) === 'swap') return unescapePath(stemOf(name)) ?? name;
  if (unitType(name) !== 'slice') return name;
  if (name === '-.slice') return 'Root Slice';
  return name === 'system.slice' ? 'System Slice' : `Slice /${unescapeName(stemOf(name)) ?? name}`;
}

const usualTimeout = 90_000_000 as Microseconds;
const infinity = Infinity as Microseconds;

function finishService(draft: Draft, type: ServiceSettings['type']): ServiceSettings {
  const service = own(draft, 'service');
  const needsSocket =
    type === 'notify' || type === 'notify-reload' || (service.watchdog > 0 && service.watchdog < Infinity);
  service.type = type;
  service.timeoutStart ??= type === 'oneshot' ? infinity : usualTimeout;
  if (needsSocket && service.notifyAccess === 'none') service.notifyAccess = 'main';
  if (hasSecrets(draft.accepted)) own(draft, 'exec').hasSecrets = true;
  if (draft.accepted.get('RemoveIPC') === 'yes' || isDynamic(draft.accepted)) own(draft, 'exec').removesIpc = true;
  if (hasDirectories(draft)) own(draft, 'exec').directories = finishDirectories(draft);
  // Plain mutation: copying settings of this size costs more than reading a file.
  return Object.assign(service, { commands: draft.commands, exec: draft.exec, kill: draft.kill }) as ServiceSettings;
}

function finishSocket(draft: Draft): SocketCommands {
  const exec = hasDirectories(draft) ? { ...draft.exec, directories: finishDirectories(draft) } : draft.exec;
  return { commands: draft.commands, exec, kill: draft.kill };
}

/** What the streams are that say nothing of their own, or only `inherit` (systemd's service_fix_stdio()). */
function settleStreams(draft: Draft): void {
  const { stdin, stdout } = draft.exec;
  const usual = defaults.exec.stdout;
  if (stdin.kind === 'null' && draft.accepted.has('StandardInputData')) own(draft, 'exec').stdin = { kind: 'data' };
  const goesBothWays = stdin.kind.startsWith('tty') || stdin.kind === 'socket' || stdin.kind === 'fd';
  if (goesBothWays && stdout === usual) own(draft, 'exec').stdout = { kind: 'inherit' };
  else if (!goesBothWays && stdout.kind === 'inherit') own(draft, 'exec').stdout = usual;
}

function hasDirectories({ directories, directoryModes }: Draft): boolean {
  return directories !== defaults.directories || directoryModes !== defaults.directoryModes;
}

function finishDirectories({ directories, directoryModes }: Draft): ServiceSettings['exec']['directories'] {
  const finish = (name: DirectoryClass) => {
    // Part by part: what is below a directory comes before its neighbour whose name is longer.
    const entries = directories[name]
      .map((entry) => entry.replaceAll('/', '\x01'))
      .sort()
      .map((entry) => entry.replaceAll('\x01', '/').split('\0'));
    const paths = new Set(entries.map(([path = '']) => path));
    const links = entries.flatMap(([path = '', link]) => (link === undefined ? [] : ([[path, link]] as const)));
    return { paths: [...paths], links: links.length > 0 ? links : none, mode: directoryModes[name] };
  };
  return {
    runtime: finish('runtime'),
    state: finish('state'),
    cache: finish('cache'),
    logs: finish('logs'),
    configuration: finish('configuration'),
  };
}
