/**
 * What each verb changes. Words are names of units or absolute paths of their files; a plan is nothing done yet. Source: the
 * unit_file_…() functions of systemd's src/shared/install.c; man systemctl, "Unit File Commands".
 */
import type { InstallPort } from '../files.ts';
import type { UnitsOptions } from '../load.ts';
import { parseUnitName, unitType } from '../name.ts';
import { type InstallPlan, PlanDraft } from './change.ts';
import { InstallContext, type InstallWorld, loadAndFollow, onlyFind, onlyFollow, onlyLoad } from './context.ts';
import { errno } from './errno.ts';
import { planLink, planLinks } from './links.ts';
import { baseOf, isWithin, parentOf, persistentDirectory, runtimeDirectory, simplify } from './paths.ts';
import { markForRemoval, type Marks, planRemoval } from './removal.ts';
import { InstallTree } from './tree.ts';

export interface InstallOptions {
  /** In /run, until the container ends. */
  readonly runtime: boolean;
  /** Links that lead elsewhere are replaced. */
  readonly force: boolean;
}

export type Planner = (world: InstallWorld, words: readonly string[], options: InstallOptions) => InstallPlan;

/** The files as they are now. */
export function openInstallWorld(port: InstallPort, { root, searchPath, specifiers }: UnitsOptions): InstallWorld {
  return { tree: new InstallTree(port, root), searchPath, specifiers };
}

function directoryOf({ runtime }: InstallOptions): string {
  return runtime ? runtimeDirectory : persistentDirectory;
}

export const planEnable: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  return plan.plan(enableAll(world, plan, words, options));
};

export const planDisable: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  return plan.plan(disableAll(world, plan, words, options));
};

/** The links that disabling would take away: `is-enabled --full`. */
export const planDisableDry: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  return plan.plan(disableAll(world, plan, words, options, true));
};

export const planReenable: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  // Below another root: where a name's file is, so that a linked unit can be linked anew. systemd does so only there.
  const files = words.map((word) => {
    if (word.includes('/') || world.tree.root === '') return word;
    const found = new InstallContext(world, plan).discoverQuietly(word, loadAndFollow);
    return typeof found === 'number' || found.path === '' ? word : found.path;
  });
  const disabled = disableAll(world, plan, words.map(baseOf), options);
  return plan.plan(disabled < 0 ? disabled : enableAll(world, plan, files, options));
};

function enableAll(world: InstallWorld, plan: PlanDraft, words: readonly string[], options: InstallOptions): number {
  const context = new InstallContext(world, plan);
  for (const word of words) {
    const found = context.discoverAndCheck(word, loadAndFollow);
    if (typeof found === 'number') return found;
  }
  const { force } = options;
  return planLinks(context, { directory: directoryOf(options), force, lenient: false }, onlyLoad);
}

function disableAll(
  world: InstallWorld,
  plan: PlanDraft,
  words: readonly string[],
  options: InstallOptions,
  isDryRun = false,
): number {
  const context = new InstallContext(world, plan);
  for (const word of words) {
    if (context.add(word, false) === undefined) return plan.fail(errno.EUCLEAN, word);
  }
  return planRemoval(context, markForRemoval(context), directoryOf(options), isDryRun);
}

export const planMask: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  let result = 0;
  for (const word of words) {
    const made =
      parseUnitName(word) === undefined
        ? -errno.EINVAL
        : planLink(context, '/dev/null', `${directoryOf(options)}/${word}`, options.force);
    if (made < 0 && result >= 0) result = made;
  }
  return plan.plan(result);
};

