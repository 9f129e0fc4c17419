import type { Entry } from './query.ts';

/**
 * How far behind its time an entry may be written (usec): the manager writes its own words a moment after they were said, so that
 * nothing waits for them, and two keepers of a unit write to one file.
 */
export const slack = 1_000_000;

/** More than this are not held back. */
const most = 1000;

/** Entries that come almost in order of time, in order. `first` says which of two goes before the other. */
export function* inOrder(entries: Iterable<Entry>, first: (a: Entry, b: Entry) => boolean): Generator<Entry> {
  const held: Entry[] = [];
  let begin = 0;
  for (const entry of entries) {
    let place = held.length;
    while (place > begin && first(entry, held[place - 1] as Entry)) place--;
    if (place === held.length) held.push(entry);
    else held.splice(place, 0, entry);
    const newest = (held.at(-1) as Entry).time;
    while (held.length - begin > most || Math.abs(newest - (held[begin] as Entry).time) > slack) {
      yield held[begin++] as Entry;
    }
    if (begin > most) {
      held.splice(0, begin);
      begin = 0;
    }
  }
  for (; begin < held.length; begin++) yield held[begin] as Entry;
}
