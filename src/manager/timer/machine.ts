/**
 * The life of a timer: systemd's src/core/timer.c.
 *
 * A timer that is started is `waiting`, until the earliest of its values comes. Then it starts its unit and is `running` for as long as
 * that is up; when the unit is down again it works out anew when it elapses next. With nothing left to come it is `elapsed`
 * (RemainAfterElapse=no: dead). A value counted from a moment that can come only once (OnBootSec= …) is spent when its time has
 * passed; one counted from the unit's own starts and stops never is.
 *
 * Pure: when a calendar expression comes next, and the fixed part of a delay, are asked of a port that gives the same for the same.
 */
import { isDown } from '../../graph/active-state.ts';
import type { Unit } from '../../units/model.ts';
import type { TimerSettings, TimerValue } from '../../units/trigger-model.ts';
import type { UnitEffect } from '../effect.ts';
import { type Machine, runsNothing, type Step } from '../machine.ts';
import type { OwnMoment } from '../own-types.ts';
import type { Instant } from '../state.ts';
import type { TimerEvent } from './event.ts';
import type { TimerResult, TimerState } from './state.ts';
import { wakeBetween } from './wakeup.ts';

export interface TimerPort {
  /** When the expression (in its normal form) comes next after a moment, usec of realtime; undefined: never. */
  nextElapse(text: string, after: number): number | undefined;
  /** The time zone of the machine was set: what was known of expressions is void. */
  forgetZones(): void;
  /** FixedRandomDelay=: the same below `limit` (usec) for a unit on this machine, always. */
  fixedDelay(unit: Unit, limit: number): number;
  /** Where within a minute this machine likes to wake, usec (wakeup.ts). */
  place(): number;
}

interface Draft {
  readonly unit: Unit;
  readonly settings: TimerSettings;
  readonly moment: OwnMoment;
  state: { -readonly [Key in keyof TimerState]: TimerState[Key] };
  readonly effects: UnitEffect[];
  answer: Step<TimerState>['answer'];
}

const fresh: TimerState = {
  sub: 'dead',
  result: 'success',
  invocation: '',
  lastRealtime: 0,
  lastMonotonic: 0,
  nextRealtime: undefined,
  nextMonotonic: undefined,
  opens: undefined,
  deadline: undefined,
  elapses: [],
  spent: [],
};

export function timerMachine(port: TimerPort): Machine<TimerState, TimerEvent, OwnMoment> {
  return {
    ...runsNothing,
    initial: () => fresh,
    activeState: (_unit, { sub }) => (sub === 'dead' ? 'inactive' : sub === 'failed' ? 'failed' : 'active'),
    subState: (state) => state.sub,
    step(unit, state, event, moment) {
      const draft: Draft = {
        unit,
        settings: settingsOf(unit),
        moment,
        state: { ...state },
        effects: [],
        answer: undefined,
      };
      take(port, draft, event);
      const { effects, answer } = draft;
      return { state: draft.state, effects, ...(answer === undefined ? undefined : { answer }) };
    },
    result: (state) => state.result,
    deadline: (state) => state.deadline,
    isIdle: ({ sub }) => sub === 'dead' || sub === 'failed',
    beginsAnew: (_unit, { sub }) => sub === 'dead' || sub === 'failed',
    triggers: (unit) => settingsOf(unit).unit,
    cleans: (unit) => (settingsOf(unit).persistent ? ['state'] : []),
    wantsResume: ({ sub }) => sub !== 'dead' && sub !== 'failed',
  };
}

function take(port: TimerPort, draft: Draft, event: TimerEvent): void {
  const { state, settings, moment } = draft;
  const { now, stamp } = moment;
  const isWaiting = state.sub === 'waiting';
  switch (event.kind) {
    case 'start':
      start(port, draft, event);
      break;
    case 'stamp':
      if (event.realtime === undefined) {
        enterWaiting(port, draft, false);
      } else {
        if (event.realtime < stamp.realtime) state.lastRealtime = event.realtime;
        else say(draft, 'warning', 'Not using persistent file timestamp as it is in the future.');
        enterWaiting(port, draft, false);
      }
      break;
    case 'stop':
      draft.answer = 'accepted';
      enterDead(draft, 'success');
      break;
    case 'timer':
      if (!isWaiting) break;
      if (isDue(state, now, stamp.realtime)) enterRunning(draft);
      else arm(port, draft);
      break;
    case 'triggered':
      if (isWaiting || state.sub === 'elapsed' || (state.sub === 'running' && isOver(moment)))
        enterWaiting(port, draft, false);
      break;
    case 'clock-changed':
      if (event.what === 'zone') port.forgetZones();
      if (!isWaiting) break;
      // It would have elapsed in the future: the clock was set back, and what is to come again may come again.
      if (event.what === 'clock' && state.lastRealtime > stamp.realtime) state.lastRealtime = stamp.realtime;
      if (event.what === 'clock' ? settings.onClockChange : settings.onTimezoneChange) enterRunning(draft);
      else enterWaiting(port, draft, event.what === 'clock');
      break;
    case 'resume':
      // The settings may be others.
      state.spent = [];
      if (isWaiting || (state.sub === 'running' && isOver(moment))) enterWaiting(port, draft, false);
      break;
    case 'activation-failed':
      say(draft, 'warning', `Failed to queue unit startup job: ${event.why}`);
      enterDead(draft, 'resources');
      break;
    case 'reset-failed':
      if (state.sub === 'failed') state.sub = 'dead';
      state.result = 'success';
      break;
    case 'clean':
      draft.effects.push({ kind: 'own', effect: { kind: 'remove-stamp' } });
      break;
    case 'reload':
      draft.answer = 'unsupported';
      break;
    case 'cleaned':
    case 'let-go':
      break;
  }
}

