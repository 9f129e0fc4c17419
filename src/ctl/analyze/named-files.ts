/** Files named on a command line, as units: their directories are looked into first. systemd's src/shared/verify… verify_prepare_filename(). */
import type { UnitFilesPort } from '../../units/files.ts';
import { openUnits, type Units } from '../../units/load.ts';
import { instantiate, isTemplate, parseUnitName, type UnitName } from '../../units/name.ts';
import { absolutePath } from '../../units/values/path.ts';
import type { Services } from '../port.ts';

export interface NamedFiles {
  /** Whatever they are: stand-ins are read whole. */
  readonly units: Units;
  /** Of each word the unit; a template as its instance `i`. */
  readonly names: readonly UnitName[];
  /** Words that name no unit. */
  readonly wrong: readonly string[];
  /** The file as it was named, for a path that a unit was loaded from. */
  readonly nameOf: (path: string) => string;
}

/** `FILE`, or `FILE:NAME` for a file that is to be read as a unit of another name. */
export function openNamedFiles(services: Services, directory: string, words: readonly string[]): NamedFiles {
  const names: UnitName[] = [];
  const wrong: string[] = [];
  const directories = new Set<string>();
  const renamed = new Map<string, string>();
  for (const word of words) {
    const colon = word.indexOf(':');
    const path = absolutePath(colon < 0 ? word : word.slice(0, colon), directory);
    const name = parseUnitName(colon < 0 ? path.slice(path.lastIndexOf('/') + 1) : word.slice(colon + 1));
    if (name === undefined) {
      wrong.push(word);
      continue;
    }
    if (colon < 0) directories.add(path.slice(0, path.lastIndexOf('/')) || '/');
    else renamed.set(name, path);
    const instance = isTemplate(name) ? instantiate(name, 'i') : name;
    if (instance !== undefined) names.push(instance);
  }
  const { options } = services.units();
  const own = [...(renamed.size > 0 ? [nowhere] : []), ...directories];
  const units = openUnits(renamed.size > 0 ? withRenamed(services.files, options.root, renamed) : services.files, {
    ...options,
    searchPath: [...own, ...options.searchPath.filter((each) => !directories.has(each))],
    whole: true,
  });
  const nameOf = (path: string): string =>
    path.startsWith(`${nowhere}/`) ? (renamed.get(path.slice(nowhere.length + 1)) ?? path) : path.replace(/^\/\//, '/');
  return { units, names, wrong, nameOf };
}

/** A directory that no machine has: it holds the files that are read under another name. */
const nowhere = '/proc/self/renamed-units';

function withRenamed(files: UnitFilesPort, root: string, renamed: ReadonlyMap<string, string>): UnitFilesPort {
  const prefix = `${root}${nowhere}/`;
  const real = (path: string): string => {
    const target = path.startsWith(prefix) ? renamed.get(path.slice(prefix.length)) : undefined;
    return target === undefined ? path : root + target;
  };
  return {
    readFile: (path, limit) => files.readFile(real(path), limit),
    status(path) {
      if (path !== root + nowhere) return files.status(real(path));
      const status = files.status(`${root}/`);
      return typeof status === 'number' ? status : { ...status, identity: nowhere };
    },
    readLink: (path) => files.readLink(real(path)),
    realPath: (path) => files.realPath(real(path)),
    readDirectory: (path) =>
      path === root + nowhere ? [...renamed.keys()].map((name) => ({ name, type: 'file' })) : files.readDirectory(path),
  };
}
