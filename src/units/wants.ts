import { resolveLink } from './aliases.ts';
import { findSubdirectories } from './drop-ins.ts';
import { listDirectory, type UnitDirectories, type UnitFilesPort } from './files.ts';
import type { Dependency } from './model.ts';
import { parseUnitName, type UnitName } from './name.ts';

/**
 * The dependencies that symlinks in NAME.wants/, NAME.requires/ and NAME.upholds/ make: the link's name counts, not where it points,
 * but /dev/null takes the dependency away. `resolve` fills in a template. Source: process_deps() in systemd's src/core/load-dropin.c.
 */
export function findLinkedDependencies(
  port: UnitFilesPort,
  root: string,
  directories: UnitDirectories,
  names: readonly UnitName[],
  resolve: (name: UnitName) => UnitName | undefined,
): readonly Dependency[] {
  const dependencies: Dependency[] = [];
  for (const [suffix, kind] of [
    ['.wants', 'Wants'],
    ['.requires', 'Requires'],
    // systemd 254 and later.
    ['.upholds', 'Upholds'],
  ] as const) {
    const seen = new Set<string>();
    for (const path of findSubdirectories(directories, names, suffix)) {
      for (const entry of listDirectory(port, root + path)) {
        if (seen.has(entry.name)) continue;
        seen.add(entry.name);
        if (entry.type !== 'symlink') continue;
        const name = parseUnitName(entry.name);
        if (name === undefined) continue;
        const link = port.readLink(`${root}${path}/${entry.name}`);
        if (typeof link !== 'string' || resolveLink(path, link) === '/dev/null') continue;
        const on = resolve(name);
        if (on !== undefined) dependencies.push({ kind, on, origin: 'link' });
      }
    }
  }
  return dependencies;
}
