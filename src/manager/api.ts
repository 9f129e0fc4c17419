/**
 * The one interface between the running system and its faces (ctl/, dbus/). Faces never see the world, the jobs or the
 * machines: what they get are plain snapshots. Names are given as the user typed them, completed to unit names by the face.
 */
import type { TransactionError } from '../graph/transaction/error.ts';
import type { Unit, JobMode } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { OwnState, UnitResult } from './own-types.ts';
import type { CleanKind } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import type { ActiveState, JobId, JobResult, JobState, JobType, Stamp } from './state.ts';
import type { Activation, SystemState } from './world.ts';

// Faces see no other file of manager/.
export type { OwnState, UnitResult } from './own-types.ts';
export type { CleanKind } from './service/event.ts';
export type { CommandRun, ProcessEnd, ServiceState } from './service/state.ts';
export type { ActiveState, JobId, JobResult, JobState, JobType, Stamp } from './state.ts';
export type { SystemState } from './world.ts';

/** systemd's D-Bus error names without their prefix (src/libsystemd/sd-bus/bus-common-errors.h). */
export type ManagerErrorCode =
  | TransactionError['code']
  | 'OnlyByDependency'
  | 'NoSuchJob'
  | 'InvalidName'
  | 'ShuttingDown'
  | 'NoSuchProcess'
  | 'NotSupported'
  | 'NothingToClean'
  | 'UnitBusy'
  | 'UnitExists'
  | 'UnitInactive';

export interface ManagerError {
  readonly code: ManagerErrorCode;
  /** The sentence that systemd's manager gives ("Unit x.service not found."). */
  readonly message: string;
  /** BadUnitSetting of a transient unit: which one, and the line of its text. */
  readonly unit?: UnitName;
  readonly line?: number;
}

/** A unit that a program describes and no file: its text becomes a file that is there as long as the unit is known. */
export interface TransientUnit {
  readonly name: UnitName;
  readonly text: string;
  /** Where a client listens that gives it its standard input and outputs (streamsPath()). */
  readonly streams?: string | undefined;
  /** Of a scope: the process that it begins with. */
  readonly member?: number | undefined;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ManagerError };

/** What a client may ask a job of; the collapsing types are resolved by the manager. */
export type JobRequest =
  | 'start'
  | 'stop'
  | 'reload'
  | 'restart'
  | 'try-restart'
  | 'reload-or-restart'
  | 'reload-or-try-restart'
  | 'verify-active';

/** A unit as it is now. */
export interface UnitView {
  readonly unit: Unit;
  readonly active: ActiveState;
  readonly sub: string;
  readonly job: JobView | undefined;
  readonly stamps: {
    readonly inactiveExit: Stamp;
    readonly activeEnter: Stamp;
    readonly activeExit: Stamp;
    readonly inactiveEnter: Stamp;
    readonly stateChange: Stamp;
  };
  readonly condition: { readonly result: boolean | undefined; readonly stamp: Stamp };
  readonly assertResult: boolean | undefined;
  readonly service: ServiceState | undefined;
  /** State of a type with a machine in a part of its own. */
  readonly own: OwnState | undefined;
  readonly result: UnitResult;
  /** ActivationDetails= */
  readonly activation: Activation;
  /** pids of keepers whose tree belongs to this unit, the current one first: the process tree of `status` is below them. */
  readonly keepers: readonly number[];
  /** pids of the processes of a scope. */
  readonly members: readonly number[];
  readonly notices: readonly string[];
  /** User= and Group= of a service as numbers, and what DynamicUser= has found; undefined: of those there are none. */
  readonly ids: { readonly uid: number | undefined; readonly gid: number | undefined } | undefined;
  readonly needDaemonReload: boolean;
  readonly canReload: boolean;
}

export interface JobView {
  readonly id: JobId;
  readonly unit: UnitName;
  readonly type: JobType;
  readonly state: JobState;
}

export interface JobOutcome {
  readonly job: JobId;
  readonly unit: UnitName;
  readonly result: JobResult;
}

/** Kinds of links as systemd names them in properties, inverses included (RequiredBy, WantedBy …). */
export type DependencyProperty = string;

export interface ManagerApi {
  /** Every loaded unit. */
  list(): readonly UnitView[];
  /** Loads it if need be; a name without a file gives a view with load 'not-found'. */
  view(name: UnitName): UnitView;
  /** Loaded already? */
  isLoaded(name: UnitName): boolean;
  /** Names that a dependency property leads to, as loaded now ("Requires", "WantedBy", "After" …). */
  dependencies(name: UnitName, property: DependencyProperty): readonly UnitName[];
  /** The unit whose tree the process is in. */
  unitOfPid(pid: number): UnitName | undefined;
  jobs(): readonly JobView[];

  /** One transaction a call. request: id of the client's request, under which waiting survives the manager: what it was given a job for, it gets that job for when it asks again. undefined job: nothing to do (collapsed to nop). */
  enqueue(request: string, what: JobRequest, name: UnitName, mode: JobMode): Outcome<JobId>;
  /** A path where the client of this request may listen. */
  streamsPath(request: string): string;
  /** Makes the units, which must be new, and starts the first; none is made when one cannot be. `hold`: the first stays known until the request is answered. */
  startTransient(request: string, units: readonly TransientUnit[], mode: JobMode, hold: boolean): Outcome<JobId>;
  /** Resolves when the job has ended (at once if it has). */
  ended(job: JobId): Promise<JobOutcome>;
  /** Resolves when a unit, a job or the system next goes to another state: `--wait` looks again. */
  changed(): Promise<void>;
  /** Jobs that this request made before the client had to ask again; undefined: it is unknown. */
  jobsOf(request: string): readonly JobId[] | undefined;
  /** Its client is there: with a request that is new, or once more. */
  asked(request: string): void;
  /** The request was answered: forget it. */
  answered(request: string): void;
  cancelJob(job: JobId): Outcome<undefined>;

  kill(
    request: string,
    name: UnitName,
    who: 'main' | 'control' | 'all',
    signal: number,
    value?: number,
  ): Outcome<undefined>;
  clean(name: UnitName, what: readonly CleanKind[]): Outcome<undefined>;
  freeze(name: UnitName, kind: 'freeze' | 'thaw'): Outcome<undefined>;
  /** Whether services are looked after by WatchdogSec=. */
  setWatchdogs(on: boolean): void;
  /** undefined: all */
  resetFailed(name: UnitName | undefined): Outcome<undefined>;
  /** Reads every unit file again. */
  reload(): Promise<void>;
  /** The manager starts anew; the client asks again and finds it there. */
  reexecute(): void;
  /** poweroff, reboot, halt, exit: stop everything and leave with this status. */
  shutdown(status: number): void;

  system(): {
    readonly state: SystemState;
    readonly failed: number;
    readonly jobs: number;
    readonly units: number;
    readonly started: Stamp;
    /** How long the boot took; undefined: it goes on. */
    readonly bootUsec: number | undefined;
    readonly environment: readonly string[];
    readonly bootTarget: UnitName;
    readonly container: string;
    readonly watchdogs: boolean;
  };
  setEnvironment(assignments: readonly string[], unset: readonly string[]): void;
  /** What a face has found that is not for its client, as systemd's manager tells it in its own log. */
  remark(level: 'warning' | 'notice', text: string): void;
}
