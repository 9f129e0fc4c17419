/** What a timer wants done in the world beside starting its unit. */
export type TimerEffect =
  /** Look at the stamp file, make it if there is none, and answer with `stamp`. */
  | { readonly kind: 'read-stamp' }
  /** The stamp file is of this moment, usec of realtime. */
  | { readonly kind: 'write-stamp'; readonly realtime: number };
