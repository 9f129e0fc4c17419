/**
 * Jobs that may be able to run, in the order in which systemd tries them (unit_compare_priority()): targets and their like
 * before services, then a higher CPUWeight=, a lower Nice=, and the name. So units that are not ordered start in the same order each time, and what a
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

/** `unitOf`: of a job's unit, which is loaded. `isPassing`: the system starts or stops, so that StartupCPUWeight= holds. */
export function createReady(unitOf: (job: Job) => Unit, isPassing: () => boolean): Ready {
  const heap: Entry[] = [];
  return {
    push(job) {
      const unit = unitOf(job);
      const nice = (unit.service ?? unit.socket)?.exec.nice ?? 0;
      const rank = (ranks.length - ranks.indexOf(unit.type)) * typeStep - weightOf(unit, isPassing) * niceStep + nice;
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

/** As large as Nice= is wide, -20 to 19; and as weights are with it, 0 to 10000. */
const niceStep = 64;
const typeStep = 16384 * niceStep;

/** CPUWeight=: nobody shares the processor by it here, but it has a say in the order (cgroup_context_cpu_weight()). */
function weightOf({ accepted }: Unit, isPassing: () => boolean): number {
  if (accepted.size === 0) return 100;
  const startup = accepted.get('StartupCPUWeight');
  const weight = startup !== undefined && isPassing() ? startup : accepted.get('CPUWeight');
  return weight === undefined ? 100 : weight === 'idle' ? 0 : Number(weight);
}

/** From the last to the first (UnitType of systemd's src/basic/unit-def.h). */
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
