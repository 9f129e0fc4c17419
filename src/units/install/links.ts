/** Links made: those of a unit's [Install] section, and others. Source: systemd's src/shared/install.c. */
import { isTemplate, parseUnitName, type UnitName } from '../name.ts';
import { checkAlias } from './alias.ts';
import { type InstallContext, onlyFind, onlyFollow, type SearchFlags } from './context.ts';
import { errno } from './errno.ts';
import { type InstallInfo, installedName, newInfo } from './info.ts';
import { baseOf, isWithin, parentOf, simplify } from './paths.ts';
import { expandInstall } from './section.ts';

export interface LinkOptions {
  /** Where links are made. */
  readonly directory: string;
  /** Links that lead elsewhere are replaced. */
  readonly force: boolean;
  /** Presets: who cannot be installed so is passed over. */
  readonly lenient: boolean;
}

/** Plans the link at `path` to `target`. 1: it is or will be there; else minus the errno. */
export function planLink(context: InstallContext, target: string, path: string, force: boolean): number {
  const { plan, world } = context;
  const { tree } = world;
  const there = tree.kind(path);
  if (typeof there === 'number' && there !== errno.ENOENT) return plan.fail(there, context.shown(path));
  if (typeof there !== 'number') {
    const now = tree.link(path);
    if (typeof now === 'number') return plan.fail(now === errno.EINVAL ? errno.EEXIST : now, context.shown(path));
    if (isEquivalent(context, path, now, target)) return 1;
    if (!force) return plan.fail(errno.EEXIST, context.shown(path), now);
    plan.add({ kind: 'unlink', path: context.shown(path), how: 'told', below: '' });
  }
  plan.add({ kind: 'symlink', path: context.shown(path), target, replaces: typeof there !== 'number' });
  tree.planLink(path, target);
  return 1;
}

/** Two targets of the link at `path` that mean the same unit: one file, or one name in the search path. */
function isEquivalent({ world }: InstallContext, path: string, one: string, other: string): boolean {
  const [a, b] = [one, other].map((target) => (target.startsWith('/') ? target : `${parentOf(path)}/${target}`));
  if (a === undefined || b === undefined) return false;
  if (simplify(a) === simplify(b) || world.tree.isSame(a, b)) return true;
  const isInside = (target: string): boolean =>
    world.searchPath.some((directory) => isWithin(simplify(target), directory));
  return baseOf(a) === baseOf(b) && isInside(a) && isInside(b);
}

/** Plans the links of every unit of the context. The number of links asked for, or minus an errno. */
export function planLinks(context: InstallContext, options: LinkOptions, flags: SearchFlags): number {
  const { plan } = context;
  let result = 0;
  for (let info = context.next(); info !== undefined; info = context.next()) {
    const found = context.traverse(info, flags);
    if (typeof found === 'number') {
      if (!info.auxiliary) return plan.fail(-found, info.name);
      plan.add({ kind: 'auxiliary-failed', path: info.name });
      continue;
    }
    // Another unit's Also= may name a masked one; something could have been enabled there.
    if (info.mode === 'masked') {
      plan.add({ kind: 'masked', path: context.shown(info.path) });
      if (result >= 0) result++;
    }
    if (info.mode !== 'regular') continue;
    const made = planOwnLinks(context, info, options);
    if (result >= 0) result = made < 0 ? made : result + made;
  }
  return result;
}

function planOwnLinks(context: InstallContext, info: InstallInfo, options: LinkOptions): number {
  const { directory, force } = options;
  if (!context.world.searchPath.includes(parentOf(info.path))) {
    const linked = planLink(context, info.path, `${directory}/${info.name}`, force);
    // Others would point to a unit that is not there.
    if (linked < 0) return linked;
  }
  let result = planAliases(context, info, options);
  for (const [suffix, list] of [
    ['.wants', info.wantedBy],
    ['.requires', info.requiredBy],
    ['.upholds', info.upheldBy],
  ] as const) {
    const made = planDependents(context, info, list, suffix, options);
    if (result === 0) result = made;
  }
  return result;
}

function planAliases(context: InstallContext, info: InstallInfo, { directory, force }: LinkOptions): number {
  const { plan, world } = context;
  let result = 0;
  for (const word of info.aliases) {
    const expanded = expandInstall(info, word, world.specifiers);
    const alias = typeof expanded === 'number' ? plan.fail(expanded, word) : checkAlias(plan, info, expanded);
    if (alias === 0) continue;
    const made =
      typeof alias === 'number'
        ? alias
        : planLink(
            context,
            info.path,
            alias.startsWith('/') ? simplify(alias) : `${directory}/${simplify(alias)}`,
            force,
          );
    if (result >= 0) result = made;
  }
  return result;
}

function planDependents(
  context: InstallContext,
  info: InstallInfo,
  list: readonly string[],
  suffix: string,
  { directory, lenient }: LinkOptions,
): number {
  if (list.length === 0) return 0;
  const { plan, world } = context;
  const name = installedName(info);
  if (name === undefined) return -errno.EINVAL;
  if (name !== info.name) {
    const refused = refuseInstance(context, name);
    if (refused < 0) return refused;
  }
  let result = 0;
  const note = (made: number): void => {
    if ((made < 0 && result >= 0) || result === 0) result = made;
  };
  for (const word of list) {
    const expanded = expandInstall(info, word, world.specifiers);
    if (typeof expanded === 'number') {
      note(plan.fail(expanded, word));
      continue;
    }
    const target = parseUnitName(expanded);
    // Without an instance a template's links need a target that has one.
    if (target === undefined || (isTemplate(name) && !target.includes('@'))) {
      if (lenient) continue;
      note(target === undefined ? plan.fail(errno.EUCLEAN, expanded) : plan.fail(errno.EIDRM, target, name));
      continue;
    }
    note(planLink(context, info.path, `${directory}/${target}${suffix}/${name}`, true));
    if (!exists(context, target))
      plan.add({ kind: 'destination-not-present', path: target, source: context.shown(info.path) });
  }
  return result;
}

/** The default instance may be masked. */
function refuseInstance(context: InstallContext, name: UnitName): number {
  const instance = newInfo(name, false);
  const found = context.search(instance, onlyFollow);
  if (found < 0) return found;
  return instance.mode === 'masked' ? context.plan.fail(errno.ERFKILL, context.shown(instance.path)) : 0;
}

/** False only when there is certainly no such unit. */
export function exists(context: InstallContext, name: UnitName): boolean {
  return context.fresh().discoverQuietly(name, onlyFind) !== -errno.ENOENT;
}
