/** RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory= (systemd.exec(5), "SANDBOXING", table 2). */
import type { DirectoryClass, ExecSettings } from '../units/model.ts';
import type { Credentials } from './credentials.ts';

interface ClassFacts {
  readonly root: string;
  readonly variable: string;
  /** Exit status of a command whose directory cannot be made (src/shared/exit-status.h). */
  readonly exitStatus: number;
  /** Configuration stays root's. */
  readonly ownedByUser: boolean;
}

export const directoryClasses: Readonly<Record<DirectoryClass, ClassFacts>> = {
  runtime: { root: '/run', variable: 'RUNTIME_DIRECTORY', exitStatus: 233, ownedByUser: true },
  state: { root: '/var/lib', variable: 'STATE_DIRECTORY', exitStatus: 238, ownedByUser: true },
  cache: { root: '/var/cache', variable: 'CACHE_DIRECTORY', exitStatus: 239, ownedByUser: true },
  logs: { root: '/var/log', variable: 'LOGS_DIRECTORY', exitStatus: 240, ownedByUser: true },
  configuration: { root: '/etc', variable: 'CONFIGURATION_DIRECTORY', exitStatus: 241, ownedByUser: false },
};

const kinds: readonly DirectoryClass[] = ['runtime', 'state', 'cache', 'logs', 'configuration'];

/** For the keeper: "EXITCODE MODE UID GID PATH". `uid` is the manager's own. */
export function directoryRecords(settings: ExecSettings, credentials: Credentials, uid: number): readonly string[] {
  const records: string[] = [];
  for (const kind of kinds) {
    const facts = directoryClasses[kind];
    const { paths, mode } = settings.directories[kind];
    if (paths.length === 0) continue;
    const owner = facts.ownedByUser ? (credentials.uid ?? uid) : uid;
    const group = facts.ownedByUser ? (credentials.gid ?? uid) : uid;
    for (const path of paths)
      records.push(`${facts.exitStatus} ${mode.toString(8)} ${owner} ${group} ${facts.root}/${path}`);
  }
  return records;
}

/** RUNTIME_DIRECTORY=/run/a:/run/b … */
export function directoryVariables(settings: ExecSettings): readonly string[] {
  const variables: string[] = [];
  for (const kind of kinds) {
    const facts = directoryClasses[kind];
    const { paths } = settings.directories[kind];
    if (paths.length > 0) variables.push(`${facts.variable}=${paths.map((path) => `${facts.root}/${path}`).join(':')}`);
  }
  return variables;
}
