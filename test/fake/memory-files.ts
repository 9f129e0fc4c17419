/** A file tree in memory with Unix's rules: symlinks, modes, errnos. Tests put things in and break them. */
import type { DirectoryEntry, Errno, FileStatus, FileType, HostFiles } from '../../src/host.d.ts';
import { errno, errorText, minus } from './errno.ts';
import { decodeText, encodeText } from './text.ts';

interface Node {
  readonly inode: number;
  readonly type: FileType;
  mode: number;
  uid: number;
  gid: number;
  modified: number;
  bytes: Uint8Array;
  target: string;
  readonly entries: Map<string, Node>;
}

type Operation = Exclude<keyof HostFiles, 'close'>;

interface Place {
  /** Directory that the last component is in; undefined for the root itself. */
  readonly parent: Node | undefined;
  readonly name: string;
  readonly node: Node | undefined;
  /** Without symlinks. */
  readonly path: string;
}

const symlinkLimit = 40;

export class MemoryFiles {
  readonly #now: () => number;
  readonly #root: Node;
  readonly #handles: (Node | undefined)[] = [];
  /** What files that are appended to grow in: their bytes are its beginning. */
  readonly #rooms = new WeakMap<Node, Uint8Array>();
  readonly #failures = new Map<string, Errno>();
  #inodes = 0;

  /** `now` gives the realtime clock, usec. */
  constructor(now: () => number) {
    this.#now = now;
    this.#root = this.#make('directory', 0o755);
  }

  /** Makes or replaces a regular file, and the directories above it. */
  put(path: string, content: string | Uint8Array, mode = 0o644): void {
    const node = this.special(path, 'file', mode);
    node.bytes = typeof content === 'string' ? encodeText(content) : content;
  }

  /** Makes a symlink, and the directories above it. */
  link(path: string, target: string): void {
    this.special(path, 'symlink', 0o777).target = target;
  }

  /** Makes a directory, and those above it. */
  directory(path: string, mode = 0o755): void {
    const place = this.#walk(path, true);
    if (typeof place !== 'number' && place.node?.type === 'directory') place.node.mode = mode;
    else this.special(path, 'directory', mode);
  }

  /** Makes a file of any type. What is returned may be changed: mode, uid, gid, modified. */
  special(path: string, type: FileType, mode = 0o644): Node {
    const slash = path.lastIndexOf('/');
    if (slash > 0) this.directory(path.slice(0, slash), 0o755);
    const place = this.#walk(path, false);
    if (typeof place === 'number' || place.parent === undefined)
      throw new Error(`cannot make ${path}: ${typeof place === 'number' ? errorText(place) : 'it is the root'}`);
    const node = this.#make(type, mode);
    place.parent.entries.set(place.name, node);
    return node;
  }

  /** The text of a file, undefined when there is none: for assertions. */
  text(path: string): string | undefined {
    const place = this.#walk(path, true);
    if (typeof place === 'number' || place.node?.type !== 'file') return undefined;
    return decodeText(place.node.bytes, 0, place.node.bytes.length);
  }

  /** Removes a whole tree. */
  delete(path: string): void {
    const place = this.#walk(path, false);
    if (typeof place !== 'number') place.parent?.entries.delete(place.name);
  }

  /** From now on this operation on this path fails so; undefined: no longer. The path '*' means every path. */
  fail(operation: Operation, path: string, error: Errno | undefined): void {
    if (error === undefined) this.#failures.delete(`${operation} ${path}`);
    else this.#failures.set(`${operation} ${path}`, error);
  }

