// The life of a scope: each row of systemd's src/core/scope.c.
import test from 'ava';
import type { OwnMoment } from '../../../src/manager/own-types.ts';
import type { ScopeEvent } from '../../../src/manager/scope/event.ts';
import { scopeMachine } from '../../../src/manager/scope/machine.ts';
import type { ScopeState } from '../../../src/manager/scope/state.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import type { ScopeSettings, Unit } from '../../../src/units/model.ts';

const kill: ScopeSettings['kill'] = {
  mode: 'control-group',
  signal: 15,
  restartSignal: undefined,
  finalSignal: 9,
  watchdogSignal: 6,
  sendSighup: false,
  sendSigkill: true,
};

function unit(settings: Partial<ScopeSettings['kill']> = {}, runtimeMax = Infinity): Unit {
  const scope: ScopeSettings = { kill: { ...kill, ...settings }, runtimeMax, timeoutStop: 90 };
  return { name: 'a.scope', scope } as unknown as Unit;
}

function at(now: number): OwnMoment {
  return { now: now as Instant } as OwnMoment;
}

const start: ScopeEvent = { kind: 'start', keeper: 7 as KeeperId, invocation: 'f', startLimitHit: false };
const stop: ScopeEvent = { kind: 'stop', forRestart: false };
const timer: ScopeEvent = { kind: 'timer' };
const empty: ScopeEvent = { kind: 'remains-empty' };

function running(own: Unit): ScopeState {
  const fresh = scopeMachine.initial(own);
  const { state } = scopeMachine.step(own, fresh, { kind: 'member', pid: 42 as Pid }, at(0));
  const started = scopeMachine.step(own, state, start, at(0)).state;
  return scopeMachine.step(own, started, { kind: 'kept' }, at(0)).state;
}

/** What is said, signalled or begun. */
function told(step: ReturnType<typeof scopeMachine.step>): readonly string[] {
  return step.effects.map((effect) => {
    if (effect.kind === 'log') return effect.message;
    if (effect.kind === 'kill') return [effect.signal, ...effect.also].join(' ');
    return effect.kind === 'keep-scope' ? `keep ${String(effect.pid)} as ${String(effect.keeper)}` : effect.kind;
  });
}

test('a scope without a process cannot be started', (t) => {
  const own = unit();
  t.is(scopeMachine.step(own, scopeMachine.initial(own), start, at(0)).answer, 'failed');
});

test('one with a process runs, and init is told which', (t) => {
  const own = unit();
  const { state } = scopeMachine.step(own, scopeMachine.initial(own), { kind: 'member', pid: 42 as Pid }, at(0));
  const step = scopeMachine.step(own, state, start, at(0));
  t.deepEqual([step.state.sub, step.answer, ...told(step)], ['start-chown', 'accepted', 'keep 42 as 7']);
  t.is(scopeMachine.step(own, step.state, { kind: 'kept' }, at(0)).state.sub, 'running');
  t.is(scopeMachine.step(own, step.state, empty, at(0)).state.result, 'resources');
});

test('it is dead when no process is left', (t) => {
  const own = unit();
  t.is(scopeMachine.step(own, running(own), empty, at(1)).state.sub, 'dead');
});

test('a stop signals all, and kills what does not go', (t) => {
  const own = unit();
  const first = scopeMachine.step(own, running(own), stop, at(10));
  t.deepEqual([first.state.sub, first.state.deadline, ...told(first)], ['stop-sigterm', 100, '15 18']);
  t.is(scopeMachine.step(own, first.state, empty, at(11)).state.sub, 'dead');
  const second = scopeMachine.step(own, first.state, timer, at(100));
  t.deepEqual([second.state.sub, ...told(second)], ['stop-sigkill', 'Stopping timed out. Killing.', '9']);
  const failed = scopeMachine.step(own, second.state, empty, at(101)).state;
  t.deepEqual([failed.sub, failed.result], ['failed', 'timeout']);
  const last = scopeMachine.step(own, second.state, timer, at(190));
  t.deepEqual([last.state.sub, ...told(last)], ['failed', 'Still around after SIGKILL. Ignoring.']);
  t.is(scopeMachine.step(own, failed, { kind: 'reset-failed' }, at(200)).state.sub, 'dead');
});

test('SendSIGHUP= adds a signal, SendSIGKILL=no leaves the rest alone', (t) => {
  const own = unit({ sendSighup: true, sendSigkill: false });
  const first = scopeMachine.step(own, running(own), stop, at(0));
  t.deepEqual(told(first), ['15 1 18']);
  const second = scopeMachine.step(own, first.state, timer, at(90));
  t.deepEqual([second.state.sub, ...told(second)], ['failed', 'Stopping timed out. Skipping SIGKILL.']);
});

test('KillMode=process and none end it without a signal, mixed waits for SIGKILL', (t) => {
  for (const mode of ['process', 'none'] as const) {
    const own = unit({ mode });
    const step = scopeMachine.step(own, running(own), stop, at(0));
    t.deepEqual([step.state.sub, ...told(step)], ['dead']);
  }
  const own = unit({ mode: 'mixed' });
  const first = scopeMachine.step(own, running(own), stop, at(0));
  t.deepEqual([first.state.sub, ...told(first)], ['stop-sigterm']);
  t.deepEqual(told(scopeMachine.step(own, first.state, timer, at(90))).at(-1), '9');
});

test('RuntimeMaxSec= stops it, which is a failure', (t) => {
  const own = unit({}, 5);
  const state = running(own);
  t.is(scopeMachine.deadline(state), 5 as Instant);
  t.is(scopeMachine.step(own, state, timer, at(4)).state.sub, 'running');
  const step = scopeMachine.step(own, state, timer, at(5));
  t.deepEqual(
    [step.state.sub, ...told(step)],
    ['stop-sigterm', 'Scope reached runtime time limit. Stopping.', '15 18'],
  );
  t.is(scopeMachine.step(own, step.state, empty, at(6)).state.sub, 'failed');
});

test('a second start or stop finds it there', (t) => {
  const own = unit();
  const state = running(own);
  t.is(scopeMachine.step(own, state, start, at(1)).answer, 'already');
  const stopping = scopeMachine.step(own, state, stop, at(1)).state;
  t.is(scopeMachine.step(own, stopping, stop, at(2)).answer, 'already');
  t.is(scopeMachine.step(own, stopping, start, at(2)).answer, 'again');
});