export const planUnmask: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  const { tree } = world;
  const masks = new Set<string>();
  for (const word of words) {
    const name = parseUnitName(word);
    if (name === undefined) return plan.plan(-errno.EINVAL);
    // Another root's generators do not run here.
    const found = tree.root === '' ? context.fresh().discoverQuietly(name, onlyFind) : undefined;
    if (typeof found === 'object' && found.mode === 'masked' && found.path.startsWith('/run/systemd/generator'))
      plan.add({ kind: 'masked-by-generator', path: name, source: found.path });
    const path = `${directoryOf(options)}/${name}`;
    const behind = tree.kind(path) === 'symlink' ? tree.chase(path, true) : path;
    if (typeof behind === 'string' && (behind === '/dev/null' || tree.isNull(behind))) masks.add(path);
  }
  for (const path of masks) {
    tree.planRemoval(path);
    plan.add({ kind: 'unlink', path: context.shown(path), how: 'file', below: '' });
  }
  return plan.plan(planRemoval(context, masks, directoryOf(options)));
};

export const planLinkFiles: Planner = (world, words, options) => {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  const { tree, searchPath } = world;
  const files = new Set<string>();
  for (const word of words) {
    if (!word.startsWith('/')) return plan.plan(plan.fail(errno.EINVAL, word));
    if (parseUnitName(baseOf(word)) === undefined) return plan.plan(plan.fail(errno.EUCLEAN, word));
    const kind = tree.kind(word);
    const problem = typeof kind === 'number' ? kind : wrongKind(kind);
    if (problem !== 0) return plan.plan(plan.fail(problem, word));
    const path = simplify(word);
    // systemctl compares with the search path of this machine: below another root nothing is in it.
    if (tree.root === '' && searchPath.includes(parentOf(path))) continue;
    if (tree.root === '' && searchPath.some((directory) => isWithin(path, directory)))
      return plan.plan(plan.fail(errno.ETXTBSY, word));
    files.add(word);
  }
  let result = 0;
  for (const file of files) {
    const made = planLink(context, file, `${directoryOf(options)}/${baseOf(file)}`, options.force);
    if (made < 0 && result >= 0) result = made;
  }
  return plan.plan(result);
};

/** stat_verify_regular() */
function wrongKind(kind: 'file' | 'directory' | 'symlink' | 'other'): number {
  switch (kind) {
    case 'file':
      return 0;
    case 'directory':
      return errno.EISDIR;
    case 'symlink':
      return errno.ELOOP;
    case 'other':
      return errno.EBADFD;
  }
}

/** add-wants, add-requires: `target` is the unit that is to have the dependencies. */
export function planDependency(
  world: InstallWorld,
  target: string,
  kind: 'wants' | 'requires',
  words: readonly string[],
  options: InstallOptions,
): InstallPlan {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  if (parseUnitName(target) === undefined) return plan.plan(plan.fail(errno.EUCLEAN, target));
  const owner = context.discoverAndCheck(target, onlyFollow);
  if (typeof owner === 'number') return plan.plan(owner);
  for (const word of words) {
    const info = context.discoverAndCheck(word, onlyFollow);
    if (typeof info === 'number') return plan.plan(info);
    if (kind === 'wants') info.wantedBy = [owner.name];
    else info.requiredBy = [owner.name];
  }
  const { force } = options;
  return plan.plan(planLinks(context, { directory: directoryOf(options), force, lenient: false }, onlyFollow));
}

/** The default.target link, which replaces any other. */
export function planSetDefault(world: InstallWorld, word: string): InstallPlan {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  const name = parseUnitName(word);
  if (name === undefined || unitType(name) !== 'target' || name === 'default.target') return plan.plan(-errno.EINVAL);
  const info = context.discoverAndCheck(name, onlyFind);
  if (typeof info === 'number') return plan.plan(info);
  return plan.plan(planLink(context, info.path, `${persistentDirectory}/default.target`, true));
}

/** The unit that default.target stands for, or minus an errno. */
export function findDefault(world: InstallWorld): {
  readonly name: string | number;
  readonly remarks: InstallPlan['remarks'];
} {
  const plan = new PlanDraft();
  const found = new InstallContext(world, plan).discoverQuietly('default.target', onlyFollow);
  return { name: typeof found === 'number' ? found : found.name, remarks: plan.remarks };
}

export type { InstallPlan, Marks };
