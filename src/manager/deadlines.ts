/** Who wants to be woken when: a binary heap in which what is out of date stays until it comes up. */
import { pushEntry, removeTop } from './heap.ts';
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
      removeTop(heap, isEarlier);
    }
  }

  return {
    set(sleeper, at) {
      if (at === undefined) {
        wanted.delete(sleeper);
      } else if (wanted.get(sleeper) !== at) {
        wanted.set(sleeper, at);
        pushEntry(heap, { at, sleeper }, isEarlier);
      }
    },
    next: () => first()?.at,
    takeDue(now) {
      const top = first();
      if (top === undefined || top.at > now) return undefined;
      wanted.delete(top.sleeper);
      removeTop(heap, isEarlier);
      return top.sleeper;
    },
  };
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.at < b.at;
}
