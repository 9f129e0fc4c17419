/**
 * api.ts over the core: what a client may ask (systemd's D-Bus layer, src/core/dbus-unit.c bus_unit_queue_job()), and
 * plain views of what there is. After each change the shell settles the core; nothing here does.
 */
import type { RequestedJobType } from '../graph/job.ts';
import { collapse } from '../graph/job.ts';
import type { AnyDependencyKind } from '../graph/dependency.ts';
import type { JobMode, Unit } from '../units/model.ts';
import { isTemplate, type UnitName } from '../units/name.ts';

import type {
  JobOutcome,
  JobRequest,
  JobView,
  ManagerApi,
  ManagerError,
  Outcome,
  TransientUnit,
  UnitView,
} from './api.ts';
import { onlyByDependency } from './by-hand.ts';
import type { Core } from './core.ts';
import type { UnitMachine } from './machines.ts';
import { canReload } from './scene.ts';
import type { Job, JobId, Pid } from './state.ts';
import type { SystemState, UnitRecord, World } from './world.ts';

/** What the api needs besides the core; main.ts gives it. */
export interface ApiPorts {
  /** pids of the keepers whose tree belongs to the unit, the current one first. */
  keepersOf(unit: UnitName): readonly number[];
  /** pids of the processes of a scope. */
  membersOf(unit: UnitName): readonly number[];
  /** Who a service runs as. */
  idsOf(unit: Unit): UnitView['ids'];
  /** The unit whose tree the process is in. */
  unitOfPid(pid: number): UnitName | undefined;
  asked(request: string): void;
  /** Writes the files of units that must be new, and loads them; undefined: they are there. */
  makeTransient(units: readonly TransientUnit[]): ManagerError | undefined;
  streamsPath(request: string): string;
  /** A file of the unit has changed since it was read. */
  isStale(unit: Unit): boolean;
  /** Every unit file again, and generators before; kept when it is done. */
  reload(): Promise<void>;
  reexecute(): void;
  shutdown(status: number): void;
  setEnvironment(assignments: readonly string[], unset: readonly string[]): void;
  remark(level: 'warning' | 'notice', text: string): void;
  /** $container of the engine, '' if it tells none. */
  readonly container: string;
}

export function createApi(core: Core, ports: ApiPorts): ManagerApi {
  const { world, machine } = core;
  const view = (record: UnitRecord): UnitView => viewOf(world, machine, ports, record);
  return {
    list: () => [...world.records.values()].map(view),
    view: (name) => view(core.load(name)),
    isLoaded: (name) => world.names.has(name),
    dependencies: (name, property) => world.graph.related(core.load(name).unit.name, property as AnyDependencyKind),
    unitOfPid: (pid) => ports.unitOfPid(pid),
    jobs: () => [...world.jobs.values()].map(viewOfJob),
    enqueue: (request, what, name, mode) => enqueue(core, machine, request, what, name, mode),
    streamsPath: (request) => ports.streamsPath(request),
    startTransient(request, units, mode, hold) {
      const [first] = units;
      const problem = first === undefined ? undefined : ports.makeTransient(units);
      if (first === undefined || problem !== undefined) return { ok: false, error: problem ?? nothing };
      const { name, member } = first;
      if (member !== undefined) core.feed({ kind: 'unit', unit: name, event: { kind: 'member', pid: member as Pid } });
      const outcome = enqueue(core, machine, request, 'start', first.name, mode);
      const own = world.requests.get(request);
      if (outcome.ok && hold && own !== undefined) world.requests.set(request, { ...own, holds: first.name });
      return outcome;
    },
    ended: (job) =>
      new Promise((resolve) => {
        core.whenEnded(job, resolve);
      }),
    changed: () =>
      new Promise((resolve) => {
        core.whenChanged(resolve);
      }),
    jobsOf: (request) => world.requests.get(request)?.jobs,
    asked: (request) => {
      ports.asked(request);
    },
    answered(request) {
      const held = world.requests.get(request)?.holds;
      world.requests.delete(request);
      if (held !== undefined) core.mayForget(held);
    },
    cancelJob: (job) => core.cancel(job),
    kill(request, name, who, signal, value) {
      const outcome = core.kill(name, who, signal, value);
      if (outcome.ok && request !== '' && !world.requests.has(request))
        world.requests.set(request, { names: [], jobs: [], results: new Map() });
      return outcome;
    },
    clean: (name, what) => core.clean(name, what),
    freeze: (name, kind) => core.freeze(name, kind),
    setWatchdogs(on) {
      world.watchdogsOff = !on;
    },
    resetFailed: (name) => core.resetFailed(name),
    reload: () => ports.reload(),
    reexecute: () => ports.reexecute(),
    shutdown: (status) => ports.shutdown(status),
    system: () => ({
      state: systemState(world, machine),
      failed: failedUnits(world, machine),
      jobs: world.jobs.size,
      units: world.records.size,
      started: world.started,
      bootUsec: world.bootDone ? world.bootUsec : undefined,
      environment: [...world.environment].map(([name, value]) => `${name}=${value}`),
      bootTarget: world.bootTarget,
      container: ports.container,
      watchdogs: !world.watchdogsOff,
    }),
    setEnvironment: (assignments, unset) => ports.setEnvironment(assignments, unset),
    remark: (level, text) => ports.remark(level, text),
  };
}

const nothing: ManagerError = { code: 'InvalidArgs', message: 'No unit is described.' };