  port(): HostFiles {
    return {
      readFile: (path, limit) =>
        this.#on('readFile', path, true, (node) => {
          const error = notRegular(node);
          if (error !== undefined) return error;
          return node.bytes.length > limit ? errno.EFBIG : decodeText(node.bytes, 0, node.bytes.length);
        }),
      readRange: (path, offset, length) =>
        this.#on('readRange', path, true, (node) => notRegular(node) ?? node.bytes.slice(offset, offset + length)),
      readDirectory: (path) =>
        this.#on('readDirectory', path, true, (node): DirectoryEntry[] | Errno =>
          node.type === 'directory'
            ? [...node.entries].map(([name, entry]) => ({ name, type: entry.type }))
            : errno.ENOTDIR,
        ),
      status: (path) => this.#on('status', path, true, statusOf),
      statusNoFollow: (path) => this.#on('statusNoFollow', path, false, statusOf),
      readLink: (path) =>
        this.#on('readLink', path, false, (node) => (node.type === 'symlink' ? node.target : errno.EINVAL)),
      realPath: (path) => this.#on('realPath', path, true, (_node, place) => place.path),
      access: (path, mode) => yes(this.#on('access', path, true, (node) => this.#access(node, mode))),
      writeFile: (path, text, mode) => this.#create('writeFile', path, mode, text),
      touchFile: (path, modified) => this.#touch(path, modified),
      makeDirectory: (path, mode) => this.#makeNew('makeDirectory', path, () => this.#make('directory', mode)),
      makeSymlink: (target, path) =>
        this.#makeNew('makeSymlink', path, () => Object.assign(this.#make('symlink', 0o777), { target })),
      rename: (from, to) => this.#rename(from, to),
      remove: (path) => this.#remove('remove', path, (node) => (node.type === 'directory' ? errno.EISDIR : undefined)),
      removeDirectory: (path) =>
        this.#remove('removeDirectory', path, (node) => {
          if (node.type !== 'directory') return errno.ENOTDIR;
          return node.entries.size > 0 ? errno.ENOTEMPTY : undefined;
        }),
      removeTree: (path) => {
        const error = this.#remove('removeTree', path, () => undefined);
        return error === errno.ENOENT ? undefined : error;
      },
      removeIpc: () => undefined,
      openAppend: (path, mode) => this.#openAppend(path, mode),
      append: (handle, text) => this.#append(handle, text),
      close: (handle) => {
        this.#handles[handle] = undefined;
      },
    };
  }

  #on<T>(operation: Operation, path: string, follow: boolean, use: (node: Node, place: Place) => T | Errno): T | Errno {
    const place = this.#failure(operation, path) ?? this.#walk(path, follow);
    if (typeof place === 'number') return place;
    return place.node === undefined ? errno.ENOENT : use(place.node, place);
  }

  #create(operation: Operation, path: string, mode: number, text: string): Errno | undefined {
    const place = this.#failure(operation, path) ?? this.#walk(path, false);
    if (typeof place === 'number') return place;
    if (place.parent === undefined || place.node?.type === 'directory') return errno.EISDIR;
    const node = this.#make('file', mode);
    node.bytes = encodeText(text);
    place.parent.entries.set(place.name, node);
    return undefined;
  }

  #touch(path: string, modified: number | undefined): Errno | undefined {
    const place = this.#failure('touchFile', path) ?? this.#walk(path, false);
    if (typeof place === 'number') return place;
    if (place.node?.type === 'symlink') return errno.ELOOP;
    if (place.node?.type === 'directory' || place.parent === undefined) return errno.EISDIR;
    const node = place.node ?? this.#make('file', 0o644);
    if (modified !== undefined) node.modified = modified;
    else node.modified = this.#make('file', 0o644).modified;
    place.parent.entries.set(place.name, node);
    return undefined;
  }

  #makeNew(operation: Operation, path: string, make: () => Node): Errno | undefined {
    const place = this.#failure(operation, path) ?? this.#walk(path, false);
    if (typeof place === 'number') return place;
    if (place.node !== undefined || place.parent === undefined) return errno.EEXIST;
    place.parent.entries.set(place.name, make());
    return undefined;
  }

  #rename(from: string, to: string): Errno | undefined {
    const source = this.#failure('rename', from) ?? this.#walk(from, false);
    if (typeof source === 'number') return source;
    const target = this.#walk(to, false);
    if (typeof target === 'number') return target;
    if (source.node === undefined) return errno.ENOENT;
    if (source.parent === undefined || target.parent === undefined) return errno.EBUSY;
    if (target.node?.type === 'directory' && source.node.type !== 'directory') return errno.EISDIR;
    if (target.node !== undefined && source.node.type === 'directory') {
      if (target.node.type !== 'directory') return errno.ENOTDIR;
      if (target.node.entries.size > 0) return errno.ENOTEMPTY;
    }
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, source.node);
    return undefined;
  }

  #remove(operation: Operation, path: string, refuse: (node: Node) => Errno | undefined): Errno | undefined {
    const place = this.#failure(operation, path) ?? this.#walk(path, false);
    if (typeof place === 'number') return place;
    if (place.node === undefined) return errno.ENOENT;
    if (place.parent === undefined) return errno.EBUSY;
    const error = refuse(place.node);
    if (error === undefined) place.parent.entries.delete(place.name);
    return error;
  }

  #openAppend(path: string, mode: number): number {
    const place = this.#failure('openAppend', path) ?? this.#walk(path, false);
    if (typeof place === 'number') return minus(place);
    let node = place.node;
    if (node?.type === 'symlink') return minus(errno.ELOOP);
    if (node?.type === 'directory' || place.parent === undefined) return minus(errno.EISDIR);
    if (node === undefined) {
      node = this.#make('file', mode);
      place.parent.entries.set(place.name, node);
    }
    const free = this.#handles.indexOf(undefined);
    const handle = free < 0 ? this.#handles.length : free;
    this.#handles[handle] = node;
    return handle;
  }

  #append(handle: number, text: string): Errno | undefined {
    const node = this.#handles[handle];
    if (node === undefined) return errno.EBADF;
    const error = this.#failure('append', '*');
    if (error !== undefined) return error;
    const more = encodeText(text);
    const begin = node.bytes.length;
    const end = begin + more.length;
    let room = this.#rooms.get(node);
    if (room?.buffer !== node.bytes.buffer || room.length < end) {
      // Twice as much as is needed: a long file is not copied each time.
      room = new Uint8Array(2 * end);
      room.set(node.bytes);
      this.#rooms.set(node, room);
    }
    room.set(more, begin);
    node.bytes = room.subarray(0, end);
    node.modified = this.#now();
    return undefined;
  }

  /** As root does: everything but to execute a file that nobody may. */
  #access(node: Node, mode: number): Errno | true {
    return (mode & 1) !== 0 && node.type !== 'directory' && (node.mode & 0o111) === 0 ? errno.EACCES : true;
  }

  #failure(operation: Operation, path: string): Errno | undefined {
    return this.#failures.get(`${operation} ${path}`) ?? this.#failures.get(`${operation} *`);
  }

  #make(type: FileType, mode: number): Node {
    const inode = ++this.#inodes;
    const bytes = new Uint8Array(0);
    return { inode, type, mode, uid: 0, gid: 0, modified: this.#now(), bytes, target: '', entries: new Map() };
  }

  #walk(path: string, follow: boolean): Place | Errno {
    if (!path.startsWith('/')) return errno.EINVAL;
    if (path.length > 4095) return errno.ENAMETOOLONG;
    const pending = path.split('/').reverse();
    const directories: { readonly node: Node; readonly name: string }[] = [];
    let links = 0;
    for (;;) {
      const name = pending.pop();
      const here = directories.at(-1)?.node ?? this.#root;
      const prefix = directories.map((each) => `/${each.name}`).join('');
      const isLast = pending.every((each) => each === '' || each === '.');
      if (name === undefined) return { parent: directories.at(-2)?.node, name: '', node: here, path: prefix || '/' };
      if (name === '' || name === '.') continue;
      if (name === '..') {
        directories.pop();
        continue;
      }
      if (Buffer.byteLength(name) > 255) return errno.ENAMETOOLONG;
      const node = here.entries.get(name);
      if (node?.type === 'symlink' && (follow || !isLast)) {
        if (++links > symlinkLimit) return errno.ELOOP;
        if (node.target.startsWith('/')) directories.length = 0;
        pending.push(...node.target.split('/').reverse());
      } else if (isLast) {
        if (node !== undefined && node.type !== 'directory' && pending.length > 0) return errno.ENOTDIR;
        return { parent: here, name, node, path: `${prefix}/${name}` };
      } else {
        if (node === undefined) return errno.ENOENT;
        if (node.type !== 'directory') return errno.ENOTDIR;
        directories.push({ node, name });
      }
    }
  }
}

function notRegular(node: Node): Errno | undefined {
  if (node.type === 'directory') return errno.EISDIR;
  return node.type === 'file' ? undefined : errno.EINVAL;
}

function statusOf(node: Node): FileStatus {
  const { type, mode, uid, gid, modified } = node;
  const size = type === 'symlink' ? encodeText(node.target).length : node.bytes.length;
  return { type, size, mode, uid, gid, modified, identity: `1:${node.inode}` };
}

function yes(result: true | Errno): Errno | undefined {
  return result === true ? undefined : result;
}
