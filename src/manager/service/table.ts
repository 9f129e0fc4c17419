/** state × event: what a service does, with an entry for every pair. machine.ts tells it in prose. */
import { keeperFailed, runFailed } from './asking.ts';
import { noteExited, noteStarted, runNext } from './command.ts';
import { type Draft, noteResult } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { clean, cleaned, letStoreGo, resetFailed, restartDue } from './failed.ts';
import { adopted, holdExit, nobodyLeft, pidFileRead } from './main-pid.ts';
import { notify } from './notify.ts';
import {
  endIdleWait,
  forkerDone,
  mainExitedBeside,
  mainExitedInStart,
  mainStarted,
  preparationDone,
  start,
  startPostDone,
  startTimedOut,
} from './starting.ts';
import { noteOwner } from './bus-owner.ts';
import { isReloading, type ServiceResult, type ServiceSubState, type SlotState } from './state.ts';
import {
  enterSignal,
  keeperLost,
  oneLessAtTheEnd,
  oneLessInStopPost,
  oneLessToStop,
  signalTimedOut,
  stop,
  stopAgain,
  stopCommandTimedOut,
  stopDone,
  stopPostDone,
  watchdogOver,
} from './stopping.ts';
import { enterRunning, freeze, killAll, reload, reloadDone, reloadTimedOut, runtimeOver, thaw } from './up.ts';

/** The events that are told apart: those of the two slots have a column each. */
export interface Columns {
  readonly start: Extract<ServiceEvent, { kind: 'start' }>;
  readonly stop: Extract<ServiceEvent, { kind: 'stop' }>;
  readonly reload: Extract<ServiceEvent, { kind: 'reload' }>;
  readonly 'reset-failed': Extract<ServiceEvent, { kind: 'reset-failed' }>;
  readonly clean: Extract<ServiceEvent, { kind: 'clean' }>;
  readonly cleaned: Extract<ServiceEvent, { kind: 'cleaned' }>;
  readonly freeze: Extract<ServiceEvent, { kind: 'freeze' }>;
  readonly thaw: Extract<ServiceEvent, { kind: 'thaw' }>;
  readonly 'let-go': Extract<ServiceEvent, { kind: 'let-go' }>;
  readonly stored: Extract<ServiceEvent, { kind: 'stored' }>;
  readonly 'idle-over': Extract<ServiceEvent, { kind: 'idle-over' }>;
  readonly 'main-started': Extract<ServiceEvent, { kind: 'started' }>;
  readonly 'control-started': Extract<ServiceEvent, { kind: 'started' }>;
  readonly 'main-exited': Extract<ServiceEvent, { kind: 'exited' }>;
  readonly 'control-exited': Extract<ServiceEvent, { kind: 'exited' }>;
  /** `empty`, and `remains-empty` of a lost keeper */
  readonly empty: ServiceEvent;
  readonly notify: Extract<ServiceEvent, { kind: 'notify' }>;
  readonly adopted: Extract<ServiceEvent, { kind: 'adopted' }>;
  readonly 'keeper-failed': Extract<ServiceEvent, { kind: 'keeper-failed' }>;
  readonly 'keeper-lost': Extract<ServiceEvent, { kind: 'keeper-lost' }>;
  readonly 'run-failed': Extract<ServiceEvent, { kind: 'run-failed' }>;
  readonly 'pid-file': Extract<ServiceEvent, { kind: 'pid-file' }>;
  readonly 'bus-owner': Extract<ServiceEvent, { kind: 'bus-owner' }>;
  readonly timer: Extract<ServiceEvent, { kind: 'timer' }>;
}
export type Column = keyof Columns;

export interface Entry<C extends Column> {
  /** The states that it goes to; from there on see `passes`. Empty: it stays. */
  readonly to: readonly ServiceSubState[];
  act(draft: Draft, event: Columns[C]): void;
}
export type Row = { readonly [C in Column]: Entry<C> };

