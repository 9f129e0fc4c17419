/** The end of an invocation: dead, failed, and the wait before the next (service_enter_dead(), service_enter_restart()). */
import { after, type Draft, enter, noteResult, say } from './draft.ts';
import { freeSlot } from './command.ts';
import type { ServiceEvent } from './event.ts';
import { restartDelay, shallRestart } from './restart.ts';
import type { ServiceResult } from './state.ts';

/** The invocation is over. Its keeper is released: it leaves when the last process of the tree does. */
export function enterDead(draft: Draft, result: ServiceResult, restart: 'may-restart' | 'no-restart'): void {
  const { state, settings, effects } = draft;
  noteResult(draft, result);
  const clean = state.result === 'success' || state.result === 'exec-condition';
  if (state.result === 'success') say(draft, 'info', 'Deactivated successfully.');
  else if (clean) say(draft, 'info', "Skipped due to 'exec-condition'.");
  else say(draft, 'warning', `Failed with result '${state.result}'.`);

  const again = restart === 'may-restart' && !draft.moment.stopPending && shallRestart(settings, state);
  letGo(draft);
  if (settings.pidFile !== '') effects.push({ kind: 'remove-pid-file', path: settings.pidFile });
  if (settings.exec.directories.runtime.paths.length > 0 && !keepsRuntimeDirectories(draft, again))
    effects.push({ kind: 'remove-runtime-directories' });

  if (settings.exec.hasSecrets) effects.push({ kind: 'remove-secrets' });
  if (settings.exec.removesIpc) effects.push({ kind: 'remove-ipc' });

  const end = clean ? 'dead' : 'failed';
  if (settings.fileDescriptorStorePreserve === 'no') dropStore(draft);
  if (again) {
    // RestartMode=direct: nobody sees it down.
    if (settings.restartMode !== 'direct') draft.via.push(clean ? 'inactive' : 'failed');
    if (settings.restartMode === 'debug' && !state.debug) {
      state.debug = true;
      say(draft, 'notice', 'Service dead, subsequent restarts will be executed with debug level logging.');
    }
    enter(draft, 'auto-restart', restartDelay(settings, state.restarts));
  } else {
    enter(draft, end);
    state.forgetRestarts = true;
  }
  state.forbidRestart = false;
}

/** RestartSec= is over: a restart job, so that what is bound to the service restarts with it. */
export function restartDue(draft: Draft): void {
  const { state, settings, effects } = draft;
  if (draft.moment.stopPending) {
    state.deadline = after(draft, Math.max(restartDelay(settings, state.restarts), 1));
    return;
  }
  state.restarts += 1;
  state.forgetRestarts = false;
  enter(draft, 'auto-restart-queued');
  say(draft, 'info', `Scheduled restart job, restart counter is at ${state.restarts}.`);
  effects.push({ kind: 'enqueue-restart' });
}

/** `systemctl reset-failed`. */
export function resetFailed(draft: Draft): void {
  const { state } = draft;
  if (state.sub === 'failed') enter(draft, 'dead');
  state.result = 'success';
  state.reloadResult = 'success';
  state.restarts = 0;
  state.forgetRestarts = false;
}

/** `systemctl clean`. The shell removes, and says how that went. */
export function clean(draft: Draft, event: Extract<ServiceEvent, { kind: 'clean' }>): void {
  draft.answer = 'accepted';
  draft.state.cleanResult = 'success';
  if (event.what.includes('fdstore')) dropStore(draft);
  enter(draft, 'cleaning');
  draft.effects.push({ kind: 'clean', what: event.what });
}

export function cleaned(draft: Draft, event: Extract<ServiceEvent, { kind: 'cleaned' }>): void {
  draft.state.cleanResult = event.result;
  enter(draft, 'dead');
}

/** Nothing will bring it up again by itself: its store is emptied, unless it is to outlast that (service_release_resources()). */
export function letStoreGo(draft: Draft): void {
  if (draft.settings.fileDescriptorStorePreserve !== 'yes') dropStore(draft);
}

function dropStore({ state, effects }: Draft): void {
  if (state.stored === 0) return;
  state.stored = 0;
  state.storeEmptied = true;
  effects.push({ kind: 'drop-store' });
}

function letGo(draft: Draft): void {
  const { state, effects } = draft;
  if (state.keeper !== undefined && !state.keeperLost) effects.push({ kind: 'release', keeper: state.keeper });
  state.keeper = undefined;
  state.keeperLost = false;
  state.spareKeeper = undefined;
  state.treeEmpty = true;
  state.main = freeSlot;
  state.control = freeSlot;
  state.frozen = false;
  state.idleWaits = false;
  state.adopting = undefined;
  state.heldExit = undefined;
  state.pidFile = 'unasked';
}

/** RuntimeDirectoryPreserve= (systemd.exec(5)). */
function keepsRuntimeDirectories(draft: Draft, again: boolean): boolean {
  const preserve = draft.settings.exec.runtimeDirectoryPreserve;
  return preserve === 'yes' || (preserve === 'restart' && (again || draft.state.stopForRestart));
}
