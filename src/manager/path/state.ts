/** The state of a path unit: plain data, JSON as it is. */

/** SubState=. Active while waiting and running. */
export type PathSubState = 'dead' | 'waiting' | 'running' | 'failed';

export type PathResult = 'success' | 'resources' | 'start-limit-hit' | 'unit-start-limit-hit' | 'trigger-limit-hit';

export interface PathState {
  readonly sub: PathSubState;
  readonly result: PathResult;
  /** 32 hex digits; '' before the first start. */
  readonly invocation: string;
  /** What was seen at each of the watched paths, in the settings' order, when they were last looked at. */
  readonly seen: readonly PathSight[];
  /** TriggerLimitIntervalSec=: when the interval under way began, monotonic usec, and how often the unit was started in it. */
  readonly limitBegin: number;
  readonly limitCount: number;
}

export interface PathSight {
  readonly exists: boolean;
  /** Another one after any change that the kind of watch is about; '' where that is not asked. */
  readonly mark: string;
}
