/**
 * From names (or paths) to the files that have their [Install] sections: systemctl's own way of finding a unit's file, which
 * follows links one by one and knows no drop-ins of prefixes. Source: systemd's src/shared/install.c.
 */
import { builtinLinks, builtinTexts } from '../builtin.ts';
import { isTemplate, instanceOf, instantiate, parseUnitName, templateOf, type UnitName, unitType } from '../name.ts';
import type { SpecifierContext } from '../syntax/specifiers.ts';
import { aliasProblem } from './alias.ts';
import type { PlanDraft } from './change.ts';
import { errno } from './errno.ts';
import { type InstallInfo, isInstance, newInfo, ruleCount } from './info.ts';
import { baseOf, isConfigDirectory, isGenerated, isTransient, isWithin, parentOf } from './paths.ts';
import { mayTemplate, readInstallSection } from './section.ts';
import type { InstallTree } from './tree.ts';

/** All that planning looks at. */
export interface InstallWorld {
  readonly tree: InstallTree;
  /** Best first, without the root. */
  readonly searchPath: readonly string[];
  readonly specifiers: SpecifierContext;
}

export interface SearchFlags {
  /** Read the sections, not only find the files. */
  readonly load: boolean;
  /** Follow links in /etc/systemd/system and /run/systemd/system too. */
  readonly followConfig: boolean;
}

export const loadAndFollow: SearchFlags = { load: true, followConfig: true };
export const onlyFollow: SearchFlags = { load: false, followConfig: true };
export const onlyLoad: SearchFlags = { load: true, followConfig: false };
export const onlyFind: SearchFlags = { load: false, followConfig: false };

const mostLinks = 64;

/** What search ends with: the number of rules found, or minus an errno. */
type Result = number;

/** The units of one verb: those to do, in order, and those done. */
export class InstallContext {
  readonly world: InstallWorld;
  readonly plan: PlanDraft;
  readonly #waiting = new Map<UnitName, InstallInfo>();
  readonly #done = new Map<UnitName, InstallInfo>();

  constructor(world: InstallWorld, plan: PlanDraft) {
    this.world = world;
    this.plan = plan;
  }

  /** One of its own for the same files; what it finds to say goes into the same plan. */
  fresh(): InstallContext {
    return new InstallContext(this.world, this.plan);
  }

  /** A path as it is told: with the root. */
  shown(path: string): string {
    return this.world.tree.root + path;
  }

  has(name: string): boolean {
    return this.#done.has(name as UnitName) || this.#waiting.has(name as UnitName);
  }

  /** A unit to do, by its name; undefined for what is no name. */
  add(text: string, auxiliary: boolean, path = ''): InstallInfo | undefined {
    const name = parseUnitName(text);
    if (name === undefined) return undefined;
    const known = this.#done.get(name) ?? this.#waiting.get(name);
    if (known !== undefined) {
      known.auxiliary &&= auxiliary;
      return known;
    }
    const info = newInfo(name, auxiliary);
    info.path = path;
    this.#waiting.set(name, info);
    return info;
  }

  /** The next to do, which is then done. */
  next(): InstallInfo | undefined {
    for (const [name, info] of this.#waiting) {
      this.#waiting.delete(name);
      this.#done.set(name, info);
      return info;
    }
    return undefined;
  }

  /** Adds a name or an absolute path and finds what it stands for in the end. Minus the errno, which the plan then tells, when nothing is found. */
  discover(nameOrPath: string, flags: SearchFlags): InstallInfo | number {
    const found = this.discoverQuietly(nameOrPath, flags);
    return typeof found === 'number' ? this.plan.fail(-found, nameOrPath) : found;
  }

  discoverQuietly(nameOrPath: string, flags: SearchFlags): InstallInfo | number {
    const info = nameOrPath.startsWith('/')
      ? this.add(baseOf(nameOrPath), false, nameOrPath)
      : this.add(nameOrPath, false);
    return info === undefined ? -errno.EINVAL : this.traverse(info, flags);
  }

