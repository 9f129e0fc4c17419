/** EnvironmentFile=: read when a command starts. A path may be a pattern in its last part; without `-` the file must be there (systemd.exec(5)). */
import type { HostFiles } from '../../host.d.ts';
import type { ExecSettings } from '../../units/exec-model.ts';
import { matchesGlob } from '../condition-values.ts';
import { parseEnvironmentFile } from '../../units/syntax/environment-file.ts';

export type EnvironmentFilesResult =
  { readonly ok: true; readonly value: readonly string[] } | { readonly ok: false; readonly why: string };

const longestFile = 1024 * 1024;

/** NAME=VALUE of all files in order; later ones win. */
export function readEnvironmentFiles(
  files: Pick<HostFiles, 'readFile' | 'readDirectory'>,
  entries: ExecSettings['environmentFiles'],
): EnvironmentFilesResult {
  const lines: string[] = [];
  for (const { path, mayMiss } of entries) {
    const paths = expandPattern(files, path);
    let read = 0;
    for (const each of paths) {
      const text = files.readFile(each, longestFile);
      if (typeof text !== 'string') continue;
      read += 1;
      lines.push(...parseEnvironmentFile(text).environment);
    }
    if (!mayMiss && (read === 0 || read < paths.length))
      return { ok: false, why: `Failed to load environment files: cannot read ${path}` };
  }
  return { ok: true, value: lines };
}

/** Files that match, sorted; the path itself where it is no pattern. */
function expandPattern(files: Pick<HostFiles, 'readDirectory'>, path: string): readonly string[] {
  const slash = path.lastIndexOf('/');
  const last = path.slice(slash + 1);
  if (!/[*?[]/.test(last)) return [path];
  const directory = path.slice(0, slash) || '/';
  const entries = files.readDirectory(directory);
  if (typeof entries === 'number') return [];
  return entries
    .map((entry) => entry.name)
    .filter((name) => matchesGlob(last, name) && !name.startsWith('.'))
    .sort()
    .map((name) => `${path.slice(0, slash)}/${name}`);
}
