/** The state of a socket: plain data, JSON as it is. Its life is told at the head of machine.ts. */
import type { UnitName } from '../../units/name.ts';
import type { UnitResult } from '../own-types.ts';
import type { CommandRun } from '../service/state.ts';
import type { ActiveState, Instant, KeeperId } from '../state.ts';

export type SocketSubState =
  | 'dead'
  | 'start-pre'
  | 'start-chown'
  | 'start-post'
  | 'listening'
  | 'running'
  | 'stop-pre'
  | 'stop-pre-sigterm'
  | 'stop-pre-sigkill'
  | 'stop-post'
  | 'final-sigterm'
  | 'final-sigkill'
  | 'failed';

export const activeStates = {
  dead: 'inactive',
  'start-pre': 'activating',
  'start-chown': 'activating',
  'start-post': 'activating',
  listening: 'active',
  running: 'active',
  'stop-pre': 'deactivating',
  'stop-pre-sigterm': 'deactivating',
  'stop-pre-sigkill': 'deactivating',
  'stop-post': 'deactivating',
  'final-sigterm': 'deactivating',
  'final-sigkill': 'deactivating',
  failed: 'failed',
} as const satisfies Record<SocketSubState, ActiveState>;

/** Commands, in the order of its life; ExecStopPre= has the place of a service's ExecStop=. */
export type SocketPhase = 'ExecStartPre' | 'ExecStartPost' | 'ExecStop' | 'ExecStopPost';

/** A connection of Accept=yes whose instance has not ended. */
export interface OpenConnection {
  /** Under which it is held. */
  readonly number: number;
  readonly instance: UnitName;
  /** What MaxConnectionsPerSource= counts by; '' for none. */
  readonly source: string;
}

/** Since when so much was done (systemd's ratelimit): the interval begins with the first and does not slide. */
export interface Counted {
  readonly begin: Instant;
  readonly count: number;
}

export interface SocketState {
  readonly sub: SocketSubState;
  readonly result: UnitResult;
  /** 32 hex digits; '' before the first start. */
  readonly invocation: string;
  /** That its commands have, if it has any; undefined: none, or it is gone. */
  readonly keeper: KeeperId | undefined;
  /** The number is there, the keeper is not yet. */
  readonly keeperIsDue: boolean;
  /** Nothing is left below the keeper. */
  readonly treeEmpty: boolean;
  /** The command that runs. */
  readonly command: { readonly phase: SocketPhase; readonly index: number } | undefined;
  /** Last run of each command line. */
  readonly runs: Readonly<Partial<Record<SocketPhase, readonly CommandRun[]>>>;
  readonly deadline: Instant | undefined;
  readonly accepted: number;
  readonly refused: number;
  readonly connections: readonly OpenConnection[];
  readonly triggered: Counted | undefined;
  readonly polled: Counted | undefined;
  /** PollLimitBurst= was reached: until then nothing is looked at. */
  readonly pausedUntil: Instant | undefined;
}

/** Numbers from this one on are connections, below are the lines Listen…=. */
export const firstConnection = 65_536;
