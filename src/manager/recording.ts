/**
 * PIDONE_RECORD=FILE: every event, every call of the host with its answer, every batch of effects, and what was thrown, one
 * JSON line each, written at once: what a manager did that was killed is there up to its last call. Each manager begins
 * with a head. scripts/replay.ts runs such a file again on Node, where the same events and answers must give the same
 * calls and effects.
 */
import type { Host, HostEffect, HostEvent } from '../host.d.ts';

/** One line of a recording. */
export type TapeLine =
  /** A manager begins: the version of this format, and pidone's. */
  | { readonly recording: 1; readonly version: string }
  | { readonly event: HostEvent }
  | { readonly call: string; readonly with: readonly unknown[]; readonly gives?: unknown; readonly throws?: Thrown }
  | { readonly effects: readonly HostEffect[] }
  /** The event before, or the batch, ended with this exception, and the manager with it. */
  | { readonly threw: Thrown };

export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** In the engine's words: places are those of the bundle. */
  readonly stack: string;
}

export interface Tape {
  /** The host to be used from now on: each call is written down. */
  readonly host: Host;
  event(event: HostEvent): void;
  effects(effects: readonly HostEffect[]): void;
  threw(error: unknown): void;
}

/** What is worked out by itself and has no answer worth keeping: text, and parts of the program. */
const notRecorded: ReadonlySet<string> = new Set(['encode', 'decode', 'load']);

/** undefined: the file cannot be opened, which is told. */
export function openTape(host: Host, path: string, version: string): Tape | undefined {
  const handle = host.openAppend(path, 0o600);
  if (handle < 0) {
    host.log(`cannot record into ${path} (errno ${-handle})`);
    return undefined;
  }
  let broken = false;
  const write = (line: TapeLine, before = ''): void => {
    if (broken) return;
    const error = host.append(handle, before + formatLine(line));
    if (error === undefined) return;
    // What follows a gap would only mislead.
    broken = true;
    host.log(`cannot write to ${path} (errno ${error}): the recording ends here`);
  };
  const calls = host as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  const recorded: Record<string, unknown> = {};
  for (const name of hostCalls) {
    const call = calls[name];
    if (call === undefined) throw new Error(`internal error: the host has no ${name}`);
    recorded[name] = notRecorded.has(name)
      ? (...args: readonly unknown[]): unknown => call.apply(host, args as unknown[])
      : (...args: readonly unknown[]): unknown => {
          try {
            const gives = call.apply(host, args as unknown[]);
            write({ call: name, with: args, gives });
            return gives;
          } catch (error) {
            write({ call: name, with: args, throws: thrown(error) });
            throw error;
          }
        };
  }
  // The manager before may have been killed in the middle of a line.
  write({ recording: 1, version }, '\n');
  return {
    host: recorded as unknown as Host,
    event(event) {
      write({ event });
    },
    effects(effects) {
      write({ effects });
    },
    threw(error) {
      write({ threw: thrown(error) });
    },
  };
}

function thrown(error: unknown): Thrown {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack: stack ?? '' };
}

/** Every function of Host. */
const hostCalls: readonly (keyof Host)[] = [
  'readFile',
  'readRange',
  'readDirectory',
  'status',
  'statusNoFollow',
  'readLink',
  'realPath',
  'access',
  'writeFile',
  'touchFile',
  'makeDirectory',
  'makeSymlink',
  'rename',
  'remove',
  'removeDirectory',
  'removeTree',
  'removeIpc',
  'openAppend',
  'append',
  'close',
  'clock',
  'user',
  'group',
  'groupsOf',
  'randomHex',
  'hostName',
  'kernel',
  'errorText',
  'logEntries',
  'forwardSyslog',
  'encode',
  'decode',
  'watch',
  'watchClock',
  'unwatch',
  'openSocket',
  'closeSockets',
  'heldSockets',
  'watchSocket',
  'acceptConnection',
  'flushSocket',
  'connectStream',
  'sendStream',
  'closeStream',
  'load',
  'log',
];

/** A line with its newline; bytes are told as { bytes: "one character each" }. */
export function formatLine(line: TapeLine): string {
  return `${JSON.stringify(line, (_key, value: unknown) => (value instanceof Uint8Array ? { bytes: textOf(value) } : value))}\n`;
}

export function parseTapeLine(text: string): TapeLine {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'bytes' in value && typeof value.bytes === 'string'
      ? bytesOf(value.bytes)
      : value,
  ) as TapeLine;
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
