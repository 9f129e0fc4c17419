/** Paths as systemd checks them: src/basic/path-util.c. Nothing here asks the disk. */

const longestPath = 4095;
const longestName = 255;

/** A name without `/`, not `.` or `..`, at most 255 bytes. */
export function isFileName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && byteLength(text) <= longestName && !text.includes('/');
}

/** No component longer than a file name may be, not longer in whole than the kernel takes. */
export function isValidPath(path: string): boolean {
  const length = byteLength(path);
  if (path === '' || length > longestPath) return false;
  return length <= longestName || path.split('/').every((part) => byteLength(part) <= longestName);
}

/** In UTF-8; a lone surrogate is the one byte that it stands for (host.d.ts). */
function byteLength(text: string): number {
  let length = text.length;
  // A character of two bytes has one more than it is long here, one of three two; a pair of surrogates is four bytes.
  for (const [character] of text.matchAll(/[\u0080-\u{10ffff}]/gu)) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) continue;
    length += code < 0x800 ? 1 : 2;
  }
  return length;
}

/** An absolute path without `..`. */
export function isNormalizedAbsolute(path: string): boolean {
  return path.startsWith('/') && isValidPath(path) && !hasParent(path);
}

/** Without `..`, `.` and doubled slashes. */
export function isNormalizedPath(path: string): boolean {
  return isValidPath(path) && !hasParent(path) && !/^\.(\/|$)|\/\.(\/|$)|\/\//.test(path);
}

/** One of its components is `..`. */
export function hasParent(path: string): boolean {
  return path.includes('..') && /(^|\/)\.\.(\/|$)/.test(path);
}

/** Doubled slashes, `.` components and a trailing slash taken out; `..` stays. What nothing is left of is `.`. */
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
  return path.startsWith('/') ? `/${parts.join('/')}` : parts.length === 0 ? '.' : parts.join('/');
}

/** `path`, taken from `directory` where it is relative, without doubled slashes, `.` and a slash at its end. */
export function absolutePath(path: string, directory: string): string {
  return simplifyPath(path.startsWith('/') ? path : `${directory}/${path}`);
}
