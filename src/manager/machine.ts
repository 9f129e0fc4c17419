/** What the core asks of the state machine of a unit type. One table of machines: machines.ts. */
import type { Unit } from '../units/model.ts';
import type { UnitEffect } from './effect.ts';
import type { CleanKind, Moment } from './service/event.ts';
import type { UnitName } from '../units/name.ts';
import type { UnitResult } from './own-types.ts';
import type { ActiveState, Instant, KeeperId } from './state.ts';

export interface Step<S> {
  readonly state: S;
  readonly effects: readonly UnitEffect[];
  /** States that were passed through on the way and that others must see (a service is dead or failed before auto-restart): their active states. */
  readonly via?: readonly ActiveState[];
  /**
   * Answer to a job's event only (start, stop, reload):
   * accepted: under way or already there (the job ends when the state says so);
   * 'already': nothing to do, the job is done; 'again': not now, ask after the next state change (-EAGAIN);
   * 'start-limit' and 'failed': the job fails; 'unsupported': this type cannot.
   */
  readonly answer?: 'accepted' | 'already' | 'again' | 'start-limit' | 'failed' | 'unsupported';
}

/** S is plain data; E the events of the type; M what comes with each event. Pure: the same input gives the same output. */
export interface Machine<S, E extends { readonly kind: string }, M = Moment> {
  initial(unit: Unit): S;
  activeState(unit: Unit, state: S): ActiveState;
  subState(state: S): string;
  step(unit: Unit, state: S, event: E, moment: M): Step<S>;
  /** The last reload went wrong: its job fails (UNIT_NOTIFY_RELOAD_FAILURE). */
  reloadFailed(state: S): boolean;
  /** Restart= will bring it back: who needs it is not to be stopped, OnFailure= is not to be started (unit_will_restart). */
  willRestart(state: S): boolean;
  /** Result= for `show` and for the answer to a failed job. */
  result(state: S): UnitResult;
  /** Exit status that FailureAction=exit and SuccessAction=exit leave the container with: the main process's, 255 where a signal ended it; undefined: none has ended. */
  exitStatus(state: S): number | undefined;
  /** Waits for an `idle-over` event (Type=idle). */
  waitsForIdle(state: S): boolean;
  /** The earliest moment at which it wants a `timer` event. */
  deadline(state: S): Instant | undefined;
  /** Since when a `timer` event may come as well, if somebody else is woken (AccuracySec=). */
  opens?(state: S): Instant | undefined;
  /** Whether the unit may be reloaded by its own means (JobTypeNotApplicable otherwise); undefined: it only passes reloads on, if it does. */
  canReload(unit: Unit): boolean | undefined;
  /** A start would begin a new invocation, which is counted (StartLimitBurst=) and needs an id and the number of a keeper. */
  beginsAnew(unit: Unit, state: S): boolean;
  /** The keeper of the current invocation: what others say is not about it. */
  keeper(state: S): KeeperId | undefined;
  /** The unit that it starts, whose changes it wants to know (`triggered`). */
  triggers(unit: Unit): UnitName | undefined;
  /** What `systemctl clean` may remove of the unit while it is down; undefined: the type has nothing of the kind. */
  cleans(unit: Unit, state: S): readonly CleanKind[] | undefined;
  /** Wants a `resume` from a new manager, and after a daemon-reload. */
  wantsResume(state: S): boolean;
  /** May be forgotten: no process, nothing to remember (unit_may_gc). */
  isIdle(state: S): boolean;
}

/** What a machine answers whose unit runs no commands: it has no keeper, nothing to reload and nothing that could come back by itself. */
export const runsNothing = {
  reloadFailed: () => false,
  willRestart: () => false,
  exitStatus: () => undefined,
  waitsForIdle: () => false,
  canReload: () => undefined,
  keeper: () => undefined,
} as const;
