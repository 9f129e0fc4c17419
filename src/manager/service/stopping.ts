/** From up to dead: ExecStop=, the signals, ExecStopPost=, the final signals (service_enter_stop(), service_enter_signal(), service_enter_stop_post()). */
import { slots } from '../../wire/schema.ts';
import { freeSlot, run, runNext } from './command.ts';
import { type Draft, enter, noteResult, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { enterDead } from './failed.ts';
import type { ServiceResult, ServiceSubState, SlotState } from './state.ts';
import { thaw } from './up.ts';

type KillingState =
  'stop-watchdog' | 'stop-sigterm' | 'stop-sigkill' | 'final-watchdog' | 'final-sigterm' | 'final-sigkill';

const sigkill = 9;
const sigcont = 18;
const sighup = 1;

/** The operator's word, or a job's. What is up is asked by ExecStop=, what is not yet gets the signal at once. */
export function stop(draft: Draft, event: Extract<ServiceEvent, { kind: 'stop' }>): void {
  const { state } = draft;
  draft.answer = 'accepted';
  state.forbidRestart = true;
  state.stopForRestart = event.forRestart;
  thaw(draft);
  switch (state.sub) {
    case 'running':
    case 'exited':
      enterStop(draft, 'success');
      break;
    case 'auto-restart':
    case 'auto-restart-queued':
      if (!event.forRestart) state.debug = false;
      enter(draft, 'dead');
      break;
    default:
      state.idleWaits = false;
      enterSignal(draft, 'stop-sigterm', 'success');
  }
}

/** A stop on the way already: it stays so, and nothing restarts it. */
export function stopAgain(draft: Draft, event: Extract<ServiceEvent, { kind: 'stop' }>): void {
  draft.answer = 'accepted';
  draft.state.forbidRestart = true;
  draft.state.stopForRestart = event.forRestart;
}

export function enterStop(draft: Draft, result: ServiceResult): void {
  noteResult(draft, result);
  draft.state.pidFile = 'unasked';
  if (run(draft, 'control', 'ExecStop')) enter(draft, 'stop', draft.settings.timeoutStop);
  else enterSignal(draft, 'stop-sigterm', 'success');
}

/** Signals what KillMode= says and waits for it; with nobody there to wait for it goes on at once. */
export function enterSignal(draft: Draft, sub: KillingState, result: ServiceResult): void {
  noteResult(draft, result);
  draft.state.pidFile = 'unasked';
  for (let next: KillingState | 'stop-post' | 'dead' = sub; ;) {
    if (next === 'stop-post') {
      enterStopPost(draft, 'success');
      return;
    }
    if (next === 'dead') {
      enterDead(draft, 'success', 'may-restart');
      return;
    }
    if (signalTree(draft, next)) {
      enter(draft, next, timeoutOf(draft, next));
      return;
    }
    next = nextWithoutWait(draft, next);
  }
}

export function enterStopPost(draft: Draft, result: ServiceResult): void {
  noteResult(draft, result);
  if (run(draft, 'control', 'ExecStopPost')) enter(draft, 'stop-post', draft.settings.timeoutStop);
  else enterSignal(draft, 'final-sigterm', 'success');
}

/** A command of ExecStop= ended. */
export function stopDone(draft: Draft, result: ServiceResult, was: SlotState): void {
  if (result === 'success' && runNext(draft, 'control', was, draft.settings.timeoutStop)) return;
  enterSignal(draft, 'stop-sigterm', result);
}

/** A command of ExecStopPost= ended. */
export function stopPostDone(draft: Draft, result: ServiceResult, was: SlotState): void {
  if (result === 'success' && runNext(draft, 'control', was, draft.settings.timeoutStop)) return;
  if (draft.state.main.kind === 'free') enterSignal(draft, 'final-sigterm', result);
}

/** A process of ours ended, or the tree became empty, while signals were at work: once main and control are gone it goes on. */
export function oneLessToStop(draft: Draft, result: ServiceResult): void {
  if (bothGone(draft)) enterStopPost(draft, result);
}

export function oneLessInStopPost(draft: Draft, result: ServiceResult): void {
  if (bothGone(draft)) enterSignal(draft, 'final-sigterm', result);
}

export function oneLessAtTheEnd(draft: Draft, result: ServiceResult): void {
  if (bothGone(draft)) enterDead(draft, result, 'may-restart');
}

/** TimeoutStopSec= is over in `stop` or `stop-post`. */
export function stopCommandTimedOut(draft: Draft): void {
  const { state, settings } = draft;
  const final = state.sub === 'stop-post';
  const mode = settings.timeoutStopFailureMode;
  say(draft, 'warning', `${state.sub} operation timed out. ${mode === 'terminate' ? 'Terminating' : 'Killing'}.`);
  if (mode === 'terminate') enterSignal(draft, final ? 'final-sigterm' : 'stop-sigterm', 'timeout');
  else if (mode === 'abort') enterSignal(draft, final ? 'final-watchdog' : 'stop-watchdog', 'timeout');
  else enterSignal(draft, final ? 'final-sigkill' : 'stop-sigkill', 'timeout');
}

/** The time that a signal had is over: the next harder one, where there is one. */
export function signalTimedOut(draft: Draft): void {
  const { state, settings } = draft;
  noteResult(draft, 'timeout');
  const abort = settings.timeoutStopFailureMode === 'abort';
  const harder = nextHarder[state.sub]?.(abort);
  if (harder === undefined) {
    say(draft, 'err', 'Processes still around after SIGKILL. Ignoring.');
    leaveBehind(draft);
  } else if (harder.endsWith('sigkill') && !settings.kill.sendSigkill) {
    say(draft, 'warning', `State '${state.sub}' timed out. Skipping SIGKILL.`);
    leaveBehind(draft);
  } else {
    say(draft, 'warning', `State '${state.sub}' timed out. Killing.`);
    enterSignal(draft, harder, 'timeout');
  }
}

/** WatchdogSec= went by, or the service asked for it: a core dump tells where it hung. */
export function watchdogOver(draft: Draft): void {
  const limit = draft.state.watchdogUsec === undefined ? '' : ` (limit ${formatDuration(draft.state.watchdogUsec)})`;
  draft.state.watchdogDeadline = undefined;
  if (draft.moment.watchdogsOff === true) {
    say(draft, 'warning', `Watchdog disabled! Ignoring watchdog timeout${limit}.`);
    return;
  }
  say(draft, 'err', `Watchdog timeout${limit}!`);
  enterSignal(draft, 'stop-watchdog', 'watchdog');
}

/** The keeper was killed. What it looked after is below init now; the unit fails as if its main process had been killed, and what is left of it ends first. */
export function keeperLost(draft: Draft, event: Extract<ServiceEvent, { kind: 'keeper-lost' }>): void {
  const { state, settings, moment } = draft;
  say(draft, 'err', `The keeper of this unit was killed; ${event.remains} of its processes are left.`);
  const ran = state.main.kind !== 'free' || state.control.kind !== 'free';
  if (state.main.kind !== 'free' && state.mainRun !== undefined)
    state.mainRun = { ...state.mainRun, ended: moment.stamp, end: { code: 'unknown', status: 0 } };
  state.keeperLost = true;
  state.spareKeeper = event.spare;
  state.adopting = undefined;
  state.heldExit = undefined;
  state.treeEmpty = event.remains === 0;
  // Nothing ran: its ExecStop= will have the spare keeper.
  if (state.sub === 'exited' && state.treeEmpty) return;
  // Nobody can say when one process of these ends, only when all have: what we call dead must be dead.
  if (ran && (settings.kill.mode === 'process' || settings.kill.mode === 'none') && state.keeper !== undefined)
    draft.effects.push({
      kind: 'kill',
      keeper: state.keeper,
      lost: true,
      which: slots.main | slots.control,
      signal: sigkill,
      also: [],
    });
  state.main = freeSlot;
  state.control = freeSlot;
  state.mainPidKnown = true;
  enterSignal(draft, afterLoss[state.sub], ran || !state.treeEmpty ? 'signal' : 'success');
}

/** Goes on though processes are left. */
function leaveBehind(draft: Draft): void {
  const { sub } = draft.state;
  if (sub === 'final-sigkill') enterDead(draft, 'timeout', 'may-restart');
  else if (sub.startsWith('final')) enterDead(draft, 'timeout', 'no-restart');
  else enterStopPost(draft, 'timeout');
}

function bothGone(draft: Draft): boolean {
  const { state } = draft;
  if (state.main.kind !== 'free' || state.control.kind !== 'free') return false;
  return !state.keeperLost || state.treeEmpty;
}

/** Sends the signals of a state; whether there is anything to wait for (unit_kill_context()). */
function signalTree(draft: Draft, sub: KillingState): boolean {
  const { state, effects } = draft;
  const { kill } = draft.settings;
  if (state.keeper === undefined || kill.mode === 'none') return false;
  const operation = sub.slice(sub.indexOf('-') + 1) as 'watchdog' | 'sigterm' | 'sigkill';
  if (operation === 'sigkill' && !kill.sendSigkill) return false;
  const wholeTree = kill.mode === 'control-group' || (kill.mode === 'mixed' && operation === 'sigkill');
  let which = 0;
  if (state.main.kind !== 'free') which |= slots.main;
  if (state.control.kind !== 'free') which |= slots.control;
  // Of a lost keeper only init knows which was which.
  if (state.keeperLost && !state.treeEmpty && kill.mode !== 'process') which |= slots.main | slots.control;
  if (wholeTree && !state.treeEmpty) which |= slots.tree;
  if (which === 0) return false;
  const signal =
    operation === 'sigkill'
      ? kill.finalSignal
      : operation === 'watchdog'
        ? kill.watchdogSignal
        : sub === 'stop-sigterm' && state.stopForRestart
          ? (kill.restartSignal ?? kill.signal)
          : kill.signal;
  const also: number[] = [];
  if (signal !== sigkill && signal !== sigcont) also.push(sigcont);
  if (kill.sendSighup && operation === 'sigterm' && signal !== sighup) also.push(sighup);
  effects.push({ kind: 'kill', keeper: state.keeper, lost: state.keeperLost, which, signal, also });
  return true;
}

function timeoutOf(draft: Draft, sub: KillingState): number {
  const { timeoutStop, timeoutAbort } = draft.settings;
  return sub.endsWith('watchdog') ? (timeoutAbort ?? timeoutStop) : timeoutStop;
}

function nextWithoutWait(draft: Draft, sub: KillingState): KillingState | 'stop-post' | 'dead' {
  const { sendSigkill } = draft.settings.kill;
  switch (sub) {
    case 'stop-watchdog':
    case 'stop-sigterm':
      return sendSigkill ? 'stop-sigkill' : 'stop-post';
    case 'stop-sigkill':
      return 'stop-post';
    case 'final-watchdog':
    case 'final-sigterm':
      return sendSigkill ? 'final-sigkill' : 'dead';
    case 'final-sigkill':
      return 'dead';
  }
}

const nextHarder: Readonly<Partial<Record<ServiceSubState, (abort: boolean) => KillingState>>> = {
  'stop-watchdog': () => 'stop-sigkill',
  'stop-sigterm': (abort) => (abort ? 'stop-watchdog' : 'stop-sigkill'),
  'final-watchdog': () => 'final-sigkill',
  'final-sigterm': (abort) => (abort ? 'final-watchdog' : 'final-sigkill'),
};

/** Which signals what is left of a lost keeper's tree gets. */
const afterLoss: Readonly<Record<ServiceSubState, KillingState>> = {
  dead: 'final-sigkill',
  condition: 'stop-sigterm',
  'start-pre': 'stop-sigterm',
  start: 'stop-sigterm',
  'start-post': 'stop-sigterm',
  running: 'stop-sigterm',
  exited: 'stop-sigterm',
  reload: 'stop-sigterm',
  'reload-signal': 'stop-sigterm',
  'reload-notify': 'stop-sigterm',
  stop: 'stop-sigterm',
  'stop-watchdog': 'stop-watchdog',
  'stop-sigterm': 'stop-sigterm',
  'stop-sigkill': 'stop-sigkill',
  'stop-post': 'final-sigterm',
  'final-watchdog': 'final-watchdog',
  'final-sigterm': 'final-sigterm',
  'final-sigkill': 'final-sigkill',
  failed: 'final-sigkill',
  'auto-restart': 'final-sigkill',
  'auto-restart-queued': 'final-sigkill',
  cleaning: 'final-sigkill',
};
