/** Words of a command line as names of units: completion, escapes and globs, as systemctl's expand_names() has them. */
import type { ManagerApi, UnitView } from '../manager/api.ts';
import type { UnitType } from '../units/model.ts';
import { mangleUnitName, needsEscape, type UnitName } from '../units/name.ts';
import { harmless } from './render/text.ts';

export type NamesFound =
  | { readonly ok: true; readonly names: readonly UnitName[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Names in the order of the words; a glob stands for the loaded units that match it, and for none without a manager. */
export function findNames(
  api: ManagerApi | undefined,
  words: readonly string[],
  suffix: `.${UnitType}` = '.service',
): NamesFound {
  const names = new Set<UnitName>();
  const notes: string[] = [];
  let loaded: readonly UnitView[] | undefined;
  for (const word of words) {
    if (isGlob(word)) {
      const pattern = globPattern(completeGlob(word, suffix));
      loaded ??= api?.list() ?? [];
      for (const { unit } of loaded) if (unit.names.some((name) => pattern.test(name))) names.add(unit.name);
      continue;
    }
    const name = mangleUnitName(word, suffix);
    if (name === undefined) return { ok: false, message: `Failed to mangle name: Invalid argument: ${harmless(word)}` };
    if (needsEscape(word)) {
      const escaped = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
      notes.push(`Invalid unit name "${word}" escaped as "${escaped}" (maybe you should use systemd-escape?).`);
    }
    names.add(name);
  }
  return { ok: true, names: [...names], notes };
}

export function isGlob(word: string): boolean {
  return /[*?[]/.test(word);
}

/** `a*` stands for names with any suffix when it ends so that it can; else the suffix is put behind it. */
export function completeGlob(word: string, suffix: string): string {
  return /\.[a-z]+$/.test(word) || /[*?\]]$/.test(word) ? word : word + suffix;
}

/** fnmatch(3) as a pattern for a whole name. `[` without its end is a plain character. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\[(!?)(\]?[^\]]*)\]|[\s\S]/g,
    (token, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
      if (token === '*') return '.*';
      if (token === '?') return '.';
      return token.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
    },
  );
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A range that is none, as in [z-a], matches nothing.
    return /(?!)/;
  }
}
