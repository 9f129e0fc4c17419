/** One step of the machine in the making: the parts of the machine work on it, and machine.ts makes a Step of it. */
import type { ServiceSettings, Unit } from '../../units/model.ts';
import type { LogLevel, UnitEffect } from '../effect.ts';
import type { Step } from '../machine.ts';
import type { ActiveState, Instant } from '../state.ts';
import type { Moment, ServiceEvent } from './event.ts';
import { isUp, type ServiceResult, type ServiceState, type ServiceSubState } from './state.ts';

export interface Draft {
  readonly unit: Unit;
  readonly settings: ServiceSettings;
  readonly moment: Moment;
  /** A copy that this step owns. */
  state: { -readonly [K in keyof ServiceState]: ServiceState[K] };
  readonly effects: UnitEffect[];
  readonly via: ActiveState[];
  answer: Step<ServiceState>['answer'];
  /** Taken in the same step, after this event: what it turned out to mean. */
  followUp: ServiceEvent | undefined;
}

/** Into a state; `timeout` (usec, Infinity or undefined: none) is what it may take. */
export function enter(draft: Draft, sub: ServiceSubState, timeout?: number): void {
  const state = draft.state;
  state.sub = sub;
  state.deadline = after(draft, timeout);
  if (!isUp(sub)) {
    state.runtimeDeadline = undefined;
    state.watchdogDeadline = undefined;
    state.watchdogStamp = undefined;
  }
}

/** The first reason for an end is the one that is told. */
export function noteResult(draft: Draft, result: ServiceResult): void {
  if (draft.state.result === 'success') draft.state.result = result;
}

/** The moment that is `timeout` usec from now; undefined for "never". */
export function after(draft: Draft, timeout: number | undefined): Instant | undefined {
  return timeout === undefined || timeout === Infinity ? undefined : ((draft.moment.now + timeout) as Instant);
}

/** A word about the unit, for its journal. */
export function say(draft: Draft, level: LogLevel, message: string): void {
  draft.effects.push({ kind: 'log', level, message });
}
