import type { InstallPort } from '../files.ts';
import type { InstallChange, InstallPlan } from './change.ts';
import { baseOf, parentOf } from './paths.ts';

/**
 * Carries a plan out. What comes back is the plan as it went: a change that could not be made is an error in its place, and
 * then the result is its errno. `fresh` gives a name that nothing has yet.
 */
export function applyPlan(port: InstallPort, plan: InstallPlan, fresh: () => string): InstallPlan {
  let { result } = plan;
  const changes = plan.changes.map((change): InstallChange => {
    const errno = carryOut(port, change, fresh);
    if (errno === undefined) return change;
    if (result >= 0) result = -errno;
    return { kind: 'error', errno, path: 'path' in change ? change.path : '', source: undefined };
  });
  return { ...plan, changes, result };
}

/** The errno that it fails with. */
function carryOut(port: InstallPort, change: InstallChange, fresh: () => string): number | undefined {
  switch (change.kind) {
    case 'symlink':
      return makeLink(port, change.target, change.path, change.replaces, fresh);
    case 'unlink':
      return takeAway(port, change);
    case 'masked':
    case 'dangling':
    case 'auxiliary-failed':
    case 'masked-by-generator':
    case 'destination-not-present':
    case 'error':
      return undefined;
  }
}

function makeLink(
  port: InstallPort,
  target: string,
  path: string,
  replaces: boolean,
  fresh: () => string,
): number | undefined {
  makeParents(port, path);
  if (!replaces) return port.makeSymlink(target, path);
  const beside = `${parentOf(path)}/.#${baseOf(path)}${fresh()}`;
  const errno = port.makeSymlink(target, beside) ?? port.rename(beside, path);
  if (errno !== undefined) port.remove(beside);
  return errno;
}

function takeAway(
  port: InstallPort,
  { path, how, below }: Extract<InstallChange, { kind: 'unlink' }>,
): number | undefined {
  if (how === 'told') return undefined;
  const errno = how === 'tree' ? port.removeTree(path) : port.remove(path);
  if (errno !== undefined && errno !== 2) return errno;
  if (below === '') return undefined;
  // Directories that are empty now go too; one that is not stays by itself.
  for (let parent = parentOf(path); parent.length > below.length; parent = parentOf(parent)) {
    if (port.removeDirectory(parent) !== undefined) break;
  }
  return undefined;
}

/** The directories above a file, as far as they are missing. */
export function makeParents(port: Pick<InstallPort, 'makeDirectory'>, path: string): void {
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    port.makeDirectory(path.slice(0, slash), 0o755);
  }
}
