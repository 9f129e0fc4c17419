/** While a service is up: running, exited (RemainAfterExit=), reload. */
import { slots } from '../../wire/schema.ts';
import { run, runNext } from './command.ts';
import { type Draft, after, enter, noteResult, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { findMainAfter } from './main-pid.ts';
import { resetWatchdog } from './starting.ts';
import type { ServiceResult, ServiceState, SlotState } from './state.ts';
import { enterSignal, enterStop } from './stopping.ts';

/** Up, if it is: a service whose main process (or, where that is unknown, whose tree) is gone goes on to its end (service_enter_running()). */
export function enterRunning(draft: Draft, result: ServiceResult): void {
  const { state, settings } = draft;
  noteResult(draft, result);
  if (state.result !== 'success') {
    enterSignal(draft, 'stop-sigterm', result);
  } else if (isAlive(state)) {
    if (state.notified === 'reloading') {
      enterReloadByNotify(draft);
    } else if (state.notified === 'stopping') {
      enterStopByNotify(draft);
    } else {
      enter(draft, 'running');
      state.runtimeDeadline ??= after(draft, settings.runtimeMax);
      if (state.watchdogDeadline === undefined) resetWatchdog(draft);
    }
  } else if (settings.remainAfterExit) {
    enter(draft, 'exited');
  } else {
    enterStop(draft, 'success');
  }
}

/** ExecReload=; of a notify-reload service SIGHUP, after which it says RELOADING=1 and READY=1. */
export function reload(draft: Draft): void {
  const { state, settings } = draft;
  if (state.sub !== 'running' && state.sub !== 'exited') {
    draft.answer = 'accepted';
    return;
  }
  if (!canReload(draft.settings)) {
    draft.answer = 'unsupported';
    return;
  }
  draft.answer = 'accepted';
  state.reloadResult = 'success';
  if (settings.type === 'notify-reload' && state.keeper !== undefined && state.main.kind === 'runs') {
    const { keeper } = state;
    draft.effects.push({ kind: 'kill', keeper, lost: false, which: slots.main, signal: 1, also: [] });
    enter(draft, 'reload', settings.timeoutStart);
  } else if (run(draft, 'control', 'ExecReload')) {
    enter(draft, 'reload', settings.timeoutStart);
  } else {
    reloadFailed(draft, 'resources');
  }
}

export function canReload(settings: Draft['settings']): boolean {
  return settings.type === 'notify-reload' || settings.commands.ExecReload.length > 0;
}

/** A command of ExecReload= ended. It may have brought up a new main process. */
export function reloadDone(
  draft: Draft,
  result: ServiceResult,
  was: SlotState,
  event: Extract<ServiceEvent, { kind: 'exited' }>,
): void {
  const { state, settings } = draft;
  if (result === 'success' && runNext(draft, 'control', was, settings.timeoutStart)) return;
  state.reloadResult = result;
  const search =
    result === 'success' && settings.type === 'forking' && (settings.pidFile !== '' || !state.mainPidKnown);
  if (!search || !findMainAfter(draft, event)) enterRunning(draft, 'success');
}

/** The reload did not come about; the service itself goes on. */
export function reloadFailed(draft: Draft, result: ServiceResult): void {
  draft.state.reloadResult = result;
  enterRunning(draft, 'success');
}

export function reloadTimedOut(draft: Draft): void {
  const { state, effects } = draft;
  say(draft, 'warning', 'Reload operation timed out. Killing reload process.');
  if (state.control.kind !== 'free' && state.keeper !== undefined) {
    const { keeper, keeperLost: lost } = state;
    effects.push({ kind: 'kill', keeper, lost, which: slots.control, signal: 9, also: [] });
  }
  state.control = { kind: 'free' };
  if (state.notified === 'reloading') state.notified = 'unknown';
  reloadFailed(draft, 'timeout');
}

export function runtimeOver(draft: Draft): void {
  say(draft, 'warning', 'Service reached runtime time limit. Stopping.');
  enterStop(draft, 'timeout');
}

/** RELOADING=1: it reloads by its own will. */
export function enterReloadByNotify(draft: Draft): void {
  enter(draft, 'reload', draft.settings.timeoutStart);
}

/** STOPPING=1: as if we had sent the signal. */
export function enterStopByNotify(draft: Draft): void {
  enter(draft, 'stop-sigterm', draft.settings.timeoutStop);
}

/** service_good(): the main process runs; where nobody knows which it is, something of the tree does. */
function isAlive(state: ServiceState): boolean {
  if (state.main.kind !== 'free') return true;
  return !state.mainPidKnown && !state.treeEmpty;
}
