/** Where an entry stands in the journal, as a text that another call may bring back (`--cursor=`, `--after-cursor=`). */
import type { Entry } from '../journal/query.ts';

/** `u=UNIT;t=TIME;x=WHAT`: TIME in hexadecimal usec, WHAT a number of what was said, as lines of one moment are many. */
export interface Place {
  readonly unit: string;
  readonly time: number;
  readonly what: string;
}

export function cursorOf(entry: Entry): string {
  return `u=${entry.unit};t=${entry.time.toString(16)};x=${whatOf(entry)}`;
}

/** undefined: it is none of ours. */
export function parseCursor(text: string): Place | undefined {
  const found = /^u=([^;]+);t=([0-9a-f]{1,13});x=([0-9a-f]{1,8})$/.exec(text);
  return found === null
    ? undefined
    : { unit: found[1] ?? '', time: parseInt(found[2] ?? '', 16), what: found[3] ?? '' };
}

/** Entries, oldest first, that begin with those of the place's time: from it on, or after it. One that is not there stands before all of its time. */
export function* fromPlace(entries: Iterable<Entry>, place: Place, isAfter: boolean): Generator<Entry> {
  const ofItsTime: Entry[] = [];
  let isThere = false;
  for (const entry of entries) {
    if (!isThere && entry.time <= place.time) {
      ofItsTime.push(entry);
      continue;
    }
    if (!isThere) yield* rest(ofItsTime, place, isAfter);
    isThere = true;
    yield entry;
  }
  if (!isThere) yield* rest(ofItsTime, place, isAfter);
}

/** Of lines that are the same, `after` means the last one. */
function rest(entries: readonly Entry[], place: Place, isAfter: boolean): readonly Entry[] {
  const is = (entry: Entry): boolean => entry.unit === place.unit && whatOf(entry) === place.what;
  return isAfter ? entries.slice(entries.findLastIndex(is) + 1) : entries.slice(Math.max(0, entries.findIndex(is)));
}

/** FNV-1a over what was said, and by whom. */
function whatOf({ message, pid, priority }: Entry): string {
  const text = message.length > 200 ? `${message.length}${message.slice(0, 200)}` : message;
  let hash = 0x811c9dc5 ^ pid ^ (priority << 24);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16);
}
