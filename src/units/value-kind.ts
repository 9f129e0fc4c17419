/** What a directive's value can be: how it is read, and what it is called when it is none. */
import type { Microseconds, UnitName } from './name.ts';
import type { Part } from './syntax/places.ts';
import type { Expanded, SpecifierFlavour } from './syntax/specifiers.ts';
import { extractWords, type WordStyle } from './syntax/words.ts';
import { parseBoolean } from './values/boolean.ts';
import { parseDuration } from './values/duration.ts';
import { parseInteger } from './values/integer.ts';
import { parseMode } from './values/mode.ts';
import { parseNanoseconds } from './values/nanoseconds.ts';
import { isNormalizedAbsolute, simplifyPath } from './values/path.ts';
import { parseSignal } from './values/signal.ts';

/** What reading a value may ask, and where it tells what is wrong. */
export interface ValueContext {
  /** The directive that is read. */
  readonly key: string;
  /** The unit whose file it is, and the file. */
  readonly unit: UnitName;
  readonly file: string;
  expand(text: string, flavour: SpecifierFlavour): Expanded;
  /** A name in a list, its template filled in; undefined for no name. */
  unitName(word: string): UnitName | undefined;
  /** Tells: what is wrong, a semicolon, what became of it; `part` says which part of the line (the piece of the value that the message has in quotes, unless told otherwise). */
  warn(message: string, part?: Part): void;
  /** Tells what is wrong, and that the unit cannot be loaded: LoadState=bad-setting. */
  refuse(message: string, part?: Part, load?: 'bad-setting' | 'error'): void;
}

/**
 * `read` makes the new value of `text` and of the value before (lists append). undefined is "no such value": the caller
 * tells so in the name of `what`, and the value before stays.
 */
export interface ValueKind<T> {
  readonly what: string;
  readonly list: boolean;
  /** An empty value makes it undefined: not set. */
  readonly unset?: true;
  /** With a wrong value the unit cannot be loaded. */
  readonly fatal?: true;
  read(text: string, before: T, context: ValueContext): T | undefined;
}

/** "a file mode", "an absolute path": for what a value is not. */
export function withArticle(what: string): string {
  return `${/^(?:[aeioIEO]|un[^i])/.test(what) ? 'an' : 'a'} ${what}`;
}

function scalar<T>(what: string, read: (text: string, context: ValueContext) => T | undefined): ValueKind<T> {
  return { what, list: false, read: (text, _, context) => read(text, context) };
}

export const boolean: ValueKind<boolean> = scalar('boolean', parseBoolean);
export const duration: ValueKind<Microseconds> = scalar('time span', (text) => parseDuration(text));
/** 0 switches the timeout off, as `infinity` does. */
export const timeout: ValueKind<Microseconds> = scalar('time span', (text) => {
  const span = parseDuration(text);
  return span === 0 ? (Infinity as Microseconds) : span;
});
/** Empty is none of its own. */
export const optionalDuration: ValueKind<Microseconds | undefined> = optional(duration);
export const signal: ValueKind<number> = scalar('signal', parseSignal);
export const nanoseconds: ValueKind<bigint | undefined> = scalar('time span in nanoseconds', parseNanoseconds);
export const mode: ValueKind<number> = scalar('file mode', parseMode);
export const unsigned: ValueKind<number> = integer('unsigned number', 0, 2 ** 32 - 1);

export function integer(what: string, least: number, most: number): ValueKind<number> {
  return scalar(what, (text) => parseInteger(text, least, most));
}

/** As `kind`; an empty value goes back to `undefined`. */
export function optional<T>(kind: ValueKind<T>): ValueKind<T | undefined> {
  return {
    what: kind.what,
    list: false,
    unset: true,
    read: (text, before, context) => (text === '' ? undefined : kind.read(text, before as T, context)),
  };
}

/** As `kind`, for a field that is undefined as long as nothing is written. */
export function settable<T>(kind: ValueKind<T>): ValueKind<T | undefined> {
  // No kind of a scalar looks at the value before.
  return kind;
}

/** One of systemd's words. */
export function oneOf<const T extends string>(what: string, words: readonly T[]): ValueKind<T> {
  return scalar(what, (text) => words.find((word) => word === text));
}

/** Text with specifiers; an empty value empties it. */
export const string: ValueKind<string> = scalar('text', (text, context) => expandOrWarn(text, context));

/** An absolute path with specifiers, simplified; an empty value empties it. */
export const absolutePath: ValueKind<string> = scalar('absolute path', (text, context) => {
  if (text === '') return '';
  const path = expandOrWarn(text, context);
  return path === '' ? path : path !== undefined && isNormalizedAbsolute(path) ? simplifyPath(path) : undefined;
});

/** The words of a value; the first that cannot be read is told, and ends them. Not `relaxed`: an unknown escape is such a one. */
export function wordsOrWarn(
  text: string,
  context: ValueContext,
  style: WordStyle = 'unquote',
  relaxed = true,
): readonly string[] {
  const { words, complete } = extractWords(text, style, relaxed);
  if (!complete) context.warn(`Invalid quoting or escape in '${text}'; the rest of the line is ignored`);
  return words;
}

/** Specifiers replaced; told and undefined when there is an unknown one. */
export function expandOrWarn(
  text: string,
  context: ValueContext,
  flavour: SpecifierFlavour = 'full',
): string | undefined {
  if (!text.includes('%')) return text;
  const expanded = context.expand(text, flavour);
  if (expanded.ok) return expanded.text;
  context.warn(`Unknown specifier '${expanded.specifier}' in '${text}'; ignored`);
  return undefined;
}