  /** The same, refusing what enable must not touch. */
  discoverAndCheck(nameOrPath: string, flags: SearchFlags): InstallInfo | number {
    const info = this.discover(nameOrPath, flags);
    if (typeof info === 'number') return info;
    if (info.mode === 'masked') return this.plan.fail(errno.ERFKILL, this.shown(info.path));
    if (isGenerated(info.path) || isTransient(info.path))
      return this.plan.fail(errno.EADDRNOTAVAIL, this.shown(info.path));
    return info;
  }

  /** Follows links until a file or a mask is reached. */
  traverse(start: InstallInfo, flags: SearchFlags): InstallInfo | number {
    let result = this.search(start, flags);
    if (result < 0) return result;
    let info = start;
    for (let hops = 1; info.mode === 'alias' || info.mode === 'linked'; hops++) {
      if (hops > mostLinks) return -errno.ELOOP;
      if (!flags.followConfig && isConfigDirectory(parentOf(info.path))) return -errno.ELOOP;
      result = this.#follow(info, flags, info.mode === 'linked');
      // Without a target it is the next link that is wrong.
      if (result === -errno.EXDEV && info.target !== '') {
        const name = this.#targetName(info);
        if (typeof name === 'number') return name;
        if (name === info.name) {
          result = this.#follow(info, flags, true);
        } else {
          const next = this.add(name, false);
          if (next === undefined) return -errno.EINVAL;
          info = next;
          result = this.search(info, flags);
          if (result === -errno.ENOENT) return -errno.ENOLINK;
        }
      }
      if (result < 0) return result;
    }
    return info;
  }

  /** Finds the file of one name, and its drop-ins. Links are not followed. */
  search(info: InstallInfo, flags: SearchFlags): Result {
    if (info.mode !== undefined) return 0;
    if (instanceOf(info.name) !== undefined && !mayTemplate(info.name)) {
      const path = info.path === '' ? `${this.world.searchPath[0] ?? ''}/${info.name}` : info.path;
      this.plan.remark(`${this.shown(path)}: unit type ${unitType(info.name)} cannot be templated, ignoring.`);
      return -errno.EINVAL;
    }
    if (info.path !== '') return this.#readMain(info, info.path, flags);
    const template = isInstance(info.name) ? templateOf(info.name) : undefined;
    let result = this.#searchName(info, info.name, flags);
    if (result === -errno.ENOENT && template !== undefined) result = this.#searchName(info, template, flags);
    if (result === -errno.ENOENT) result = findBuiltin(info);
    if (result < 0 || isMasked(info) || !flags.load) return result;
    const problem = this.#readDropIns(info, template);
    return problem === 0 ? result : -problem;
  }

