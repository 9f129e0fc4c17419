/** Words of a command line as names of units: completion, escapes and globs, as systemctl's expand_names() has them. */
import type { UnitView } from '../manager/api.ts';
import type { UnitType } from '../units/model.ts';
import { globPattern } from '../units/glob.ts';
import { isTemplate, mangleUnitName, needsEscape, type UnitName } from '../units/name.ts';
import type { Call } from './call.ts';
import { harmless } from './render/text.ts';

export type NamesFound =
  | { readonly ok: true; readonly names: readonly UnitName[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Names in the order of the words; a glob stands for the units that list-units would show of those that match it, and for none without a manager. */
export function findNames(
  { services, options }: Pick<Call, 'services' | 'options'>,
  words: readonly string[],
  suffix: `.${UnitType}` = '.service',
): NamesFound {
  const names = new Set<UnitName>();
  const notes: string[] = [];
  let loaded: readonly UnitView[] | undefined;
  for (const word of words) {
    if (isGlob(word)) {
      const pattern = globPattern(completeGlob(word, suffix));
      loaded ??= (services.api?.list() ?? []).filter((view) => isListed(options, view));
      for (const { unit } of loaded) if (unit.names.some((name) => pattern.test(name))) names.add(unit.name);
      continue;
    }
    const name = mangleUnitName(word, suffix);
    if (name === undefined) return { ok: false, message: `Failed to mangle name: Invalid argument: ${harmless(word)}` };
    if (needsEscape(word) && !options.quiet) {
      notes.push(
        `Invalid unit name "${word}" escaped as "${escapedWord(word, name, suffix)}" (maybe you should use systemd-escape?).`,
      );
    }
    names.add(name);
  }
  return { ok: true, names: [...names], notes };
}

export type WordsFound =
  | { readonly ok: true; readonly words: readonly string[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly message: string };

/**
 * Names and absolute paths for verbs on unit files, one a word: systemctl's mangle_names(). A word with a slash is a path;
 * globs are not known, a star is escaped like a blank. `operation`: "to enable", as notes call it.
 */
export function plainNames(
  { options, invocation }: Pick<Call, 'options' | 'invocation'>,
  given: readonly string[],
  operation: string,
): WordsFound {
  const words: string[] = [];
  const notes: string[] = [];
  for (const word of given) {
    if (word.includes('/')) {
      words.push(
        word.startsWith('/') ? word : `${invocation.directory.replace(/\/$/, '')}/${word.replace(/^(?:\.\/+)+/, '')}`,
      );
      continue;
    }
    const name = mangleUnitName(word);
    if (name === undefined)
      return { ok: false, message: `Failed to mangle unit name or path '${harmless(word)}': Invalid argument` };
    words.push(name);
    if (!options.quiet) notes.push(...notesOn(word, name, operation, '.service'));
  }
  return { ok: true, words, notes };
}

/** The target that set-default and add-wants are about; a path means its mount. */
export function targetName(
  { options }: Pick<Call, 'options'>,
  word: string,
  operation: string,
):
  | { readonly ok: true; readonly name: UnitName; readonly notes: readonly string[] }
  | { readonly ok: false; readonly message: string } {
  const name = mangleUnitName(word, '.target');
  if (name === undefined) return { ok: false, message: 'Failed to mangle unit name: Invalid argument' };
  return { ok: true, name, notes: options.quiet ? [] : notesOn(word, name, operation, '.target') };
}

/** What is told of a word that had to be escaped. */
function notesOn(word: string, name: UnitName, operation: string, suffix: string): readonly string[] {
  if (!needsEscape(word)) return [];
  const hint = isGlob(word) ? '' : ' (maybe you should use systemd-escape?)';
  const escaped = `Invalid unit name "${word}" escaped as "${escapedWord(word, name, suffix)}"${hint}.`;
  return isGlob(word)
    ? [`Glob pattern passed ${operation}, but globs are not supported for this.`, escaped]
    : [escaped];
}

/** Without the suffix that completed the word. */
function escapedWord(word: string, name: UnitName, suffix: string): string {
  return name.endsWith(suffix) && !word.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** What -t, --state and --all leave: by default, all that is not inactive. */
export function isListed({ types, states, all }: Call['options'], { unit, active, sub, job }: UnitView): boolean {
  if (types.length > 0 && !types.includes(unit.type)) return false;
  if (states.length > 0) return [unit.load, sub, active].some((state) => states.includes(state));
  return all || active !== 'inactive' || job !== undefined;
}

/** systemd's sentence for the first name that can be no unit's: a template needs an instance. */
export function explainTemplate(names: readonly UnitName[]): string | undefined {
  const template = names.find(isTemplate);
  return template === undefined ? undefined : `Unit name ${template} is neither a valid invocation ID nor unit name.`;
}

export function isGlob(word: string): boolean {
  return /[*?[]/.test(word);
}

/** `a*` stands for names with any suffix when it ends so that it can; else the suffix is put behind it. */
export function completeGlob(word: string, suffix: string): string {
  return /\.[a-z]+$/.test(word) || /[*?\]]$/.test(word) ? word : word + suffix;
}
