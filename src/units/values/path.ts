/** Paths as systemd checks them: src/basic/path-util.c. Nothing here asks the disk. */

const longestPath = 4095;
const longestName = 255;

/** A name without `/`, not `.` or `..`, at most 255 characters. */
export function isFileName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && text.length <= longestName && !text.includes('/');
}

/** No component longer than a file name may be, not longer in whole than the kernel takes. */
export function isValidPath(path: string): boolean {
  if (path === '' || path.length > longestPath) return false;
  return path.length <= longestName || path.split('/').every((part) => part.length <= longestName);
}

/** An absolute path without `..`. */
export function isNormalizedAbsolute(path: string): boolean {
  return path.startsWith('/') && isValidPath(path) && !hasParent(path);
}

/** One of its components is `..`. */
export function hasParent(path: string): boolean {
  return path.includes('..') && /(^|\/)\.\.(\/|$)/.test(path);
}

/** Doubled slashes, `.` components and a trailing slash taken out; `..` stays. */
export function simplifyPath(path: string): string {
  if (
    !path.includes('//') &&
    !path.includes('/.') &&
    !path.startsWith('.') &&
    !(path.length > 1 && path.endsWith('/'))
  ) {
    return path;
  }
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/** `path`, taken from `directory` where it is relative, without doubled slashes, `.` and a slash at its end. */
export function absolutePath(path: string, directory: string): string {
  return simplifyPath(path.startsWith('/') ? path : `${directory}/${path}`);
}
