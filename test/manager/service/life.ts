/**
 * The funnel of the tests of the service machine: settings of a [Service] section, and a story of lines
 *
 *     event → state result: effect, effect
 *
 * The events are taken from the story, and what the machine makes of them must be the story again. Words about the unit (log) are left out. Every
 * transition must be one that the table declares.
 */
import type { ExecutionContext } from 'ava';

import { activeStates, type ServiceState, type ServiceSubState } from '../../../src/manager/service/state.ts';
import type { ServiceEvent } from '../../../src/manager/service/event.ts';
import { serviceMachine } from '../../../src/manager/service/machine.ts';
import { columnOf, passes, table } from '../../../src/manager/service/table.ts';
import type { UnitEffect } from '../../../src/manager/effect.ts';
import type { Step } from '../../../src/manager/machine.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import { slots } from '../../../src/wire/schema.ts';
import type { Unit } from '../../../src/units/model.ts';
import { formatSignal, parseSignal } from '../../../src/units/values/signal.ts';
import { loadUnit } from '../../fake/load-unit.ts';

export function life(t: ExecutionContext, settings: string, story: string): void {
  const unit = loadUnit(`[Service]\n${settings}\n`);
  t.is(unit.load, 'loaded', JSON.stringify(unit.diagnostics));
  const lines = story
    .trim()
    .split('\n')
    .map((line) => line.trim());
  let state = serviceMachine.initial(unit);
  let now = 1_000_000 as Instant;
  const told = lines.map((line) => {
    const words = line.split('→')[0]?.trim() ?? '';
    const deadline = serviceMachine.deadline(state);
    now = (words === 'timer' && deadline !== undefined ? deadline : now + 1000) as Instant;
    const event = parseEvent(words.replace(/ while a stop waits$/, ''), state);
    const step = take(t, unit, state, event, now, words.endsWith('while a stop waits'));
    state = step.state;
    return `${words} → ${tell(step)}`;
  });
  t.deepEqual(told, lines);
}

/** One step, and that it is one that the table declares. */
export function take(
  t: ExecutionContext,
  unit: Unit,
  state: ServiceState,
  event: ServiceEvent,
  now: Instant,
  stopPending = false,
): Step<ServiceState> {
  const step = serviceMachine.step(unit, state, event, { now, stamp: { realtime: now, monotonic: now }, stopPending });
  const { sub } = step.state;
  if (sub !== state.sub && !mayGo(state.sub, event).has(sub))
    t.fail(`the table does not say that ${state.sub} goes to ${sub} by ${columnOf(event)}`);
  if (['inactive', 'failed'].includes(activeStates[sub]) && step.state.keeper !== undefined)
    t.fail(`${sub} with a keeper`);
  return step;
}

/** Where a state may go by an event: what the row says, and where each of these goes on to at once. */
export function mayGo(from: ServiceSubState, event: ServiceEvent): ReadonlySet<ServiceSubState> {
  const reached = new Set<ServiceSubState>(table[from][columnOf(event)].to);
  // What `run-failed` turns out to be is the end of a process, in the state that its start leads to.
  if (event.kind === 'run-failed' && event.exitStatus !== undefined)
    for (const state of [from, ...reached]) for (const to of table[state][`${event.slot}-exited`].to) reached.add(to);
  if (event.kind === 'pid-file' || event.kind === 'adopted' || event.kind === 'empty')
    for (const to of table[from]['main-exited'].to) reached.add(to);
  for (const state of reached) for (const next of passes[state]) reached.add(next);
  return reached;
}

