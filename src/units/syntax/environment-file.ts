import { stripRight } from './lines.ts';

/**
 * The text of an EnvironmentFile= as NAME=VALUE, in order; of a name given twice the last counts. Like a shell's assignments, but
 * nothing is expanded: see man systemd.exec, and systemd's src/basic/env-file.c. `invalid` lists names that cannot be
 * variables; their assignments are left out.
 */
export function parseEnvironmentFile(text: string): {
  readonly environment: readonly string[];
  readonly invalid: readonly string[];
} {
  const variables = new Map<string, string>();
  const invalid: string[] = [];
  let position = 0;
  for (;;) {
    position = skip(text, position, whitespace);
    if (position >= text.length) break;
    const first = text.charAt(position);
    if (first === '#' || first === ';') {
      position = skipComment(text, position);
      continue;
    }
    const keyEnd = skip(text, position, keyCharacters);
    const key = text.slice(position, keyEnd).trimEnd();
    // A line without "=" says nothing.
    if (text.charAt(keyEnd) !== '=') {
      position = keyEnd;
      continue;
    }
    const value = readValue(text, keyEnd + 1);
    position = value.end;
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      variables.delete(key);
      variables.set(key, value.value);
    } else invalid.push(key);
  }
  return { environment: [...variables].map(([key, value]) => `${key}=${value}`), invalid };
}

/** The text of an EnvironmentFile= with these assignments, NAME=VALUE: parseEnvironmentFile() gives them again. */
export function formatEnvironmentFile(assignments: readonly string[]): string {
  return assignments
    .map((assignment) => {
      const equals = assignment.indexOf('=');
      const value = assignment.slice(equals + 1);
      const written = /^[\w./:,@%+-]*$/.test(value) ? value : `"${value.replaceAll(/["\\`$]/g, '\\$&')}"`;
      return `${assignment.slice(0, equals)}=${written}\n`;
    })
    .join('');
}

const whitespace = /[ \t\r\n]*/y;
const blanks = /[ \t]*/y;
const keyCharacters = /[^=\r\n]*/y;
const plain = /[^\\\r\n]*/y;
const inSingleQuotes = /[^']*/y;
const inDoubleQuotes = /[^"\\]*/y;

/** Where the run of characters of `kind` (sticky, always matching) that begins at `from` ends. */
function skip(text: string, from: number, kind: RegExp): number {
  // Past the end a sticky expression would begin again at 0.
  if (from >= text.length) return text.length;
  kind.lastIndex = from;
  kind.exec(text);
  return kind.lastIndex;
}

/** A backslash makes a comment go on over the end of its line. */
function skipComment(text: string, from: number): number {
  let position = skip(text, from, plain);
  while (text.charAt(position) === '\\') position = skip(text, position + 2, plain);
  return position;
}

interface Value {
  readonly value: string;
  readonly end: number;
}

/** Quoted parts one after the other, blanks between them skipped; then perhaps an unquoted rest of the line. */
function readValue(text: string, from: number): Value {
  const parts: string[] = [];
  let position = from;
  for (;;) {
    position = skip(text, position, blanks);
    const first = text.charAt(position);
    if (first === '' || first === '\n' || first === '\r') return { value: parts.join(''), end: position };
    if (first === "'") {
      const end = skip(text, position + 1, inSingleQuotes);
      parts.push(text.slice(position + 1, end));
      position = end + 1;
    } else if (first === '"') {
      const quoted = readDoubleQuoted(text, position + 1);
      parts.push(quoted.value);
      position = quoted.end;
    } else {
      const rest = readPlain(text, position);
      parts.push(rest.value);
      return { value: parts.join(''), end: rest.end };
    }
  }
}

/** Only `"`, backslash, backquote, `$` and the end of a line are escaped; other backslashes stay. */
function readDoubleQuoted(text: string, from: number): Value {
  const parts: string[] = [];
  let position = from;
  for (;;) {
    const end = skip(text, position, inDoubleQuotes);
    parts.push(text.slice(position, end));
    if (text.charAt(end) !== '\\') return { value: parts.join(''), end: end + 1 };
    const escaped = text.charAt(end + 1);
    if (escaped !== '\n') parts.push('"\\`$'.includes(escaped) ? escaped : `\\${escaped}`);
    position = end + 2;
  }
}

/** To the end of the line; a backslash keeps the next character, and joins lines. Blanks at the end do not count, unless escaped. */
function readPlain(text: string, from: number): Value {
  const parts: string[] = [];
  let position = from;
  for (;;) {
    const end = skip(text, position, plain);
    const part = text.slice(position, end);
    if (text.charAt(end) !== '\\') {
      parts.push(stripRight(part));
      return { value: parts.join(''), end };
    }
    parts.push(part);
    const escaped = text.charAt(end + 1);
    if (escaped !== '\n' && escaped !== '\r') parts.push(escaped);
    position = end + 2;
  }
}
