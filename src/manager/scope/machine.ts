/**
 * The life of a scope: systemd's src/core/scope.c. Its processes are others', marked by init (docs/adr/0010-scopes.md): it is up as long as
 * one of them lives, and to stop it is to signal them all.
 */
import type { ScopeSettings, Unit } from '../../units/model.ts';
import { slots } from '../../wire/schema.ts';
import type { UnitEffect } from '../effect.ts';
import type { Machine, Step } from '../machine.ts';
import type { OwnMoment } from '../own-types.ts';
import type { Instant } from '../state.ts';
import type { ScopeEvent } from './event.ts';
import type { ScopeResult, ScopeState } from './state.ts';

const fresh: ScopeState = {
  sub: 'dead',
  result: 'success',
  member: undefined,
  keeper: undefined,
  invocation: '',
  deadline: undefined,
};

const sigkill = 9;
const sigcont = 18;
const sighup = 1;

export const scopeMachine: Machine<ScopeState, ScopeEvent, OwnMoment> = {
  initial: () => fresh,
  activeState(_unit, { sub }) {
    if (sub === 'dead') return 'inactive';
    if (sub === 'start-chown') return 'activating';
    return sub === 'running' || sub === 'failed' ? (sub === 'failed' ? 'failed' : 'active') : 'deactivating';
  },
  subState: (state) => state.sub,
  step(unit, state, event, moment) {
    switch (event.kind) {
      case 'member':
        return still({ ...state, member: event.pid });
      case 'kept':
        return still(state.sub === 'start-chown' ? { ...state, sub: 'running' } : state);
      case 'start':
        return start(unit, state, event, moment);
      case 'stop':
        if (isStopping(state)) return { ...still(state), answer: 'already' };
        if (!isUp(state)) return { ...still(state), answer: 'already' };
        return { ...signalAll(unit, state, 'stop-sigterm', 'success', moment), answer: 'accepted' };
      case 'reload':
        return { ...still(state), answer: 'unsupported' };
      case 'reset-failed':
        return still(state.sub === 'failed' ? { ...state, sub: 'dead', result: 'success' } : state);
      case 'remains-empty':
        // Its process was gone before it could be marked.
        if (state.sub === 'start-chown') return end(state, 'resources');
        return state.sub === 'running' || isStopping(state) ? end(state, state.result) : still(state);
      case 'timer':
        return timeOut(unit, state, moment);
      default:
        return still(state);
    }
  },
  reloadFailed: () => false,
  willRestart: () => false,
  result: (state) => state.result,
  exitStatus: () => undefined,
  waitsForIdle: () => false,
  deadline: (state) => state.deadline,
  canReload: () => false,
  isIdle: ({ sub }) => sub === 'dead' || sub === 'failed',
  beginsAnew: (_unit, { sub }) => sub === 'dead' || sub === 'failed',
  keeper: (state) => state.keeper,
  triggers: () => undefined,
  cleans: () => undefined,
  wantsResume: () => false,
};

function still(state: ScopeState): Step<ScopeState> {
  return { state, effects: [] };
}

function isUp({ sub }: ScopeState): boolean {
  return sub === 'start-chown' || sub === 'running';
}

function isStopping({ sub }: ScopeState): boolean {
  return sub === 'stop-sigterm' || sub === 'stop-sigkill';
}

function start(
  unit: Unit,
  state: ScopeState,
  event: Extract<ScopeEvent, { kind: 'start' }>,
  { now }: OwnMoment,
): Step<ScopeState> {
  const { member } = state;
  if (state.sub === 'running') return { ...still(state), answer: 'already' };
  if (state.sub === 'start-chown') return { ...still(state), answer: 'accepted' };
  if (isStopping(state)) return { ...still(state), answer: 'again' };
  if (member === undefined) return { ...still(state), answer: 'failed' };
  const { keeper, invocation } = event;
  const deadline = after(now, settingsOf(unit).runtimeMax);
  return {
    state: { ...state, sub: 'start-chown', result: 'success', keeper, invocation, deadline },
    effects: [{ kind: 'keep-scope', keeper, pid: member }],
    answer: 'accepted',
  };
}

/** KillMode=process and none leave a scope alone until the time is over (unit_kill_context() of a unit without a main process). */
function signalAll(
  unit: Unit,
  state: ScopeState,
  sub: 'stop-sigterm' | 'stop-sigkill',
  result: ScopeResult,
  { now }: OwnMoment,
): Step<ScopeState> {
  const { kill, timeoutStop } = settingsOf(unit);
  const { keeper } = state;
  const reaches = kill.mode === 'control-group' || (kill.mode === 'mixed' && sub === 'stop-sigkill');
  const worse = state.result === 'success' ? result : state.result;
  if (keeper === undefined || kill.mode === 'none' || kill.mode === 'process') return end(state, worse);
  const also = sub === 'stop-sigkill' ? [] : [...(kill.sendSighup ? [sighup] : []), sigcont];
  const signal = sub === 'stop-sigkill' ? sigkill : kill.signal;
  const effect: UnitEffect = { kind: 'kill', keeper, lost: true, which: slots.tree, signal, also };
  return {
    state: { ...state, sub, result: worse, deadline: after(now, timeoutStop) },
    effects: reaches ? [effect] : [],
  };
}

function timeOut(unit: Unit, state: ScopeState, moment: OwnMoment): Step<ScopeState> {
  if (state.deadline === undefined || state.deadline > moment.now) return still(state);
  switch (state.sub) {
    case 'start-chown':
    case 'running':
      return saying(
        'Scope reached runtime time limit. Stopping.',
        signalAll(unit, state, 'stop-sigterm', 'timeout', moment),
      );
    case 'stop-sigterm':
      if (!settingsOf(unit).kill.sendSigkill)
        return saying('Stopping timed out. Skipping SIGKILL.', end(state, 'timeout'));
      return saying('Stopping timed out. Killing.', signalAll(unit, state, 'stop-sigkill', 'timeout', moment));
    case 'stop-sigkill':
      return saying('Still around after SIGKILL. Ignoring.', end(state, 'timeout'));
    default:
      return still({ ...state, deadline: undefined });
  }
}

function saying(message: string, step: Step<ScopeState>): Step<ScopeState> {
  return { ...step, effects: [{ kind: 'log', level: 'warning', message }, ...step.effects] };
}

function end(state: ScopeState, result: ScopeResult): Step<ScopeState> {
  const sub = result === 'success' ? 'dead' : 'failed';
  return still({ ...state, sub, result, member: undefined, keeper: undefined, deadline: undefined });
}

function after(now: Instant, span: number): Instant | undefined {
  return span === Infinity ? undefined : ((now + span) as Instant);
}

function settingsOf(unit: Unit): ScopeSettings {
  if (unit.scope === undefined) throw new Error(`internal error: ${unit.name} has no settings of a scope`);
  return unit.scope;
}