function enqueue(
  core: Core,
  machine: UnitMachine,
  request: string,
  what: JobRequest,
  name: UnitName,
  mode: JobMode,
): Outcome<JobId> {
  const { world } = core;
  const before = world.requests.get(request);
  const known = before?.jobs[before.names.indexOf(name)];
  if (known !== undefined) return { ok: true, value: known };
  if (isTemplate(name)) {
    return { ok: false, error: { code: 'InvalidArgs', message: `Unit name ${name} is missing the instance name.` } };
  }
  const record = core.load(name);
  const type = requestedType(world, machine, what, record);
  const refused = refusal(machine, record, type);
  if (refused !== undefined) return { ok: false, error: refused };
  const along = type === 'stop' && mode === 'replace' ? stopThatCameAlong(world, before?.jobs[0], record) : undefined;
  const outcome: Outcome<JobId> =
    along === undefined ? core.enqueue(type, record.unit.name, mode, 'operator') : { ok: true, value: along };
  if (outcome.ok && request !== '') {
    const { names, jobs, results } = before ?? { names: [], jobs: [], results: new Map<JobId, JobOutcome>() };
    world.requests.set(request, { ...before, names: [...names, name], jobs: [...jobs, outcome.value], results });
    const ended = core.outcomeOf(outcome.value);
    if (ended !== undefined) results.set(outcome.value, ended);
  }
  return outcome;
}

/**
 * The unit's stop, if another of this request has brought it: with it came all that one more transaction would bring. Without this
 * `systemctl stop 'worker@*'` of units that need one another looks at each of them for each of them. `first`: the request's first job.
 */
function stopThatCameAlong(world: World, first: JobId | undefined, record: UnitRecord): JobId | undefined {
  const job = record.job === undefined ? undefined : world.jobs.get(record.job);
  if (first === undefined || job?.type !== 'stop' || job.id < first || job.ignoreOrder) return undefined;
  job.origin = 'operator';
  world.dirtyJobs.add(job.id);
  return job.id;
}

/** reload-or-restart is a restart of what cannot reload. */
function requestedType(world: World, machine: UnitMachine, what: JobRequest, record: UnitRecord): RequestedJobType {
  if (what !== 'reload-or-restart' && what !== 'reload-or-try-restart') return what;
  if (canReload(world, machine, record.unit.name)) {
    return what === 'reload-or-restart' ? 'reload-or-start' : 'try-reload';
  }
  return what === 'reload-or-restart' ? 'restart' : 'try-restart';
}

/** What an operator may not ask, though a dependency may. */
function refusal(machine: UnitMachine, { unit, state }: UnitRecord, type: RequestedJobType): ManagerError | undefined {
  const active = machine.activeState(unit, state);
  const isThere = unit.load === 'loaded' || unit.load === 'masked';
  if (type === 'stop' && !isThere && active === 'inactive') {
    return { code: 'NoSuchUnit', message: `Unit ${unit.name} not loaded.` };
  }
  const { refuseManualStart, refuseManualStop } = unit.common;
  const starts = type === 'start' || (type === 'reload-or-start' && collapse(type, active) === 'start');
  const restarts = type === 'restart' || type === 'try-restart';
  const isRefused =
    (starts && refuseManualStart) ||
    (type === 'stop' && refuseManualStop) ||
    (restarts && (refuseManualStart || refuseManualStop));
  return isRefused ? onlyByDependency(unit.name) : undefined;
}

function viewOf(world: World, machine: UnitMachine, ports: ApiPorts, record: UnitRecord): UnitView {
  const { unit, state } = record;
  const job = record.job === undefined ? undefined : world.jobs.get(record.job);
  return {
    unit,
    active: machine.activeState(unit, state),
    sub: machine.subState(state),
    job: job === undefined ? undefined : viewOfJob(job),
    stamps: { ...record.stamps },
    condition: { result: record.conditionResult, stamp: record.conditionStamp },
    assertResult: record.assertResult,
    service: state.type === 'service' ? state.service : undefined,
    own: 'own' in state ? state : undefined,
    result: machine.result(state),
    activation: record.activation ?? [],
    // Asked for when read: they cost a look at the processes and at the files.
    get keepers() {
      return ports.keepersOf(unit.name);
    },
    get members() {
      return ports.membersOf(unit.name);
    },
    notices: record.notices,
    get ids() {
      return ports.idsOf(unit);
    },
    get needDaemonReload() {
      return ports.isStale(unit);
    },
    get canReload() {
      return canReload(world, machine, unit.name);
    },
  };
}

function viewOfJob(job: Job): JobView {
  return { id: job.id, unit: job.unit, type: job.type, state: job.state };
}

function failedUnits(world: World, machine: UnitMachine): number {
  let count = 0;
  for (const { unit, state } of world.records.values()) if (machine.activeState(unit, state) === 'failed') count += 1;
  return count;
}

/** manager_state() of systemd's src/core/manager.c. */
function systemState(world: World, machine: UnitMachine): SystemState {
  if (world.shutdown !== undefined) return 'stopping';
  if (!world.bootDone) return world.jobs.size === 0 ? 'initializing' : 'starting';
  for (const name of ['rescue.target', 'emergency.target']) {
    const record = world.records.get(name as UnitName);
    if (record !== undefined && machine.activeState(record.unit, record.state) === 'active') return 'maintenance';
  }
  return failedUnits(world, machine) > 0 ? 'degraded' : 'running';
}
