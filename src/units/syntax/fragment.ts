import { addDiagnostic, type Diagnostic } from '../diagnostic.ts';
import { splitLines, strip } from './lines.ts';

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
  /** The file could not be read to its end (a broken header, a line too long or not UTF-8): systemd cannot load the unit; assignments are those before. */
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
    addDiagnostic(diagnostics, { severity, file, line, column, message });
  };
  const { texts, numbers, bad } = splitLines(text);
  let section: string | undefined;
  let known = false;
  for (let index = 0; index < texts.length; index++) {
    const line = texts[index] ?? '';
    const number = numbers[index] ?? 0;
    if (line.startsWith('[')) {
      const header = strip(line);
      if (!header.endsWith(']')) {
        tell('error', number, 1, `Invalid section header '${header}'; the rest of the file cannot be loaded`);
        return { assignments, diagnostics, broken: true };
      }
      section = header.slice(1, -1);
      known = sections.has(section);
      if (!known && !section.startsWith('X-')) tell('warning', number, 1, `Unknown section '${section}'; ignored`);
      continue;
    }
    if (!known && section !== undefined) continue;
    const equals = line.indexOf('=');
    const key = line.charCodeAt(equals - 1) > 32 ? line.slice(0, equals) : strip(line.slice(0, Math.max(equals, 0)));
    if (section === undefined) {
      if (strip(line) !== '') tell('warning', number, 1, 'Assignment outside of section; ignored');
    } else if (equals > 0 && key !== '') {
      assignments.push({ section, key, value: strip(line.slice(equals + 1)), line: number });
    } else if (strip(line) !== '') {
      tell(
        'warning',
        number,
        1,
        equals < 0 ? "Missing '='; line ignored" : "Missing key name before '='; line ignored",
      );
    }
  }
  if (bad === undefined) return { assignments, diagnostics, broken: false };
  const what = bad.kind === 'not-utf8' ? 'Line is not valid UTF-8' : 'Line is too long';
  tell('error', bad.number, 1, `${what}; the rest of the file cannot be loaded`);
  return { assignments, diagnostics, broken: true };
}
