/** HostFiles over a real directory: every path is below it. Symlinks in it are the kernel's: keep them relative. */
import fs from 'node:fs';
import { join } from 'node:path';

import type { DirectoryEntry, Errno, FileStatus, FileType, HostFiles } from '../../src/host.d.ts';
import { errno, minus } from './errno.ts';
import { decodeText, encodeText } from './text.ts';

export function directoryFiles(root: string): HostFiles {
  const at = (path: string): Buffer => Buffer.from(encodeText(join(root, path)));
  return {
    readFile: (path, limit) =>
      attempt(() => {
        const bytes = readRegular(at(path), 0, limit + 1);
        if (typeof bytes === 'number') return bytes;
        return bytes.length > limit ? errno.EFBIG : text(bytes);
      }),
    readRange: (path, offset, length) => attempt(() => readRegular(at(path), offset, length)),
    readDirectory: (path) =>
      attempt((): DirectoryEntry[] =>
        fs
          .readdirSync(at(path), { withFileTypes: true, encoding: 'buffer' })
          .map((entry) => ({ name: text(entry.name), type: typeOf(entry) })),
      ),
    status: (path) => attempt(() => statusOf(fs.statSync(at(path)))),
    statusNoFollow: (path) => attempt(() => statusOf(fs.lstatSync(at(path)))),
    readLink: (path) => attempt(() => text(fs.readlinkSync(at(path), 'buffer'))),
    realPath: (path) =>
      attempt(() => text(fs.realpathSync.native(at(path), 'buffer')).slice(fs.realpathSync.native(root).length) || '/'),
    access: (path, mode) => outcome(() => fs.accessSync(at(path), mode)),
    writeFile: (path, content, mode) =>
      outcome(() => {
        const temporary = at(`${path}.tmp${process.pid}`);
        fs.writeFileSync(temporary, encodeText(content), { mode });
        fs.renameSync(temporary, at(path));
      }),
    touchFile: (path, modified) =>
      outcome(() => {
        const { O_CREAT, O_NOFOLLOW, O_WRONLY } = fs.constants;
        const handle = fs.openSync(at(path), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644);
        const seconds = (modified ?? Date.now() * 1000) / 1_000_000;
        fs.futimesSync(handle, seconds, seconds);
        fs.closeSync(handle);
      }),
    makeDirectory: (path, mode) => outcome(() => fs.mkdirSync(at(path), { mode })),
    makeSymlink: (target, path) => outcome(() => fs.symlinkSync(Buffer.from(encodeText(target)), at(path))),
    rename: (from, to) => outcome(() => fs.renameSync(at(from), at(to))),
    remove: (path) => outcome(() => fs.unlinkSync(at(path))),
    removeDirectory: (path) => outcome(() => fs.rmdirSync(at(path))),
    removeTree: (path) => outcome(() => fs.rmSync(at(path), { recursive: true, force: true })),
    removeIpc: () => undefined,
    openAppend: (path, mode) => {
      const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = fs.constants;
      const handle = attempt(() => ({
        handle: fs.openSync(at(path), O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, mode),
      }));
      return typeof handle === 'number' ? minus(handle) : handle.handle;
    },
    append: (handle, content) => outcome(() => fs.writeSync(handle, encodeText(content))),
    close: (handle) => {
      fs.closeSync(handle);
    },
  };
}

function readRegular(path: Buffer, offset: number, length: number): Uint8Array | Errno {
  const handle = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const status = fs.fstatSync(handle);
    if (status.isDirectory()) return errno.EISDIR;
    if (!status.isFile()) return errno.EINVAL;
    // Of files in /proc nobody knows the size beforehand.
    const most = status.size > 0 ? status.size - offset + 1 : length;
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, most, 1 << 24)));
    let filled = 0;
    for (;;) {
      const count = fs.readSync(handle, buffer, filled, buffer.length - filled, offset + filled);
      filled += count;
      if (count === 0 || filled === buffer.length) return new Uint8Array(buffer.subarray(0, filled));
    }
  } finally {
    fs.closeSync(handle);
  }
}

function text(bytes: Uint8Array): string {
  return decodeText(bytes, 0, bytes.length);
}

function statusOf(status: fs.Stats): FileStatus {
  return {
    type: typeOf(status),
    size: status.size,
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    modified: Math.floor(status.mtimeMs * 1000),
    identity: `${status.dev}:${status.ino}`,
  };
}

function typeOf(
  entry: Pick<fs.Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket' | 'isBlockDevice'>,
): FileType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  return entry.isBlockDevice() ? 'block' : 'character';
}

function attempt<T>(operation: () => T): T | Errno {
  try {
    return operation();
  } catch (error) {
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return -error.errno as Errno;
    throw error;
  }
}

function outcome(operation: () => unknown): Errno | undefined {
  const result = attempt(() => {
    operation();
    return undefined;
  });
  return result;
}
