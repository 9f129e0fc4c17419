/**
 * The life of a socket.
 *
 * A start runs ExecStartPre= (`start-pre`), opens what the lines Listen…= say and gives it to its owner (`start-chown`), runs
 * ExecStartPost= (`start-post`), and listens: `listening`. The first that comes in starts the service, which gets all
 * descriptors; as long as that is up the socket is `running` and looks at nothing; when it is down it listens again. With
 * Accept=yes it goes on listening, takes each connection, and starts an instance of its own for it.
 *
 * Down: ExecStopPre= (`stop-pre`), the descriptors are closed, ExecStopPost= (`stop-post`), signals for what is left of its commands
 * (`final-sigterm`, `final-sigkill`); then it is dead, or failed with the first reason as its Result=. A service that runs goes on.
 *
 * init holds the descriptors (docs/adr/0009): a new manager has them all, and only watches them anew (`resume`).
 */
import { noKeeper } from '../no-keeper.ts';
import type { Unit } from '../../units/model.ts';
import { socketSettings } from '../../units/socket-settings.ts';
import type { Machine, Step } from '../machine.ts';
import type { OwnMoment } from '../own-types.ts';
import { type Draft, enter, own, say } from './draft.ts';
import type { SocketEvent } from './event.ts';
import { activationFailed, connected, incoming, lookAgain, triggered } from './incoming.ts';
import * as life from './life.ts';
import { activeStates, type SocketState } from './state.ts';

export const socketMachine: Machine<SocketState, SocketEvent, OwnMoment> = {
  initial: () => fresh,
  activeState: (_unit, { sub }) => activeStates[sub],
  subState: ({ sub }) => sub,
  step,
  reloadFailed: () => false,
  willRestart: () => false,
  result: ({ result }) => result,
  exitStatus: () => undefined,
  waitsForIdle: () => false,
  deadline: ({ deadline, pausedUntil }) => deadline ?? pausedUntil,
  canReload: () => false,
  beginsAnew: (_unit, { sub }) => sub === 'dead' || sub === 'failed',
  keeper: ({ keeper }) => keeper,
  // Of an instance nobody knows the name yet: it is told of all that are ordered after it for its sake.
  triggers: (unit) => (unit.socket === undefined ? undefined : (socketSettings(unit).service ?? unit.name)),
  cleans: () => [],
  wantsResume: ({ sub }) => sub !== 'dead' && sub !== 'failed',
  isIdle: ({ sub, connections }) => (sub === 'dead' || sub === 'failed') && connections.length === 0,
};

const fresh: SocketState = {
  sub: 'dead',
  result: 'success',
  invocation: '',
  keeper: undefined,
  keeperIsDue: false,
  treeEmpty: true,
  command: undefined,
  runs: {},
  deadline: undefined,
  accepted: 0,
  refused: 0,
  connections: [],
  triggered: undefined,
  polled: undefined,
  pausedUntil: undefined,
};

function step(unit: Unit, state: SocketState, event: SocketEvent, moment: OwnMoment): Step<SocketState> {
  if (unit.socket === undefined) return { state, effects: [] };
  const draft: Draft = {
    unit,
    settings: socketSettings(unit),
    kill: unit.socket.kill,
    moment,
    state: { ...state },
    effects: [],
    answer: undefined,
  };
  take(draft, event);
  const answer = draft.answer === undefined ? undefined : { answer: draft.answer };
  return { state: draft.state, effects: draft.effects, ...answer };
}

