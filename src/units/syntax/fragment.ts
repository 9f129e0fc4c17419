import { addDiagnostic, type Diagnostic, isFull } from '../diagnostic.ts';
import { eachLine, strip } from './lines.ts';
import { openPlaces, type Places } from './places.ts';

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
  /** Of a broken one: errno's text that systemd gives. */
  readonly errno?: string;
  /** For what is told of the assignments. */
  readonly places: Places;
}

/**
 * The text of a unit file as assignments in order. `sections` are those that the unit's type has: assignments of others
 * are left out, with a word unless they are `X-…`. Source: parse_line() of systemd's src/shared/conf-parser.c.
 */
export function parseFragment(file: string, text: string, sections: ReadonlySet<string>): Fragment {
  const assignments: Assignment[] = [];
  const diagnostics: Diagnostic[] = [];
  const places = openPlaces(text);
  const tell = (severity: Diagnostic['severity'], number: number, message: string): void => {
    if (isFull(diagnostics)) return;
    addDiagnostic(diagnostics, { severity, file, ...places.find(number, 0), message });
  };
  let section: string | undefined;
  let known = false;
  /** A line without the blanks before it, neither empty nor a comment. False: the rest is lost. */
  const take = (line: string, number: number): boolean => {
    if (line.charCodeAt(0) === 91) {
      const header = strip(line);
      if (!header.endsWith(']')) {
        tell('error', number, `Invalid section header '${header}'; the rest of the file is ignored`);
        return false;
      }
      section = header.slice(1, -1);
      // eslint-disable-next-line no-control-regex -- it is these that systemd refuses
      if (/[\x01-\x1f\x7f"'\\]/.test(section)) {
        tell('error', number, `Bad characters in section header '${header}'; the rest of the file is ignored`);
        return false;
      }
      known = sections.has(section);
      if (!known && !section.startsWith('X-')) tell('warning', number, `Unknown section '${section}'; section ignored`);
      return true;
    }
    if (!known && section !== undefined) return true;
    if (section === undefined) {
      tell('warning', number, 'Assignment outside of section; line ignored');
      return true;
    }
    const equals = line.indexOf('=');
    if (equals > 0) {
      const key = line.charCodeAt(equals - 1) > 32 ? line.slice(0, equals) : strip(line.slice(0, equals));
      assignments.push({ section, key, value: strip(line.slice(equals + 1)), line: number });
    } else tell('warning', number, equals < 0 ? "Missing '='; line ignored" : "Missing key before '='; line ignored");
    return true;
  };
  const bad = eachLine(text, take);
  if (bad === undefined) return { assignments, diagnostics, broken: false, places };
  if (bad.kind === 'refused') return { assignments, diagnostics, broken: true, errno: 'Bad message', places };
  const what = bad.kind === 'not-utf8' ? 'Line is not valid UTF-8' : 'Line is too long';
  const message = `${what}; the rest of the file is ignored`;
  addDiagnostic(diagnostics, { severity: 'error', file, ...places.physical(bad.number, bad.offset), message });
  const errno = bad.kind === 'not-utf8' ? 'Invalid argument' : 'No buffer space available';
  return { assignments, diagnostics, broken: true, errno, places };
}
