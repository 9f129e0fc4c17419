/**
 * A stream of bytes from a bus, cut into what it is made of: lines while the two greet each other, then messages. It keeps
 * no more than the longest thing that is of use; a longer message (anybody on a bus may send us one) goes past unread.
 */
import { fixedBytes, messageLength } from './message.ts';

/** Lines of the greeting, and messages about names (of at most 255 characters each), are shorter by far; bytes. */
export const longestLine = 512;
export const longestKept = 8192;

const noLine = 'it greets in no line';

export type Piece =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** The other side speaks no D-Bus: nothing that follows can be made sense of. */
  | { readonly kind: 'garbage'; readonly why: string };

export interface Incoming {
  /** More bytes have come. Pieces are to be taken by next(), until there is none. */
  add(bytes: Uint8Array): void;
  next(): Piece | undefined;
  /** The greeting is over: what follows are messages. */
  greeted(): void;
}

export function createIncoming(): Incoming {
  let waiting = new Uint8Array(0);
  let skip = 0;
  let lines = true;
  let garbage = false;

  const take = (length: number): Uint8Array => {
    const piece = waiting.subarray(0, length);
    waiting = waiting.subarray(length);
    return piece;
  };
  const refuse = (why: string): Piece => {
    garbage = true;
    waiting = new Uint8Array(0);
    return { kind: 'garbage', why };
  };
  const nextLine = (): Piece | undefined => {
    const end = waiting.indexOf(10);
    if (end < 0 ? waiting.length > longestLine : end > longestLine) return refuse(noLine);
    if (end < 0) return undefined;
    const line = take(end + 1);
    if (line.at(-2) !== 13) return refuse(noLine);
    const text = String.fromCharCode(...line.subarray(0, -2));
    return /^[ -~]*$/.test(text) ? { kind: 'line', text } : refuse(noLine);
  };
  const nextMessage = (): Piece | undefined => {
    for (;;) {
      skip -= take(Math.min(skip, waiting.length)).length;
      if (waiting.length < fixedBytes) return undefined;
      const length = messageLength(waiting.subarray(0, fixedBytes));
      if (length === undefined) return refuse('what it sends is no message');
      if (length > longestKept) skip = length;
      else return waiting.length < length ? undefined : { kind: 'message', bytes: take(length) };
    }
  };

  return {
    add(bytes) {
      if (garbage) return;
      // A copy: what the host gave need not live on, and the rest of an earlier piece is let go.
      const passes = Math.min(skip, bytes.length);
      skip -= passes;
      const joined = new Uint8Array(waiting.length + bytes.length - passes);
      joined.set(waiting);
      joined.set(bytes.subarray(passes), waiting.length);
      waiting = joined;
    },
    next() {
      if (garbage) return undefined;
      return lines ? nextLine() : nextMessage();
    },
    greeted() {
      lines = false;
    },
  };
}
