/**
 * The life of a path unit: systemd's src/core/path.c.
 *
 * Started, it watches its paths (`waiting`) and looks at them; as soon as one is as it is to be, or has changed, it starts its unit and is
 * `running`, without watching, for as long as that is up. Then it looks again: what is still there starts the unit again, what has changed
 * meanwhile does not. A unit that is started by somebody else makes it `running` too.
 *
 * Other than systemd, it notices changes that came while no manager was there: what it saw last is in its state.
 */
import { isDownOrGoing } from '../../graph/active-state.ts';
import type { Unit } from '../../units/model.ts';
import type { PathSettings } from '../../units/trigger-model.ts';
import type { UnitEffect } from '../effect.ts';
import { type Machine, runsNothing, type Step } from '../machine.ts';
import type { OwnMoment } from '../own-types.ts';
import type { PathEffect } from './effect.ts';
import type { LookReason, PathEvent, Sight } from './event.ts';
import type { PathResult, PathState } from './state.ts';

interface Draft {
  readonly unit: Unit;
  readonly settings: PathSettings;
  readonly moment: OwnMoment;
  state: { -readonly [Key in keyof PathState]: PathState[Key] };
  readonly effects: UnitEffect[];
  answer: Step<PathState>['answer'];
}

const fresh: PathState = { sub: 'dead', result: 'success', invocation: '', seen: [], limitBegin: 0, limitCount: 0 };

export const pathMachine: Machine<PathState, PathEvent, OwnMoment> = {
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
    take(draft, event);
    const { effects, answer } = draft;
    return { state: draft.state, effects, ...(answer === undefined ? undefined : { answer }) };
  },
  result: (state) => state.result,
  deadline: () => undefined,
  isIdle: ({ sub }) => sub === 'dead' || sub === 'failed',
  beginsAnew: (_unit, { sub }) => sub === 'dead' || sub === 'failed',
  triggers: (unit) => settingsOf(unit).unit,
  cleans: () => undefined,
  wantsResume: ({ sub }) => sub === 'waiting' || sub === 'running',
};

function take(draft: Draft, event: PathEvent): void {
  const { state, settings } = draft;
  switch (event.kind) {
    case 'start':
      start(draft, event);
      break;
    case 'stop':
      draft.answer = 'accepted';
      enterDead(draft, 'success');
      break;
    case 'looked':
      if (state.sub === 'waiting') look(draft, event.why, event.sights);
      break;
    case 'watch-failed':
      say(draft, 'warning', `Failed to enter waiting state: ${event.why}`);
      enterDead(draft, 'resources');
      break;
    case 'changed': {
      if (state.sub !== 'waiting') break;
      const watched = settings.watched[event.place];
      if (event.itself && watched !== undefined && isAboutChange(watched.kind)) enterRunning(draft, watched.path);
      else enterWaiting(draft, 'change');
      break;
    }
    case 'triggered':
      ofUnit(draft);
      break;
    case 'resume':
      if (state.sub === 'waiting' || state.sub === 'running') enterWaiting(draft, 'resume');
      break;
    case 'activation-failed':
      say(draft, 'warning', `Failed to queue unit startup job: ${event.why}`);
      enterDead(draft, 'resources');
      break;
    case 'reset-failed':
      if (state.sub === 'failed') state.sub = 'dead';
      state.result = 'success';
      break;
    case 'reload':
      draft.answer = 'unsupported';
      break;
    case 'timer':
    case 'clean':
    case 'cleaned':
    case 'let-go':
      break;
  }
}

function start(draft: Draft, event: Extract<PathEvent, { kind: 'start' }>): void {
  const { state, settings, moment } = draft;
  if (event.startLimitHit) {
    enterDead(draft, 'start-limit-hit');
    draft.answer = 'start-limit';
    return;
  }
  if (moment.triggered?.load !== 'loaded') {
    say(draft, 'err', `Refusing to start, unit ${settings.unit} to trigger not loaded.`);
    draft.answer = 'failed';
    return;
  }
  draft.answer = 'accepted';
  state.invocation = event.invocation;
  state.result = 'success';
  if (settings.makeDirectory) own(draft, { kind: 'make-directories' });
  enterWaiting(draft, 'start');
}

