import { builtinDirectory } from './builtin.ts';
import type { UnitDirectories, UnitFileEntry } from './files.ts';
import { instanceOf, instantiate, parseUnitName, templateOf, type UnitName, unitType } from './name.ts';

/** Where the fragment of a unit is, after symlinks inside the search path (aliases) were followed. */
export type Fragmentary =
  /** `source`: where the text is, when `path` is a link to a file elsewhere (a linked unit). */
  | { readonly kind: 'file'; readonly name: UnitName; readonly path: string; readonly source: string }
  | { readonly kind: 'masked'; readonly name: UnitName; readonly path: string }
  | { readonly kind: 'missing'; readonly name: UnitName }
  | { readonly kind: 'bad-alias'; readonly name: UnitName; readonly message: string };

const mostHops = 8;

/**
 * The name that `name` stands for and the file that it is read from. A symlink to a name in the search path is an alias;
 * to /dev/null masks; to elsewhere is a linked unit, whose target's name does not matter. foo@x.service without a file of
 * its own is read from foo@.service. Source: systemd's src/basic/unit-file.c; man systemd.unit.
 */
export function resolveName(directories: UnitDirectories, name: UnitName): Fragmentary {
  let current = name;
  for (let hop = 0; hop <= mostHops; hop++) {
    const found = findEntry(directories, current);
    // A link that leads nowhere is no name of anything.
    if (found === undefined) return { kind: 'missing', name };
    const { entry } = found;
    const path = `${entry.directory}/${entry.name}`;
    if (entry.link === undefined) return { kind: 'file', name: current, path, source: path };
    const target =
      entry.directory === builtinDirectory
        ? `${builtinDirectory}/${entry.link}`
        : resolveLink(entry.directory, entry.link);
    if (target === '/dev/null') return { kind: 'masked', name: current, path };
    const aliased = aliasTarget(directories, target);
    // A linked unit is named by its link.
    if (aliased === undefined || aliased === entry.name) return { kind: 'file', name: current, path, source: target };
    if (aliased === below)
      return { kind: 'bad-alias', name: current, message: `Alias ${path} leads below a directory` };
    const next = nameBehind(current, aliased);
    if (next === undefined) {
      return { kind: 'bad-alias', name: current, message: `Alias ${path} cannot stand for ${aliased}` };
    }
    current = next;
  }
  return { kind: 'bad-alias', name, message: `Too many levels of aliases of ${name}` };
}

/** Every other name of units in the search path: name of the unit → its aliases. Templates are under the template's name. */
export function collectAliases(directories: UnitDirectories): ReadonlyMap<UnitName, readonly UnitName[]> {
  const aliases = new Map<UnitName, UnitName[]>();
  for (const entry of directories.links) {
    const name = parseUnitName(entry.name);
    if (name === undefined) continue;
    const resolved = resolveName(directories, name);
    if ((resolved.kind !== 'file' && resolved.kind !== 'masked') || resolved.name === name) continue;
    const known = aliases.get(resolved.name);
    if (known === undefined) aliases.set(resolved.name, [name]);
    else known.push(name);
  }
  return aliases;
}

/** All names of the unit called `name` in truth, that one first. */
export function namesOf(aliases: ReadonlyMap<UnitName, readonly UnitName[]>, name: UnitName): readonly UnitName[] {
  const own = aliases.get(name);
  const template = templateOf(name);
  const instance = instanceOf(name);
  const ofTemplate = template === undefined || template === name ? undefined : aliases.get(template);
  if (own === undefined && ofTemplate === undefined) return [name];
  const names = new Set<UnitName>([name, ...(own ?? [])]);
  for (const alias of ofTemplate ?? []) {
    const instantiated = instantiate(alias, instance ?? '');
    if (instantiated !== undefined) names.add(instantiated);
  }
  return [...names];
}

function findEntry(directories: UnitDirectories, name: UnitName): { readonly entry: UnitFileEntry } | undefined {
  const own = directories.files.get(name);
  if (own !== undefined) return { entry: own };
  const template = templateOf(name);
  const entry = template === undefined ? undefined : directories.files.get(template);
  return entry === undefined ? undefined : { entry };
}

/** No name: what lies below a directory of the search path, but not in it, is no unit's file. */
const below = '';

/** The base name of `target` when it lies in a directory of the search path; `below`; or undefined for a file elsewhere. */
function aliasTarget(directories: UnitDirectories, target: string): string | undefined {
  const slash = target.lastIndexOf('/');
  const directory = target.slice(0, slash);
  if (directories.existing.includes(directory) || isKnownDirectory(directory)) return target.slice(slash + 1);
  return directories.existing.some((each) => directory.startsWith(`${each}/`)) ? below : undefined;
}

/** /lib may be /usr/lib by another name, and one of them not in `existing`. */
function isKnownDirectory(directory: string): boolean {
  return (
    directory === builtinDirectory || directory === '/lib/systemd/system' || directory === '/usr/lib/systemd/system'
  );
}

/** The name that an alias leads to: types and kinds must fit; an instance may stand for a template's instance. */
function nameBehind(name: UnitName, target: string): UnitName | undefined {
  const next = parseUnitName(target);
  if (next === undefined || unitType(next) !== unitType(name)) return undefined;
  const instance = instanceOf(name);
  const nextInstance = instanceOf(next);
  if (instance === undefined || nextInstance === undefined) return instance === nextInstance ? next : undefined;
  if (nextInstance === '') return instance === '' ? next : instantiate(next, instance);
  return instance === nextInstance ? next : undefined;
}

/** A link's target as a path, `..` and `.` taken out. */
export function resolveLink(directory: string, link: string): string {
  const parts: string[] = [];
  for (const part of (link.startsWith('/') ? link : `${directory}/${link}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
