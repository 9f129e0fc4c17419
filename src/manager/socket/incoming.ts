/** What comes in: socket_dispatch_io(), socket_enter_running(), socket_trigger_notify() of systemd's src/core/socket.c. */
import { parseUnitName, stemOf } from '../../units/name.ts';
import type { RateLimit } from '../../units/socket-settings.ts';
import type { Instant } from '../state.ts';
import { type Draft, enter, own, say } from './draft.ts';
import type { SocketEvent } from './event.ts';
import { enterListening, enterStopPre } from './life.ts';
import { type Counted, firstConnection } from './state.ts';
import { readPeer } from '../peer.ts';

export function incoming(draft: Draft, event: Extract<SocketEvent, { kind: 'incoming' }>): void {
  const { state, settings } = draft;
  if (state.sub !== 'listening') return;
  if (!event.readable) {
    const hint = 'The service probably invoked shutdown() on it, and should better not do that.';
    say(draft, 'err', `Got an end or an error on a listening socket. ${hint}`);
    enterStopPre(draft, 'resources');
    return;
  }
  const polled = count(state.polled, settings.pollLimit, draft.moment.now);
  state.polled = polled.counted;
  if (!polled.isBelow) {
    // The rest of the interval: what waits goes on waiting.
    state.pausedUntil = (polled.counted.begin + settings.pollLimit.interval) as Instant;
    own(draft, { kind: 'watch', number: undefined, on: false });
    return;
  }
  if (!settings.accept) {
    enterRunning(draft);
    return;
  }
  own(draft, { kind: 'accept', number: event.number, as: firstConnection + state.accepted + state.refused });
  own(draft, { kind: 'watch', number: event.number, on: true });
}

/** The pause that PollLimitBurst= made is over. */
export function lookAgain(draft: Draft): void {
  draft.state.pausedUntil = undefined;
  own(draft, { kind: 'watch', number: undefined, on: true });
}

function enterRunning(draft: Draft): void {
  const { settings, state, moment } = draft;
  if (moment.stopPending) {
    say(draft, 'debug', 'Suppressing connection request since unit stop is scheduled.');
    own(draft, { kind: 'flush' });
    return;
  }
  if (!mayTrigger(draft)) return;
  const { service } = settings;
  const active = moment.triggered?.active;
  if (service !== undefined && active !== 'active' && active !== 'activating' && active !== 'reloading')
    draft.effects.push({ kind: 'activate', start: service, activation: undefined });
  enter(draft, 'running');
  state.command = undefined;
}

/** Accept=yes: somebody was let in. */
export function connected(draft: Draft, { number, who }: Extract<SocketEvent, { kind: 'connection' }>): void {
  const { settings, state, moment, unit } = draft;
  const refuse = (): void => {
    state.refused += 1;
    own(draft, { kind: 'hang-up', number });
  };
  if (state.sub !== 'listening') {
    refuse();
    return;
  }
  if (moment.stopPending) {
    say(draft, 'debug', 'Suppressing connection request since unit stop is scheduled.');
    refuse();
    return;
  }
  if (!mayTrigger(draft)) {
    refuse();
    return;
  }
  const { connections } = state;
  if (connections.length >= settings.maxConnections) {
    say(draft, 'warning', `Too many incoming connections (${connections.length}), dropping connection.`);
    refuse();
    return;
  }
  const peer = readPeer(who);
  const most = settings.maxConnectionsPerSource;
  const ofSource = connections.filter(({ source }) => source !== '' && source === peer.source).length;
  if (most > 0 && ofSource >= most) {
    const many = `Too many incoming connections (${ofSource}) from source ${peer.source}`;
    say(draft, 'warning', `${many}, dropping connection.`);
    refuse();
    return;
  }
  const instance = parseUnitName(`${stemOf(unit.name)}@${state.accepted}-${peer.instance}.service`);
  if (instance === undefined) {
    refuse();
    return;
  }
  state.accepted += 1;
  state.connections = [...connections, { number, instance, source: peer.source }];
  draft.effects.push({
    kind: 'activate',
    start: instance,
    activation: undefined,
    connection: { socket: unit.name, number, who },
  });
}

/** The start of the service, or of a connection's, cannot be queued: enter_running's `fail:`. */
export function activationFailed(draft: Draft, why: string): void {
  const { state, settings } = draft;
  const last = state.connections.at(-1);
  if (settings.accept && last !== undefined) {
    state.connections = state.connections.slice(0, -1);
    own(draft, { kind: 'hang-up', number: last.number });
  }
  say(draft, 'warning', `Failed to queue service startup job: ${why}`);
  enterStopPre(draft, 'resources');
}

/** How the service that it starts fares, or that of a connection. */
export function triggered(draft: Draft): void {
  const { state, moment, settings } = draft;
  const other = moment.triggered;
  if (other === undefined) return;
  if (settings.accept) {
    const ended = state.connections.filter(({ instance }) => instance === other.name);
    if (ended.length === 0 || other.hasJob || (other.active !== 'inactive' && other.active !== 'failed')) return;
    state.connections = state.connections.filter(({ instance }) => instance !== other.name);
    // It was never started, or could not be: nobody has it.
    for (const { number } of ended) own(draft, { kind: 'hang-up', number });
    return;
  }
  if (state.sub !== 'running' && state.sub !== 'listening') return;
  if (other.startLimitHit) {
    enterStopPre(draft, 'service-start-limit-hit');
    return;
  }
  if (other.hasJob) return;
  const isDown = other.active === 'inactive' || other.active === 'failed';
  if (isDown || other.sub.startsWith('final-sig') || other.sub.startsWith('auto-restart')) enterListening(draft);
  else if (other.sub === 'running' && state.sub !== 'running') enter(draft, 'running');
}

function mayTrigger(draft: Draft): boolean {
  const { state, settings, moment } = draft;
  const { counted, isBelow } = count(state.triggered, settings.triggerLimit, moment.now);
  state.triggered = counted;
  if (isBelow) return true;
  say(draft, 'warning', 'Trigger limit hit, refusing further activation.');
  enterStopPre(draft, 'trigger-limit-hit');
  return false;
}

/** ratelimit_below() */
function count(
  before: Counted | undefined,
  { interval, burst }: RateLimit,
  now: Instant,
): { readonly counted: Counted; readonly isBelow: boolean } {
  if (interval === 0 || burst === 0) return { counted: { begin: now, count: 0 }, isBelow: true };
  if (before === undefined || now - before.begin > interval)
    return { counted: { begin: now, count: 1 }, isBelow: true };
  return { counted: { begin: before.begin, count: before.count + 1 }, isBelow: before.count < burst };
}
