/**
 * Kinds of values that pidone reads and does not carry out. What is right is kept as text in its normal form (Unit.accepted): `show` prints
 * it, and what is wrong is told as systemd tells it. '' is "not set"; undefined is "no such value": the value before stays.
 */
import { extractWord, extractWords, splitBlanks, type WordStyle } from './syntax/words.ts';
import { type ValueContext, type ValueKind, withArticle } from './value-kind.ts';
import { formatBoolean, parseBoolean } from './values/boolean.ts';
import { parseInteger } from './values/integer.ts';
import { isNormalizedPath, simplifyPath } from './values/path.ts';

export interface AcceptedKind extends ValueKind<string | undefined> {
  /** The setting that its values are added to, where that is another one. */
  readonly keptAs?: string;
}

/** What an empty value does: most scalars of systemd refuse it. */
export type WhenEmpty = 'reset' | 'wrong';

/** The normal form of a value or word; undefined for a wrong one, '' where it has been told already. */
export type Normalize = (text: string, context: ValueContext) => string | undefined;

/** One value: the last one wins. */
export function scalar(what: string, empty: WhenEmpty, normalize: Normalize): AcceptedKind {
  return {
    what,
    list: false,
    read(text, before, context) {
      if (text === '' && empty === 'reset') return '';
      const normal = normalize(text, context);
      return normal === '' && text !== '' ? (before ?? '') : normal;
    },
  };
}

/** Words or whole values that are gathered; an empty value empties the list. */
export function list(what: string, style: WordStyle | 'plain' | 'whole', normalize: Normalize): AcceptedKind {
  return {
    what,
    list: true,
    read(text, before, context) {
      if (text === '') return '';
      const added: string[] = [];
      for (const word of wordsOf(text, style, context)) {
        const normal = normalize(word, context);
        if (normal === undefined) tellWord(context, word, what);
        else if (normal !== '') added.push(normal);
      }
      return append(before, added, style === 'whole' ? '\n' : ' ');
    },
  };
}

/** As `list`, of words that a `~` before the first takes away: each of them is kept with its own. */
export function inverted(kind: AcceptedKind): AcceptedKind {
  return {
    ...kind,
    read(text, before, context) {
      if (!text.startsWith('~')) return kind.read(text, before, context);
      const rest = kind.read(text.slice(1), undefined, context);
      return rest === undefined ? undefined : append(before, [rest.replace(/^| /g, '$&~')]);
    },
  };
}

/** A kind whose values have no escapes but C's. */
export function escaped(kind: AcceptedKind): AcceptedKind {
  return { ...kind, read: (text, before, context) => (isEscaped(text) ? kind.read(text, before, context) : undefined) };
}

/** Every escape in it is one of C's. */
function isEscaped(text: string): boolean {
  if (!text.includes('\\')) return true;
  return extractWord(`"${text.replaceAll('"', '')}"`, 0, 'unquote-unescape', false).kind === 'word';
}

/** A kind that systemd still reads, with a word on what to write instead. */
export function obsolete<T>(kind: ValueKind<T>, hint: string): ValueKind<T> {
  return {
    ...kind,
    read(text, before, context) {
      context.warn(`Obsolete ${context.key}=, ${hint}; kept as written`);
      return kind.read(text, before, context);
    },
  };
}

/** What systemd has no longer: told, and nothing of it is read. */
export const removed: AcceptedKind = {
  what: 'value',
  list: false,
  read(_text, _before, context) {
    context.warn(`Obsolete ${context.key}= does nothing any more; ignored`);
    return '';
  },
};

export function tellWord(context: ValueContext, word: string, what: string): void {
  context.warn(`Invalid '${word}' in ${context.key}=: not ${withArticle(what)}; ignored`);
}

/** Values that have blanks in them are kept as lines. */
function append(before: string | undefined, added: readonly string[], between: ' ' | '\n' = ' '): string | undefined {
  if (added.length === 0) return before ?? '';
  return before === undefined || before === '' ? added.join(between) : before + between + added.join(between);
}

