/** The timer machine alone, with its unit, both clocks and its successors simulated. */
import { timerMachine, type TimerPort } from '../../../src/manager/timer/machine.ts';
import type { TimerEvent } from '../../../src/manager/timer/event.ts';
import type { TimerState } from '../../../src/manager/timer/state.ts';
import type { OwnMoment } from '../../../src/manager/own-types.ts';
import type { Instant, KeeperId, Stamp } from '../../../src/manager/state.ts';
import { nextElapse } from '../../../src/units/values/calendar-next.ts';
import { parseCalendar } from '../../../src/units/values/calendar.ts';
import { onlyUtc } from '../../../src/units/values/zones.ts';
import { loadUnit } from '../../fake/load-unit.ts';

export interface Simulated {
  /** Starts of the unit: when, by both clocks, and what the last one was by the wall clock when this one was decided. */
  readonly starts: { readonly at: number; readonly monotonic: number; readonly after: number }[];
  pass(usec: number): void;
  /** The unit ends, if it is up. */
  end(): void;
  /** The manager dies, and so much later another one goes on with what was stored. */
  successor(away: number): void;
  reload(): void;
  /** The wall clock is set forward or back. */
  setClock(usec: number): void;
  sub(): TimerState['sub'];
  realtime(): number;
  monotonic(): number;
  /** When the unit was last started, as the timer has it; else when the timer was. */
  last(): number;
  lastMonotonic(): number;
}

const port: TimerPort = {
  nextElapse(text, after) {
    const parsed = parseCalendar(text, onlyUtc);
    const next = parsed.ok ? nextElapse(parsed.spec, after) : 'never';
    return typeof next === 'number' ? next : undefined;
  },
  forgetZones: () => undefined,
  fixedDelay: () => 0,
  place: () => 0,
};

export function machineFor(settings: string): Simulated {
  const unit = loadUnit(`[Timer]\nAccuracySec=1us\n${settings}\n`, 'a.timer');
  const machine = timerMachine(port);
  const starts: Simulated['starts'] = [];
  const booted: Stamp = { realtime: 1_000_000_000_000_000, monotonic: 1_000_000 };
  let state = machine.initial(unit);
  let monotonic = booted.monotonic;
  let ahead = booted.realtime - booted.monotonic;
  let since: Stamp = { realtime: 0, monotonic: 0 };
  let isUp = false;
  let inactiveExit: Stamp = { realtime: 0, monotonic: 0 };
  let inactiveEnter: Stamp = { realtime: 0, monotonic: 0 };
  let file: number | undefined;

  const stampNow = (): Stamp => ({ realtime: monotonic + ahead, monotonic });

  function feed(event: TimerEvent): void {
    const stamp = stampNow();
    const moment: OwnMoment = {
      now: monotonic as Instant,
      stamp,
      stopPending: false,
      since,
      booted,
      random: 0.5,
      triggered: {
        name: 'a.service' as never,
        load: 'loaded',
        active: isUp ? 'active' : 'inactive',
        sub: isUp ? 'running' : 'dead',
        hasJob: false,
        startLimitHit: false,
        inactiveExit,
        inactiveEnter,
      },
    };
    const before = state;
    const step = machine.step(unit, state, event, moment);
    state = step.state;
    if (before.sub === 'dead' && state.sub !== 'dead') since = stamp;
    let isStarted = false;
    for (const effect of step.effects) {
      if (effect.kind === 'activate') {
        isStarted = true;
        starts.push({
          at: stamp.realtime,
          monotonic,
          after: before.lastRealtime > 0 ? before.lastRealtime : since.realtime,
        });
      } else if (effect.kind === 'own') {
        if (effect.effect.kind === 'write-stamp') file = effect.effect.realtime;
        if (effect.effect.kind === 'read-stamp') feed({ kind: 'stamp', realtime: file });
      }
    }
    if (isStarted) {
      isUp = true;
      inactiveExit = stamp;
      feed({ kind: 'triggered' });
    }
  }

  function passTo(until: number): void {
    for (let due = machine.deadline(state); due !== undefined && due <= until; due = machine.deadline(state)) {
      monotonic = Math.max(monotonic, due);
      feed({ kind: 'timer' });
    }
    monotonic = until;
  }

  feed({ kind: 'start', keeper: 1 as KeeperId, invocation: 'f', startLimitHit: false });
  return {
    starts,
    pass: (usec) => {
      passTo(monotonic + usec);
    },
    end() {
      if (!isUp) return;
      isUp = false;
      inactiveEnter = stampNow();
      feed({ kind: 'triggered' });
      passTo(monotonic);
    },
    successor(away) {
      state = JSON.parse(JSON.stringify(state)) as TimerState;
      monotonic += away;
      feed({ kind: 'resume' });
      passTo(monotonic);
    },
    reload() {
      feed({ kind: 'resume' });
      passTo(monotonic);
    },
    setClock(usec) {
      ahead += usec;
      feed({ kind: 'clock-changed', what: 'clock' });
      passTo(monotonic);
    },
    sub: () => state.sub,
    realtime: () => monotonic + ahead,
    monotonic: () => monotonic,
    last: () => (state.lastRealtime > 0 ? state.lastRealtime : since.realtime),
    lastMonotonic: () => state.lastMonotonic,
  };
}
