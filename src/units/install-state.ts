import { resolveLink, resolveName } from './aliases.ts';
import { builtinDirectory } from './builtin.ts';
import { listDirectory, readUnitText } from './files.ts';
import type { Units } from './load.ts';
import { instanceOf, instantiate, isTemplate, parseUnitName, templateOf, type UnitName } from './name.ts';

/** The words of `is-enabled` and `list-unit-files`: man systemctl. */
export type UnitFileState =
  | 'enabled'
  | 'enabled-runtime'
  | 'linked'
  | 'linked-runtime'
  | 'alias'
  | 'masked'
  | 'masked-runtime'
  | 'static'
  | 'indirect'
  | 'disabled'
  | 'generated'
  | 'transient'
  | 'bad';

/** Where `enable` puts its links, for good and until the container ends. */
export const persistentDirectory = '/etc/systemd/system';
export const runtimeDirectory = '/run/systemd/system';

/** A symlink that install put into a configuration directory, or below one. */
export interface InstalledLink {
  /** Whole path. */
  readonly path: string;
  /** Its last part, a unit's name. */
  readonly name: string;
  readonly target: string;
  readonly directory: typeof persistentDirectory | typeof runtimeDirectory;
}

/** Every name in the search path that a unit file has, sorted. What is built in is no file. */
export function unitFileNames(units: Units): readonly UnitName[] {
  const names: UnitName[] = [];
  for (const [name, { directory }] of units.directories.files) {
    const parsed = directory === builtinDirectory ? undefined : parseUnitName(name);
    if (parsed !== undefined) names.push(parsed);
  }
  return names.sort();
}

/** The state of a unit's file, or undefined where no file has that name. `links` are those of installedLinks(). Source: unit_file_lookup_state() in systemd's src/shared/install.c. */
export function unitFileState(
  units: Units,
  name: UnitName,
  links: readonly InstalledLink[] = installedLinks(units),
): UnitFileState | undefined {
  const { files } = units.directories;
  const entry = files.get(name) ?? files.get(templateOf(name) ?? '');
  if (entry === undefined) return undefined;
  const { directory } = entry;
  const isRuntime = directory.startsWith('/run/');
  const target = entry.link === undefined ? undefined : resolveLink(directory, entry.link);
  const resolved = resolveName(units.directories, name);
  if (resolved.kind === 'masked' || (resolved.kind === 'file' && isEmpty(units, resolved.source))) {
    return isRuntime ? 'masked-runtime' : 'masked';
  }
  if (resolved.kind === 'bad-alias') return 'bad';
  if (directory.includes('/generator')) return 'generated';
  if (directory.endsWith('/transient')) return 'transient';
  if (resolved.kind === 'file' && resolved.name !== name) return 'alias';
  const enabled = findEnabling(units, name, links);
  if (enabled !== undefined) return enabled;
  if (target !== undefined && isOutside(units, target)) return isRuntime ? 'linked-runtime' : 'linked';
  const { load, install } = units.load(name);
  if (load === 'error' && !isTemplate(name)) return 'bad';
  const { alias, wantedBy, requiredBy, also } = install;
  if (alias.length + wantedBy.length + requiredBy.length > 0) return 'disabled';
  return also.length > 0 ? 'indirect' : 'static';
}

/** The links of both configuration directories, in order of their paths. */
export function installedLinks(units: Units): readonly InstalledLink[] {
  const { files: port, options } = units;
  const found: InstalledLink[] = [];
  for (const directory of [persistentDirectory, runtimeDirectory] as const) {
    const add = (parent: string, name: string): void => {
      const link = port.readLink(`${options.root}${parent}/${name}`);
      if (typeof link !== 'string') return;
      found.push({ path: `${parent}/${name}`, name, target: resolveLink(parent, link), directory });
    };
    for (const { name, type } of listDirectory(port, options.root + directory)) {
      if (type === 'symlink') add(directory, name);
      else if (name.endsWith('.wants') || name.endsWith('.requires')) {
        for (const entry of listDirectory(port, `${options.root}${directory}/${name}`)) {
          if (entry.type === 'symlink') add(`${directory}/${name}`, entry.name);
        }
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether `link` is there for the unit `name`: it has its name or an instance's, or points to its file. */
export function isLinkOf(link: InstalledLink, name: UnitName): boolean {
  const linked = parseUnitName(link.name);
  if (linked === undefined || link.target === '/dev/null') return false;
  if (linked === name || (isTemplate(name) && templateOf(linked) === name)) return true;
  return link.target.slice(link.target.lastIndexOf('/') + 1) === name;
}

function findEnabling(units: Units, name: UnitName, links: readonly InstalledLink[]): UnitFileState | undefined {
  let state: UnitFileState | undefined;
  for (const link of links) {
    const isSelf = link.name === name && link.path === `${link.directory}/${name}`;
    if (isSelf || !isLinkOf(link, name)) continue;
    if (isTemplate(name) && !isDefaultInstance(units, name, link.name)) {
      state ??= 'indirect';
      continue;
    }
    if (link.directory === persistentDirectory) return 'enabled';
    if (state !== 'enabled-runtime') state = 'enabled-runtime';
  }
  return state;
}

function isDefaultInstance(units: Units, template: UnitName, link: string): boolean {
  const { defaultInstance } = units.load(template).install;
  if (link === template) return true;
  const name = parseUnitName(link);
  if (name === undefined || instanceOf(name) === undefined) return true;
  return defaultInstance !== '' && link === instantiate(template, defaultInstance);
}

function isOutside(units: Units, target: string): boolean {
  return !units.directories.existing.includes(target.slice(0, target.lastIndexOf('/')));
}

function isEmpty(units: Units, path: string): boolean {
  return readUnitText(units.files, units.options.root, path).kind === 'null';
}
