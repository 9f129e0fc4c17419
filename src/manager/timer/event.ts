/** All that can happen to a timer. */
import type { CommonEvent } from '../own-types.ts';

export type TimerEvent =
  | CommonEvent
  /** The file that remembers when a persistent timer last elapsed: its time, usec of realtime; undefined: there was none, and now there is. */
  | { readonly kind: 'stamp'; readonly realtime: number | undefined };
