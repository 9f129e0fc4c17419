/** sd_notify(3): what a service says of itself (service_notify_message()). */
import type { NotifyAccess } from '../../units/model.ts';
import type { Pid } from '../state.ts';
import { type Draft, after, say } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { adopt } from './main-pid.ts';
import { enterStartPost, resetWatchdog } from './starting.ts';
import { watchdogOver } from './stopping.ts';
import { enterReloadByNotify, enterRunning, enterStopByNotify } from './up.ts';

type Notification = Extract<ServiceEvent, { kind: 'notify' }>;

export function notify(draft: Draft, event: Notification): void {
  const access = draft.settings.notifyAccess;
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
  takeProgress(draft, event.fields);
  takeTexts(draft, values);
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
  if (text === undefined || !['start', 'start-post', 'running', 'reload'].includes(state.sub)) return;
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (pid < 2) say(draft, 'warning', 'Failed to parse MAINPID= field in notification message, ignoring');
  else if (state.main.kind !== 'runs' || state.main.pid !== pid) adopt(draft, pid as Pid);
}

/** The last of READY, RELOADING, STOPPING in a message counts. */
function takeProgress(draft: Draft, fields: readonly string[]): void {
  const { state, settings } = draft;
  const word = fields.findLast((field) => field === 'READY=1' || field === 'RELOADING=1' || field === 'STOPPING=1');
  if (word === 'STOPPING=1') {
    state.notified = 'stopping';
    if (state.sub === 'running') enterStopByNotify(draft);
  } else if (word === 'RELOADING=1') {
    state.notified = 'reloading';
    if (state.sub === 'running') enterReloadByNotify(draft);
  } else if (word === 'READY=1') {
    // After SIGHUP only the READY=1 that follows a RELOADING=1 ends the reload.
    const answersReload = settings.type !== 'notify-reload' || state.notified === 'reloading';
    state.notified = 'ready';
    const waits = settings.type === 'notify' || settings.type === 'notify-reload';
    if (state.sub === 'start' && waits && state.adopting === undefined) enterStartPost(draft);
    else if (state.sub === 'reload' && state.control.kind === 'free' && answersReload) enterRunning(draft, 'success');
  }
}

function takeTexts(draft: Draft, values: ReadonlyMap<string, string>): void {
  const status = values.get('STATUS');
  // What is no UTF-8 (lone surrogates here) is no text, and says nothing.
  if (status !== undefined) draft.state.statusText = /[\udc80-\udcff]/u.test(status) ? '' : status;
  const errno = values.get('ERRNO');
  if (errno !== undefined && /^\d{1,4}$/.test(errno)) draft.state.statusErrno = Number(errno);
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
  if (period !== undefined) state.watchdogUsec = period > 0 ? period : undefined;
  const watchdog = values.get('WATCHDOG');
  if (watchdog === 'trigger') {
    if (state.sub === 'start-post' || state.sub === 'running' || state.sub === 'reload') watchdogOver(draft);
  } else if (watchdog === '1' || period !== undefined) {
    resetWatchdog(draft);
  }
}

/** undefined for what is no number of usec, or more than there can be. */
function usecOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