function start(port: TimerPort, draft: Draft, event: Extract<TimerEvent, { kind: 'start' }>): void {
  const { state, settings, moment } = draft;
  const { triggered } = moment;
  if (event.startLimitHit) {
    enterDead(draft, 'start-limit-hit');
    draft.answer = 'start-limit';
    return;
  }
  if (triggered?.load !== 'loaded') {
    say(draft, 'err', `Refusing to start, unit ${settings.unit} to trigger not loaded.`);
    draft.answer = 'failed';
    return;
  }
  draft.answer = 'accepted';
  state.invocation = event.invocation;
  state.result = 'success';
  state.lastRealtime = 0;
  state.lastMonotonic = 0;
  state.spent = state.spent.filter((place) => settings.values[place]?.base !== 'OnActiveSec');
  if (settings.persistent) {
    enter(draft, 'waiting');
    draft.effects.push({ kind: 'own', effect: { kind: 'read-stamp' } });
  } else {
    enterWaiting(port, draft, false);
  }
}

/** Works out when it elapses next. `clockChanged`: what has passed by a jump of the clock is not spent. */
function enterWaiting(port: TimerPort, draft: Draft, clockChanged: boolean): void {
  const { state, settings, moment } = draft;
  const hasElapsed = state.lastRealtime > 0 || state.lastMonotonic > 0;
  let realtime = Infinity;
  let monotonic = Infinity;
  const elapses = settings.values.map((value, place) => {
    const before = state.elapses[place] ?? 0;
    if (state.spent.includes(place)) return before;
    if (value.base === 'OnCalendar') {
      const next = nextCalendar(port, draft, value.text);
      if (next === undefined) return before;
      realtime = Math.min(realtime, next);
      return next;
    }
    const base = baseOf(draft, value.base);
    if (base === undefined) return before;
    const next = base + value.usec;
    // Elapsed at this very moment has elapsed, too: all of a batch of events is one moment.
    if (hasElapsed && !clockChanged && next <= moment.now && canComeOnce(value)) {
      state.spent = [...state.spent, place];
      return next;
    }
    monotonic = Math.min(monotonic, next);
    return next;
  });
  state.elapses = elapses;
  const looksAtClock = settings.onClockChange || settings.onTimezoneChange;
  if (monotonic === Infinity && realtime === Infinity && !looksAtClock) {
    // What is counted from the unit may come again.
    const mayCome = settings.values.some((value) => value.base !== 'OnCalendar' && !canComeOnce(value));
    if (settings.remainAfterElapse || mayCome) enter(draft, 'elapsed');
    else enterDead(draft, 'success');
    return;
  }
  enter(draft, 'waiting');
  state.nextMonotonic = delayed(port, draft, monotonic);
  state.nextRealtime = delayed(port, draft, realtime);
  if (realtime < Infinity || looksAtClock) draft.effects.push({ kind: 'own', effect: { kind: 'watch-clock' } });
  arm(port, draft);
}

/** From the last start of the unit on, else from its own. What passed before the container was there comes at once, but not before. */
function nextCalendar(port: TimerPort, { state, settings, moment }: Draft, text: string): number | undefined {
  const { since, stamp, booted, triggered } = moment;
  let after = state.lastRealtime;
  if (after === 0 && state.lastMonotonic === 0) after = since.realtime > 0 ? since.realtime : stamp.realtime;
  const ended = triggered?.inactiveEnter.realtime ?? 0;
  if (settings.deferReactivation && ended > 0) after = Math.max(ended, state.lastRealtime);
  const next = port.nextElapse(text, after);
  return next === undefined ? undefined : Math.max(next, stamp.realtime - (stamp.monotonic - booted.monotonic));
}