/** Where a state goes on to at once when it has nothing to do (no such command, nobody to signal, Restart=): how `to` is to be read. */
export const passes: Readonly<Record<ServiceSubState, readonly ServiceSubState[]>> = {
  dead: ['failed', 'auto-restart'],
  condition: ['start-pre'],
  'start-pre': ['start'],
  start: ['start-post'],
  'start-post': ['running'],
  running: ['exited', 'reload', 'reload-notify', 'stop', 'stop-sigterm'],
  exited: [],
  reload: [],
  'reload-signal': [],
  'reload-notify': [],
  stop: ['stop-sigterm'],
  'stop-watchdog': ['stop-sigkill', 'stop-post'],
  'stop-sigterm': ['stop-sigkill', 'stop-post'],
  'stop-sigkill': ['stop-post'],
  'stop-post': ['final-sigterm'],
  'final-watchdog': ['final-sigkill', 'dead'],
  'final-sigterm': ['final-sigkill', 'dead'],
  'final-sigkill': ['dead'],
  failed: [],
  'auto-restart': [],
  'auto-restart-queued': [],
  cleaning: [],
};

const ignore = { to: [], act: () => undefined } as const;
const accepted = { to: [], act: (draft: Draft) => answer(draft, 'accepted') } as const;
const already = { to: [], act: (draft: Draft) => answer(draft, 'already') } as const;
const again = { to: [], act: (draft: Draft) => answer(draft, 'again') } as const;

function answer(draft: Draft, what: NonNullable<Draft['answer']>): void {
  draft.answer = what;
}

function on<E>(
  to: readonly ServiceSubState[],
  act: (draft: Draft, event: E) => void,
): { to: typeof to; act: typeof act } {
  return { to, act };
}

/** OOMPolicy=: with continue it is a signal like any other, with kill all of the tree gets it (service_notify_cgroup_oom_event()). */
function outOfMemoryOr(draft: Draft, event: Columns['main-exited'], result: ServiceResult): ServiceResult {
  const { oomPolicy } = draft.settings;
  if (event.outOfMemory !== true || result !== 'signal' || oomPolicy === 'continue') return result;
  if (oomPolicy === 'kill') killAll(draft);
  return 'oom-kill';
}

type AfterExit = (draft: Draft, result: ServiceResult, was: SlotState, event: Columns['main-exited']) => void;

/** The main process ended: booked, unless PIDFile= may name another; then the state's own answer. */
function mainExit(to: readonly ServiceSubState[], then: AfterExit): Entry<'main-exited'> {
  return on(to, (draft, event) => {
    const was = draft.state.main;
    if (was.kind !== 'runs' || holdExit(draft, event)) return;
    const result = outOfMemoryOr(draft, event, noteExited(draft, 'main', event.end));
    noteResult(draft, result);
    // Also while it is being stopped (service_sigchld_event()); in `start` that is mainExitedInStart()'s.
    const { type, timeoutStart } = draft.settings;
    if (
      type === 'oneshot' &&
      result === 'success' &&
      draft.state.sub !== 'start' &&
      runNext(draft, 'main', was, timeoutStart)
    )
      return;
    // Its life hangs on the whole tree: `empty` will be the end.
    if (draft.settings.exitType === 'cgroup' && !draft.state.treeEmpty) return;
    then(draft, result, was, event);
  });
}

function controlExit(to: readonly ServiceSubState[], then: AfterExit): Entry<'control-exited'> {
  return on(to, (draft, event) => {
    const was = draft.state.control;
    // Asked for and not there yet: it was somebody who had the slot before, and was left behind.
    if (was.kind !== 'runs') return;
    const result = outOfMemoryOr(draft, event, noteExited(draft, 'control', event.end));
    // A reload may fail, the service itself does not by that.
    if (!isReloading(draft.state.sub)) noteResult(draft, result);
    then(draft, result, was, event);
  });
}

