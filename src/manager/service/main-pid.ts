/**
 * Which process is the main one, where it is no command of ours: PIDFile=, a guess (GuessMainPID=), or MAINPID= of a
 * notification. The keeper has the last word: it adopts only what is below it, so that no file and no message makes us
 * watch or kill a stranger. Source of the rules: service_load_pid_file(), service_search_main_pid() (src/core/service.c).
 */
import type { Pid } from '../state.ts';
import { type Draft, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { enterStartPost } from './starting.ts';
import { isUp } from './state.ts';
import { enterSignal, enterStop } from './stopping.ts';
import { enterRunning } from './up.ts';

/** After a command of a forking service: true when the main process is being looked for, and the state waits for that. */
export function findMainAfter(draft: Draft, event: Extract<ServiceEvent, { kind: 'exited' }>): boolean {
  if (draft.settings.pidFile !== '') {
    readPidFile(draft);
    return true;
  }
  const [only, ...others] = event.children;
  if (!draft.settings.guessMainPid || only === undefined || others.length > 0) return false;
  adopt(draft, only);
  return true;
}

/** PIDFile= is read by the shell, which answers with `pid-file`. */
export function readPidFile(draft: Draft): void {
  draft.state.pidFile = 'reading';
  draft.effects.push({ kind: 'read-pid-file', path: draft.settings.pidFile });
}

export function adopt(draft: Draft, pid: Pid): void {
  const { state, effects } = draft;
  if (state.keeper === undefined || state.keeperLost) return;
  state.adopting = pid;
  effects.push({ kind: 'adopt', keeper: state.keeper, pid });
}

/** The shell's answer about PIDFile=. */
export function pidFileRead(draft: Draft, event: Extract<ServiceEvent, { kind: 'pid-file' }>): void {
  const state = draft.state;
  if (state.pidFile === 'unasked') return;
  if (event.pid === undefined) pidFileBad(draft, `PID file is not good yet (${String(event.why)})`);
  else if (state.main.kind !== 'runs' || state.main.pid !== event.pid) adopt(draft, event.pid);
  else if (state.heldExit !== undefined) resolveHeldExit(draft);
  else goOn(draft);
}

/** The keeper's answer about a main process. */
export function adopted(draft: Draft, event: Extract<ServiceEvent, { kind: 'adopted' }>): void {
  const state = draft.state;
  if (event.pid !== state.adopting) return;
  state.adopting = undefined;
  if (event.errno !== 0) {
    say(draft, 'warning', `Process ${event.pid} is no process of this unit; it is not taken as the main process.`);
    if (state.pidFile !== 'unasked') pidFileBad(draft, `PID file names process ${event.pid}`);
    else goOn(draft);
    return;
  }
  state.main = { kind: 'runs', phase: 'adopted', index: 0, pid: event.pid };
  state.mainPidKnown = true;
  state.mainAlien = true;
  state.heldExit = undefined;
  state.mainRun = { pid: event.pid, started: draft.moment.stamp, ended: undefined, end: undefined };
  goOn(draft);
}

/** The main process ended, but PIDFile= may already name the one that took its place. True: its end is not looked at yet. */
export function holdExit(draft: Draft, event: Extract<ServiceEvent, { kind: 'exited' }>): boolean {
  const { state, settings } = draft;
  if (state.heldExit !== undefined) {
    state.heldExit = undefined;
    return false;
  }
  if (settings.pidFile === '' || event.empty || state.keeper === undefined || state.keeperLost) return false;
  if (state.sub !== 'start' && !isUp(state.sub)) return false;
  state.heldExit = event.end;
  readPidFile(draft);
  return true;
}

/** Nobody took the place of the main process: now its end counts. */
function resolveHeldExit(draft: Draft): void {
  const { state } = draft;
  state.pidFile = 'unasked';
  if (state.heldExit === undefined || state.main.kind !== 'runs') return;
  const { pid } = state.main;
  draft.followUp = {
    kind: 'exited',
    slot: 'main',
    pid,
    end: state.heldExit,
    empty: state.treeEmpty,
    children: [],
  };
}

/** Nothing is left that could write the PID file. */
export function nobodyLeft(draft: Draft): void {
  const { state } = draft;
  if (state.heldExit !== undefined) resolveHeldExit(draft);
  else if (state.pidFile !== 'unasked') failForPidFile(draft);
}

function pidFileBad(draft: Draft, why: string): void {
  const { state, settings } = draft;
  if (state.heldExit !== undefined) {
    resolveHeldExit(draft);
    return;
  }
  switch (state.sub) {
    case 'start':
      // ExecStartPost= may yet make it.
      if (settings.commands.ExecStartPost.length > 0) goOn(draft);
      else waitForPidFile(draft, why);
      break;
    case 'start-post':
      waitForPidFile(draft, why);
      break;
    default:
      goOn(draft);
  }
}

function waitForPidFile(draft: Draft, why: string): void {
  const state = draft.state;
  if (state.treeEmpty) {
    failForPidFile(draft);
    return;
  }
  if (state.pidFile !== 'waiting') say(draft, 'debug', `${why}; waiting for ${draft.settings.pidFile}.`);
  state.pidFile = 'waiting';
}

function failForPidFile(draft: Draft): void {
  draft.state.pidFile = 'unasked';
  if (draft.state.sub === 'start') enterSignal(draft, 'stop-sigterm', 'protocol');
  else if (draft.state.sub === 'start-post') enterStop(draft, 'protocol');
}

/** What waited for the main process to be known goes on. */
function goOn(draft: Draft): void {
  const { state, settings } = draft;
  const asked = state.pidFile !== 'unasked';
  state.pidFile = 'unasked';
  switch (state.sub) {
    case 'start':
      if (settings.type === 'forking' ? state.control.kind === 'free' : state.notified === 'ready')
        enterStartPost(draft);
      break;
    case 'start-post':
      if (state.control.kind === 'free') enterRunning(draft, 'success');
      break;
    case 'reload':
      if (asked && state.control.kind === 'free') enterRunning(draft, 'success');
      break;
    default:
  }
}
