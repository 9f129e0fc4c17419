import { escapeSpecifiers } from './specifiers.ts';
import { formatWord } from './word-format.ts';
import { byteOrderMark, endsInOddBackslashes } from './lines.ts';
import type { Assignment } from './fragment.ts';

/**
 * The text of a unit file with these assignments in their order, a header wherever the section changes: parseFragment() gives them again. A value is
 * written as the kind of its key reads it (formatCommandLine(), formatEnvironment(), escapeSpecifiers() …). No value can smuggle in a line: an
 * end of a line in it becomes a blank.
 */
export function formatFragment(assignments: readonly Omit<Assignment, 'line'>[]): string {
  const lines: string[] = [];
  let current: string | undefined;
  for (const { section, key, value } of assignments) {
    if (section !== current) {
      if (current !== undefined) lines.push('');
      lines.push(`[${section}]`);
      current = section;
    }
    const line = `${key}=${value}`.replaceAll(/[\n\r\0]+/g, ' ');
    // A blank behind it, which does not count, keeps a backslash from joining the next line.
    lines.push(endsInOddBackslashes(line) ? `${line} ` : line);
  }
  const text = lines.map((line) => `${line}\n`).join('');
  // The first mark that begins a line is skipped: of a key that has one it would be.
  return lines.some((line) => line.startsWith(byteOrderMark)) ? byteOrderMark + text : text;
}

/** The value of an Environment= line for these assignments, NAME=VALUE. */
export function formatEnvironment(assignments: readonly string[]): string {
  return assignments.map((each) => formatWord(escapeSpecifiers(each), 'unquote-unescape')).join(' ');
}