/** "start", "main exited 1", "notify READY=1" … as an event. */
function parseEvent(text: string, state: ServiceState): ServiceEvent {
  const [first = '', second = '', third = '', ...rest] = text.split(' ');
  switch (first) {
    case 'start':
      return {
        kind: 'start',
        keeper: 1 as KeeperId,
        invocation: 'aa',
        startLimitHit: second === 'limit',
      };
    case 'stop':
      return { kind: 'stop', forRestart: second === 'for' };
    case 'reload':
    case 'reset-failed':
    case 'freeze':
    case 'thaw':
    case 'let-go':
    case 'idle-over':
    case 'empty':
    case 'remains-empty':
    case 'timer':
      return { kind: first };
    case 'main':
    case 'control': {
      const current = state[first];
      const pid = (current.kind === 'runs' ? current.pid : first === 'main' ? 10 : 20) as Pid;
      if (second === 'started')
        return third === 'errno'
          ? { kind: 'started', slot: first, pid, errno: Number(rest[0]), step: 'EXEC', why: 'not to be had' }
          : { kind: 'started', slot: first, pid, errno: 0, step: '', why: '' };
      const end =
        second === 'exited'
          ? { code: 'exited' as const, status: Number(third) }
          : { code: second as 'killed' | 'dumped', status: parseSignal(third) ?? 0 };
      const children = rest.filter((word) => /^\d+$/.test(word)).map((word) => Number(word) as Pid);
      return {
        kind: 'exited',
        slot: first,
        pid,
        end,
        empty: rest[0] !== 'leaving',
        children,
        outOfMemory: rest.includes('oom'),
      };
    }
    case 'notify': {
      const stranger = second.startsWith('by:') ? second.slice(3) : undefined;
      const fields = (stranger === undefined ? [second, third, ...rest] : [third, ...rest]).filter(
        (word) => word !== '',
      );
      return { kind: 'notify', sender: (stranger ?? 'main') as 'main', pid: 10 as Pid, uid: 0, fields };
    }
    case 'bus':
      return { kind: 'bus-owner', owned: second === 'owned' };
    case 'stored':
      return { kind: 'stored', count: Number(second) };
    case 'clean':
      return { kind: 'clean', what: [second as 'state'] };
    case 'cleaned':
      return { kind: 'cleaned', result: 'success' };
    case 'adopted':
      return { kind: 'adopted', pid: Number(second) as Pid, errno: third === 'refused' ? 1 : 0 };
    case 'keeper-failed':
      return { kind: 'keeper-failed', errno: 11 };
    case 'keeper-lost':
      return { kind: 'keeper-lost', remains: Number(second), spare: 2 as KeeperId };
    case 'run-failed':
      return {
        kind: 'run-failed',
        slot: second as 'main',
        result: third === 'resources' ? 'resources' : 'exit-code',
        exitStatus: third === 'resources' ? undefined : Number(third),
        why: '',
      };
    case 'pid-file':
      return second === 'bad'
        ? { kind: 'pid-file', pid: undefined, why: 'malformed' }
        : { kind: 'pid-file', pid: Number(second) as Pid, why: undefined };
    default:
      throw new Error(`no event: ${text}`);
  }
}

function tell({ state, effects, answer }: Step<ServiceState>): string {
  const result = state.result === 'success' ? '' : ` ${state.result}`;
  const done = effects.map(tellEffect).filter((text) => text !== '');
  if (answer !== undefined && answer !== 'accepted') done.unshift(answer);
  return `${state.sub}${result}${done.length > 0 ? `: ${done.join(', ')}` : ''}`;
}

function tellEffect(effect: UnitEffect): string {
  switch (effect.kind) {
    case 'log':
      return '';
    case 'run':
      return `run ${effect.slot} ${effect.phase}${effect.index > 0 ? ` ${effect.index}` : ''}`;
    case 'kill': {
      const who = Object.entries(slots).flatMap(([name, bit]) => ((effect.which & bit) !== 0 ? [name] : []));
      const signals = [effect.signal, ...effect.also].map((signal) => formatSignal(signal).slice(3));
      return `${effect.lost ? 'kill remains' : 'kill'} ${who.join('+')} ${signals.join('+')}`;
    }
    case 'adopt':
      return `adopt ${effect.pid}`;
    default:
      return effect.kind;
  }
}
