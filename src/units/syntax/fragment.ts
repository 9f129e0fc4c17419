import { type Diagnostic } from '../diagnostic.ts';
import { type Line, splitLines, strip } from './lines.ts';

/** `key=value` in a section; value may be ''. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface Fragment {
  readonly assignments: readonly Assignment[];
  readonly diagnostics: readonly Diagnostic[];
  /** The file could not be read to its end (a broken header, a line too long): systemd's -EBADMSG; assignments are those before. */
  readonly broken: boolean;
}

/**
 * The text of a unit file as assignments in order. `sections` are those that the unit's type has: assignments of others
 * are left out, with a word unless they are `X-…`. Source: parse_line() of systemd's src/shared/conf-parser.c.
 */
export function parseFragment(file: string, text: string, sections: ReadonlySet<string>): Fragment {
  const assignments: Assignment[] = [];
  const diagnostics: Diagnostic[] = [];
  const tell = (severity: Diagnostic['severity'], line: number, column: number, message: string): void => {
    diagnostics.push({ severity, file, line, column, message });
  };
  const { lines, bad } = splitLines(text);
  for (const { kind, number } of bad) {
    if (kind === 'not-utf8') tell('warning', number, 1, 'Line is not valid UTF-8; ignored');
    else tell('error', number, 1, 'Line is too long; the file cannot be loaded');
  }
  let section: string | undefined;
  let known = false;
  for (const line of lines) {
    if (line.text.startsWith('[')) {
      const header = strip(line.text);
      if (!header.endsWith(']')) {
        tell('error', line.number, 1, `Invalid section header '${header}'; the rest of the file cannot be loaded`);
        return { assignments, diagnostics, broken: true };
      }
      section = header.slice(1, -1);
      known = sections.has(section);
      if (!known && !section.startsWith('X-')) tell('warning', line.number, 1, `Unknown section '${section}'; ignored`);
      continue;
    }
    if (section === undefined) {
      if (strip(line.text) !== '') tell('warning', line.number, 1, 'Assignment outside of section; ignored');
      continue;
    }
    if (!known) continue;
    const assignment = parseAssignment(section, line);
    if (assignment !== undefined) assignments.push(assignment);
    else if (strip(line.text) !== '') tell('warning', line.number, 1, explainNoAssignment(line.text));
  }
  return { assignments, diagnostics, broken: bad.some(({ kind }) => kind === 'too-long') };
}

function parseAssignment(section: string, line: Line): Assignment | undefined {
  const { text } = line;
  const equals = text.indexOf('=');
  if (equals <= 0) return undefined;
  const key = strip(text.slice(0, equals));
  return key === '' ? undefined : { section, key, value: strip(text.slice(equals + 1)), line: line.number };
}

function explainNoAssignment(text: string): string {
  return text.includes('=') ? "Missing key name before '='; line ignored" : "Missing '='; line ignored";
}
