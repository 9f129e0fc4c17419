/** What a reader of unit files has to say about them. The one voice of all of units/: see docs in the issue of a parser. */
export interface Diagnostic {
  readonly severity: 'warning' | 'error';
  /** '' where it is about no file */
  readonly file: string;
  /** from 1; 0: the file as a whole */
  readonly line: number;
  readonly column: number;
  /** What is wrong, and after the last semicolon what became of it: "Unknown key 'Foo' in section [Service]; ignored". HACKING.md says how. */
  readonly message: string;
}

/** A hostile file must not fill the memory with what is wrong in it. */
const mostDiagnostics = 100;
const longestMessage = 300;

/** Nothing more is added but that there is more: whoever would have to find a place first need not. */
export function isFull(list: readonly Diagnostic[]): boolean {
  return list.length > mostDiagnostics;
}

/** Adds to what is told of a unit: as presentable() makes it, and after the hundredth only one more says that there were others. */
export function addDiagnostic(list: Diagnostic[], diagnostic: Diagnostic): void {
  if (isFull(list)) return;
  const message = list.length === mostDiagnostics ? 'Further problems; not told' : presentable(diagnostic.message);
  list.push(message === diagnostic.message ? diagnostic : { ...diagnostic, message });
}

/** For a line on somebody's terminal: cut in the middle when it is long, what controls a terminal or is no text as C writes it (`\x1b`). */
export function presentable(message: string): string {
  const short = message.length <= longestMessage ? message : shorten(message);
  return short.replace(/[\p{Cc}\p{Cs}]/gu, (character) => {
    const code = character.charCodeAt(0);
    // Bytes that are no text (host.d.ts).
    return `\\x${(code & 0xff).toString(16).padStart(2, '0')}`;
  });
}

/** "/etc/systemd/system/a.service:7:1", with as much of it as is known. */
export function placeOf({ file, line, column }: Diagnostic): string {
  if (line === 0) return file;
  return column > 0 ? `${file}:${line}:${column}` : `${file}:${line}`;
}

function shorten(message: string): string {
  return `${message.slice(0, longestMessage - 80)}…${message.slice(-79)}`;
}
