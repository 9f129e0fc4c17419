/** What a reader of unit files has to say about them. The one voice of all of units/: see docs in the issue of a parser. */
export interface Diagnostic {
  readonly severity: 'warning' | 'error';
  /** '' where it is about no file */
  readonly file: string;
  /** from 1; 0: the file as a whole */
  readonly line: number;
  readonly column: number;
  /** One sentence without a full stop: what is wrong, and after a semicolon what became of it ("Unknown key 'Foo' in section [Service]; ignored"). */
  readonly message: string;
}

/** A hostile file must not fill the memory with what is wrong in it. */
const mostDiagnostics = 100;
const longestMessage = 300;

/** Adds to what is told of a unit: long messages are shortened in the middle, and after the hundredth only one more says that there were others. */
export function addDiagnostic(list: Diagnostic[], diagnostic: Diagnostic): void {
  if (list.length > mostDiagnostics) return;
  if (list.length === mostDiagnostics) list.push({ ...diagnostic, message: 'Further problems are not told' });
  else if (diagnostic.message.length <= longestMessage) list.push(diagnostic);
  else list.push({ ...diagnostic, message: shorten(diagnostic.message) });
}

/** "/etc/systemd/system/a.service:7:1", with as much of it as is known. */
export function placeOf({ file, line, column }: Diagnostic): string {
  if (line === 0) return file;
  return column > 0 ? `${file}:${line}:${column}` : `${file}:${line}`;
}

function shorten(message: string): string {
  return `${message.slice(0, longestMessage - 80)}…${message.slice(-79)}`;
}
