import { type DirectoryEntry, type InstallPort, longestFile } from '../files.ts';
import { errno } from './errno.ts';
import { baseOf, isWithin, parentOf } from './paths.ts';

type Kind = 'file' | 'directory' | 'symlink' | 'other';

/** An entry of a directory. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: Kind;
}

/**
 * The files as they will be once the plan so far is carried out: what is on disk, with the planned changes laid over it.
 * Paths are without the root. Answers that can fail are the value or an errno.
 */
export class InstallTree {
  readonly root: string;
  readonly #port: InstallPort;
  /** Planned links by path; undefined: planned to go. */
  readonly #planned = new Map<string, string | undefined>();
  readonly #gone: string[] = [];
  readonly #lists = new Map<string, Listing | number>();

  constructor(port: InstallPort, root: string) {
    this.#port = port;
    this.root = root;
  }

  /** What is there, no link followed. */
  kind(path: string): Kind | number {
    if (this.#planned.has(path)) return this.#planned.get(path) === undefined ? errno.ENOENT : 'symlink';
    if (this.#isGone(path)) return errno.ENOENT;
    const status = this.#port.statusNoFollow(this.root + path);
    return typeof status === 'number' ? status : kindOf(status.type);
  }

  /** Empty, or a device: what systemd takes for a mask. No link is followed. */
  isNull(path: string): boolean {
    if (typeof this.kind(path) === 'number') return false;
    const status = this.#planned.has(path) ? errno.ENOENT : this.#port.statusNoFollow(this.root + path);
    if (typeof status === 'number') return false;
    return (status.type === 'file' && status.size === 0) || status.type === 'character' || status.type === 'block';
  }

  /** Where a link points, as it is written. EINVAL for what is none. */
  link(path: string): string | number {
    if (this.#planned.has(path)) return this.#planned.get(path) ?? errno.ENOENT;
    return this.#isGone(path) ? errno.ENOENT : this.#port.readLink(this.root + path);
  }

  /** Permission bits, 0 for what cannot be looked at. */
  mode(path: string): number {
    const status = this.#port.statusNoFollow(this.root + path);
    return typeof status === 'number' ? 0 : status.mode;
  }

  text(path: string): string | number {
    return this.#port.readFile(this.root + path, longestFile);
  }

  /** Whether it is worth to look for the name there. Much cheaper than to look. */
  mayHave(directory: string, name: string): boolean {
    const known = this.#read(directory);
    return (typeof known !== 'number' && known.names.has(name)) || this.#planned.has(`${directory}/${name}`);
  }

  /** By name. A directory is read once. */
  list(directory: string): readonly TreeEntry[] | number {
    const known = this.#read(directory);
    if (typeof known === 'number') return known;
    if (this.#planned.size === 0 && this.#gone.length === 0) return known.entries;
    const now = known.entries.filter(({ name }) => {
      const path = `${directory}/${name}`;
      return !this.#isGone(path) && !(this.#planned.has(path) && this.#planned.get(path) === undefined);
    });
    for (const [path, target] of this.#planned) {
      const name = baseOf(path);
      if (target !== undefined && parentOf(path) === directory && !now.some((entry) => entry.name === name))
        now.push({ name, kind: 'symlink' });
    }
    return now;
  }

  /** One file under two paths? */
  isSame(a: string, b: string): boolean {
    const [first, second] = [this.#port.status(this.root + a), this.#port.status(this.root + b)];
    return typeof first !== 'number' && typeof second !== 'number' && first.identity === second.identity;
  }

  /**
   * The path with every link in it followed, as in a chroot at the root; `last`: the last one too. What does not exist may
   * stand at the end. Source: chase_symlinks() in systemd's src/basic/chase-symlinks.c.
   */
  chase(path: string, last: boolean): string | number {
    const waiting = partsOf(path).reverse();
    const done: string[] = [];
    let followed = 0;
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      if (part === '..') {
        done.pop();
        continue;
      }
      const here = `/${[...done, part].join('/')}`;
      const link = last || waiting.length > 0 ? this.link(here) : errno.EINVAL;
      if (typeof link === 'string') {
        if (++followed >= mostLinks) return errno.ELOOP;
        if (link.startsWith('/')) done.length = 0;
        waiting.push(...partsOf(link).reverse());
      } else if (link === errno.ENOENT && !waiting.includes('..')) {
        return `/${[...done, part, ...waiting.reverse()].join('/')}`;
      } else if (link !== errno.EINVAL) {
        return link;
      } else {
        done.push(part);
      }
    }
    return `/${done.join('/')}`;
  }

  planLink(path: string, target: string): void {
    this.#planned.set(path, target);
  }

  planRemoval(path: string): void {
    this.#planned.set(path, undefined);
  }

  planRemovalOfTree(path: string): void {
    this.#gone.push(path);
  }

  #read(directory: string): Listing | number {
    const before = this.#lists.get(directory);
    if (before !== undefined) return before;
    const found = this.#port.readDirectory(this.root + directory);
    const listing = typeof found === 'number' ? found : listingOf(found);
    this.#lists.set(directory, listing);
    return listing;
  }

  #isGone(path: string): boolean {
    return this.#gone.length > 0 && this.#gone.some((tree) => isWithin(path, tree));
  }
}

interface Listing {
  readonly entries: readonly TreeEntry[];
  readonly names: ReadonlySet<string>;
}

function listingOf(found: readonly DirectoryEntry[]): Listing {
  const entries = found.map(({ name, type }) => ({ name, kind: kindOf(type) }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, names: new Set(entries.map(({ name }) => name)) };
}

/** systemd's CHASE_SYMLINKS_MAX. */
const mostLinks = 32;

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function kindOf(type: string): Kind {
  return type === 'file' || type === 'directory' || type === 'symlink' ? type : 'other';
}
