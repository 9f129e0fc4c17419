/** A physical line, as well as a joined one, must be shorter (bytes): systemd's LONG_LINE_MAX. */
export const longestLine = 1024 * 1024;

/** A line that ended the reading: nothing after it was read. A comment may have any bytes. */
export interface BadLine {
  readonly kind: 'not-utf8' | 'too-long' | 'refused';
  /** Of the physical line, from 1. */
  readonly number: number;
  /** Characters from its beginning, from 0. */
  readonly offset: number;
}

/**
 * Hands over the logical lines of a unit file in order, each with the number of its first physical line, up to one for
 * which `take` gives false (that is `refused`) or that cannot be read. Comments (also between the parts of a continued
 * line) and empty lines are left out, leading blanks and the first byte order mark that begins a line are taken off, the
 * backslash of each continued line becomes a blank. Source: config_parse() in systemd's src/shared/conf-parser.c.
 */
export function eachLine(text: string, take: (line: string, number: number) => boolean): BadLine | undefined {
  return isPlain(text) ? eachPlainLine(text, take) : eachJoinedLine(text, take);
}

/** A line is what stands between two newlines, and all of it can be read. */
function isPlain(text: string): boolean {
  return (
    !text.includes('\\') &&
    !text.includes('\r') &&
    !text.includes('\0') &&
    !text.includes(byteOrderMark) &&
    isWellFormed(text)
  );
}

export const byteOrderMark = '\uFEFF';

/** Most files, with no list of their lines made: at boot, in the engine, that is half of the time. */
function eachPlainLine(text: string, take: (line: string, number: number) => boolean): BadLine | undefined {
  for (let at = 0, number = 1; at < text.length; number++) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (end - at > shortest && isTooLong(text.slice(at, end), 0)) return { kind: 'too-long', number, offset: 0 };
    const first = text.charCodeAt(at);
    if (end > at && first !== 35 && first !== 59) {
      const raw = text.slice(at, end);
      const line = first === 32 || first === 9 ? stripLeft(raw) : raw;
      const head = line.charCodeAt(0);
      if (line !== '' && head !== 35 && head !== 59 && !take(line, number)) {
        return { kind: 'refused', number, offset: raw.length - line.length };
      }
    }
    at = end + 1;
  }
  return undefined;
}

/** All others. */
function eachJoinedLine(text: string, take: (line: string, number: number) => boolean): BadLine | undefined {
  const physical = physicalLines(text);
  const wellFormed = isWellFormed(text);
  const mayContinue = text.includes('\\');
  let marked = !text.includes(byteOrderMark);
  /** Parts of the logical line before this one, and the number of the first. */
  let parts: string[] = [];
  let start = 0;
  let length = 0;
  /** Where the first byte that is no UTF-8 stands in this logical line. */
  let bad: BadLine | undefined;
  const finish = (whole: string, number: number): BadLine | undefined => {
    const line = stripLeft(whole);
    if (line === '') return undefined;
    if (bad !== undefined) return bad;
    return take(line, number) ? undefined : { kind: 'refused', number, offset: whole.length - line.length };
  };
  // Counting is much cheaper than an iterator where it matters: in the engine, at boot.
  for (let number = 1; number <= physical.length; number++) {
    let raw = physical[number - 1] ?? '';
    if (isTooLong(raw, 0)) return { kind: 'too-long', number, offset: 0 };
    if (isComment(raw)) continue;
    if (!marked && raw.startsWith(byteOrderMark)) {
      raw = raw.slice(1);
      marked = true;
    }
    if (isTooLong(raw, length)) return { kind: 'too-long', number, offset: 0 };
    if (!wellFormed && bad === undefined && !isWellFormed(raw)) {
      bad = { kind: 'not-utf8', number, offset: raw.search(/\p{Surrogate}/u) };
    }
    if (mayContinue && raw.endsWith('\\') && endsInOddBackslashes(raw)) {
      if (start === 0) start = number;
      parts.push(raw.slice(0, -1));
      length += byteLength(raw);
      continue;
    }
    const broken = start === 0 ? finish(raw, number) : finish(joinParts(parts, raw), start);
    if (broken !== undefined) return broken;
    if (start === 0) continue;
    parts = [];
    start = 0;
    length = 0;
  }
  return start === 0 ? undefined : finish(joinParts(parts, ''), start);
}

/** The backslash of each part became a blank. */
function joinParts(parts: readonly string[], last: string): string {
  return `${parts.join(' ')} ${last}`;
}

/** Its first character after blanks is `#` or `;`. */
export function isComment(raw: string): boolean {
  const first = raw.charCodeAt(0);
  if (first === 35 || first === 59) return true;
  return (first === 32 || first === 9) && /^[ \t]*[#;]/.test(raw);
}

/** No text that is not longer has a line that is too long: a character has three bytes at most. */
const shortest = longestLine / 3;

function isTooLong(line: string, before: number): boolean {
  if (before + line.length <= shortest) return false;
  // A line of its own must be shorter, joined ones may be as long.
  const length = before + byteLength(line);
  return before === 0 ? length >= longestLine : length > longestLine;
}

/** In UTF-8; a byte that is none counts as one. */
function byteLength(text: string): number {
  if (!/[^\0-\x7f]/.test(text)) return text.length;
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Two halves of a pair are four bytes; a lone one is a byte.
    const isLone = code >= 0xdc80 && code <= 0xdcff && !isHigh(text.charCodeAt(index - 1));
    length += code < 0x80 || isLone ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return length;
}

export function isHigh(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

/** Blanks as systemd has them: space, tab, CR and newline, and no others. */
export function strip(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  if (first > 32 && last > 32) return text;
  return stripRight(stripLeft(text));
}

export function stripLeft(text: string): string {
  if (text.charCodeAt(0) > 32) return text;
  return text.replace(/^[ \t\r\n]+/, '');
}

/** Without the blanks (see strip) at its end. */
export function stripRight(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Lines end at newline, CR, NUL or CR and newline in either order. */
export function physicalLines(text: string): string[] {
  if (!text.includes('\r') && !text.includes('\0')) return text.split('\n');
  return text.split(/\r\n\0?|\n\r\0?|\n\0|\r\0|[\n\r\0]/);
}

/** The last backslash is not itself escaped. */
export function endsInOddBackslashes(text: string): boolean {
  let begin = text.length;
  while (begin > 0 && text.charCodeAt(begin - 1) === 92) begin--;
  return (text.length - begin) % 2 === 1;
}

/** Bytes that were not UTF-8, in systemd's sense, are lone surrogates here (host.d.ts). ES2024, but both engines have it. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}
