/** The directories that installing knows by their role: systemd's src/basic/path-lookup.c. All without the root. */

/** Where `enable` puts its links, for good and until the container ends. */
export const persistentDirectory = '/etc/systemd/system';
export const runtimeDirectory = '/run/systemd/system';

const generated: readonly string[] = [
  '/run/systemd/generator',
  '/run/systemd/generator.early',
  '/run/systemd/generator.late',
];
const transientDirectory = '/run/systemd/transient';
const controlled: readonly string[] = ['/etc/systemd/system.control', '/run/systemd/system.control'];

/** What stands before the last slash; '/' of a file in the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : '/';
}

/** What stands behind it. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `directory` or below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** One slash for several, no `.`, none at the end; `..` stays. */
export function simplify(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return path.startsWith('/') ? `/${parts.join('/')}` : parts.join('/');
}

/** A root as it goes before paths: absolute, and '' for `/` and for none. */
export function absoluteRoot(root: string, directory: string): string {
  if (root === '') return '';
  const path = simplify(root.startsWith('/') ? root : `${directory}/${root}`);
  return path === '/' ? '' : path;
}

export function isConfigDirectory(directory: string): boolean {
  return directory === persistentDirectory || directory === runtimeDirectory;
}

/** All in /run goes with the container. */
export function isRuntimeDirectory(directory: string): boolean {
  return isWithin(directory, '/run');
}

export function isGenerated(path: string): boolean {
  return generated.includes(parentOf(path));
}

export function isTransient(path: string): boolean {
  return parentOf(path) === transientDirectory;
}

/** What came with a package, or from a generator. */
export function isVendorOrGenerated(path: string, root: string): boolean {
  // Below another root systemd compares the generators' directories of that root with a path without it, and finds none.
  return isWithin(path, '/usr') || isWithin(path, '/lib') || (root === '' && isGenerated(path));
}

/** Where a user's drop-ins are, which `revert` takes away. */
export function mayBeReverted(path: string): boolean {
  const directory = parentOf(path);
  return isConfigDirectory(directory) || controlled.includes(directory) || isTransient(path);
}
