/** From dead to listening and back: commands, signals, time (socket_enter_start_pre() … socket_enter_dead() of systemd's src/core/socket.c). */
import { slots } from '../../wire/schema.ts';
import type { UnitResult } from '../own-types.ts';
import { resultOf } from '../service/command.ts';
import type { CommandRun } from '../service/state.ts';
import type { KeeperId } from '../state.ts';
import { type Draft, enter, noteResult, own, say } from './draft.ts';
import type { SocketEvent } from './event.ts';
import type { SocketPhase, SocketSubState } from './state.ts';

type KillingState = 'stop-pre-sigterm' | 'stop-pre-sigkill' | 'final-sigterm' | 'final-sigkill';

const sigkill = 9;
const sigcont = 18;
const sighup = 1;
const noExitStatuses = { statuses: new Set<number>(), signals: new Set<number>() };

/* ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/** Asks the keeper for a command; false: there is none, or nobody to run it. */
function run(draft: Draft, phase: SocketPhase, index = 0): boolean {
  const { state } = draft;
  const command = draft.unit.socket?.commands[phase][index];
  if (command === undefined || state.keeper === undefined) return false;
  if (state.keeperIsDue) {
    draft.effects.push({ kind: 'make-keeper', keeper: state.keeper, invocation: state.invocation });
    state.keeperIsDue = false;
  }
  state.command = { phase, index };
  draft.effects.push({ kind: 'run', keeper: state.keeper, slot: 'control', phase, index, command, variables: [] });
  return true;
}

function noteRun(draft: Draft, run: CommandRun): void {
  const { state } = draft;
  if (state.command === undefined) return;
  const { phase, index } = state.command;
  const runs = [...(state.runs[phase] ?? [])];
  runs[index] = run;
  state.runs = { ...state.runs, [phase]: runs };
}

export function started(draft: Draft, event: Extract<SocketEvent, { kind: 'started' }>): void {
  if (event.pid > 0) draft.state.treeEmpty = false;
  noteRun(draft, { pid: event.pid, started: draft.moment.stamp, ended: undefined, end: undefined });
  if (event.why !== '') say(draft, 'err', `Failed at step ${event.step} spawning: ${event.why}`);
}

/** socket_sigchld_event() */
export function exited(draft: Draft, event: Extract<SocketEvent, { kind: 'exited' }>): void {
  const { state } = draft;
  state.treeEmpty = event.empty;
  const { command } = state;
  if (command === undefined) return;
  const before = state.runs[command.phase]?.[command.index];
  noteRun(draft, {
    pid: event.pid,
    started: before?.started ?? draft.moment.stamp,
    ended: draft.moment.stamp,
    end: event.end,
  });
  const ignores = draft.unit.socket?.commands[command.phase][command.index]?.ignoreFailure === true;
  const result = ignores ? 'success' : resultOf(event.end, false, noExitStatuses);
  if (result !== 'success') {
    const how =
      event.end.code === 'exited'
        ? `code=exited, status=${event.end.status}`
        : `code=${event.end.code}, signal ${event.end.status}`;
    say(draft, 'warning', `Control process exited, ${how}`);
  }
  commandEnded(draft, result);
}

export function commandEnded(draft: Draft, result: UnitResult): void {
  const { state, settings } = draft;
  const { command } = state;
  state.command = undefined;
  noteResult(draft, result);
  if (command !== undefined && result === 'success' && isCommandState(state.sub)) {
    if (run(draft, command.phase, command.index + 1)) {
      enter(draft, state.sub, settings.timeout);
      return;
    }
  }
  switch (state.sub) {
    case 'start-pre':
      if (result === 'success') enterOpen(draft);
      else enterSignal(draft, 'final-sigterm', result);
      break;
    case 'start-post':
      if (result === 'success') enterListening(draft);
      else enterStopPre(draft, result);
      break;
    case 'stop-pre':
    case 'stop-pre-sigterm':
    case 'stop-pre-sigkill':
      enterStopPost(draft, result);
      break;
    case 'stop-post':
    case 'final-sigterm':
    case 'final-sigkill':
      enterDead(draft, result);
      break;
    default:
  }
}

function isCommandState(sub: SocketSubState): boolean {
  return sub === 'start-pre' || sub === 'start-post' || sub === 'stop-pre' || sub === 'stop-post';
}

/** Whether a start needs a keeper. */
export function hasCommands({ settings }: Draft): boolean {
  const { startPre, startPost, stopPre, stopPost } = settings;
  return startPre.length + startPost.length + stopPre.length + stopPost.length > 0;
}

/* ── up ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

export function enterStartPre(draft: Draft): void {
  if (run(draft, 'ExecStartPre')) enter(draft, 'start-pre', draft.settings.timeout);
  else enterOpen(draft);
}

/** systemd's start-chown: only there are descriptors open. The answer comes with the next event. */
function enterOpen(draft: Draft): void {
  enter(draft, 'start-chown', draft.settings.timeout);
  own(draft, { kind: 'open', again: false });
}

export function enterStartPost(draft: Draft): void {
  if (run(draft, 'ExecStartPost')) enter(draft, 'start-post', draft.settings.timeout);
  else enterListening(draft);
}

export function enterListening(draft: Draft): void {
  if (!draft.settings.accept && draft.settings.flushPending) own(draft, { kind: 'flush' });
  enter(draft, 'listening');
  own(draft, { kind: 'watch', number: undefined, on: true });
}