function take(draft: Draft, event: SocketEvent): void {
  const { state, moment } = draft;
  switch (event.kind) {
    case 'start':
      start(draft, event);
      break;
    case 'stop':
      stop(draft);
      break;
    case 'reload':
      draft.answer = 'unsupported';
      break;
    case 'reset-failed':
      if (state.sub === 'failed') state.sub = 'dead';
      state.result = 'success';
      state.triggered = undefined;
      break;
    case 'opened':
      if (state.sub === 'start-chown') life.enterStartPost(draft);
      else if (state.sub === 'listening') own(draft, { kind: 'watch', number: undefined, on: true });
      break;
    case 'open-failed':
      say(draft, 'err', event.why);
      if (state.sub !== 'dead' && state.sub !== 'failed') life.enterStopPre(draft, event.result);
      break;
    case 'watch-failed':
      say(draft, 'warning', event.why);
      if (state.sub === 'listening') life.enterStopPre(draft, 'resources');
      break;
    case 'hold-failed':
      say(draft, 'err', event.why);
      if (state.sub === 'listening' || state.sub === 'running') life.enterStopPre(draft, 'resources');
      break;
    case 'incoming':
      incoming(draft, event);
      break;
    case 'connection':
      connected(draft, event);
      break;
    case 'accept-failed':
      say(draft, 'warning', `Failed to accept socket: ${event.why}`);
      if (state.sub === 'listening') life.enterStopPre(draft, 'resources');
      break;
    case 'triggered':
      triggered(draft);
      break;
    case 'activation-failed':
      activationFailed(draft, event.why);
      break;
    case 'started':
      life.started(draft, event);
      break;
    case 'exited':
      life.exited(draft, event);
      break;
    case 'empty':
    case 'remains-empty':
      life.treeEmptied(draft);
      break;
    case 'run-failed':
      say(draft, 'warning', event.why);
      life.commandEnded(draft, event.result);
      break;
    case 'keeper-failed':
      say(draft, 'err', noKeeper(event.errno));
      state.keeper = undefined;
      life.commandEnded(draft, 'resources');
      break;
    case 'keeper-lost':
      life.keeperLost(draft, event.remains, event.spare);
      break;
    case 'timer':
      if (state.pausedUntil !== undefined && state.pausedUntil <= moment.now) lookAgain(draft);
      if (state.deadline !== undefined && state.deadline <= moment.now) life.timedOut(draft);
      break;
    case 'resume':
      // What is open stays as it is, what an end of a manager has left out is opened now.
      if (state.sub !== 'start-pre' && activeStates[state.sub] !== 'deactivating')
        own(draft, { kind: 'open', again: state.sub !== 'start-chown' });
      break;
    default:
  }
}

/** socket_start() */
function start(draft: Draft, event: Extract<SocketEvent, { kind: 'start' }>): void {
  const { state, settings, moment } = draft;
  if (activeStates[state.sub] === 'deactivating') {
    draft.answer = 'again';
    return;
  }
  draft.answer = 'accepted';
  if (activeStates[state.sub] === 'activating') return;
  const other = moment.triggered;
  if (!settings.accept && other !== undefined) {
    const isDown = other.active === 'inactive' || other.active === 'failed' || other.sub.startsWith('auto-restart');
    if (other.load !== 'loaded' || !isDown) {
      const why = other.load === 'loaded' ? 'already active' : 'not loaded';
      say(draft, 'err', `Socket service ${other.name} ${why}, refusing.`);
      draft.answer = 'failed';
      return;
    }
  }
  if (event.startLimitHit) {
    state.result = 'start-limit-hit';
    enter(draft, 'failed');
    draft.answer = 'start-limit';
    return;
  }
  state.result = 'success';
  state.invocation = event.invocation;
  state.runs = {};
  state.treeEmpty = true;
  state.keeper = life.hasCommands(draft) ? event.keeper : undefined;
  state.keeperIsDue = state.keeper !== undefined;
  life.enterStartPre(draft);
}

/** socket_stop() */
function stop(draft: Draft): void {
  const { state } = draft;
  draft.answer = 'accepted';
  if (activeStates[state.sub] === 'deactivating') return;
  if (activeStates[state.sub] === 'activating') life.enterSignal(draft, 'stop-pre-sigterm', 'success');
  else life.enterStopPre(draft, 'success');
}
