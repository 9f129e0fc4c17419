/** Lines of a unit file, continuations joined; `numbers[i]` is that of the first physical line of `texts[i]`, from 1. */
export interface Lines {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  /** What could not be read: nothing after it was. A comment may have any bytes. */
  readonly bad: BadLine | undefined;
}

/** A physical line, as well as a joined one, must be shorter (bytes; here characters): systemd's LONG_LINE_MAX. */
export const longestLine = 1024 * 1024;

/** A line that ended the reading. */
export interface BadLine {
  readonly kind: 'not-utf8' | 'too-long';
  readonly number: number;
}

/**
 * Hands over the logical lines of a unit file (see splitLines) and the number of each, up to one for which `take` gives
 * false (that is `refused`) or that cannot be read.
 */
export function eachLine(
  text: string,
  take: (line: string, number: number) => boolean,
): BadLine | { readonly kind: 'refused' } | undefined {
  if (!isPlain(text)) {
    const { texts, numbers, bad } = splitLines(text);
    for (let index = 0; index < texts.length; index++) {
      if (!take(texts[index] ?? '', numbers[index] ?? 0)) return { kind: 'refused' };
    }
    return bad;
  }
  // Most files, with no list of their lines made: at boot, in the engine, that is half of the time.
  for (let at = 0, number = 1; at < text.length; number++) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const first = text.charCodeAt(at);
    if (end > at && first !== 35 && first !== 59) {
      const raw = text.slice(at, end);
      const line = first === 32 || first === 9 ? stripLeft(raw) : raw;
      const head = line.charCodeAt(0);
      if (line !== '' && head !== 35 && head !== 59 && !take(line, number)) return { kind: 'refused' };
    }
    at = end + 1;
  }
  return undefined;
}

/** A line is what stands between two newlines, and all of it can be read. */
function isPlain(text: string): boolean {
  return (
    text.length < longestLine &&
    !text.includes('\\') &&
    !text.includes('\r') &&
    !text.includes('\0') &&
    !text.startsWith('\uFEFF') &&
    isWellFormed(text)
  );
}

/**
 * The text of a unit file as logical lines: leading blanks taken off, comments (also between the parts of a continued
 * line) and empty lines left out, continued lines joined by one blank. Source: systemd's config_parse() in
 * src/shared/conf-parser.c.
 */
export function splitLines(text: string): Lines {
  const texts: string[] = [];
  const numbers: number[] = [];
  const wellFormed = isWellFormed(text);
  const mayContinue = text.includes('\\');
  // The parts of a line that goes on, each without its backslash.
  let parts: string[] = [];
  let length = 0;
  let start = 0;
  const physical = physicalLines(text.startsWith('\uFEFF') ? text.slice(1) : text);
  // Counting is much cheaper than an iterator where it matters: in the engine, at boot.
  for (let number = 1; number <= physical.length; number++) {
    const raw = physical[number - 1] ?? '';
    length += raw.length + 1;
    if (length > longestLine) {
      return { texts, numbers, bad: { kind: 'too-long', number } };
    }
    const first = raw.charCodeAt(0);
    const line = first === 32 || first === 9 ? stripLeft(raw) : raw;
    const head = line.charCodeAt(0);
    if (head === 35 || head === 59) {
      // A comment ("#", ";") leaves a continuation as it is.
    } else if (!wellFormed && !isWellFormed(raw)) {
      return { texts, numbers, bad: { kind: 'not-utf8', number } };
    } else if (mayContinue && line.endsWith('\\') && endsInOddBackslashes(line)) {
      if (start === 0) start = number;
      parts.push((parts.length === 0 ? line : raw).slice(0, -1));
    } else if (start !== 0) {
      texts.push(joinParts(parts, raw));
      numbers.push(start);
      parts = [];
      start = 0;
    } else if (line !== '') {
      texts.push(line);
      numbers.push(number);
    }
    if (start === 0) length = 0;
  }
  if (start !== 0) {
    texts.push(joinParts(parts, ''));
    numbers.push(start);
  }
  return { texts, numbers, bad: undefined };
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

/** Without the blanks (see strip) at its end. */
export function stripRight(text: string): string {
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
