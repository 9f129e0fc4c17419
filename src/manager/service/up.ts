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
  } else if (isAlive(draft)) {
    if (state.notified === 'reloading') {
      enterReloadByNotify(draft);
    } else if (state.notified === 'stopping') {
      enterStopByNotify(draft);
    } else {
      enter(draft, 'running');
      state.runtimeDeadline ??= after(draft, settings.runtimeMax + settings.runtimeRandomizedExtra * chance(state));
      if (state.watchdogDeadline === undefined) resetWatchdog(draft);
    }
  } else if (settings.remainAfterExit) {
    enter(draft, 'exited');
  } else {
    enterStop(draft, 'success');
  }
}

/** ExecReload=; a notify-reload service gets ReloadSignal=, after which it says RELOADING=1 and READY=1 (service_enter_reload() of systemd 253). */
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
  state.reloadBegin = draft.moment.now;
  const signals = settings.type === 'notify-reload' && state.keeper !== undefined && state.main.kind === 'runs';
  if (signals && state.keeper !== undefined) {
    const { keeper, keeperLost: lost } = state;
    const also = settings.reloadSignal === sigcont ? [] : [sigcont];
    draft.effects.push({ kind: 'kill', keeper, lost, which: slots.main, signal: settings.reloadSignal, also });
  }
  if (run(draft, 'control', 'ExecReload')) enter(draft, 'reload', settings.timeoutStart);
  else if (signals) enter(draft, 'reload-signal', settings.timeoutStart);
  else reloadFailed(draft, 'resources');
}

const sigcont = 18;

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
  if (settings.type === 'notify-reload' && state.notified === 'reloading') {
    // It still works on it: its READY=1 is waited for.
    enter(draft, 'reload-notify', settings.timeoutStart);
    return;
  }
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
  // Of its own will: systemd goes on waiting for its READY=1, with the same time again.
  if (draft.settings.type === 'notify-reload' && state.notified === 'reloading') state.notified = 'unknown';
  reloadFailed(draft, 'timeout');
}

export function runtimeOver(draft: Draft): void {
  say(draft, 'warning', 'Service reached runtime time limit. Stopping.');
  enterStop(draft, 'timeout');
}

/** RELOADING=1: it reloads by its own will, and what PropagatesReloadTo= names reloads too. */
export function enterReloadByNotify(draft: Draft): void {
  const { settings, effects } = draft;
  enter(draft, settings.type === 'notify-reload' ? 'reload-notify' : 'reload', settings.timeoutStart);
  effects.push({ kind: 'propagate-reload' });
}

/** `systemctl freeze`: SIGSTOP to all of the tree. What cannot be stopped so is nobody's of the unit. */
export function freeze(draft: Draft): void {
  signalAll(draft, sigstop);
  draft.state.frozen = true;
}

/** `systemctl thaw`, and before anything else is done to a frozen service. */
export function thaw(draft: Draft): void {
  if (!draft.state.frozen) return;
  signalAll(draft, sigcont);
  draft.state.frozen = false;
}

/** OOMPolicy=kill */
export function killAll(draft: Draft): void {
  signalAll(draft, sigkill);
}

const sigstop = 19;
const sigkill = 9;

function signalAll(draft: Draft, signal: number): void {
  const { state, effects } = draft;
  if (state.keeper === undefined || state.treeEmpty) return;
  effects.push({ kind: 'kill', keeper: state.keeper, lost: state.keeperLost, which: slots.tree, signal, also: [] });
}

/** STOPPING=1: as if we had sent the signal. */
export function enterStopByNotify(draft: Draft): void {
  enter(draft, 'stop-sigterm', draft.settings.timeoutStop);
}

/** service_good(): a dbus service has its name; the main process runs; where nobody knows which it is, something of the tree does. */
function isAlive({ state, settings }: Draft): boolean {
  if (settings.type === 'dbus' && state.busOwner === 'none') return false;
  if (state.main.kind !== 'free') return true;
  return (!state.mainPidKnown || settings.exitType === 'cgroup') && !state.treeEmpty;
}

/** From 0 to 1, the same for all of an invocation: so the machine needs no dice. */
function chance({ invocation }: ServiceState): number {
  return Number.parseInt(invocation.slice(0, 8), 16) / 2 ** 32 || 0;
}
