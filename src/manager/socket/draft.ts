/** One step of the machine in the making. */
import type { Unit } from '../../units/model.ts';
import type { SocketCommands } from '../../units/trigger-model.ts';
import { nodesToRemove, type SocketSettings } from '../../units/socket-settings.ts';
import type { LogLevel, UnitEffect } from '../effect.ts';
import type { Step } from '../machine.ts';
import type { OwnMoment, UnitResult } from '../own-types.ts';
import type { Instant } from '../state.ts';
import type { SocketEffect } from './effect.ts';
import type { SocketState, SocketSubState } from './state.ts';

export interface Draft {
  readonly unit: Unit;
  readonly settings: SocketSettings;
  readonly kill: SocketCommands['kill'];
  readonly moment: OwnMoment;
  /** A copy that this step owns. */
  readonly state: { -readonly [K in keyof SocketState]: SocketState[K] };
  readonly effects: UnitEffect[];
  answer: Step<SocketState>['answer'];
}

/** What keeps its descriptors; in all others they are closed. */
const isOpen: ReadonlySet<SocketSubState> = new Set([
  'start-chown',
  'start-post',
  'listening',
  'running',
  'stop-pre',
  'stop-pre-sigterm',
  'stop-pre-sigkill',
]);

/** Into a state (socket_set_state()). */
export function enter(draft: Draft, sub: SocketSubState, timeout?: number): void {
  const { state } = draft;
  const before = state.sub;
  state.sub = sub;
  state.deadline =
    timeout === undefined || timeout === Infinity ? undefined : ((draft.moment.now + timeout) as Instant);
  if (sub !== 'listening') state.pausedUntil = undefined;
  if (before === 'listening' && sub !== 'listening') own(draft, { kind: 'watch', number: undefined, on: false });
  if (isOpen.has(before) && !isOpen.has(sub)) own(draft, { kind: 'close', nodes: nodesToRemove(draft.settings) });
}

export function own(draft: Draft, effect: SocketEffect): void {
  draft.effects.push({ kind: 'own', effect });
}

/** The first reason for an end is the one that is told. */
export function noteResult(draft: Draft, result: UnitResult): void {
  if (draft.state.result === 'success') draft.state.result = result;
}

export function say(draft: Draft, level: LogLevel, message: string): void {
  draft.effects.push({ kind: 'log', level, message });
}
