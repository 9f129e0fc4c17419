import { listDirectory, type UnitDirectories, type UnitFilesPort } from './files.ts';
import { instanceOf, prefixOf, type UnitName, unitType } from './name.ts';

/**
 * The directories `NAME<suffix>` (suffix: .d, .wants, .requires) of a unit, best first: for each name and each directory
 * of the search path the name's own, its template's, then those of the prefixes that dashes make. Source:
 * unit_file_find_dirs() in systemd's src/shared/dropin.c.
 */
export function findSubdirectories(
  directories: UnitDirectories,
  names: readonly UnitName[],
  suffix: '.d' | '.wants' | '.requires' | '.upholds',
): readonly string[] {
  const [only] = names;
  if (names.length === 1 && only !== undefined && !only.includes('-') && !only.includes('@')) {
    return directories.subdirectories.get(only + suffix) ?? none;
  }
  const found: string[] = [];
  for (const name of names) {
    const groups: (readonly string[])[] = [];
    for (const candidate of candidateNames(name)) {
      const paths = directories.subdirectories.get(candidate + suffix);
      if (paths !== undefined) groups.push(paths);
    }
    if (groups.length === 0) continue;
    for (const directory of directories.existing) {
      for (const paths of groups) {
        const path = paths.find(
          (each) => each.startsWith(`${directory}/`) && !each.includes('/', directory.length + 1),
        );
        if (path !== undefined && !found.includes(path)) found.push(path);
      }
    }
  }
  return found;
}

const none: readonly string[] = [];

/** The drop-ins of a unit in the order of reading: by file name over all directories; of one name the best directory has it. */
export function findDropIns(
  port: UnitFilesPort,
  root: string,
  directories: UnitDirectories,
  names: readonly UnitName[],
): readonly string[] {
  const [name] = names;
  if (name === undefined || directories.subdirectories.size === 0) return none;
  const own = findSubdirectories(directories, names, '.d');
  const ofType = directories.subdirectories.get(`${unitType(name)}.d`);
  if (own.length === 0 && ofType === undefined) return none;
  const paths = own.concat(ofType ?? none);
  const files = new Map<string, string>();
  for (const found of paths) {
    const path = realDirectory(port, root, found);
    for (const entry of listDirectory(port, root + path)) {
      const isFile = entry.type === 'file' || entry.type === 'symlink' || entry.type === 'character';
      if (isFile && entry.name.endsWith('.conf') && !files.has(entry.name)) files.set(entry.name, path);
    }
  }
  return [...files.keys()].sort(byteOrder).map((file) => `${files.get(file) ?? ''}/${file}`);
}

/** systemd names drop-ins by their directory's real path: /usr/lib, not /lib. */
function realDirectory(port: UnitFilesPort, root: string, path: string): string {
  const real = port.realPath(root + path);
  return typeof real === 'string' && real.startsWith(root) ? real.slice(root.length) : path;
}

function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * `a-b@x.service`: itself; its template a-b@.service and what dashes make of that, which is the plain a-.service; a-@x.service and its
 * template a-@.service.
 */
function candidateNames(name: UnitName): readonly string[] {
  if (!name.includes('-') && !name.includes('@')) return [name];
  const found: string[] = [];
  const suffix = name.slice(name.lastIndexOf('.'));
  const add = (prefix: string, instance: string | undefined): void => {
    found.push(prefix + (instance === undefined ? '' : `@${instance}`) + suffix);
    if (instance !== undefined && instance !== '') add(prefix, '');
    const shorter = shortenPrefix(prefix);
    if (shorter !== undefined) add(shorter, instance === '' ? undefined : instance);
  };
  add(prefixOf(name), instanceOf(name));
  return [...new Set(found)];
}

/** Up to the last dash; one at the very end does not count. undefined: there is none but at the beginning. */
function shortenPrefix(prefix: string): string | undefined {
  const dash = prefix.lastIndexOf('-', prefix.endsWith('-') ? prefix.length - 2 : prefix.length);
  return dash <= 0 ? undefined : prefix.slice(0, dash + 1);
}
