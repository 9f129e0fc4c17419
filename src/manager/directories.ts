/** RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory= (systemd.exec(5), "SANDBOXING", table 2). */
import type { DirectoryClass, DirectorySettings, ExecSettings } from '../units/exec-model.ts';

interface ClassFacts {
  readonly root: string;
  readonly variable: string;
  /** Exit status of a command whose directory cannot be made (src/shared/exit-status.h). */
  readonly exitStatus: number;
}

export const directoryClasses: Readonly<Record<DirectoryClass, ClassFacts>> = {
  runtime: { root: '/run', variable: 'RUNTIME_DIRECTORY', exitStatus: 233 },
  state: { root: '/var/lib', variable: 'STATE_DIRECTORY', exitStatus: 238 },
  cache: { root: '/var/cache', variable: 'CACHE_DIRECTORY', exitStatus: 239 },
  logs: { root: '/var/log', variable: 'LOGS_DIRECTORY', exitStatus: 240 },
  configuration: { root: '/etc', variable: 'CONFIGURATION_DIRECTORY', exitStatus: 241 },
};

const kinds: readonly DirectoryClass[] = ['runtime', 'state', 'cache', 'logs', 'configuration'];

/** Who the directories are for. */
export interface DirectoryOwner {
  readonly uid: number;
  readonly gid: number;
  /** DynamicUser=: what it leaves lies where nobody else comes to. */
  readonly isDynamic: boolean;
}

/** For the keeper, four texts each: "EXITCODE KIND MODE UID GID", the root, the path below it, and of a link what it leads to (exec-directories.c). */
export function directoryRecords(settings: ExecSettings, owner: DirectoryOwner): readonly string[] {
  const records: string[] = [];
  for (const kind of kinds) {
    const { exitStatus, root } = directoryClasses[kind];
    const { paths, links, mode } = settings.directories[kind];
    if (paths.length === 0) continue;
    const isPrivate = owner.isDynamic && canBePrivate(settings, kind);
    const ids = `${mode.toString(8)} ${owner.uid} ${owner.gid}`;
    const usual = kind === 'configuration' ? 'k' : owner.isDynamic ? 'D' : 'd';
    paths.forEach((path, index) => {
      // One below another is reached by the link to that.
      const isBelow = isPrivate && paths.slice(0, index).some((other) => path.startsWith(`${other}/`));
      records.push(`${exitStatus} ${isPrivate ? (isBelow ? 'q' : 'p') : usual} ${ids}`, root, path, '');
    });
    for (const [path, link] of links) records.push(`${exitStatus} l ${ids}`, root, link, relativeTo(link, path));
  }
  return records;
}

/** exec_directory_is_private() in systemd's src/core/execute.c. */
function canBePrivate(settings: ExecSettings, kind: DirectoryClass): boolean {
  return kind !== 'configuration' && (kind !== 'runtime' || settings.runtimeDirectoryPreserve !== 'no');
}

/** What a mount namespace must keep in its place. */
export function mountedDirectories(settings: ExecSettings, isDynamic: boolean) {
  return kinds.flatMap((kind) =>
    settings.directories[kind].paths.map((path) => ({
      root: directoryClasses[kind].root,
      path,
      isPrivate: isDynamic && canBePrivate(settings, kind),
    })),
  );
}

/** Where what a dynamic user has left is, at either place. */
export function lastingDirectories(settings: ExecSettings): readonly string[] {
  return kinds
    .filter((kind) => canBePrivate(settings, kind))
    .flatMap((kind) => {
      const { root } = directoryClasses[kind];
      return settings.directories[kind].paths.flatMap((path) => [`${root}/private/${path}`, `${root}/${path}`]);
    });
}

/** What a link at `from` must say to lead to `to`, both below the same root. */
function relativeTo(from: string, to: string): string {
  const start = from.split('/').slice(0, -1);
  const end = to.split('/');
  let common = 0;
  while (common < start.length && start[common] === end[common]) common++;
  return [...start.slice(common).map(() => '..'), ...end.slice(common)].join('/') || '.';
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

/** All that is there of a class: the directories, what a dynamic user had of them, links to them. */
export function directoryTraces(kind: DirectoryClass, { paths, links }: DirectorySettings): readonly string[] {
  const { root } = directoryClasses[kind];
  return [
    ...paths.flatMap((path) => [`${root}/${path}`, ...(kind === 'configuration' ? [] : [`${root}/private/${path}`])]),
    ...links.map(([, link]) => `${root}/${link}`),
  ];
}
