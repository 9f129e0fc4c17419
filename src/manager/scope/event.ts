/** All that can happen to a scope. */
import type { CommonEvent, KeeperEvent } from '../own-types.ts';
import type { Pid } from '../state.ts';

export type ScopeEvent =
  | CommonEvent
  /** init: no process is left; the others are for who has a keeper of its own. */
  | KeeperEvent
  /** init: the process is marked. */
  | { readonly kind: 'kept' }
  /** The process that the scope is made for. */
  | { readonly kind: 'member'; readonly pid: Pid };
