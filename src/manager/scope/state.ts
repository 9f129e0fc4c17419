/** The state of a scope: plain data, JSON as it is. */
import type { Instant, KeeperId, Pid } from '../state.ts';

/** SubState=. start-chown: its process is not marked yet (systemd's is not given to the user yet). systemd's `abandoned` is for who talks to it by D-Bus alone. */
export type ScopeSubState = 'dead' | 'start-chown' | 'running' | 'stop-sigterm' | 'stop-sigkill' | 'failed';

export type ScopeResult = 'success' | 'resources' | 'timeout';

export interface ScopeState {
  readonly sub: ScopeSubState;
  readonly result: ScopeResult;
  /** Who asked for it, and will be it; undefined: nobody has. */
  readonly member: Pid | undefined;
  /** The number that marks its processes; undefined: there are none. */
  readonly keeper: KeeperId | undefined;
  readonly invocation: string;
  /** When the current state times out. */
  readonly deadline: Instant | undefined;
}
