/** Who wants to be woken when: a binary heap in which what is out of date stays until it comes up. */
import { pushEntry, removeTop } from './heap.ts';
import type { JobId, Instant } from './state.ts';
import type { UnitName } from '../units/name.ts';

/** A unit's machine, or a job (JobTimeoutSec=). */
export type Sleeper = UnitName | JobId;

export interface Deadlines {
  /** undefined: it wants nothing any more. `opens`: from then on it may be woken, if somebody else is. */
  set(sleeper: Sleeper, at: Instant | undefined, opens?: Instant): void;
  /** The earliest, undefined: nobody waits. */
  next(): Instant | undefined;
  /** Takes out one whose time has come. */
  takeDue(now: Instant): Sleeper | undefined;
  /** All that may share a wake-up: whose time has not come, but may. */
  takeOpen(now: Instant): readonly Sleeper[];
}

interface Entry {
  readonly at: Instant;
  readonly sleeper: Sleeper;
}

export function createDeadlines(): Deadlines {
  const wanted = new Map<Sleeper, Instant>();
  const heap: Entry[] = [];
  /** Since when those who need not be woken on the dot may be: few. */
  const open = new Map<Sleeper, Instant>();

  function first(): Entry | undefined {
    for (;;) {
      const top = heap[0];
      if (top === undefined || wanted.get(top.sleeper) === top.at) return top;
      removeTop(heap, isEarlier);
    }
  }

  return {
    set(sleeper, at, opens) {
      if (opens !== undefined) open.set(sleeper, opens);
      else if (open.size > 0) open.delete(sleeper);
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
      open.delete(top.sleeper);
      removeTop(heap, isEarlier);
      return top.sleeper;
    },
    takeOpen(now) {
      const taken: Sleeper[] = [];
      for (const [sleeper, opens] of open) if (opens <= now) taken.push(sleeper);
      for (const sleeper of taken) {
        open.delete(sleeper);
        wanted.delete(sleeper);
      }
      return taken;
    },
  };
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.at < b.at;
}