/** The moment that a value is counted from, monotonic usec; undefined: it has not come. */
function baseOf({ state, moment }: Draft, base: Exclude<TimerValue['base'], 'OnCalendar'>): number | undefined {
  const { now, since, booted, triggered } = moment;
  switch (base) {
    case 'OnActiveSec':
      return state.sub === 'dead' || state.sub === 'failed' || since.monotonic === 0 ? now : since.monotonic;
    case 'OnBootSec':
    case 'OnStartupSec':
      // As systemd does it in a container: the uptime of the host is nobody's business.
      return booted.monotonic;
    case 'OnUnitActiveSec':
    case 'OnUnitInactiveSec': {
      const stamp = base === 'OnUnitActiveSec' ? triggered?.inactiveExit : triggered?.inactiveEnter;
      return Math.max(stamp?.monotonic ?? 0, state.lastMonotonic) || undefined;
    }
  }
}

function canComeOnce({ base }: TimerValue): boolean {
  return base === 'OnActiveSec' || base === 'OnBootSec' || base === 'OnStartupSec';
}

/** RandomizedDelaySec=; Infinity is never. */
function delayed(port: TimerPort, draft: Draft, moment: number): number | undefined {
  const { randomizedDelay, fixedRandomDelay } = draft.settings;
  if (moment === Infinity) return undefined;
  if (randomizedDelay === 0) return moment;
  if (fixedRandomDelay) return moment + port.fixedDelay(draft.unit, randomizedDelay);
  // Of an endless delay no part is a moment.
  return moment + Math.floor(draft.moment.random * Math.min(randomizedDelay, Number.MAX_SAFE_INTEGER));
}

function isDue({ nextMonotonic, nextRealtime }: TimerState, now: number, realtime: number): boolean {
  return (
    (nextMonotonic !== undefined && nextMonotonic <= now) || (nextRealtime !== undefined && nextRealtime <= realtime)
  );
}

/** The earlier of the two, by the clock that never jumps: where the other one does, `clock-changed` comes. Each is put off within AccuracySec= by its own clock. */
function arm(port: TimerPort, { state, moment, settings }: Draft): void {
  const { now, stamp } = moment;
  const ahead = stamp.realtime - now;
  const { nextRealtime = Infinity, nextMonotonic = Infinity } = state;
  const wake = (from: number, passed: number): number =>
    from === Infinity || from <= passed ? from : wakeBetween(from, settings.accuracy, port.place());
  const at = Math.min(Math.max(now, wake(nextRealtime, stamp.realtime) - ahead), wake(nextMonotonic, now));
  const opens = Math.min(nextRealtime - ahead, nextMonotonic);
  state.deadline = at === Infinity ? undefined : (at as Instant);
  state.opens = opens < at ? (opens as Instant) : undefined;
}

function enterRunning(draft: Draft): void {
  const { state, settings, moment, unit } = draft;
  if (moment.stopPending) {
    state.opens = undefined;
    state.deadline = undefined;
    return;
  }
  const { realtime, monotonic } = moment.stamp;
  draft.effects.push({
    kind: 'activate',
    start: settings.unit,
    activation: [
      ['trigger_unit', unit.name],
      ['trigger_timer_realtime_usec', String(realtime)],
      ['trigger_timer_monotonic_usec', String(monotonic)],
    ],
  });
  state.lastRealtime = realtime;
  state.lastMonotonic = monotonic;
  if (settings.persistent) draft.effects.push({ kind: 'own', effect: { kind: 'write-stamp', realtime } });
  enter(draft, 'running');
}

function enterDead(draft: Draft, result: TimerResult): void {
  const { state } = draft;
  if (state.result === 'success') state.result = result;
  if (state.result === 'success') say(draft, 'info', 'Deactivated successfully.');
  else say(draft, 'warning', `Failed with result '${state.result}'.`);
  enter(draft, state.result === 'success' ? 'dead' : 'failed');
}

function enter({ state }: Draft, sub: TimerState['sub']): void {
  state.sub = sub;
  state.nextMonotonic = undefined;
  state.nextRealtime = undefined;
  state.opens = undefined;
  state.deadline = undefined;
}

/** The unit is down, and no job will change that before the next notice. */
function isOver({ triggered }: OwnMoment): boolean {
  return triggered === undefined || (isDown(triggered.active) && !triggered.hasJob);
}

function say(draft: Draft, level: 'info' | 'warning' | 'err', message: string): void {
  draft.effects.push({ kind: 'log', level, message });
}

function settingsOf(unit: Unit): TimerSettings {
  if (unit.timer === undefined) throw new Error(`internal error: ${unit.name} has no timer settings`);
  return unit.timer;
}
