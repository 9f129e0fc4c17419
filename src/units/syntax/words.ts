import { isWellFormed, strip } from './lines.ts';

/** How a setting splits its value; the names are those of systemd's extract_first_word(). */
export type WordStyle =
  /** Quotes and C escapes: Exec*=, Environment=. */
  | 'unquote-unescape'
  /** Quotes; a backslash keeps the next character: PassEnvironment=. */
  | 'unquote'
  /** Quotes; a backslash is a character: RuntimeDirectory=, whose words are read once more. */
  | 'unquote-retain-escape'
  /** No quotes; a backslash keeps the next character: SupplementaryGroups=. */
  | 'plain'
  /** Only blanks matter; backslashes stay: lists of unit names. */
  | 'retain-escape'
  /** As the first, where words end at colons, and an escaped one is a character. */
  | 'colons';

/** One word, and where the rest of the text begins; or why there is none. */
export type Extracted =
  | { readonly kind: 'word'; readonly word: string; readonly end: number; readonly unknownEscape: boolean }
  | { readonly kind: 'end' }
  | { readonly kind: 'unbalanced' };

/**
 * The first word of `text` at or after `begin`. A word goes to the next blank outside of quotes; quotes may begin anywhere in it. An unknown
 * escape stays as it is written (`unknownEscape` says so). Source: extract_first_word_and_warn() in systemd's
 * src/basic/extract-word.c.
 */
export function extractWord(text: string, begin: number, style: WordStyle, relaxed = true): Extracted {
  return readWord(text, skipBlanks(text, begin), stopsOf[style], style, relaxed);
}

/** The word that begins at `from`; `special` finds what is not only itself. */
function readWord(text: string, from: number, special: RegExp, style: WordStyle, relaxed: boolean): Extracted {
  if (from === text.length) return { kind: 'end' };
  let position = from;
  let word = '';
  let unknownEscape = false;
  for (;;) {
    special.lastIndex = position;
    const stop = special.exec(text);
    if (stop === null) {
      return { kind: 'word', word: foldBytes(word + text.slice(position)), end: text.length, unknownEscape };
    }
    word += text.slice(position, stop.index);
    position = stop.index;
    const character = text.charAt(position);
    if (character === '\\') {
      const escape = readEscape(text, position, style, relaxed);
      if (escape === undefined) return { kind: 'unbalanced' };
      word += escape.value;
      position = escape.end;
      unknownEscape ||= escape.unknown;
    } else if (character === '"' || character === "'") {
      const quoted = readQuoted(text, position + 1, character, style, relaxed);
      if (quoted === undefined) return { kind: 'unbalanced' };
      word += quoted.value;
      position = quoted.end;
      unknownEscape ||= quoted.unknown;
    } else {
      return { kind: 'word', word: foldBytes(word), end: position + 1, unknownEscape };
    }
  }
}

/** All words of `text`, up to the first that cannot be read (then `complete` is false). Not `relaxed`: an unknown escape cannot. */
export function extractWords(
  text: string,
  style: WordStyle,
  relaxed = true,
): { readonly words: readonly string[]; readonly complete: boolean; readonly unknownEscape: boolean } {
  if (style === 'retain-escape' || isPlain(text)) {
    return { words: splitBlanks(text), complete: true, unknownEscape: false };
  }
  const words: string[] = [];
  let unknownEscape = false;
  for (let position = 0; ;) {
    const next = extractWord(text, position, style, relaxed);
    if (next.kind !== 'word') return { words, complete: next.kind === 'end', unknownEscape };
    words.push(next.word);
    unknownEscape ||= next.unknownEscape;
    position = next.end;
  }
}

/** The parts of a word between colons, with quotes and C escapes of its own; empty ones do not count. undefined where they cannot be read. */
export function splitAtColons(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  for (let position = 0; ;) {
    while (text.charAt(position) === ':') position++;
    const next = readWord(text, position, stopsOf.colons, 'colons', false);
    if (next.kind !== 'word') return next.kind === 'end' ? parts : undefined;
    parts.push(next.word);
    position = next.end;
  }
}

/** Has no quote and no backslash: its words are what stands between blanks. */
export function isPlain(text: string): boolean {
  return !text.includes('\\') && !text.includes('"') && !text.includes("'");
}

/** Words between blanks, nothing else special. */
export function splitBlanks(text: string): readonly string[] {
  if (!text.includes(' ') && !text.includes('\t')) {
    const word = strip(text);
    return word === '' ? [] : [word];
  }
  // A plain split is much cheaper than one by a regular expression.
  const hasOthers = text.includes('\t') || text.includes('\n') || text.includes('\r');
  const words = hasOthers ? text.split(/[ \t\r\n]+/) : text.split(' ');
  return words.includes('') ? words.filter((word) => word !== '') : words;
}

