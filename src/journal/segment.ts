import type { JournalPort, Segment } from './files.ts';
import { type CommonFields, type Identity, type JournalRecord, parseRecord } from './record.ts';

type Record = JournalRecord | Identity | CommonFields;

const chunkBytes = 65536;
/** A record is at most 48 KiB of message and its head; longer "lines" are not ours and passed over. */
const longestLine = 2 * chunkBytes;
const newline = 10;

/** A record and the offset just behind it, where a follow goes on. */
export interface Placed {
  readonly record: Record;
  readonly end: number;
}

/** Records of one file from `offset` (the start of a line) on, a chunk at a time. A torn last line is left for the next call. */
export function* recordsForward(port: JournalPort, segment: Segment, offset: number): Generator<Placed> {
  let at = offset;
  for (;;) {
    const chunk = wholeLines(port, segment.path, at);
    if (chunk === undefined) return;
    let end = at;
    for (const line of chunk.lines) {
      end += line.bytes;
      const record = parseRecord(line.text);
      if (record !== undefined) yield { record, end };
    }
    at += chunk.length;
  }
}

/** Records of one file from its end (or `before`, the end of a line) back to its start. */
export function* recordsBackward(
  port: JournalPort,
  segment: Segment,
  before: number = segment.size,
): Generator<Record> {
  let end = before;
  let tail: Uint8Array = new Uint8Array(0);
  while (end > 0) {
    const from = Math.max(0, end - chunkBytes);
    const read = port.readRange(segment.path, from, end - from);
    if (typeof read === 'number' || read.length === 0) return;
    const bytes = joined(read, tail.length > longestLine ? new Uint8Array(0) : tail);
    // What stands before the first newline belongs to a line that begins in the chunk before this one.
    const first = from === 0 ? 0 : bytes.indexOf(newline) + 1;
    tail = from === 0 ? new Uint8Array(0) : first === 0 ? bytes : bytes.subarray(0, first);
    if (from === 0 || first > 0) {
      const lines = port.decode(bytes, first, bytes.length).split('\n');
      // What stands behind the last newline is nothing, or torn.
      for (let i = lines.length - 2; i >= 0; i--) {
        const record = parseRecord(lines[i] as string);
        if (record !== undefined) yield record;
      }
    }
    end = from;
  }
}

/** Offset of the first line whose time is at least `time`, by bisection: a file is written in order of time. */
export function seek(port: JournalPort, segment: Segment, time: number): number {
  let low = 0;
  let high = segment.size;
  while (high - low > chunkBytes) {
    const middle = Math.floor((low + high) / 2);
    const placed = firstRecordFrom(port, segment, middle);
    if (placed === undefined || placed.time >= time) high = middle;
    else low = placed.at;
  }
  for (const { record, end } of recordsForward(port, segment, low)) {
    if (record.time >= time) return low;
    low = end;
  }
  return low;
}

/** The first whole record at or behind an offset that may be within a line. */
function firstRecordFrom(
  port: JournalPort,
  segment: Segment,
  offset: number,
): { at: number; time: number } | undefined {
  const bytes = port.readRange(segment.path, offset, chunkBytes);
  if (typeof bytes === 'number') return undefined;
  let start = bytes.indexOf(newline) + 1;
  while (start > 0 && start < bytes.length) {
    const end = bytes.indexOf(newline, start);
    const record = parseRecord(port.decode(bytes, start, end < 0 ? bytes.length : end));
    if (record !== undefined) return { at: offset + start, time: record.time };
    start = end + 1;
  }
  return undefined;
}

interface Lines {
  readonly lines: readonly { readonly text: string; readonly bytes: number }[];
  /** Bytes of all of them. */
  readonly length: number;
}

/** The whole lines of about a chunk; undefined at the end (or before a line that is still being written). */
function wholeLines(port: JournalPort, path: string, at: number): Lines | undefined {
  let length = chunkBytes;
  for (;;) {
    const bytes = port.readRange(path, at, length);
    if (typeof bytes === 'number' || bytes.length === 0) return undefined;
    const last = bytes.lastIndexOf(newline);
    if (last >= 0) return { lines: splitLines(port, bytes, last + 1), length: last + 1 };
    if (bytes.length < length) return undefined;
    // No line of ours is this long: pass over it.
    if (length > longestLine) return { lines: [], length };
    length *= 2;
  }
}

function splitLines(port: JournalPort, bytes: Uint8Array, to: number): { text: string; bytes: number }[] {
  const lines: { text: string; bytes: number }[] = [];
  for (let start = 0; start < to;) {
    const end = bytes.indexOf(newline, start);
    lines.push({ text: port.decode(bytes, start, end), bytes: end + 1 - start });
    start = end + 1;
  }
  return lines;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
