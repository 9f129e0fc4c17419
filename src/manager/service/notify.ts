/** sd_notify(3): what a service says of itself (service_notify_message()). */
import type { NotifyAccess } from '../../units/model.ts';
import type { Pid } from '../state.ts';
import { type Draft, after, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { adopt } from './main-pid.ts';
import { enterStartPost, resetWatchdog } from './starting.ts';
import { isUp } from './state.ts';
import { watchdogOver } from './stopping.ts';
import { enterReloadByNotify, enterRunning, enterStopByNotify } from './up.ts';

type Notification = Extract<ServiceEvent, { kind: 'notify' }>;

export function notify(draft: Draft, event: Notification): void {
  if (event.fields.includes('BARRIER=1')) return;
  const access = draft.state.notifyAccess ?? draft.settings.notifyAccess;
  if (!mayTell[access](event.sender)) {
    say(
      draft,
      'warning',
      `Got notification message from PID ${event.pid}, but NotifyAccess=${access} does not allow it`,
    );
    return;
  }
  if (event.fields.some((field) => field.includes('\0'))) {
    say(draft, 'warning', `Got notification message from PID ${event.pid} with a NUL byte in it, ignoring`);
    return;
  }
  // Of two that set the same, the first one counts.
  const values = new Map<string, string>();
  for (const field of event.fields) {
    const equals = field.indexOf('=');
    const name = field.slice(0, equals);
    if (equals > 0 && !values.has(name)) values.set(name, field.slice(equals + 1));
  }
  takeMainPid(draft, values.get('MAINPID'));
  takeProgress(draft, event.fields, values.get('MONOTONIC_USEC'));
  takeTexts(draft, values);
  takeAccess(draft, values.get('NOTIFYACCESS'));
  takeTimes(draft, values);
}

/** A datagram's text as its fields. One NUL at its end is no part of it (manager_dispatch_notify_fd()). */
export function notificationFields(text: string): readonly string[] {
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split(/[\n\r]/).filter((field) => field !== '');
}

const mayTell: Readonly<Record<NotifyAccess, (sender: Notification['sender']) => boolean>> = {
  none: () => false,
  main: (sender) => sender === 'main',
  exec: (sender) => sender === 'main' || sender === 'control',
  all: (sender) => sender !== 'foreign',
};

function takeMainPid(draft: Draft, text: string | undefined): void {
  const { state } = draft;
  if (text === undefined || !(state.sub === 'start' || isUp(state.sub))) return;
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (pid < 2) say(draft, 'warning', 'Failed to parse MAINPID= field in notification message, ignoring');
  else if (state.main.kind !== 'runs' || state.main.pid !== pid) adopt(draft, pid as Pid);
}

function takeProgress(draft: Draft, fields: readonly string[], monotonic: string | undefined): void {
  if (draft.settings.type === 'notify-reload') takeReloadProgress(draft, fields, monotonic);
  else takeLastProgress(draft, fields);
}

/** The last of READY, RELOADING, STOPPING in a message counts. */
function takeLastProgress(draft: Draft, fields: readonly string[]): void {
  const { state } = draft;
  const word = fields.findLast((field) => field === 'READY=1' || field === 'RELOADING=1' || field === 'STOPPING=1');
  if (word === 'STOPPING=1') {
    state.notified = 'stopping';
    if (state.sub === 'running') enterStopByNotify(draft);
  } else if (word === 'RELOADING=1') {
    state.notified = 'reloading';
    if (state.sub === 'running') enterReloadByNotify(draft);
  } else if (word === 'READY=1') {
    state.notified = 'ready';
    if (state.sub === 'start' && draft.settings.type === 'notify' && state.adopting === undefined)
      enterStartPost(draft);
    else if (state.sub === 'reload' && state.control.kind === 'free') enterRunning(draft, 'success');
  }
}

/**
 * As systemd has it since 253, with Type=notify-reload: STOPPING counts more than READY, and that more than RELOADING. A reload that was asked
 * for by a signal is answered by a RELOADING=1 whose MONOTONIC_USEC= is not from before, and then by READY=1.
 */
function takeReloadProgress(draft: Draft, fields: readonly string[], monotonic: string | undefined): void {
  const { state } = draft;
  const isReload = fields.includes('RELOADING=1');
  const begun = usecOf(monotonic);
  const answers = isReload && state.sub === 'reload-signal' && begun !== undefined && begun >= (state.reloadBegin ?? 0);
  if (fields.includes('STOPPING=1')) {
    state.notified = 'stopping';
    if (state.sub === 'running' || state.sub === 'reload-signal' || state.sub === 'reload-notify')
      enterStopByNotify(draft);
  } else if (fields.includes('READY=1')) {
    state.notified = 'ready';
    if (state.sub === 'start' && state.adopting === undefined) enterStartPost(draft);
    else if (state.sub === 'reload-notify' || answers) enterRunning(draft, 'success');
  } else if (isReload) {
    state.notified = 'reloading';
    if (answers) state.sub = 'reload-notify';
    else if (state.sub === 'running') enterReloadByNotify(draft);
  }
}

function takeTexts(draft: Draft, values: ReadonlyMap<string, string>): void {
  const { state } = draft;
  const status = values.get('STATUS');
  // What is no UTF-8 (lone surrogates here) is no text, and says nothing.
  if (status !== undefined) state.statusText = /[\udc80-\udcff]/u.test(status) ? '' : status;
  const errno = values.get('ERRNO');
  if (errno !== undefined && /^\d{1,4}$/.test(errno) && Number(errno) <= largestErrno)
    state.statusErrno = Number(errno);
  const bus = values.get('BUSERROR');
  if (bus !== undefined && /^[A-Za-z0-9_.]{0,255}$/.test(bus)) state.statusBusError = bus;
}

/** ERRNO_MAX of systemd's src/basic/errno-util.h. */
const largestErrno = 4095;

/** Who may speak from now on, until the invocation ends. */
function takeAccess(draft: Draft, text: string | undefined): void {
  if (text === undefined) return;
  if (text === 'none' || text === 'main' || text === 'exec' || text === 'all') draft.state.notifyAccess = text;
  else say(draft, 'warning', 'Failed to parse NOTIFYACCESS= field value in notification message, ignoring');
}

function takeTimes(draft: Draft, values: ReadonlyMap<string, string>): void {
  const { state } = draft;
  const extension = usecOf(values.get('EXTEND_TIMEOUT_USEC'));
  if (extension !== undefined) {
    const until = after(draft, extension);
    for (const key of ['deadline', 'runtimeDeadline', 'watchdogDeadline'] as const) {
      const now = state[key];
      if (now !== undefined && until !== undefined && until > now) state[key] = until;
    }
  }
  const period = usecOf(values.get('WATCHDOG_USEC'));
  if (period !== undefined) {
    state.watchdogUsec = period > 0 ? period : undefined;
    state.watchdogDeadline = undefined;
  }
  const watchdog = values.get('WATCHDOG');
  if (watchdog === 'trigger') {
    if (isUp(state.sub)) watchdogOver(draft);
  } else if (watchdog === '1' || period !== undefined) {
    resetWatchdog(draft);
  }
}

/** undefined for what is no number of usec, or more than there can be. */
function usecOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
