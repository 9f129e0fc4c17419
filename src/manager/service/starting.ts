/** From dead to running: conditions, ExecStartPre=, ExecStart=, ExecStartPost= (service_enter_condition() … service_enter_start_post()). */
import type { ServiceEvent } from './event.ts';
import { freshState } from './fresh.ts';
import { type Draft, after, enter, say } from './draft.ts';
import { run, runNext } from './command.ts';
import { enterDead } from './failed.ts';
import { findMainAfter, readPidFile } from './main-pid.ts';
import { isUp, type ServiceResult, type SlotState } from './state.ts';
import { enterSignal, enterStop } from './stopping.ts';
import { enterRunning } from './up.ts';

/** How long an idle service waits for the other jobs (src/core/manager.c, MANAGER_IDLE…; systemd.service(5): "5s"); usec. */
const idleTimeout = 5_000_000;

/** A new invocation begins; or not, when there were too many. */
export function start(draft: Draft, event: Extract<ServiceEvent, { kind: 'start' }>): void {
  if (event.startLimitHit) {
    say(draft, 'warning', 'Start request repeated too quickly.');
    enterDead(draft, 'start-limit-hit', 'no-restart');
    draft.answer = 'start-limit';
    return;
  }
  const restarts = draft.state.forgetRestarts ? 0 : draft.state.restarts;
  const debug = draft.state.debug && !draft.state.forgetRestarts;
  const { stored, storeEmptied, cleanResult } = draft.state;
  const busOwner = draft.state.busOwner === 'none' ? 'none' : 'owned';
  const { keeper, invocation } = event;
  const kept = { restarts, debug, stored, storeEmptied, cleanResult, busOwner } as const;
  draft.state = { ...freshState(draft.settings), ...kept, keeper, invocation };
  draft.effects.push({ kind: 'make-keeper', keeper: event.keeper, invocation: event.invocation });
  draft.answer = 'accepted';
  enterCondition(draft);
}

function enterCondition(draft: Draft): void {
  if (run(draft, 'control', 'ExecCondition')) enter(draft, 'condition', draft.settings.timeoutStart);
  else enterStartPre(draft);
}

function enterStartPre(draft: Draft): void {
  if (run(draft, 'control', 'ExecStartPre')) enter(draft, 'start-pre', draft.settings.timeoutStart);
  else enterStart(draft);
}

function enterStart(draft: Draft): void {
  const { settings, state } = draft;
  if (settings.type === 'idle') {
    state.idleWaits = true;
    enter(draft, 'start', idleTimeout);
  } else if (run(draft, settings.type === 'forking' ? 'control' : 'main', 'ExecStart')) {
    // What is up at its fork cannot take too long (service_enter_start()).
    enter(draft, 'start', settings.type === 'simple' ? undefined : settings.timeoutStart);
  } else {
    // A oneshot without ExecStart=: only its ExecStop= counts.
    enterStartPost(draft);
  }
}

/** An idle service's turn has come. */
export function endIdleWait(draft: Draft): void {
  if (!draft.state.idleWaits) return;
  draft.state.idleWaits = false;
  draft.state.deadline = undefined;
  if (!run(draft, 'main', 'ExecStart')) enterStartPost(draft);
}

export function enterStartPost(draft: Draft): void {
  resetWatchdog(draft, 'start-post');
  if (run(draft, 'control', 'ExecStartPost')) enter(draft, 'start-post', draft.settings.timeoutStart);
  else enterRunning(draft, 'success');
}

/** The main process was forked; whether that is enough is the type's matter. */
export function mainStarted(draft: Draft, errno: number): void {
  const { type } = draft.settings;
  if (type === 'simple' || type === 'idle') enterStartPost(draft);
  else if (type === 'exec' && errno === 0) enterStartPost(draft);
  else if (type === 'dbus' && errno === 0 && draft.state.busOwner === 'arrived') enterStartPost(draft);
}

/** The main process ended in `start`. */
export function mainExitedInStart(draft: Draft, result: ServiceResult, was: SlotState): void {
  const { settings, state } = draft;
  if (settings.type === 'oneshot') {
    if (result !== 'success') enterSignal(draft, 'stop-sigterm', result);
    else if (!runNext(draft, 'main', was, settings.timeoutStart)) enterStartPost(draft);
  } else if (settings.type === 'notify' || settings.type === 'notify-reload') {
    if (result !== 'success') enterSignal(draft, 'stop-sigterm', result);
    // Somebody else of the unit may yet say READY=1, if it may speak and is there.
    else if (!settings.remainAfterExit || settings.notifyAccess !== 'all' || state.treeEmpty)
      enterSignal(draft, 'stop-sigterm', 'protocol');
  } else {
    enterRunning(draft, result);
  }
}

/** The commands before ExecStart= are done, or one of them failed. */
export function preparationDone(draft: Draft, result: ServiceResult, was: SlotState): void {
  const { settings, state } = draft;
  if (result !== 'success') enterSignal(draft, 'stop-sigterm', result);
  else if (runNext(draft, 'control', was, settings.timeoutStart)) return;
  else if (state.sub === 'condition') enterStartPre(draft);
  else enterStart(draft);
}

/** The first process of a forking service ended. */
export function forkerDone(
  draft: Draft,
  result: ServiceResult,
  event: Extract<ServiceEvent, { kind: 'exited' }>,
): void {
  if (draft.settings.type !== 'forking') return;
  if (result !== 'success') enterSignal(draft, 'stop-sigterm', result);
  else if (!findMainAfter(draft, event)) enterStartPost(draft);
}

/** ExecStartPost= is done. */
export function startPostDone(
  draft: Draft,
  result: ServiceResult,
  was: SlotState,
  event: Extract<ServiceEvent, { kind: 'exited' }>,
): void {
  if (result !== 'success') enterSignal(draft, 'stop-sigterm', result);
  else if (runNext(draft, 'control', was, draft.settings.timeoutStart)) return;
  // Whatever its type, a service with PIDFile= is up when the file is there.
  else if (draft.settings.pidFile !== '') readPidFile(draft);
  else if (draft.settings.type !== 'forking' || draft.state.main.kind !== 'free') enterRunning(draft, 'success');
  else if (!findMainAfter(draft, event)) enterRunning(draft, 'success');
}

/** Main process ended in `start-post` or `reload`: with nothing left running these never end by themselves. */
export function mainExitedBeside(draft: Draft, result: ServiceResult): void {
  if (draft.state.control.kind === 'free') enterStop(draft, result);
}

/** TimeoutStartSec= is over. */
export function startTimedOut(draft: Draft): void {
  if (draft.state.idleWaits) {
    endIdleWait(draft);
    return;
  }
  const { settings, state } = draft;
  const mode = settings.timeoutStartFailureMode;
  say(draft, 'warning', `${state.sub} operation timed out. ${mode === 'terminate' ? 'Terminating' : 'Killing'}.`);
  if (mode === 'terminate') enterSignal(draft, 'stop-sigterm', 'timeout');
  else if (mode === 'abort') enterSignal(draft, 'stop-watchdog', 'timeout');
  else enterSignal(draft, 'stop-sigkill', 'timeout');
}

/** WatchdogSec= begins anew. */
export function resetWatchdog(draft: Draft, sub = draft.state.sub): void {
  const { state } = draft;
  if (!isUp(sub) || state.watchdogUsec === undefined) return;
  state.watchdogDeadline = after(draft, state.watchdogUsec);
  state.watchdogStamp = draft.moment.stamp;
}
