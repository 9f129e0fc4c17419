import type { DirectoryEntry, Host, HostFacts, HostFiles } from '../host.d.ts';
import { builtinDirectory, builtinLinks, builtinTexts } from './builtin.ts';

/** All that units/ asks of the disk. The one file of units/ that knows the host. */
export type UnitFilesPort = Pick<HostFiles, 'readFile' | 'readDirectory' | 'status' | 'readLink' | 'realPath'>;

/** Where a part of the program comes from that few need, and what that part asks. */
export type PartsPort = Pick<Host, 'load' | 'readRange'>;

/** What planning an installation asks of it, and carrying the plan out. */
export type InstallPort = UnitFilesPort &
  Pick<
    HostFiles,
    'statusNoFollow' | 'makeDirectory' | 'makeSymlink' | 'rename' | 'remove' | 'removeDirectory' | 'removeTree'
  >;

export type { DirectoryEntry };

/** What the machine's specifiers ask. */
export type MachineFacts = Pick<HostFiles, 'readFile'> & Pick<HostFacts, 'hostName' | 'kernel' | 'user' | 'group'>;

/** A file or symlink of the search path that could be a unit's: the first directory that has the name. */
export interface UnitFileEntry {
  readonly name: string;
  readonly directory: string;
  /** Where it points, for a symlink. */
  readonly link: string | undefined;
}

/** What the directories of the search path hold, each read once. */
export interface UnitDirectories {
  /** By file name. */
  readonly files: ReadonlyMap<string, UnitFileEntry>;
  /** The symlinks among `files`. */
  readonly links: readonly UnitFileEntry[];
  /** What has a name like theirs but is neither file nor link, by file name: the path, and what it is in words. */
  readonly strange: ReadonlyMap<string, { readonly path: string; readonly what: string }>;
  /** Directories by their own name (`foo.service.d`, `foo.target.wants`): paths in the order of the search path. */
  readonly subdirectories: ReadonlyMap<string, readonly string[]>;
  /** The directories that exist, in order. */
  readonly existing: readonly string[];
}

/** What a file of a unit turned out to be. */
export type UnitText =
  | { readonly kind: 'text'; readonly text: string; readonly modified: number }
  /** Empty, or /dev/null: masks. */
  | { readonly kind: 'null' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly errno: number };

/** Nothing larger is read. */
export const longestFile = 16 * 1024 * 1024;
const noEntry = 2;
const invalid = 22;
const loop = 40;

/** Reads the directories of `searchPath`; those that are missing, or that are another one under a second path (/lib and /usr/lib), count once. */
export function readUnitDirectories(port: UnitFilesPort, root: string, searchPath: readonly string[]): UnitDirectories {
  const files = new Map<string, UnitFileEntry>();
  const links: UnitFileEntry[] = [];
  const strange = new Map<string, { readonly path: string; readonly what: string }>();
  const subdirectories = new Map<string, string[]>();
  const existing: string[] = [];
  const seen = new Set<string>();
  for (const directory of searchPath) {
    const status = port.status(root + directory);
    if (typeof status === 'number' || seen.has(status.identity)) continue;
    seen.add(status.identity);
    const entries = port.readDirectory(root + directory);
    if (typeof entries === 'number') continue;
    existing.push(directory);
    for (const { name, type } of entries) {
      if (isSubdirectoryName(name)) {
        const paths = subdirectories.get(name);
        if (paths === undefined) subdirectories.set(name, [`${directory}/${name}`]);
        else paths.push(`${directory}/${name}`);
      } else if ((type === 'file' || type === 'symlink') && !files.has(name)) {
        const link = type === 'symlink' ? port.readLink(`${root}${directory}/${name}`) : undefined;
        const entry = { name, directory, link: typeof link === 'string' ? link : undefined };
        files.set(name, entry);
        if (entry.link !== undefined) links.push(entry);
      } else if (!files.has(name) && !strange.has(name)) {
        strange.set(name, {
          path: `${directory}/${name}`,
          what: type === 'directory' ? 'a directory' : 'no regular file',
        });
      }
    }
  }
  addBuiltins(files, links);
  return { files, links, strange, subdirectories, existing };
}

/** Last of all, the files that are compiled in. */
function addBuiltins(files: Map<string, UnitFileEntry>, links: UnitFileEntry[]): void {
  for (const name of Object.keys(builtinTexts)) {
    if (!files.has(name)) files.set(name, { name, directory: builtinDirectory, link: undefined });
  }
  for (const [name, link] of Object.entries(builtinLinks)) {
    if (files.has(name)) continue;
    const entry = { name, directory: builtinDirectory, link };
    files.set(name, entry);
    links.push(entry);
  }
}

function isSubdirectoryName(name: string): boolean {
  return name.endsWith('.d') || name.endsWith('.wants') || name.endsWith('.requires') || name.endsWith('.upholds');
}

/** The file at `path` below `root`. */
export function readUnitText(port: UnitFilesPort, root: string, path: string): UnitText {
  if (path.startsWith(builtinDirectory)) {
    const builtin = builtinTexts[path.slice(builtinDirectory.length + 1)];
    return builtin === undefined ? { kind: 'missing' } : { kind: 'text', text: builtin, modified: 0 };
  }
  return readText(port, root + path);
}

function readText(port: UnitFilesPort, path: string): UnitText {
  const text = port.readFile(path, longestFile);
  if (text === '') return { kind: 'null' };
  if (typeof text === 'string') {
    const status = port.status(path);
    return { kind: 'text', text, modified: typeof status === 'number' ? 0 : status.modified };
  }
  if (text === noEntry) return { kind: 'missing' };
  if (text === invalid) {
    const status = port.status(path);
    if (typeof status !== 'number' && status.type === 'character') return { kind: 'null' };
  }
  return { kind: text === loop ? 'missing' : 'unreadable', errno: text };
}

/** Entries of a directory by name; none when it cannot be read. */
export function listDirectory(port: UnitFilesPort, path: string): readonly DirectoryEntry[] {
  const entries = port.readDirectory(path);
  return typeof entries === 'number' ? [] : entries;
}
