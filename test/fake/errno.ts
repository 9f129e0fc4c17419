/** Linux error numbers by name, as the fakes give them. */
import type { Errno } from '../../src/host.d.ts';

export const errno = {
  EPERM: 1 as Errno,
  ENOENT: 2 as Errno,
  EIO: 5 as Errno,
  EBADF: 9 as Errno,
  EACCES: 13 as Errno,
  EBUSY: 16 as Errno,
  EEXIST: 17 as Errno,
  ENOTDIR: 20 as Errno,
  EISDIR: 21 as Errno,
  EINVAL: 22 as Errno,
  EFBIG: 27 as Errno,
  ENOSPC: 28 as Errno,
  EROFS: 30 as Errno,
  ENAMETOOLONG: 36 as Errno,
  ENOTEMPTY: 39 as Errno,
  ELOOP: 40 as Errno,
} as const;

/** In glibc's words, as the C host gives them. */
export function errorText(number: Errno): string {
  return texts.get(number) ?? `Unknown error ${number}`;
}

const texts: ReadonlyMap<number, string> = new Map([
  [1, 'Operation not permitted'],
  [2, 'No such file or directory'],
  [3, 'No such process'],
  [5, 'Input/output error'],
  [9, 'Bad file descriptor'],
  [11, 'Resource temporarily unavailable'],
  [12, 'Cannot allocate memory'],
  [13, 'Permission denied'],
  [16, 'Device or resource busy'],
  [17, 'File exists'],
  [20, 'Not a directory'],
  [21, 'Is a directory'],
  [22, 'Invalid argument'],
  [27, 'File too large'],
  [28, 'No space left on device'],
  [30, 'Read-only file system'],
  [36, 'File name too long'],
  [39, 'Directory not empty'],
  [40, 'Too many levels of symbolic links'],
]);

/** As functions give it that return a handle or minus the errno. */
export function minus(number: Errno): number {
  const plain: number = number;
  return -plain;
}