  #searchName(info: InstallInfo, name: UnitName, flags: SearchFlags): Result {
    for (const directory of this.world.searchPath) {
      if (!this.world.tree.mayHave(directory, name)) continue;
      const path = `${directory}/${name}`;
      const result = this.#readMain(info, path, flags);
      if (result >= 0) {
        info.path = path;
        return result;
      }
      if (result !== -errno.ENOENT && result !== -errno.ENOTDIR && result !== -errno.EACCES) return result;
    }
    return -errno.ENOENT;
  }

  #readMain(info: InstallInfo, path: string, flags: SearchFlags): Result {
    const { tree } = this.world;
    const kind = tree.kind(path);
    if (typeof kind === 'number') return -kind;
    if (kind === 'symlink') return this.#readLink(info, path);
    if (tree.isNull(path)) {
      info.mode = 'masked';
      return 0;
    }
    if (kind === 'directory') return -errno.EISDIR;
    if (kind === 'other') return -errno.EBADFD;
    if (flags.load) {
      const result = this.#readSection(info, path);
      if (result !== 0) return -result;
    }
    info.mode = 'regular';
    return flags.load ? ruleCount(info) : 0;
  }

  /** The errno, or 0. */
  #readSection(info: InstallInfo, path: string): number {
    const { tree, specifiers } = this.world;
    const text = tree.text(path);
    if (typeof text === 'number') return text;
    const mode = tree.mode(path);
    const remarkMode = (what: string, remove: string): void => {
      const advice = `Please remove ${remove} permission bits. Proceeding anyway.`;
      this.plan.remark(`Configuration file ${this.shown(path)} is marked ${what}. ${advice}`);
    };
    if ((mode & 0o111) !== 0) remarkMode('executable', 'executable');
    if ((mode & 0o002) !== 0) remarkMode('world-writable', 'world writability');
    return readInstallSection(info, this.shown(path), text, {
      specifiers,
      also: (name) => this.add(name, true) !== undefined,
      remark: (line) => {
        this.plan.remark(line);
      },
    });
  }

  /** Where a link leads, one step: into the search path (an alias) or out of it. */
  #readLink(info: InstallInfo, path: string): Result {
    const { tree, searchPath } = this.world;
    const link = tree.link(path);
    if (typeof link === 'number') return -link;
    const absolute = link.startsWith('/') ? link : `${parentOf(path)}/${link}`;
    const target = tree.chase(absolute, false);
    if (typeof target === 'number') return -target;
    const inside = searchPath.find((directory) => isWithin(target, directory));
    if (inside !== undefined) {
      const problem = aliasProblem(baseOf(path), this.shown(target));
      if (problem !== undefined) {
        if (problem.text !== undefined) this.plan.remark(problem.text, 'notice');
        return -problem.errno;
      }
      if (parentOf(target) !== inside)
        this.plan.remark(`Suspicious symlink ${this.shown(path)} → ${this.shown(target)}, treating as alias.`);
    }
    info.target = target;
    if (this.#leadsToNothing(target)) info.mode = 'masked';
    else info.mode = inside === undefined ? 'linked' : 'alias';
    return 0;
  }

  #leadsToNothing(target: string): boolean {
    if (target === '/dev/null') return true;
    const end = this.world.tree.chase(target, true);
    return typeof end === 'string' && this.world.tree.isNull(end);
  }

  /** Goes to where the link leads, if that has the unit's own name. */
  #follow(info: InstallInfo, flags: SearchFlags, anyName: boolean): Result {
    if (!anyName && baseOf(info.target) !== info.name) return -errno.EXDEV;
    info.path = info.target;
    info.target = '';
    info.mode = undefined;
    return this.#readMain(info, info.path, flags);
  }

  /** The unit that an alias means; an instance stays one. */
  #targetName(info: InstallInfo): string | number {
    const base = baseOf(info.target);
    const name = parseUnitName(base);
    if (name === undefined || !isInstance(info.name) || !isTemplate(name)) return base;
    return instantiate(name, instanceOf(info.name) ?? '') ?? -errno.EINVAL;
  }

  /** NAME.d and TEMPLATE.d of every directory; of files with one name the first counts. */
  #readDropIns(info: InstallInfo, template: UnitName | undefined): number {
    const { tree, searchPath } = this.world;
    const found = new Map<string, string>();
    for (const owner of template === undefined ? [info.name] : [info.name, template]) {
      for (const directory of searchPath) {
        if (!tree.mayHave(directory, `${owner}.d`)) continue;
        const files = tree.list(`${directory}/${owner}.d`);
        for (const { name } of typeof files === 'number' ? [] : files) {
          if (name.endsWith('.conf') && !found.has(name)) found.set(name, `${directory}/${owner}.d/${name}`);
        }
      }
    }
    for (const name of [...found.keys()].sort()) {
      const path = tree.chase(found.get(name) ?? '', true);
      if (typeof path === 'number') return path;
      if (path === '/dev/null' || tree.isNull(path)) continue;
      const result = this.#readSection(info, path);
      if (result !== 0) return result;
    }
    return 0;
  }
}

function isMasked({ mode }: InstallInfo): boolean {
  return mode === 'masked';
}

/** What is compiled in stands after all files, as if it lay in /lib. */
function findBuiltin(info: InstallInfo): Result {
  const link = builtinLinks[info.name];
  if (link === undefined && builtinTexts[info.name] === undefined) return -errno.ENOENT;
  info.path = `${builtinStandsIn}/${info.name}`;
  info.target = link === undefined ? '' : `${builtinStandsIn}/${link}`;
  info.mode = link === undefined ? 'regular' : 'alias';
  return 0;
}

const builtinStandsIn = '/lib/systemd/system';
