/**
 * The environment of a command. Lowest layer is the container's own, which the keeper has anyway: what is sent is the
 * difference. Above it, in this order, later ones win: `systemctl set-environment`, what the service manager says
 * (MAINPID, NOTIFY_SOCKET …), what is made for the process (HOME, INVOCATION_ID …), PATH of ExecSearchPath=, Environment=,
 * EnvironmentFile=; at last UnsetEnvironment= takes away. Source: exec_child() of systemd's src/core/execute.c, which
 * has no container's layer, and clears instead.
 */
import type { ExecSettings } from '../../units/exec-model.ts';

export interface EnvironmentLayers {
  /** The container's, NAME → VALUE. */
  readonly container: ReadonlyMap<string, string>;
  readonly manager: EnvironmentChanges;
  /** NAME=VALUE, in order. */
  readonly service: readonly string[];
  readonly process: readonly string[];
  /** Contents of EnvironmentFile=, NAME=VALUE. */
  readonly files: readonly string[];
}

/** `systemctl set-environment` and `unset-environment`: what differs from the container's. */
export interface EnvironmentChanges {
  readonly set: ReadonlyMap<string, string>;
  readonly unset: readonly string[];
}

/** What is sent to the keeper, and how to look a variable up as the command will see it. */
export interface ServiceEnvironment {
  readonly set: readonly string[];
  readonly unset: readonly string[];
  readonly lookUp: (name: string) => string | undefined;
}

/** PATH where the container has none. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What describes the process that has it, and so is never a service's: of pidone itself, whatever started the container. */
const ownOnly = [
  'NOTIFY_SOCKET',
  'LISTEN_FDS',
  'LISTEN_PID',
  'LISTEN_FDNAMES',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
  'MAINPID',
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'SYSTEMD_EXEC_PID',
  'CREDENTIALS_DIRECTORY',
];

export function buildEnvironment(settings: ExecSettings, layers: EnvironmentLayers): ServiceEnvironment {
  const { container } = layers;
  const set = new Map<string, string>();
  const unset = new Set<string>();
  for (const name of ownOnly) if (container.has(name)) unset.add(name);
  if (!container.has('PATH')) set.set('PATH', defaultPath);
  for (const name of layers.manager.unset) unset.add(name);
  for (const [name, value] of layers.manager.set) set.set(name, value);
  addAll(set, layers.service);
  addAll(set, layers.process);
  if (settings.execSearchPath.length > 0) set.set('PATH', settings.execSearchPath.join(':'));
  addAll(set, settings.environment);
  addAll(set, layers.files);
  for (const entry of settings.unsetEnvironment) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    if (equals >= 0 && (set.get(name) ?? container.get(name)) !== entry.slice(equals + 1)) continue;
    set.delete(name);
    if (container.has(name)) unset.add(name);
  }
  const assignments: string[] = [];
  for (const [name, value] of set) assignments.push(`${name}=${value}`);
  return {
    set: assignments,
    unset: [...unset],
    lookUp: (name) => set.get(name) ?? (unset.has(name) ? undefined : container.get(name)),
  };
}

/** What `after` changes of `before`. */
export function environmentChanges(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): EnvironmentChanges {
  if (before === after) return unchanged;
  const set = new Map<string, string>();
  for (const [name, value] of after) if (before.get(name) !== value) set.set(name, value);
  return { set, unset: [...before.keys()].filter((name) => !after.has(name)) };
}

const unchanged: EnvironmentChanges = { set: new Map(), unset: [] };

/** `set-environment` and `unset-environment` of what was before; NAME=VALUE each, and names. */
export function changedEnvironment(
  before: ReadonlyMap<string, string>,
  set: readonly string[],
  unset: readonly string[],
): ReadonlyMap<string, string> {
  const environment = new Map(before);
  for (const name of unset) environment.delete(name);
  for (const [name, value] of environmentMap(set)) environment.set(name, value);
  return environment;
}

/** NAME=VALUE lines as a map; the last one of a name counts. */
export function environmentMap(assignments: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  addAll(map, assignments);
  return map;
}

function addAll(map: Map<string, string>, assignments: readonly string[]): void {
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals > 0) map.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  }
}
