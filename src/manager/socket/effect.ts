/** What a socket wants done in the world, besides running its commands and starting its service. */
export type SocketEffect =
  /** Open all lines: answered by `opened` or `open-failed`. `again`: only those that are not open, as before they were open for sure. */
  | { readonly kind: 'open'; readonly again: boolean }
  /** Close all lines, and remove these nodes (RemoveOnStop=). Carried out of a unit that is forgotten, too. */
  | { readonly kind: 'close'; readonly nodes: readonly string[] }
  /** Tell the next that comes in, on all lines or on one; or nothing any more. */
  | { readonly kind: 'watch'; readonly number: number | undefined; readonly on: boolean }
  /** Drop what waits. */
  | { readonly kind: 'flush' }
  /** Take one connection of line `number`, to be held as `as`: answered by `connection`, `no-connection` or `accept-failed`. */
  | { readonly kind: 'accept'; readonly number: number; readonly as: number }
  | { readonly kind: 'hang-up'; readonly number: number };
