/**
 * Requests that a manager before this one was answering. Their clients ask again as soon as there is somebody to ask; who has not after a
 * while has died as well, and what its request holds (results of jobs, a unit that is to stay known) is let go.
 */
import type { Instant } from './state.ts';

/** Usec. A client that is stopped, or on a machine that hardly moves, is not given up at once; more than the patience of native/client.c. */
const patience = 60_000_000;

export interface Orphans {
  /** These were found in the store. */
  found(requests: Iterable<string>, now: Instant): void;
  /** Its client is there. */
  asked(request: string): void;
  /** Those whose time is over, once. */
  takeLost(now: Instant): readonly string[];
  deadline(): Instant | undefined;
}

export function createOrphans(): Orphans {
  const waiting = new Set<string>();
  let until: Instant | undefined;
  return {
    found(requests, now) {
      for (const each of requests) waiting.add(each);
      if (waiting.size > 0) until = (now + patience) as Instant;
    },
    asked(request) {
      if (waiting.delete(request) && waiting.size === 0) until = undefined;
    },
    takeLost(now) {
      if (until === undefined || until > now) return [];
      const lost = [...waiting];
      waiting.clear();
      until = undefined;
      return lost;
    },
    deadline: () => until,
  };
}
