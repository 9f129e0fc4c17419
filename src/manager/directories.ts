/** RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory= (systemd.exec(5), "SANDBOXING", table 2). */
import type { DirectoryClass, ExecSettings } from '../units/model.ts';
import type { Credentials } from './credentials.ts';

interface ClassFacts {
  readonly root: string;
  readonly variable: string;
  /** Exit status of a command whose directory cannot be made (src/shared/exit-status.h). */
  readonly exitStatus: number;
  /** What is there already keeps owner and mode: configuration is not for its service to write. */
  readonly keeps: boolean;
}

export const directoryClasses: Readonly<Record<DirectoryClass, ClassFacts>> = {
  runtime: { root: '/run', variable: 'RUNTIME_DIRECTORY', exitStatus: 233, keeps: false },
  state: { root: '/var/lib', variable: 'STATE_DIRECTORY', exitStatus: 238, keeps: false },
  cache: { root: '/var/cache', variable: 'CACHE_DIRECTORY', exitStatus: 239, keeps: false },
  logs: { root: '/var/log', variable: 'LOGS_DIRECTORY', exitStatus: 240, keeps: false },
  configuration: { root: '/etc', variable: 'CONFIGURATION_DIRECTORY', exitStatus: 241, keeps: true },
};

const kinds: readonly DirectoryClass[] = ['runtime', 'state', 'cache', 'logs', 'configuration'];

/** For the keeper: "EXITCODE MODE UID GID KEEPS PATH". `uid` is the manager's own. */
export function directoryRecords(settings: ExecSettings, credentials: Credentials, uid: number): readonly string[] {
  const records: string[] = [];
  for (const kind of kinds) {
    const facts = directoryClasses[kind];
    const { paths, mode } = settings.directories[kind];
    if (paths.length === 0) continue;
    const owner = credentials.uid ?? uid;
    const group = credentials.gid ?? uid;
    const keeps = facts.keeps ? 1 : 0;
    for (const path of paths)
      records.push(`${facts.exitStatus} ${mode.toString(8)} ${owner} ${group} ${keeps} ${facts.root}/${path}`);
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