/** Its unit has gone to another state, or a job of it ended. */
function ofUnit(draft: Draft): void {
  const { state, moment } = draft;
  const { triggered } = moment;
  if (triggered === undefined || (state.sub !== 'waiting' && state.sub !== 'running')) return;
  if (triggered.startLimitHit) {
    enterDead(draft, 'unit-start-limit-hit');
    return;
  }
  if (triggered.hasJob) return;
  if ((state.sub === 'running') === isDownOrGoing(triggered.active)) enterWaiting(draft, 'unit');
}

function enterWaiting(draft: Draft, why: LookReason): void {
  const { triggered } = draft.moment;
  if (triggered !== undefined && !isDownOrGoing(triggered.active)) {
    draft.state.sub = 'running';
    own(draft, { kind: 'unwatch' });
    return;
  }
  draft.state.sub = 'waiting';
  own(draft, { kind: 'watch', why });
}

/** All is watched, and this is what is there. */
function look(draft: Draft, why: LookReason, sights: readonly Sight[]): void {
  const { state, settings } = draft;
  const before = state.seen;
  state.seen = sights.map(({ exists, mark }) => ({ exists, mark }));
  for (const [place, { kind, path }] of settings.watched.entries()) {
    const sight = sights[place];
    if (sight === undefined) continue;
    const found = isAboutChange(kind) ? (hasChanged(why, before[place], sight) ? path : undefined) : sight.found;
    if (found === undefined) continue;
    enterRunning(draft, found);
    return;
  }
}

/** It came or went; or, while nobody watched, anything about it is another. */
function hasChanged(why: LookReason, before: PathState['seen'][number] | undefined, now: Sight): boolean {
  if (before === undefined) return false;
  if (why === 'change') return before.exists !== now.exists;
  return why === 'resume' && (before.exists !== now.exists || before.mark !== now.mark);
}

function isAboutChange(kind: PathSettings['watched'][number]['kind']): boolean {
  return kind === 'PathChanged' || kind === 'PathModified';
}

function enterRunning(draft: Draft, path: string): void {
  const { state, settings, moment, unit } = draft;
  // It is to go down: nothing more is started.
  if (moment.stopPending) return;
  if (!takeTrigger(draft)) {
    say(draft, 'warning', 'Trigger limit hit, refusing further activation.');
    enterDead(draft, 'trigger-limit-hit');
    return;
  }
  draft.effects.push({
    kind: 'activate',
    start: settings.unit,
    activation: [
      ['trigger_unit', unit.name],
      ['trigger_path', path],
    ],
  });
  own(draft, { kind: 'unwatch' });
  state.sub = 'running';
}

/** Counts one start of the unit. False: it is one too many. The interval does not slide (systemd's src/basic/ratelimit.c). */
function takeTrigger({ state, settings, moment }: Draft): boolean {
  const { triggerLimitInterval: interval, triggerLimitBurst: burst } = settings;
  if (interval === 0 || burst === 0) return true;
  if (state.limitCount === 0 || moment.now - state.limitBegin > interval) {
    state.limitBegin = moment.now;
    state.limitCount = 1;
    return true;
  }
  if (state.limitCount >= burst) return false;
  state.limitCount += 1;
  return true;
}

function enterDead(draft: Draft, result: PathResult): void {
  const { state } = draft;
  if (state.result === 'success') state.result = result;
  if (state.result === 'success') say(draft, 'info', 'Deactivated successfully.');
  else say(draft, 'warning', `Failed with result '${state.result}'.`);
  state.sub = state.result === 'success' ? 'dead' : 'failed';
  state.seen = [];
  own(draft, { kind: 'unwatch' });
}

function own(draft: Draft, effect: PathEffect): void {
  draft.effects.push({ kind: 'own', effect });
}

function say(draft: Draft, level: 'info' | 'warning' | 'err', message: string): void {
  draft.effects.push({ kind: 'log', level, message });
}

function settingsOf(unit: Unit): PathSettings {
  if (unit.path === undefined) throw new Error(`internal error: ${unit.name} has no path settings`);
  return unit.path;
}
