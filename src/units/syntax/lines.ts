/** One assignment, header or other content of a unit file, continuations joined. */
export interface Line {
  readonly text: string;
  /** Of its first physical line, from 1. */
  readonly number: number;
}

/** A physical line, as well as a joined one, must be shorter (bytes; here characters): systemd's LONG_LINE_MAX. */
export const longestLine = 1024 * 1024;

/** A line that was dropped, or ended the reading (`too-long`). */
export interface BadLine {
  readonly kind: 'not-utf8' | 'too-long';
  readonly number: number;
}

/**
 * The text of a unit file as logical lines: leading blanks taken off, comments (also between the parts of a continued
 * line) and empty lines left out, continued lines joined by one blank. Source: systemd's config_parse() in
 * src/shared/conf-parser.c. `bad` lists what could not be read; after a `too-long` nothing follows.
 */
export function splitLines(text: string): { readonly lines: readonly Line[]; readonly bad: readonly BadLine[] } {
  const lines: Line[] = [];
  const bad: BadLine[] = [];
  const wellFormed = isWellFormed(text);
  const physical = physicalLines(text.startsWith('\uFEFF') ? text.slice(1) : text);
  // The parts of a line that goes on, each without its backslash.
  let parts: string[] = [];
  let length = 0;
  let start = 0;
  for (let index = 0; index < physical.length; index++) {
    const raw = physical[index] ?? '';
    length += raw.length + 1;
    if (length > longestLine) {
      bad.push({ kind: 'too-long', number: index + 1 });
      return { lines, bad };
    }
    const first = raw.charCodeAt(0);
    const text = first === 32 || first === 9 ? stripLeft(raw) : raw;
    const head = text.charCodeAt(0);
    const isComment = head === 35 || head === 59; // "#" and ";"
    if (!isComment && !wellFormed && !isWellFormed(raw)) bad.push({ kind: 'not-utf8', number: index + 1 });
    else if (!isComment && text.endsWith('\\') && endsInOddBackslashes(text)) {
      if (start === 0) start = index + 1;
      parts.push((parts.length === 0 ? text : raw).slice(0, -1));
      continue;
    } else if (!isComment) {
      if (start !== 0) lines.push({ text: joinParts(parts, raw), number: start });
      else if (text !== '') lines.push({ text, number: index + 1 });
      if (start !== 0) parts = [];
      start = 0;
    }
    if (start === 0) length = 0;
  }
  if (start !== 0) lines.push({ text: joinParts(parts, ''), number: start });
  return { lines, bad };
}

/** The backslash of each part became a blank. */
function joinParts(parts: readonly string[], last: string): string {
  return `${parts.join(' ')} ${last}`;
}

/** Blanks as systemd has them: space, tab, CR and newline, and no others. */
export function strip(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  if (first > 32 && last > 32) return text;
  return stripRight(stripLeft(text));
}

function stripLeft(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '');
}

function stripRight(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Lines end at newline, CR, NUL or CR and newline in either order. */
function physicalLines(text: string): string[] {
  if (!text.includes('\r') && !text.includes('\0')) return text.split('\n');
  return text.split(/\r\n\0?|\n\r\0?|\n\0|\r\0|[\n\r\0]/);
}

/** The last backslash is not itself escaped. */
function endsInOddBackslashes(text: string): boolean {
  let begin = text.length;
  while (begin > 0 && text.charCodeAt(begin - 1) === 92) begin--;
  return (text.length - begin) % 2 === 1;
}

/** Bytes that were not UTF-8 are lone surrogates here (host.d.ts). ES2024, but both engines have it. */
function isWellFormed(text: string): boolean {
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}
