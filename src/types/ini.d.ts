/** The package has no types of its own. */
declare module 'ini' {
  export interface ParseOptions {
    readonly bracketedArray?: boolean;
  }

  /** Sections as objects, keys as strings, `true` or `false`, or arrays of them; what nests has dots in the section's name. */
  export function parse(text: string, options?: ParseOptions): Record<string, unknown>;
}
