/**
 * The text of an EnvironmentFile=: NAME=VALUE lines, shell-like but with no expansion. `#` and `;` begin a comment at the
 * start of a line only; 'single' quotes keep everything, "double" ones know \" \\ \` \$ and a joined line; unquoted, a
 * backslash takes the next character as it is. Quoted text may span lines. Lines without `=` and names that are none
 * are left out, as systemd does. Source: parse_env_file_internal() of systemd's src/basic/env-file.c; systemd.exec(5).
 */
export function parseEnvironmentFile(text: string): readonly (readonly [name: string, value: string])[] {
  const variables: (readonly [string, string])[] = [];
  for (let at = 0; at < text.length;) {
    at = end(blank, text, at);
    const comment = matchAt(commentLine, text, at);
    if (comment !== undefined) {
      at += comment[0].length;
      continue;
    }
    const key = matchAt(keyPart, text, at);
    if (key === undefined) break;
    at += key[0].length;
    if (!key[0].endsWith('=')) continue;
    const [value, next] = readValue(text, at);
    at = next;
    const name = (key[1] ?? '').trimEnd();
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) variables.push([name, value]);
  }
  return variables;
}

const blank = /[ \t\r\n]*/y;
const commentLine = /[#;](?:\\[\s\S]|[^\n\\])*(?:\n|\\?$)/y;
const keyPart = /([^=\n]*)(?:=|\n|$)/y;
const inLineBlank = /[ \t\r]*/y;
const singleQuoted = /'([^']*)(?:'|$)/y;
const doubleQuoted = /"((?:[^"\\]|\\[\s\S])*)(?:"|\\?$)/y;
const unquoted = /(?:[^\n\\]|\\[\s\S]|\\$)+/y;

/** The value from `at` on, and where its line is over. */
function readValue(text: string, at: number): readonly [value: string, next: number] {
  let value = '';
  for (let next = at; ;) {
    next = end(inLineBlank, text, next);
    const single = matchAt(singleQuoted, text, next);
    const double = matchAt(doubleQuoted, text, next);
    if (single !== undefined) {
      value += single[1] ?? '';
      next += single[0].length;
    } else if (double !== undefined) {
      value += (double[1] ?? '').replace(/\\(["\\`$]|\n)/g, (_whole, escaped: string) =>
        escaped === '\n' ? '' : escaped,
      );
      next += double[0].length;
    } else {
      const plain = matchAt(unquoted, text, next);
      if (plain !== undefined) {
        value += unescape(plain[0]);
        next += plain[0].length;
      }
      return [value, next + 1];
    }
  }
}

/** Blanks at the end go, unless a backslash holds one. */
function unescape(plain: string): string {
  const trimmed = plain.trimEnd();
  const held = /(?:^|[^\\])(?:\\\\)*\\$/.test(trimmed) ? trimmed + plain.charAt(trimmed.length) : trimmed;
  return held.replace(/\\([\s\S]?)/g, (_whole, escaped: string) => (escaped === '\n' ? '' : escaped));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function end(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}
