/**
 * The one place that feeds events to machines, compares the states before and after, and lets the rest of the system
 * know. Two phases: feed() and the requests change states and queue what follows from it; settle() goes on until nothing moves any more and
 * hands out what is to be done in the world. Nothing here recurses, waits or touches the world.
 */
import type { RequestedJobType } from '../graph/job.ts';
import type { Units } from '../units/load.ts';
import type { JobMode } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Outcome } from './api.ts';
import type { ConditionPort } from './conditions.ts';
import type { Effect } from './effect.ts';
import type { ManagerEvent } from './event.ts';
import type { Machine } from './machine.ts';
import type { ServiceEvent } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import type { Instant, Job, JobId, JobResult, Stamp } from './state.ts';
import type { UnitRecord, World } from './world.ts';

export interface CorePorts {
  /** The machine of services (service/machine.ts). */
  readonly service: Machine<ServiceState, ServiceEvent>;
  readonly conditions: ConditionPort;
  /** 32 hex digits. */
  newInvocation(): string;
}

export interface Core {
  readonly world: World;
  /** What follows happens at this moment: once for each batch of events, before anything else. */
  at(now: Instant, stamp: Stamp): void;
  /** After the world was filled by the store or is new: graph, order of jobs and deadlines are built from it. */
  resume(): void;
  /** The record of a name, loaded with all that its dependencies name, under its real name. Never fails: a name without a file is `not-found`. */
  load(name: UnitName): UnitRecord;
  feed(event: ManagerEvent): void;
  /** One transaction (manager_add_job). The value is the job that was asked for, or the one that it was merged into. */
  enqueue(type: RequestedJobType, name: UnitName, mode: JobMode, origin: Job['origin']): Outcome<JobId>;
  cancel(job: JobId): Outcome<undefined>;
  /** What became of a job that has ended, as long as it is remembered (the last 500, and those of requests that wait). */
  resultOf(job: JobId): JobResult | undefined;
  /** Called when the job ends; at once if it has. */
  whenEnded(job: JobId, tell: (result: JobResult) => void): void;
  /** Every unit file is read again: daemon-reload. */
  reload(units: Units): void;
  /** Goes on until nothing moves and gives what is to be done, in this order. */
  settle(): readonly Effect[];
  /** When feed({ kind: 'timer' }) is due next. */
  deadline(): Instant | undefined;
}