/** `plain`: between blanks; a backslash keeps the next character. */
export function wordsOf(text: string, style: WordStyle | 'plain' | 'whole', context: ValueContext): readonly string[] {
  if (style === 'whole') return [text];
  if (style === 'plain' && !text.includes('\\')) return splitBlanks(text);
  if (style === 'plain')
    return (text.match(/(?:\\.|[^ \t\r\n])+/gs) ?? []).map((part) => part.replaceAll(/\\(.)/gs, '$1'));
  const { words, complete } = extractWords(text, style);
  if (!complete) context.warn(`Unbalanced quoting in '${text}'; the rest of the line is ignored`);
  return words;
}

/** Which paths a setting takes. */
export type PathForm = 'absolute' | 'relative' | 'any';

export type CheckedPath =
  | { readonly ok: true; readonly isEmpty: false; readonly path: string }
  /** What its specifiers stand for is nothing: no path, but a value that resets. */
  | { readonly ok: false; readonly isEmpty: true; readonly path: ''; readonly problem: string }
  | { readonly ok: false; readonly isEmpty: false; readonly problem: string };

/** A path with its specifiers replaced, simplified; or what is wrong with it. Source: path_simplify_and_warn() in systemd's src/shared/parse-helpers.c. */
function checkPath(text: string, form: PathForm, context: ValueContext): CheckedPath {
  const expanded = context.expand(text, 'full');
  if (!expanded.ok) {
    return { ok: false, isEmpty: false, problem: `Unknown specifier '${expanded.specifier}' in '${text}'` };
  }
  const path = expanded.text;
  const isWrongForm = form !== 'any' && path.startsWith('/') !== (form === 'absolute');
  const wrong = isWrongForm
    ? `Path '${path}' of ${context.key}= is not ${form}`
    : `Invalid path '${path}' of ${context.key}=`;
  if (path === '') return { ok: false, isEmpty: true, path, problem: wrong };
  if (isWrongForm) return { ok: false, isEmpty: false, problem: wrong };
  const simple = simplifyPath(path);
  if (isNormalizedPath(simple)) return { ok: true, isEmpty: false, path: simple };
  return { ok: false, isEmpty: false, problem: wrong };
}

/** /var/run is a legacy of /run: told of the administrator's files only, as Debian does. */
export function currentPath(path: string, context: ValueContext): string {
  if (!path.startsWith('/var/run/')) return path;
  const current = path.slice(4);
  if (context.file.startsWith('/etc/')) context.warn(`Legacy directory of '${path}', '${current}' is meant; replaced`);
  return current;
}

/** A path, fatal or not when it is wrong. */
export function path(fatal: boolean): AcceptedKind {
  return {
    what: 'absolute path',
    list: false,
    read(text, before, context) {
      if (text === '') return '';
      const checked = checkPath(text, 'absolute', context);
      if (checked.ok || checked.isEmpty) return checked.path;
      if (fatal) context.refuse(checked.problem);
      else context.warn(`${checked.problem}; ignored`);
      return before ?? '';
    },
  };
}

/** As checkPath(); undefined, and told, where it is none. */
export function readPath(text: string, form: PathForm, context: ValueContext): string | undefined {
  const checked = checkPath(text, form, context);
  if (checked.ok) return checked.path;
  context.warn(`${checked.problem}; ignored`);
  return undefined;
}

/** As Normalize: '' when it was told. */
export function normalizePath(form: PathForm): Normalize {
  return (text, context) => readPath(text, form, context) ?? '';
}

export function yesOrNo(text: string): string | undefined {
  const value = parseBoolean(text);
  return value === undefined ? undefined : formatBoolean(value);
}

/** One of the words; with `yes`, a boolean too, of which true means that word. */
export function word(words: string, empty: WhenEmpty = 'wrong', yes?: string): AcceptedKind {
  const what =
    yes === undefined ? `word of ${words.replaceAll(' ', ', ')}` : `boolean or ${words.replaceAll(' ', ', ')}`;
  return scalar(what, empty, (text) => {
    const truth = yes === undefined ? undefined : parseBoolean(text);
    if (truth !== undefined) return truth ? yes : 'no';
    return words.split(' ').includes(text) ? text : undefined;
  });
}

export function integer(what: string, least: number, most: number, empty: WhenEmpty = 'wrong'): AcceptedKind {
  return scalar(what, empty, (text) => {
    const number = parseInteger(text, least, most);
    return number === undefined ? undefined : String(number);
  });
}
