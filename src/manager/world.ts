/** The running system, in memory. Only the core changes it (core.ts and jobs/), and the store writes and reads it. */
import type { Units } from '../units/load.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Graph } from '../graph/digraph.ts';
import type { ServiceState } from './service/state.ts';
import type { TargetState } from './target/machine.ts';
import type { JobOutcome } from './api.ts';
import type { Around, OwnEvent, OwnState } from './own-types.ts';
import type { Moment, ServiceEvent } from './service/event.ts';
import type { Instant, Job, JobId, Stamp } from './state.ts';

/** Where the state of a unit is, by the type of machine that keeps it. */
export type UnitState =
  | { readonly type: 'service'; readonly service: ServiceState }
  | { readonly type: 'target'; readonly target: TargetState }
  /** What stands for a thing that is not there: active or not. */
  | { readonly type: 'stand-in'; readonly target: TargetState }
  /** Types with a machine in a part of their own: own-types.ts. */
  | OwnState;

/** All that can happen to a unit of any type. */
export type UnitEvent = ServiceEvent | OwnEvent;

/** What comes with an event. `around` costs something: asked by machines of own-types.ts alone. */
export type UnitMoment = Moment & { readonly around: () => Around };

/** What a unit was started by, for its environment (TRIGGER_UNIT= …) and ActivationDetails=: names in small letters, values. */
export type Activation = readonly (readonly [string, string])[];

/** What an instance of Accept=yes was started for: held for `socket` under `number`; who is at its ends in the host's words. */
export interface Connection {
  readonly socket: UnitName;
  readonly number: number;
  readonly who: string;
}

/** One loaded unit and all that is known of its running. */
export interface UnitRecord {
  unit: Unit;
  state: UnitState;
  job: JobId | undefined;
  /** InactiveExit, ActiveEnter, ActiveExit, InactiveEnter, StateChange */
  stamps: { inactiveExit: Stamp; activeEnter: Stamp; activeExit: Stamp; inactiveEnter: Stamp; stateChange: Stamp };
  /** ConditionResult=, AssertResult= of the last start; undefined: never looked at. */
  conditionResult: boolean | undefined;
  conditionStamp: Stamp;
  assertResult: boolean | undefined;
  /** The last start was one too many (StartLimitBurst=). */
  startLimitHit: boolean;
  /** Starts within the limit's interval (StartLimitIntervalSec=), newest last. */
  starts: readonly Instant[];
  /** Of the start that it is up by; undefined: nobody's but a job's. */
  activation: Activation | undefined;
  connection: Connection | undefined;
  /** Notices of the keeper (skipped steps), told in status: each once. */
  notices: readonly string[];
}

export type SystemState = 'initializing' | 'starting' | 'running' | 'degraded' | 'maintenance' | 'stopping';

export interface Request {
  /** What was asked for, and the job that came of each. */
  readonly names: readonly UnitName[];
  readonly jobs: readonly JobId[];
  readonly results: Map<JobId, JobOutcome>;
  /** A unit that is not forgotten before. */
  readonly holds?: UnitName | undefined;
}

export interface World {
  /** A reload puts a new one here. */
  units: Units;
  /** By real name. */
  readonly records: Map<UnitName, UnitRecord>;
  /** Every name of a loaded unit → its real name. */
  readonly names: Map<UnitName, UnitName>;
  graph: Graph;
  readonly jobs: Map<JobId, Job>;
  nextJob: number;
  nextKeeper: number;
  /** Requests of clients that wait for jobs: by request id; results stay until the request was answered. */
  readonly requests: Map<string, Request>;
  /** Changed since the last store write. */
  readonly dirty: Set<UnitName>;
  readonly dirtyJobs: Set<JobId>;
  /** When the first manager began. */
  started: Stamp;
  bootTarget: UnitName;
  /** Generators are under way, and what comes when the last has ended; '': none are. */
  generating: '' | 'boot' | 'reload';
  bootDone: boolean;
  /** How long the boot took, once it is done; usec. */
  bootUsec: number;
  /** `systemctl service-watchdogs no` */
  watchdogsOff: boolean;
  shutdown: { readonly status: number; readonly deadline: Instant } | undefined;
  /** `systemctl set-environment` and the container's environment (NAME → VALUE). */
  environment: ReadonlyMap<string, string>;
}
