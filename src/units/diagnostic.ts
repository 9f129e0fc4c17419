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
