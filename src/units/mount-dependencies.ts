/** Mounts that units need, and what mounts themselves are ordered by: man systemd.unit, RequiresMountsFor=; man systemd.mount. */
import { type Collector, isOn } from './collector.ts';
import { defaults, type Draft } from './draft.ts';
import { escapePath, parseUnitName, stemOf, unescapePath, type UnitName, unitType } from './name.ts';
import { splitBlanks } from './syntax/words.ts';
import { isNormalizedAbsolute, simplifyPath } from './values/path.ts';

/** Prefixes of RuntimeDirectory= and its like, in the order of systemd. */
const directoryRoots = {
  runtime: '/run',
  state: '/var/lib',
  cache: '/var/cache',
  logs: '/var/log',
  configuration: '/etc',
};

/** RequiresMountsFor= as written, and the paths that other settings imply. */
export function mountPathsOf(name: UnitName, draft: Draft): readonly string[] {
  const { accepted, common } = draft;
  if (saysNothing(name, draft)) return common.requiresMountsFor;
  const paths = [...common.requiresMountsFor];
  const written = (key: string): readonly string[] => splitBlanks((accepted.get(key) ?? '').replaceAll('\n', ' '));
  switch (unitType(name)) {
    case 'service': {
      const { exec, directories } = draft;
      if (exec.rootDirectory !== '') paths.push(exec.rootDirectory);
      const { path, mayMiss, home } = exec.workingDirectory;
      if (path !== '' && !mayMiss && !home) paths.push(path);
      paths.push(...written('RootImage'));
      for (const [key, root] of Object.entries(directoryRoots)) {
        for (const directory of directories[key as keyof typeof directoryRoots]) {
          // A link to it may stand behind a NUL.
          paths.push(`${root}/${directory.replace(/\0.*/s, '')}`);
        }
      }
      if (isOn(accepted, 'PrivateTmp') || isOn(accepted, 'DynamicUser')) paths.push('/var/tmp');
      break;
    }
    case 'socket':
      for (const [, path = ''] of (accepted.get('Listen') ?? '').matchAll(/^(?!MessageQueue|USB)\S+ (\/.*)$/gm))
        paths.push(path);
      break;
    case 'path':
      // Each line is one path, blanks and all.
      for (const [, path = ''] of (accepted.get('Paths') ?? '').matchAll(/^\w+=(.*)$/gm)) paths.push(path);
      break;
    case 'timer':
      if (isOn(accepted, 'Persistent')) paths.push('/var/lib/systemd/timers');
      break;
    case 'mount': {
      const where = whereOf(name);
      if (where !== '/') paths.push(parentOf(where));
      paths.push(...written('What').filter((what) => what.startsWith('/')));
      break;
    }
    case 'swap':
      paths.push(...written('What').filter((what) => what.startsWith('/')));
      break;
    case 'automount':
      paths.push(parentOf(whereOf(name)));
      break;
    default:
  }
  return [...new Set(paths.filter(isNormalizedAbsolute).map(simplifyPath))];
}

/** Most services name no path: they are not to pay for those that do. */
function saysNothing(name: UnitName, { accepted, directories, exec }: Draft): boolean {
  const type = unitType(name);
  if (type === 'target' || type === 'slice' || type === 'device') return true;
  if (type !== 'service' || accepted.size > 0 || directories !== defaults.directories) return false;
  return exec.rootDirectory === '' && exec.workingDirectory.path === '';
}

/** After= every mount on the way to each path; `kind` those that have a unit file. Without one only the root is sure to be there. */
export function addNeededMounts(
  found: Collector,
  name: UnitName,
  kind: 'Requires' | 'Wants',
  paths: readonly string[],
  hasUnitFile: (name: UnitName) => boolean,
): void {
  const seen = new Set<string>([name]);
  const need = (path: string): void => {
    const mount = parseUnitName(`${escapePath(path) ?? ''}.mount`);
    if (mount === undefined || seen.has(mount)) return;
    seen.add(mount);
    if (hasUnitFile(mount)) found.add('implicit', mount, kind, 'After');
    else if (path === '/') found.add('implicit', mount, 'After');
  };
  for (const path of paths) {
    need('/');
    for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) need(path.slice(0, slash));
    if (path !== '/') need(path);
  }
}

/** Of a mount, an automount or a swap that a file describes; all of them count as mounted, so this is only for who looks. */
export function addMountDependencies(found: Collector, name: UnitName, { accepted, common }: Draft): void {
  const type = unitType(name);
  if (type === 'automount') found.add('implicit', `${stemOf(name)}.mount`, 'Before', 'Triggers');
  // A swap has none in a container.
  if (!common.defaultDependencies || name === '-.mount' || type === 'swap') return;
  found.add('default', 'umount.target', 'Conflicts', 'Before');
  const isRemote = type === 'mount' && isNetworkMount(accepted);
  found.add('default', isRemote ? 'remote-fs-pre.target' : 'local-fs-pre.target', 'After');
  found.add('default', isRemote ? 'remote-fs.target' : 'local-fs.target', 'Before');
  if (isRemote) {
    found.add('default', 'network.target', 'After');
    found.add('default', 'network-online.target', 'Wants', 'After');
  } else if (accepted.get('Type') === 'tmpfs') {
    found.add('default', 'swap.target', 'After');
  }
}

function isNetworkMount(accepted: ReadonlyMap<string, string>): boolean {
  const type = (accepted.get('Type') ?? '').replace(/^fuse\./, '');
  return (
    /^(afs|ceph|cifs|smb3?|smbfs|sshfs|ncpfs|ncp|nfs4?|gfs2?|glusterfs|pvfs2|ocfs2|lustre|davfs)$/.test(type) ||
    (accepted.get('Options') ?? '').split(',').includes('_netdev')
  );
}

function whereOf(name: UnitName): string {
  return unescapePath(stemOf(name)) ?? '/';
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}
