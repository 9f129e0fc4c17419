/**
 * [Socket] as values, from the text that the unit keeps (Unit.accepted): each was checked when it was read. Defaults are systemd 252's
 * (src/core/socket.c, socket_init()). Not made at a boot, but when a socket is started or shown.
 */
import type { ExecCommand } from './exec-model.ts';
import type { Unit } from './model.ts';
import { parseUnitName, stemOf, type Microseconds, type UnitName } from './name.ts';
import { parseDuration } from './values/duration.ts';
import { parseMode } from './values/mode.ts';
import { parseSize } from './values/size.ts';

export type ListenKind =
  'Stream' | 'Datagram' | 'SequentialPacket' | 'FIFO' | 'Netlink' | 'Special' | 'MessageQueue' | 'USBFunction';

/** One line Listen…=; `address` in its normal form (values/socket-address.ts). */
export interface Listen {
  readonly kind: ListenKind;
  readonly address: string;
}

export interface SocketSettings {
  /** In the order of the file, whatever their kinds. */
  readonly listen: readonly Listen[];
  /** Accept=yes: each connection has an instance of its own. */
  readonly accept: boolean;
  /** What is started where Accept=no. */
  readonly service: UnitName | undefined;
  readonly descriptorName: string;
  readonly maxConnections: number;
  /** 0: as many as there may be */
  readonly maxConnectionsPerSource: number;
  /** Limit of starts that it asks for; an interval of 0: none. */
  readonly triggerLimit: RateLimit;
  /** Limit of looks at it (systemd 255): when it is reached nothing is looked at until the interval is over. */
  readonly pollLimit: RateLimit;
  /** Of each of its commands; Infinity: none. */
  readonly timeout: Microseconds;
  readonly user: string;
  readonly group: string;
  readonly symlinks: readonly string[];
  readonly removeOnStop: boolean;
  readonly flushPending: boolean;
  /** systemd 256 */
  readonly passToCommands: boolean;
  readonly startPre: readonly ExecCommand[];
  readonly startPost: readonly ExecCommand[];
  readonly stopPre: readonly ExecCommand[];
  readonly stopPost: readonly ExecCommand[];
}

export interface RateLimit {
  readonly interval: Microseconds;
  readonly burst: number;
}

const seconds = 1_000_000;
const none: readonly ExecCommand[] = [];

const made = new WeakMap<Unit, SocketSettings>();

/** Of a unit of type socket; the same object for the same unit. */
export function socketSettings(unit: Unit): SocketSettings {
  let settings = made.get(unit);
  if (settings === undefined) made.set(unit, (settings = makeSettings(unit)));
  return settings;
}

function makeSettings(unit: Unit): SocketSettings {
  const { accepted, name } = unit;
  const commands = unit.socket?.commands;
  const text = (key: string): string => accepted.get(key) ?? '';
  const isOn = (key: string): boolean => text(key) === 'yes';
  const accept = isOn('Accept');
  const span = (key: string, usual: number): Microseconds => (parseDuration(text(key)) ?? usual) as Microseconds;
  const service = parseUnitName(text('Service')) ?? parseUnitName(`${stemOf(name)}.service`);
  return {
    listen: listensOf(accepted),
    accept,
    service: accept ? undefined : service,
    descriptorName: text('FileDescriptorName') || (accept ? 'connection' : name),
    maxConnections: socketNumber(accepted, 'MaxConnections', 64),
    maxConnectionsPerSource: socketNumber(accepted, 'MaxConnectionsPerSource', 0),
    triggerLimit: {
      interval: span('TriggerLimitIntervalSec', 2 * seconds),
      burst: socketNumber(accepted, 'TriggerLimitBurst', accept ? 200 : 20),
    },
    pollLimit: {
      interval: span('PollLimitIntervalSec', 0),
      burst: socketNumber(accepted, 'PollLimitBurst', accept ? 150 : 15),
    },
    timeout: span('TimeoutSec', 90 * seconds),
    user: text('SocketUser'),
    group: text('SocketGroup'),
    symlinks: text('Symlinks')
      .split(' ')
      .filter((path) => path !== ''),
    removeOnStop: isOn('RemoveOnStop'),
    flushPending: isOn('FlushPending'),
    passToCommands: isOn('PassFileDescriptorsToExec'),
    startPre: commands?.ExecStartPre ?? none,
    startPost: commands?.ExecStartPost ?? none,
    stopPre: commands?.ExecStop ?? none,
    stopPost: commands?.ExecStopPost ?? none,
  };
}

/** What RemoveOnStop= takes away. */
export function nodesToRemove({ removeOnStop, listen, symlinks }: SocketSettings): readonly string[] {
  if (!removeOnStop) return [];
  const nodes = listen.filter(({ kind, address }) => isNode(kind) && address.startsWith('/'));
  return [...nodes.map(({ address }) => address), ...symlinks];
}

/** Its path, if it has one, is a node that was made for it. */
export function isNode(kind: ListenKind): boolean {
  return kind !== 'Special' && kind !== 'MessageQueue' && kind !== 'Netlink';
}

/** The lines Listen…=, which are kept together. */
export function listensOf(accepted: Unit['accepted']): readonly Listen[] {
  const lines = (accepted.get('Listen') ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const blank = line.indexOf(' ');
    return { kind: line.slice(0, blank) as ListenKind, address: line.slice(blank + 1) };
  });
}

/** A setting that is a number. */
export function socketNumber(accepted: Unit['accepted'], key: string, usual: number): number {
  const text = accepted.get(key);
  return text === undefined || text === '' ? usual : Number(text);
}

/** A setting that is a size in bytes, as far as 32 bits go. */
export function socketSize(accepted: Unit['accepted'], key: string): number {
  const size = parseSize(accepted.get(key) ?? '') ?? 0n;
  return Number(size < 0xffff_ffffn ? size : 0xffff_ffffn);
}

/** SocketMode=, DirectoryMode=. */
export function socketMode(accepted: Unit['accepted'], key: string, usual: number): number {
  return parseMode(accepted.get(key) ?? '') ?? usual;
}
