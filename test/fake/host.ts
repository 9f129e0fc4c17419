/**
 * A double of the Host (src/host.d.ts) for tests on Node: files in memory or below a real directory, a clock that moves
 * only when told, random numbers that are the same each time. It follows the contract of the C host to the errno.
 */
import * as acceptedKinds from '../../src/units/accepted-kinds.ts';
import type { Clock, Group, Host, HostFiles, User } from '../../src/host.d.ts';
import { directoryFiles } from './directory-files.ts';
import { errorText, minus } from './errno.ts';
import { MemoryFiles } from './memory-files.ts';
import { type FakeSockets, fakeSockets } from './sockets.ts';
import { decodeText, encodeText } from './text.ts';
import * as pathPart from '../../src/manager/path/part.ts';
import * as busPart from '../../src/manager/bus/part.ts';
import * as socketPart from '../../src/manager/socket/part.ts';
import * as timerPart from '../../src/manager/timer/part.ts';

export interface FakeHostOptions {
  /** Files to begin with, path → text (directories come by themselves). Ignored with `directory`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Every path is looked up below this real directory instead of in memory. */
  readonly directory?: string;
  /** Where the clock begins; usec. */
  readonly clock?: Clock;
  readonly users?: readonly User[];
  readonly groups?: readonly Group[];
  /** Supplementary groups by user name. */
  readonly memberships?: Readonly<Record<string, readonly number[]>>;
  /** What load(part) returns, by part. */
  readonly parts?: Readonly<Record<string, unknown>>;
  readonly hostName?: string;
}

export interface FakeHost extends Host {
  /** The files in memory, to change or to break; with `directory` they are not used. */
  readonly memory: MemoryFiles;
  /** What log() was given. */
  readonly logged: string[];
  /** What is watched: number → path. */
  readonly watched: Map<number, string>;
  readonly sockets: FakeSockets;
  /** Both clocks go on by this; usec. */
  advance(usec: number): void;
  setClock(clock: Clock): void;
}

/** Root, nobody and www-data are there unless `users` and `groups` say otherwise; local time is UTC. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const logged: string[] = [];
  const users = options.users ?? defaultUsers;
  const groups = options.groups ?? defaultGroups;
  let clock = options.clock ?? { monotonic: 1_000_000, realtime: 1_767_225_600_000_000 };
  const watched = new Map<number, string>();
  let watches = 0;
  let random = 0;

  const memory = new MemoryFiles(() => clock.realtime);
  for (const [path, text] of Object.entries(options.files ?? {})) memory.put(path, text);
  const files: HostFiles = options.directory === undefined ? memory.port() : directoryFiles(options.directory);

  const sockets = fakeSockets();

  return {
    ...files,
    ...sockets,
    watched,
    sockets,
    memory,
    logged,
    advance: (usec) => {
      clock = { monotonic: clock.monotonic + usec, realtime: clock.realtime + usec };
    },
    setClock: (next) => {
      clock = next;
    },

    clock: () => clock,
    user: (nameOrUid) => users.find((user) => user.name === nameOrUid || String(user.uid) === nameOrUid),
    group: (nameOrGid) => groups.find((group) => group.name === nameOrGid || String(group.gid) === nameOrGid),
    groupsOf: (user, gid) => [...new Set([gid, ...(options.memberships?.[user] ?? [])])],
    randomHex: (bytes) => {
      random++;
      return random
        .toString(16)
        .padStart(2 * bytes, '0')
        .slice(-2 * bytes);
    },
    hostName: () => options.hostName ?? 'box',
    kernel: () => ({ release: '6.1.0', machine: 'x86_64' }),
    errorText,
    forwardSyslog: () => undefined,
    logEntries: (datagram) => `6${decodeText(datagram, 0, datagram.length)}\n`,

    // Nobody listens.
    connectStream: () => -2,
    sendStream: () => undefined,
    closeStream: () => undefined,

    encode: encodeText,
    decode: decodeText,

    load: (part) => {
      const parts: Readonly<Record<string, unknown>> = {
        'units/accepted-kinds.ts': acceptedKinds,
        'manager/path/part.ts': pathPart,
        'manager/timer/part.ts': timerPart,
        'manager/socket/part.ts': socketPart,
        'manager/bus/part.ts': busPart,
        ...options.parts,
      };
      if (!Object.hasOwn(parts, part)) throw new Error(`internal error: no part ${part}`);
      return parts[part];
    },
    watch: (path) => {
      const status = files.status(path);
      if (typeof status === 'number') return minus(status);
      watched.set(++watches, path);
      return watches;
    },
    watchClock: () => {
      watched.set(++watches, 'clock');
      return watches;
    },
    unwatch: (watch) => {
      watched.delete(watch);
    },
    log: (line) => {
      logged.push(line);
    },
  };
}

const defaultUsers: readonly User[] = [
  { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/bash' },
  { name: 'www-data', uid: 33, gid: 33, home: '/var/www', shell: '/usr/sbin/nologin' },
  { name: 'nobody', uid: 65534, gid: 65534, home: '/nonexistent', shell: '/usr/sbin/nologin' },
];

const defaultGroups: readonly Group[] = [
  { name: 'root', gid: 0 },
  { name: 'adm', gid: 4 },
  { name: 'www-data', gid: 33 },
  { name: 'nogroup', gid: 65534 },
];
