/**
 * Jobs that may be able to run, in the order in which systemd tries them (unit_compare_priority()): targets and their like
 * before services, a lower Nice= before a higher, then by name. So units that are not ordered start in the same order each time, and what a
 * target or a name further up the alphabet decides is decided when the next job is looked at.
 */
import type { Unit, UnitType } from '../../units/model.ts';
import { pushEntry, removeTop } from '../heap.ts';
import type { Job } from '../state.ts';

export interface Ready {
  /** May be there already: whoever takes it out looks whether it still waits. */
  push(job: Job): void;
  /** The first one; undefined: there is none. */
  take(): Job | undefined;
  clear(): void;
}

interface Entry {
  readonly job: Job;
  readonly rank: number;
}

/** `unitOf`: of a job's unit, which is loaded. */
export function createReady(unitOf: (job: Job) => Unit): Ready {
  const heap: Entry[] = [];
  return {
    push(job) {
      const { type, service } = unitOf(job);
      const rank = (ranks.length - ranks.indexOf(type)) * 64 + (service?.exec.nice ?? 0);
      pushEntry(heap, { job, rank }, isBefore);
    },
    take() {
      const top = heap[0];
      removeTop(heap, isBefore);
      return top?.job;
    },
    clear() {
      heap.length = 0;
    },
  };
}

/** From the last to the first (UnitType of systemd's src/basic/unit-def.h). Steps of 64 leave room for Nice=, -20 to 19. */
const ranks: readonly UnitType[] = [
  'service',
  'mount',
  'swap',
  'socket',
  'target',
  'device',
  'automount',
  'timer',
  'path',
  'slice',
  'scope',
];

function isBefore(a: Entry, b: Entry): boolean {
  return a.rank === b.rank ? a.job.unit < b.job.unit : a.rank < b.rank;
}
