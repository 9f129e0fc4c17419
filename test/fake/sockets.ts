/** The sockets of the fake host: what is opened is there, and nothing comes in unless the test says so. */
import type { Errno, HostSockets } from '../../src/host.d.ts';
import { decodeFrame, isWireError } from '../../src/wire/codec.ts';
import { decodeText, encodeText } from './text.ts';
import { errno } from './errno.ts';

export interface FakeSockets extends HostSockets {
  /** "unit number" → its address. */
  readonly open: Map<string, string>;
  /** "unit number" of those that are watched. */
  readonly watched: Set<string>;
  /** What the next acceptConnection() gives; empty: EAGAIN. */
  readonly arriving: string[];
  /** Addresses that cannot be had, and why. */
  readonly refused: Map<string, Errno>;
  readonly flushed: string[];
}

const text = { encode: encodeText, decode: decodeText };

export function fakeSockets(): FakeSockets {
  const open = new Map<string, string>();
  const watched = new Set<string>();
  const arriving: string[] = [];
  const refused = new Map<string, Errno>();
  const flushed: string[] = [];
  const keyOf = (unit: string, number: number): string => `${unit} ${number}`;
  return {
    open,
    watched,
    arriving,
    refused,
    flushed,
    openSocket(bytes) {
      const frame = decodeFrame(text, bytes);
      if (isWireError(frame) || frame.name !== 'openSocket') throw new TypeError('openSocket of what is no such frame');
      const { unit, number, address, port } = frame.body;
      const where = address.startsWith('/') || address.startsWith('@') ? address : `${address}:${port}`;
      const error = refused.get(where);
      if (error !== undefined) return { errno: error, step: 'create', notices: [] };
      open.set(keyOf(unit, number), where);
      return { errno: 0, step: '', notices: [] };
    },
    closeSockets(unit, first, last) {
      for (const key of open.keys()) {
        const [name, number] = key.split(' ');
        if (name !== unit || Number(number) < first || Number(number) > last) continue;
        open.delete(key);
        watched.delete(key);
      }
    },
    heldSockets: () =>
      [...open.keys()].map((key) => {
        const [unit = '', number] = key.split(' ');
        return { unit, number: Number(number) };
      }),
    watchSocket(unit, number, on) {
      const key = keyOf(unit, number);
      if (!open.has(key)) return errno.EBADF;
      if (on) watched.add(key);
      else watched.delete(key);
      return undefined;
    },
    acceptConnection(unit, number, as) {
      if (!open.has(keyOf(unit, number))) return errno.EBADF;
      const who = arriving.shift();
      if (who === undefined) return 11 as Errno;
      open.set(keyOf(unit, as), who);
      return who;
    },
    flushSocket(unit, number) {
      flushed.push(keyOf(unit, number));
    },
  };
}
