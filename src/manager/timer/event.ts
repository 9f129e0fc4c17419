/** All that can happen to a timer. */
import type { CommonEvent } from '../own-types.ts';

export type TimerEvent =
  | CommonEvent
  /** The wall clock was set, or the time zone of the machine. */
  | { readonly kind: 'clock-changed'; readonly what: 'clock' | 'zone' }
  /** The stamp's time, usec of realtime; undefined: there was none that could be read. */
  | { readonly kind: 'stamp'; readonly realtime: number | undefined };
