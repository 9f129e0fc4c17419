/** The state of a timer: plain data, JSON as it is. */

/** SubState=. Active in all but dead and failed. */
export type TimerSubState = 'dead' | 'waiting' | 'running' | 'elapsed' | 'failed';

export type TimerResult = 'success' | 'resources' | 'start-limit-hit';

export interface TimerState {
  readonly sub: TimerSubState;
  readonly result: TimerResult;
  /** When it last started its unit, usec on both clocks; 0: never. With Persistent= realtime is that of an earlier boot, too. */
  readonly lastRealtime: number;
  readonly lastMonotonic: number;
  /** When it elapses next, usec; undefined: it does not, by this clock. */
  readonly nextRealtime: number | undefined;
  readonly nextMonotonic: number | undefined;
  /** Places in the settings' list of the values that have had their one time. */
  readonly spent: readonly number[];
}
