/** Words of systemd that the running system is described with (src/basic/unit-def.c). */
import type { JobType } from '../graph/job.ts';
import type { UnitName } from '../units/name.ts';
import type { Activation } from './world.ts';

export type { ActiveState } from '../graph/active-state.ts';
export type { JobType } from '../graph/job.ts';

/** Monotonic usec; never Infinity: "no deadline" is undefined. */
export type Instant = number & { readonly brand: 'Instant' };

export type Pid = number & { readonly brand: 'Pid' };
export type KeeperId = number & { readonly brand: 'KeeperId' };
export type JobId = number & { readonly brand: 'JobId' };

export type JobState = 'waiting' | 'running';
export type JobResult =
  | 'done'
  | 'canceled'
  | 'timeout'
  | 'failed'
  | 'dependency'
  | 'skipped'
  | 'invalid'
  | 'assert'
  | 'unsupported'
  | 'collected'
  | 'once';

export interface Job {
  readonly id: JobId;
  readonly unit: UnitName;
  type: JobType;
  state: JobState;
  /** replace-irreversibly */
  irreversible: boolean;
  /** ignore-dependencies: no order */
  ignoreOrder: boolean;
  /** Made by Restart=; a clean restart of a unit is not an operator's word. */
  origin: 'operator' | 'dependency' | 'restart';
  /** JobTimeoutSec=, JobRunningTimeoutSec= */
  deadline: Instant | undefined;
  /** Who asked for the start, if it was a unit; an older one's word wins. */
  activation?: Activation | undefined;
}

/** Time stamps that `show` prints, both clocks, usec; 0: never. */
export interface Stamp {
  readonly realtime: number;
  readonly monotonic: number;
}
