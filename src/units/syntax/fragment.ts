import { addDiagnostic, type Diagnostic } from '../diagnostic.ts';
import { eachLine, strip } from './lines.ts';

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
  let section: string | undefined;
  let known = false;
  /** A line without the blanks before it, neither empty nor a comment. False: the rest is lost. */
  const take = (line: string, number: number): boolean => {
    if (line.charCodeAt(0) === 91) {
      const header = strip(line);
      if (!header.endsWith(']')) {
        tell('error', number, 1, `Invalid section header '${header}'; the rest of the file cannot be loaded`);
        return false;
      }
      section = header.slice(1, -1);
      known = sections.has(section);
      if (!known && !section.startsWith('X-')) tell('warning', number, 1, `Unknown section '${section}'; ignored`);
      return true;
    }
    if (!known && section !== undefined) return true;
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
    return true;
  };
  const bad = eachLine(text, take);
  if (bad === undefined) return { assignments, diagnostics, broken: false };
  if (bad.kind === 'refused') return { assignments, diagnostics, broken: true };
  const what = bad.kind === 'not-utf8' ? 'Line is not valid UTF-8' : 'Line is too long';
  tell('error', bad.number, 1, `${what}; the rest of the file cannot be loaded`);
  return { assignments, diagnostics, broken: true };
}
