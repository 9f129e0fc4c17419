/** Who wants to be woken when: a binary heap in which what is out of date stays until it comes up. */
import type { JobId, Instant } from './state.ts';
import type { UnitName } from '../units/name.ts';

/** A unit's machine, or a job (JobTimeoutSec=). */
export type Sleeper = UnitName | JobId;

export interface Deadlines {
  /** undefined: it wants nothing any more. */
  set(sleeper: Sleeper, at: Instant | undefined): void;
  /** The earliest, undefined: nobody waits. */
  next(): Instant | undefined;
  /** Takes out one whose time has come. */
  takeDue(now: Instant): Sleeper | undefined;
}

interface Entry {
  readonly at: Instant;
  readonly sleeper: Sleeper;
}

export function createDeadlines(): Deadlines {
  const wanted = new Map<Sleeper, Instant>();
  const heap: Entry[] = [];

  function first(): Entry | undefined {
    for (;;) {
      const top = heap[0];
      if (top === undefined || wanted.get(top.sleeper) === top.at) return top;
      removeTop(heap);
    }
  }

  return {
    set(sleeper, at) {
      if (at === undefined) {
        wanted.delete(sleeper);
      } else if (wanted.get(sleeper) !== at) {
        wanted.set(sleeper, at);
        insert(heap, { at, sleeper });
      }
    },
    next: () => first()?.at,
    takeDue(now) {
      const top = first();
      if (top === undefined || top.at > now) return undefined;
      wanted.delete(top.sleeper);
      removeTop(heap);
      return top.sleeper;
    },
  };
}

function insert(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.at <= entry.at) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function removeTop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const leftEntry = heap[left];
    if (leftEntry === undefined) break;
    const rightEntry = heap[left + 1];
    const isRight = rightEntry !== undefined && rightEntry.at < leftEntry.at;
    const smaller = isRight ? rightEntry : leftEntry;
    if (smaller.at >= last.at) break;
    heap[at] = smaller;
    at = isRight ? left + 1 : left;
  }
  heap[at] = last;
}
