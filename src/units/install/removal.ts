/** Links taken away: those by a unit's names, those to it, and those to what was taken away. Source: systemd's src/shared/install.c. */
import { parseUnitName, templateOf } from '../name.ts';
import { type InstallContext, loadAndFollow } from './context.ts';
import { errno } from './errno.ts';
import { baseOf } from './paths.ts';

/** Names, and whole paths without the root. */
export type Marks = Set<string>;

/** Marks the names of every unit of the context. */
export function markForRemoval(context: InstallContext): Marks {
  const { plan } = context;
  const marks: Marks = new Set();
  for (let info = context.next(); info !== undefined; info = context.next()) {
    const found = context.traverse(info, loadAndFollow);
    const path = info.path === '' ? info.name : context.shown(info.path);
    if (found === -errno.ENOLINK) plan.add({ kind: 'dangling', path });
    else if (found === -errno.ENOENT && info.auxiliary) {
      // What another names in its Also= may be missing; links by its name go nevertheless.
    } else if (typeof found === 'number') plan.fail(-found, path);
    else if (info.mode === 'masked') {
      plan.add({ kind: 'masked', path });
      continue;
    } else if (info.mode !== 'regular') continue;
    marks.add(info.name);
  }
  return marks;
}

/** Plans the removal of all that is marked below `directory`. `isDryRun`: what is found first is all. Minus the first errno, or 0. */
export function planRemoval(context: InstallContext, marks: Marks, directory: string, isDryRun = false): number {
  if (marks.size === 0) return 0;
  const entries = context.world.tree.list(directory);
  if (typeof entries === 'number') return entries === errno.ENOENT ? 0 : -entries;
  const removal: Removal = { context, marks, top: directory, isDryRun, result: 0 };
  // What was taken away may be pointed to by others.
  while (removeBelow(removal, directory));
  return removal.result;
}

interface Removal {
  readonly context: InstallContext;
  readonly marks: Marks;
  readonly top: string;
  readonly isDryRun: boolean;
  result: number;
}

/** True: something was marked that was not before. */
function removeBelow(removal: Removal, directory: string): boolean {
  const { context, marks, top, isDryRun } = removal;
  const { tree } = context.world;
  const entries = tree.list(directory);
  if (typeof entries === 'number') {
    if (removal.result === 0 && entries !== errno.ENOENT) removal.result = -entries;
    return false;
  }
  let isNew = false;
  for (const { name, kind } of entries) {
    const path = `${directory}/${name}`;
    if (kind === 'directory') isNew = removeBelow(removal, path) || isNew;
    if (kind !== 'symlink' || !isMarked(removal, path)) continue;
    if (!isDryRun) tree.planRemoval(path);
    context.plan.add({ kind: 'unlink', path: context.shown(path), how: 'file', below: context.shown(top) });
    if (!marks.has(path)) {
      marks.add(path);
      isNew = true;
    }
  }
  return isNew && !isDryRun;
}

function isMarked(removal: Removal, path: string): boolean {
  const { context, marks } = removal;
  const { tree } = context.world;
  const name = parseUnitName(baseOf(path));
  if (name === undefined) return false;
  if (marks.has(name) || marks.has(templateOf(name) ?? '')) return true;
  const target = tree.chase(path, true);
  if (typeof target === 'number') {
    if (target === errno.ENOENT) return false;
    context.plan.fail(target, context.shown(path));
    if (removal.result === 0) removal.result = -target;
    return false;
  }
  return marks.has(tree.root + target) || marks.has(baseOf(target));
}