/** Where the blanks that begin at `from` end. */
export function skipBlanks(text: string, from: number): number {
  // Past the end a sticky expression would begin again at 0.
  if (from >= text.length) return text.length;
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

// Matches always, be it nothing: lastIndex is the end of the blanks.
const blanks = /[ \t\r\n]*/y;
const allStops = /[ \t\r\n"'\\]/g;
/** What ends a run of characters that are only themselves. */
const stopsOf: Readonly<Record<WordStyle, RegExp>> = {
  'unquote-unescape': allStops,
  unquote: allStops,
  'unquote-retain-escape': /[ \t\r\n"']/g,
  plain: /[ \t\r\n\\]/g,
  'retain-escape': /[ \t\r\n]/g,
  colons: /[:"'\\]/g,
};
const stopsInQuotes = { '"': /["\\]/g, "'": /['\\]/g } as const;
const stopsInRetainingQuotes = { '"': /"/g, "'": /'/g } as const;

interface Piece {
  readonly value: string;
  readonly end: number;
  readonly unknown: boolean;
}

function readQuoted(
  text: string,
  from: number,
  quote: '"' | "'",
  style: WordStyle,
  relaxed: boolean,
): Piece | undefined {
  const special = (style === 'unquote-retain-escape' ? stopsInRetainingQuotes : stopsInQuotes)[quote];
  let value = '';
  let position = from;
  let unknown = false;
  for (;;) {
    special.lastIndex = position;
    const stop = special.exec(text);
    if (stop === null) return undefined;
    value += text.slice(position, stop.index);
    if (text.charAt(stop.index) === quote) return { value, end: stop.index + 1, unknown };
    const escape = readEscape(text, stop.index, style, relaxed);
    // A backslash as the last character is no escape here, and the quote stays open.
    if (escape === undefined || stop.index + 1 === text.length) return undefined;
    value += escape.value;
    position = escape.end;
    unknown ||= escape.unknown;
  }
}

/** cunescape(): undefined where an escape is none of C's. */
export function unescape(text: string): string | undefined {
  let value = '';
  for (let from = 0; ;) {
    const at = text.indexOf('\\', from);
    if (at < 0) return foldBytes(value + text.slice(from));
    const escape = readCEscape(text, at);
    if (escape === undefined) return undefined;
    value += text.slice(from, at) + escape.value;
    from = escape.end;
  }
}

/** `at` is the backslash. */
function readEscape(text: string, at: number, style: WordStyle, relaxed: boolean): Piece | undefined {
  if (at + 1 === text.length) return relaxed ? { value: '\\', end: at + 1, unknown: true } : undefined;
  if ((style !== 'unquote-unescape' && style !== 'colons') || (style === 'colons' && text.charAt(at + 1) === ':')) {
    return { value: text.charAt(at + 1), end: at + 2, unknown: false };
  }
  const known = readCEscape(text, at);
  if (known !== undefined) return known;
  return relaxed ? { value: text.slice(at, at + 2), end: at + 2, unknown: true } : undefined;
}

/** Bytes that were written as escapes may make characters together. */
function foldBytes(word: string): string {
  return isWellFormed(word) ? word : word.replace(/(?<![\ud800-\udbff])[\udc80-\udcff]{2,}/g, foldRun);
}

function foldRun(run: string): string {
  let text = '';
  for (let at = 0; at < run.length;) {
    const first = run.charCodeAt(at) & 0xff;
    const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = length === 1 ? undefined : decodeUtf8(run.slice(at, at + length));
    text += character ?? run.charAt(at);
    at += character === undefined ? 1 : length;
  }
  return text;
}

function decodeUtf8(bytes: string): string | undefined {
  const escaped = Array.from({ length: bytes.length }, (_, index) => (bytes.charCodeAt(index) & 0xff).toString(16));
  try {
    return decodeURIComponent(`%${escaped.join('%')}`);
  } catch {
    return undefined;
  }
}

/** Text that systemd's utf8_is_valid() takes. */
export function isUtf8(text: string): boolean {
  return isWellFormed(text) && !/[\ufdd0-\ufdef\ufffe\uffff]/.test(text);
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const numeric = /\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

/** cunescape_one(): NUL cannot be had; \xHH and \OOO are bytes, so from 0x80 on the host's lone surrogates; only \U looks at what it gets. */
function readCEscape(text: string, at: number): Piece | undefined {
  const letter = text.charAt(at + 1);
  if (Object.hasOwn(letters, letter)) return { value: letters[letter] ?? '', end: at + 2, unknown: false };
  numeric.lastIndex = at;
  const match = numeric.exec(text);
  if (match === null) return undefined;
  const [whole, hex, octal, short, long] = match;
  const value =
    short !== undefined || long !== undefined
      ? characterOf(Number.parseInt(short ?? long ?? '', 16), long !== undefined)
      : byteOf(hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16));
  return value === undefined ? undefined : { value, end: at + whole.length, unknown: false };
}

function byteOf(byte: number): string | undefined {
  if (byte === 0) return undefined;
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

function characterOf(code: number, checked: boolean): string | undefined {
  if (code === 0 || code > 0x10ffff) return undefined;
  const isHalf = code >= 0xd800 && code < 0xe000;
  if (checked && (isHalf || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe)) return undefined;
  if (!isHalf) return String.fromCodePoint(code);
  // The bytes that UTF-8 would have if it had halves of pairs.
  const bytes = [0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return String.fromCharCode(...bytes.map((byte) => 0xdc00 + byte));
}
