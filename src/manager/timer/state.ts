/** The state of a timer: plain data, JSON as it is. */
import type { Instant } from '../state.ts';

/** SubState=. Active in all but dead and failed. */
export type TimerSubState = 'dead' | 'waiting' | 'running' | 'elapsed' | 'failed';

export type TimerResult = 'success' | 'resources' | 'start-limit-hit';

export interface TimerState {
  readonly sub: TimerSubState;
  readonly result: TimerResult;
  /** 32 hex digits; '' before the first start. */
  readonly invocation: string;
  /** When it last started its unit, usec on both clocks; 0: never. With Persistent= realtime is that of an earlier boot, too. */
  readonly lastRealtime: number;
  readonly lastMonotonic: number;
  /** When it elapses next, usec; undefined: it does not, by this clock. */
  readonly nextRealtime: number | undefined;
  readonly nextMonotonic: number | undefined;
  /** The earlier of the two, without AccuracySec=. */
  readonly opens: Instant | undefined;
  /** When to look again which of the two has come. */
  readonly deadline: Instant | undefined;
  /** Of each value in the settings when it comes next, without delay, by its own clock; 0: it was never worked out. */
  readonly elapses: readonly number[];
  /** Places in the settings' list of the values that have had their one time. */
  readonly spent: readonly number[];
}
