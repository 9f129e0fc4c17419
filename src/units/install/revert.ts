import { parseUnitName } from '../name.ts';
import { PlanDraft } from './change.ts';
import { InstallContext } from './context.ts';
import { errno } from './errno.ts';
import {
  isConfigDirectory,
  isVendorOrGenerated,
  mayBeReverted,
  parentOf,
  persistentDirectory,
  runtimeDirectory,
} from './paths.ts';
import { type Marks, planRemoval } from './removal.ts';
import type { Planner } from './verbs.ts';

/**
 * Takes away what a user has laid over a unit: all drop-ins, and where the unit came with a package also files and links of
 * its name in /etc and /run. Source: unit_file_revert() in systemd's src/shared/install.c.
 */
export const planRevert: Planner = (world, words) => {
  const plan = new PlanDraft();
  const context = new InstallContext(world, plan);
  const { tree } = world;
  const unwanted = new Set<string>();
  for (const word of words) {
    if (parseUnitName(word) === undefined) return plan.plan(-errno.EINVAL);
    const found = findOverrides(context, word, unwanted);
    if (found < 0) return plan.plan(found);
  }
  const marks: Marks = new Set();
  for (const path of unwanted) {
    const isTree = tree.kind(path) === 'directory';
    const inside = isTree ? tree.list(path) : [];
    for (const { name, kind } of typeof inside === 'number' ? [] : inside) {
      if (kind === 'directory') continue;
      plan.add({ kind: 'unlink', path: context.shown(`${path}/${name}`), how: 'told', below: '' });
    }
    plan.add({ kind: 'unlink', path: context.shown(path), how: isTree ? 'tree' : 'file', below: '' });
    if (isTree) tree.planRemovalOfTree(path);
    else tree.planRemoval(path);
    marks.add(path);
  }
  const first = planRemoval(context, marks, runtimeDirectory);
  const second = planRemoval(context, marks, persistentDirectory);
  return plan.plan(first < 0 ? first : second);
};

/** Adds what is to go to `unwanted`. Minus the errno when something cannot be looked at. */
function findOverrides(context: InstallContext, name: string, unwanted: Set<string>): number {
  const { tree, searchPath } = context.world;
  let hasVendor = false;
  for (const directory of searchPath) {
    const path = `${directory}/${name}`;
    const kind = tree.kind(path);
    if (typeof kind === 'number' && kind !== errno.ENOENT) return context.plan.fail(kind, context.shown(path));
    if (kind === 'file' && isVendorOrGenerated(path, tree.root)) hasVendor = true;
    const dropIns = tree.kind(`${path}.d`);
    if (typeof dropIns === 'number' && dropIns !== errno.ENOENT)
      return context.plan.fail(dropIns, context.shown(`${path}.d`));
    if (dropIns === 'directory' && mayBeReverted(path)) unwanted.add(`${path}.d`);
  }
  if (!hasVendor) return 0;
  for (const directory of searchPath) {
    const path = `${directory}/${name}`;
    const kind = tree.kind(path);
    if ((kind === 'file' || kind === 'symlink') && isConfigDirectory(parentOf(path))) unwanted.add(path);
  }
  return 0;
}