/** While signals are at work: a command that ended well nevertheless is followed by the next of its phase (service_sigchld_event()). */
function signalledExit(to: readonly ServiceSubState[], then: AfterExit): Entry<'control-exited'> {
  return controlExit(to, (draft, result, was, event) => {
    if (result === 'success' && runNext(draft, 'control', was, draft.settings.timeoutStop)) return;
    then(draft, result, was, event);
  });
}

/** Timers: the watchdog's, RuntimeMaxSec='s, and the state's own. */
function timers(to: readonly ServiceSubState[], act: (draft: Draft) => void): Entry<'timer'> {
  return on(to, (draft) => {
    const { state, moment } = draft;
    if (state.watchdogDeadline !== undefined && state.watchdogDeadline <= moment.now) watchdogOver(draft);
    else if (state.deadline !== undefined && state.deadline <= moment.now) act(draft);
    else if (state.runtimeDeadline !== undefined && state.runtimeDeadline <= moment.now) runtimeOver(draft);
  });
}

const noteMain = on<Columns['main-started']>([], (draft, event) => noteStarted(draft, 'main', event.pid, event));
const noteControl = on<Columns['control-started']>([], (draft, event) =>
  noteStarted(draft, 'control', event.pid, event),
);
const bookOnly = mainExit([], () => undefined);
const lost = on(['stop-sigterm'], keeperLost);
const noKeeper = on(['stop-sigterm', 'dead'], keeperFailed);
const notRun = on(['stop-sigterm', 'dead'], runFailed);
const tell = on(['start-post', 'running', 'reload-notify', 'stop-sigterm', 'stop-watchdog'], notify);
const text = on([], notify);

const noteStored = on<Columns['stored']>([], (draft, event) => {
  draft.state.stored = event.count;
  if (event.count > 0) draft.state.storeEmptied = false;
});

/** What most states take no notice of. */
const aside = {
  clean: ignore,
  cleaned: ignore,
  freeze: ignore,
  thaw: on([], thaw),
  'let-go': ignore,
  stored: noteStored,
  'bus-owner': on([], noteOwner),
} as const;
const upAside = { ...aside, freeze: on([], freeze) } as const;

/** Nothing runs: what a keeper says now is of an invocation that is over. */
const nothingRuns = {
  ...aside,
  'idle-over': ignore,
  'main-started': ignore,
  'control-started': ignore,
  'main-exited': ignore,
  'control-exited': ignore,
  empty: ignore,
  notify: ignore,
  adopted: ignore,
  'keeper-failed': ignore,
  'keeper-lost': ignore,
  'run-failed': ignore,
  'pid-file': ignore,
} as const;

/** Signals are at work. */
const signalled = {
  ...aside,
  start: again,
  stop: on([], stopAgain),
  reload: again,
  'reset-failed': on([], resetFailed),
  'idle-over': ignore,
  'main-started': noteMain,
  'control-started': noteControl,
  notify: text,
  adopted: on([], adopted),
  'pid-file': ignore,
} as const;

/** A reload is under way. */
const reloading = {
  start: already,
  ...aside,
  stop: on(['stop-sigterm'], stop),
  reload: accepted,
  'reset-failed': on([], resetFailed),
  'idle-over': ignore,
  'main-started': noteMain,
  'control-started': noteControl,
  'main-exited': mainExit(['stop'], mainExitedBeside),
  'control-exited': controlExit(['reload', 'reload-notify', 'running'], reloadDone),
  empty: on(['running'], nobodyLeft),
  notify: tell,
  adopted: on(['running', 'stop'], adopted),
  'keeper-failed': on(['running'], keeperFailed),
  'keeper-lost': lost,
  'run-failed': on(['reload', 'running'], runFailed),
  'pid-file': on(['running', 'stop'], pidFileRead),
  timer: timers(['running', 'stop-watchdog'], reloadTimedOut),
} as const;

