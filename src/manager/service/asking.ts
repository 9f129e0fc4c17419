/** When a command could not be asked for: no keeper was to be had, or the shell could not make its execution environment. */
import { noKeeper } from '../no-keeper.ts';
import type { Pid } from '../state.ts';
import { freeSlot, noteStarted } from './command.ts';
import { type Draft, noteResult, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { enterDead } from './failed.ts';
import { mainStarted } from './starting.ts';
import { activeStates, type ServiceResult } from './state.ts';
import { enterSignal, enterStop } from './stopping.ts';
import { reloadFailed } from './up.ts';

/** The shell's answer: with an exit status (217: no such user) it is as if the process had been forked and had failed so. */
export function runFailed(draft: Draft, event: Extract<ServiceEvent, { kind: 'run-failed' }>): void {
  const { state } = draft;
  if (state[event.slot].kind !== 'asked') return;
  say(draft, 'warning', event.why);
  if (event.exitStatus === undefined) {
    state[event.slot] = freeSlot;
    fail(draft, event.result);
    return;
  }
  const pid = 0 as Pid;
  noteStarted(draft, event.slot, pid);
  if (event.slot === 'main' && state.sub === 'start') {
    mainStarted(draft, 1);
    // Type=simple: its start is done, and its end is another event.
    if (activeStates[draft.state.sub] === 'active') draft.via.push('active');
  }
  draft.followUp = {
    kind: 'exited',
    slot: event.slot,
    pid,
    end: { code: 'exited', status: event.exitStatus },
    empty: state.treeEmpty,
    children: [],
  };
}

/** init could not fork the keeper: nothing runs and nothing can be run. */
export function keeperFailed(draft: Draft, event: Extract<ServiceEvent, { kind: 'keeper-failed' }>): void {
  const { state } = draft;
  say(draft, 'err', noKeeper(event.errno));
  state.main = freeSlot;
  state.control = freeSlot;
  state.keeper = undefined;
  state.treeEmpty = true;
  fail(draft, 'resources');
}

/** What each state does when its command cannot be run (the `fail:` ends of service_enter_…()). */
function fail(draft: Draft, result: ServiceResult): void {
  switch (draft.state.sub) {
    case 'condition':
    case 'start-pre':
      enterDead(draft, result, 'may-restart');
      break;
    case 'start-post':
      enterStop(draft, result);
      break;
    case 'reload':
    case 'reload-signal':
    case 'reload-notify':
      reloadFailed(draft, result);
      break;
    case 'stop-post':
    case 'final-watchdog':
    case 'final-sigterm':
    case 'final-sigkill':
      enterSignal(draft, 'final-sigterm', result);
      break;
    case 'exited':
      noteResult(draft, 'success');
      break;
    default:
      enterSignal(draft, 'stop-sigterm', result);
  }
}
