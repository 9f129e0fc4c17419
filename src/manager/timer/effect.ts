/** What a timer wants done in the world beside starting its unit. The stamp is a file whose time is that of the last start of a persistent timer's unit. */
export type TimerEffect =
  /** Say `clock-changed` from now on. */
  | { readonly kind: 'watch-clock' }
  /** Look at the stamp, make it if there is none, and answer with `stamp`. */
  | { readonly kind: 'read-stamp' }
  /** It is of this moment, usec of realtime. */
  | { readonly kind: 'write-stamp'; readonly realtime: number }
  | { readonly kind: 'remove-stamp' };