export const table = {
  dead: {
    start: on(['condition', 'failed'], start),
    stop: already,
    reload: already,
    'reset-failed': on([], resetFailed),
    ...nothingRuns,
    clean: on(['cleaning'], clean),
    'let-go': on([], letStoreGo),
    timer: ignore,
  },
  failed: {
    start: on(['condition', 'failed'], start),
    stop: already,
    reload: already,
    'reset-failed': on(['dead'], resetFailed),
    ...nothingRuns,
    'let-go': on([], letStoreGo),
    timer: ignore,
  },
  'auto-restart': {
    // The restart job that comes by itself will do it.
    start: again,
    stop: on(['dead'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    ...nothingRuns,
    timer: timers(['auto-restart-queued'], restartDue),
  },
  // The restart job waits for its turn: it stops the service first, which is down already, or (RestartMode=direct) starts it.
  'auto-restart-queued': {
    start: on(['condition', 'failed'], start),
    stop: on(['dead'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    ...nothingRuns,
    timer: ignore,
  },
  condition: {
    start: accepted,
    ...aside,
    stop: on(['stop-sigterm'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    'idle-over': ignore,
    'main-started': ignore,
    'control-started': noteControl,
    'main-exited': ignore,
    'control-exited': controlExit(['condition', 'start-pre', 'stop-sigterm'], preparationDone),
    empty: ignore,
    notify: text,
    adopted: ignore,
    'keeper-failed': noKeeper,
    'keeper-lost': lost,
    'run-failed': notRun,
    'pid-file': ignore,
    timer: timers(['stop-sigterm', 'stop-watchdog', 'stop-sigkill'], startTimedOut),
  },
  'start-pre': {
    start: accepted,
    ...aside,
    stop: on(['stop-sigterm'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    'idle-over': ignore,
    'main-started': ignore,
    'control-started': noteControl,
    'main-exited': ignore,
    'control-exited': controlExit(['start-pre', 'start', 'stop-sigterm'], preparationDone),
    empty: ignore,
    notify: text,
    adopted: ignore,
    'keeper-failed': noKeeper,
    'keeper-lost': lost,
    'run-failed': notRun,
    'pid-file': ignore,
    timer: timers(['stop-sigterm', 'stop-watchdog', 'stop-sigkill'], startTimedOut),
  },
  start: {
    start: accepted,
    ...aside,
    'bus-owner': on(['start-post'], noteOwner),
    stop: on(['stop-sigterm'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    'idle-over': on(['start-post'], endIdleWait),
    'main-started': on(['start-post'], (draft, event) => {
      if (draft.state.main.kind !== 'asked') return;
      noteStarted(draft, 'main', event.pid, event);
      mainStarted(draft, event.errno);
    }),
    'control-started': noteControl,
    'main-exited': mainExit(['start', 'start-post', 'running', 'stop-sigterm'], mainExitedInStart),
    'control-exited': controlExit(['start-post', 'stop-sigterm'], (draft, result, _was, event) =>
      forkerDone(draft, result, event),
    ),
    empty: on(['stop-sigterm'], (draft) => {
      const { type } = draft.settings;
      const speaks = type === 'notify' || type === 'notify-reload';
      if (speaks && draft.state.mainPidKnown && draft.state.main.kind === 'free')
        enterSignal(draft, 'stop-sigterm', 'protocol');
      else nobodyLeft(draft);
    }),
    notify: tell,
    adopted: on(['start-post', 'stop-sigterm'], adopted),
    'keeper-failed': noKeeper,
    'keeper-lost': lost,
    'run-failed': on(['start-post', 'stop-sigterm'], runFailed),
    'pid-file': on(['start-post', 'stop-sigterm'], pidFileRead),
    timer: timers(['start-post', 'stop-sigterm', 'stop-watchdog', 'stop-sigkill'], startTimedOut),
  },
  'start-post': {
    start: accepted,
    ...aside,
    stop: on(['stop-sigterm'], stop),
    reload: again,
    'reset-failed': on([], resetFailed),
    'idle-over': ignore,
    'main-started': noteMain,
    'control-started': noteControl,
    'main-exited': mainExit(['stop'], mainExitedBeside),
    'control-exited': controlExit(['start-post', 'running', 'stop-sigterm'], startPostDone),
    empty: on(['stop'], nobodyLeft),
    notify: tell,
    adopted: on(['running', 'stop'], adopted),
    'keeper-failed': noKeeper,
    'keeper-lost': lost,
    'run-failed': on(['stop', 'stop-sigterm'], runFailed),
    'pid-file': on(['running', 'stop'], pidFileRead),
    timer: timers(['stop-sigterm', 'stop-watchdog', 'stop-sigkill'], startTimedOut),
  },
  running: {
    start: already,
    ...upAside,
    'bus-owner': on(['running'], noteOwner),
    stop: on(['stop'], stop),
    reload: on(['reload', 'reload-signal', 'running'], reload),
    'reset-failed': on([], resetFailed),
    'idle-over': ignore,
    'main-started': noteMain,
    'control-started': noteControl,
    'main-exited': mainExit(['running'], enterRunning),
    'control-exited': controlExit([], () => undefined),
    empty: on(['running'], (draft) => {
      if (draft.state.heldExit !== undefined) nobodyLeft(draft);
      else if (draft.state.main.kind === 'free') enterRunning(draft, 'success');
    }),
    notify: tell,
    adopted: on(['running'], adopted),
    'keeper-failed': noKeeper,
    'keeper-lost': lost,
    'run-failed': notRun,
    'pid-file': on(['running'], pidFileRead),
    timer: timers(['stop', 'stop-watchdog'], () => undefined),
  },
  exited: {
    start: already,
    ...upAside,
    stop: on(['stop'], stop),
    reload: on(['reload', 'exited', 'running'], reload),
    'reset-failed': on([], resetFailed),
    'idle-over': ignore,
    'main-started': ignore,
    'control-started': ignore,
    'main-exited': ignore,
    'control-exited': ignore,
    empty: ignore,
    notify: text,
    adopted: ignore,
    'keeper-failed': on([], keeperFailed),
    'keeper-lost': lost,
    'run-failed': ignore,
    'pid-file': ignore,
    timer: ignore,
  },
  reload: reloading,
  'reload-signal': {
    ...reloading,
    notify: on(['running', 'reload-notify', 'stop-sigterm', 'stop-watchdog'], notify),
    'control-exited': controlExit([], () => undefined),
    'run-failed': ignore,
  },
  'reload-notify': {
    ...reloading,
    notify: on(['running', 'stop-sigterm', 'stop-watchdog'], notify),
    'control-exited': controlExit([], () => undefined),
    'run-failed': ignore,
  },
  stop: {
    ...signalled,
    'main-exited': bookOnly,
    'control-exited': controlExit(['stop', 'stop-sigterm'], stopDone),
    empty: ignore,
    'keeper-failed': on(['stop-sigterm'], keeperFailed),
    'keeper-lost': lost,
    'run-failed': on(['stop', 'stop-sigterm'], runFailed),
    timer: timers(['stop-sigterm', 'stop-watchdog', 'stop-sigkill'], stopCommandTimedOut),
  },
  'stop-watchdog': {
    ...signalled,
    stop: on(['stop-sigterm'], stop),
    'main-exited': mainExit(['stop-post'], oneLessToStop),
    'control-exited': signalledExit(['stop-post'], oneLessToStop),
    empty: on(['stop-post'], (draft) => oneLessToStop(draft, 'success')),
    'keeper-failed': on(['stop-sigterm'], keeperFailed),
    'keeper-lost': on(['stop-watchdog'], keeperLost),
    'run-failed': on(['stop-sigterm'], runFailed),
    timer: timers(['stop-sigkill', 'stop-post'], signalTimedOut),
  },
  'stop-sigterm': {
    ...signalled,
    'main-exited': mainExit(['stop-post'], oneLessToStop),
    'control-exited': signalledExit(['stop-post'], oneLessToStop),
    empty: on(['stop-post'], (draft) => oneLessToStop(draft, 'success')),
    'keeper-failed': on(['stop-sigterm'], keeperFailed),
    'keeper-lost': lost,
    'run-failed': on(['stop-sigterm'], runFailed),
    timer: timers(['stop-watchdog', 'stop-sigkill', 'stop-post'], signalTimedOut),
  },
  'stop-sigkill': {
    ...signalled,
    'main-exited': mainExit(['stop-post'], oneLessToStop),
    'control-exited': signalledExit(['stop-post'], oneLessToStop),
    empty: on(['stop-post'], (draft) => oneLessToStop(draft, 'success')),
    'keeper-failed': on(['stop-sigterm'], keeperFailed),
    'keeper-lost': on(['stop-sigkill'], keeperLost),
    'run-failed': on(['stop-sigterm'], runFailed),
    timer: timers(['stop-post'], signalTimedOut),
  },
  'stop-post': {
    ...signalled,
    'main-exited': mainExit(['final-sigterm'], oneLessInStopPost),
    'control-exited': controlExit(['stop-post', 'final-sigterm'], stopPostDone),
    empty: ignore,
    'keeper-failed': on(['final-sigterm'], keeperFailed),
    'keeper-lost': on(['final-sigterm'], keeperLost),
    'run-failed': on(['stop-post', 'final-sigterm'], runFailed),
    timer: timers(['final-sigterm', 'final-watchdog', 'final-sigkill'], stopCommandTimedOut),
  },
  'final-watchdog': {
    ...signalled,
    'main-exited': mainExit(['dead'], oneLessAtTheEnd),
    'control-exited': signalledExit(['dead'], oneLessAtTheEnd),
    empty: on(['dead'], (draft) => oneLessAtTheEnd(draft, 'success')),
    'keeper-failed': on(['final-sigterm'], keeperFailed),
    'keeper-lost': on(['final-watchdog'], keeperLost),
    'run-failed': on(['final-sigterm'], runFailed),
    timer: timers(['final-sigkill', 'dead'], signalTimedOut),
  },
  'final-sigterm': {
    ...signalled,
    'main-exited': mainExit(['dead'], oneLessAtTheEnd),
    'control-exited': signalledExit(['dead'], oneLessAtTheEnd),
    empty: on(['dead'], (draft) => oneLessAtTheEnd(draft, 'success')),
    'keeper-failed': on(['final-sigterm'], keeperFailed),
    'keeper-lost': on(['final-sigterm'], keeperLost),
    'run-failed': on(['final-sigterm'], runFailed),
    timer: timers(['final-watchdog', 'final-sigkill', 'dead'], signalTimedOut),
  },
  'final-sigkill': {
    ...signalled,
    'main-exited': mainExit(['dead'], oneLessAtTheEnd),
    'control-exited': signalledExit(['dead'], oneLessAtTheEnd),
    empty: on(['dead'], (draft) => oneLessAtTheEnd(draft, 'success')),
    'keeper-failed': on(['final-sigterm'], keeperFailed),
    'keeper-lost': on(['final-sigkill'], keeperLost),
    'run-failed': on(['final-sigterm'], runFailed),
    timer: timers(['dead'], signalTimedOut),
  },
  cleaning: {
    start: again,
    stop: again,
    reload: again,
    'reset-failed': ignore,
    ...nothingRuns,
    cleaned: on(['dead'], cleaned),
    timer: ignore,
  },
} satisfies Record<ServiceSubState, Row>;

/** The column of an event. */
export function columnOf(event: ServiceEvent): Column {
  switch (event.kind) {
    case 'started':
      return `${event.slot}-started`;
    case 'exited':
      return `${event.slot}-exited`;
    case 'remains-empty':
      return 'empty';
    default:
      return event.kind;
  }
}