/* ── down ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

export function enterStopPre(draft: Draft, result: UnitResult): void {
  noteResult(draft, result);
  if (run(draft, 'ExecStop')) enter(draft, 'stop-pre', draft.settings.timeout);
  else enterStopPost(draft, 'success');
}

export function enterStopPost(draft: Draft, result: UnitResult): void {
  noteResult(draft, result);
  if (run(draft, 'ExecStopPost')) enter(draft, 'stop-post', draft.settings.timeout);
  else enterSignal(draft, 'final-sigterm', 'success');
}

/** Signals what KillMode= says, and waits for it; with nobody there it goes on at once. */
export function enterSignal(draft: Draft, sub: KillingState, result: UnitResult): void {
  noteResult(draft, result);
  for (let next: KillingState | 'stop-post' | 'dead' = sub; ;) {
    if (next === 'stop-post') {
      enterStopPost(draft, 'success');
      return;
    }
    if (next === 'dead') {
      enterDead(draft, 'success');
      return;
    }
    if (signalTree(draft, next)) {
      enter(draft, next, draft.settings.timeout);
      return;
    }
    next = afterSignal[next];
  }
}

const afterSignal = {
  'stop-pre-sigterm': 'stop-pre-sigkill',
  'stop-pre-sigkill': 'stop-post',
  'final-sigterm': 'final-sigkill',
  'final-sigkill': 'dead',
} as const;

function signalTree(draft: Draft, sub: KillingState): boolean {
  const { state, kill, effects } = draft;
  const isKill = sub.endsWith('sigkill');
  if (state.keeper === undefined || state.keeperIsDue || kill.mode === 'none') return false;
  if (isKill && !kill.sendSigkill) return false;
  let which = state.command === undefined ? 0 : slots.control;
  const wholeTree = kill.mode === 'control-group' || (kill.mode === 'mixed' && isKill);
  if (wholeTree && !state.treeEmpty) which |= slots.tree;
  if (which === 0) return false;
  const signal = isKill ? kill.finalSignal : kill.signal;
  const also: number[] = [];
  if (signal !== sigkill && signal !== sigcont) also.push(sigcont);
  if (kill.sendSighup && !isKill && signal !== sighup) also.push(sighup);
  effects.push({ kind: 'kill', keeper: state.keeper, lost: false, which, signal, also });
  return true;
}

export function enterDead(draft: Draft, result: UnitResult): void {
  const { state } = draft;
  noteResult(draft, result);
  if (state.result !== 'success') say(draft, 'warning', `Failed with result '${state.result}'.`);
  enter(draft, state.result === 'success' ? 'dead' : 'failed');
  state.command = undefined;
  if (state.keeper !== undefined && !state.keeperIsDue) draft.effects.push({ kind: 'release', keeper: state.keeper });
  state.keeper = undefined;
  state.keeperIsDue = false;
}

/** The keeper was killed: its command with it, as far as the unit can tell. */
export function keeperLost(draft: Draft, remains: number, spare: KeeperId | undefined): void {
  const { state } = draft;
  if (state.keeper === undefined) return;
  say(draft, 'err', 'The keeper of this unit was killed.');
  if (remains > 0)
    draft.effects.push({
      kind: 'kill',
      keeper: state.keeper,
      lost: true,
      which: slots.tree,
      signal: sigkill,
      also: [],
    });
  state.keeper = spare;
  state.keeperIsDue = spare !== undefined;
  state.treeEmpty = true;
  if (state.command !== undefined || !isUpAlready(state.sub)) commandEnded(draft, 'signal');
}

function isUpAlready(sub: SocketSubState): boolean {
  return sub === 'listening' || sub === 'running' || sub === 'start-chown';
}

/** A process or the tree ended while signals were at work. */
export function treeEmptied(draft: Draft): void {
  draft.state.treeEmpty = true;
  if (draft.state.command === undefined && draft.state.sub.includes('sig')) commandEnded(draft, 'success');
}

/** TimeoutSec= (socket_dispatch_timer()). */
export function timedOut(draft: Draft): void {
  const { kill, state } = draft;
  switch (state.sub) {
    case 'start-pre':
      say(draft, 'warning', 'Starting timed out. Terminating.');
      enterSignal(draft, 'final-sigterm', 'timeout');
      break;
    case 'start-chown':
    case 'start-post':
      say(draft, 'warning', 'Starting timed out. Stopping.');
      enterStopPre(draft, 'timeout');
      break;
    case 'stop-pre':
      say(draft, 'warning', 'Stopping timed out. Terminating.');
      enterSignal(draft, 'stop-pre-sigterm', 'timeout');
      break;
    case 'stop-pre-sigterm':
      if (kill.sendSigkill) {
        say(draft, 'warning', 'Stopping timed out. Killing.');
        enterSignal(draft, 'stop-pre-sigkill', 'timeout');
      } else {
        say(draft, 'warning', 'Stopping timed out. Skipping SIGKILL. Ignoring.');
        enterStopPost(draft, 'timeout');
      }
      break;
    case 'stop-pre-sigkill':
      say(draft, 'warning', 'Processes still around after SIGKILL. Ignoring.');
      enterStopPost(draft, 'timeout');
      break;
    case 'stop-post':
      say(draft, 'warning', 'Stopping timed out (2). Terminating.');
      enterSignal(draft, 'final-sigterm', 'timeout');
      break;
    case 'final-sigterm':
      if (kill.sendSigkill) {
        say(draft, 'warning', 'Stopping timed out (2). Killing.');
        enterSignal(draft, 'final-sigkill', 'timeout');
      } else {
        say(draft, 'warning', 'Stopping timed out (2). Skipping SIGKILL. Ignoring.');
        enterDead(draft, 'timeout');
      }
      break;
    case 'final-sigkill':
      say(draft, 'warning', 'Still around after SIGKILL (2). Entering failed mode.');
      enterDead(draft, 'timeout');
      break;
    default:
  }
}
