/** As much of the host's files as reading units takes, of texts in memory; without Node, so that the engine has it too. */
import type { Errno, FileStatus, FileType } from '../../../src/host.d.ts';
import type { UnitFilesPort } from '../../../src/units/files.ts';

const missing = 2 as Errno;
const notALink = 22 as Errno;

/** `texts`: absolute path → text. */
export function treeOf(texts: ReadonlyMap<string, string>): UnitFilesPort {
  const directories = new Map<string, Map<string, FileType>>();
  for (const path of texts.keys()) {
    let type: FileType = 'file';
    for (let rest = path; rest !== '';) {
      const slash = rest.lastIndexOf('/');
      const parent = rest.slice(0, slash);
      const entries = directories.get(parent) ?? new Map<string, FileType>();
      directories.set(parent, entries.set(rest.slice(slash + 1), type));
      type = 'directory';
      rest = parent;
    }
  }
  const status = (path: string): FileStatus | Errno => {
    const text = texts.get(path);
    if (text === undefined && !directories.has(path)) return missing;
    const type = text === undefined ? 'directory' : 'file';
    return { type, size: text?.length ?? 0, mode: 0o755, uid: 0, gid: 0, modified: 0, identity: path };
  };
  return {
    readFile: (path) => texts.get(path) ?? missing,
    readDirectory(path) {
      const entries = directories.get(path);
      return entries === undefined ? missing : [...entries].map(([name, type]) => ({ name, type }));
    },
    status,
    readLink: (path) => (typeof status(path) === 'number' ? missing : notALink),
    realPath: (path) => (typeof status(path) === 'number' ? missing : path),
  };
}
