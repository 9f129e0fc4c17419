/**
 * What the parts of the core share: the world, and what can be worked out anew from it (order of jobs, deadlines, queues).
 * A store never sees this; after a crash it is empty, and core.resume() fills it.
 */
import type { Scene } from '../graph/scene.ts';
import type { UnitName } from '../units/name.ts';
import type { JobOutcome } from './api.ts';
import type { CorePorts } from './core.ts';
import type { Deadlines } from './deadlines.ts';
import { createDeadlines } from './deadlines.ts';
import type { Effect, LogLevel, MessageForm } from './effect.ts';
import { createReady } from './jobs/ready.ts';
import type { Ready } from './jobs/ready.ts';
import type { UnitMachine } from './machines.ts';
import { machineOf } from './machines.ts';
import { sceneOf } from './scene.ts';
import type { ActiveState, Instant, Job, JobId, Stamp } from './state.ts';
import type { Notice } from './triggering.ts';
import type { UnitRecord, World } from './world.ts';

/** A unit went from one active state to another, or its SubState= changed. */
export interface Change {
  readonly unit: UnitName;
  readonly from: ActiveState;
  readonly to: ActiveState;
  /** Restart= will bring it back. */
  readonly willRestart: boolean;
}

export interface Engine {
  readonly world: World;
  readonly ports: CorePorts;
  readonly machine: UnitMachine;
  readonly scene: Scene;
  now: Instant;
  stamp: Stamp;
  effects: Effect[];
  /** To be reacted to (react.ts), in order. */
  readonly changes: Change[];
  /** Units whose OnFailure= or OnSuccess= is due (jobs/trigger.ts). */
  readonly triggers: { readonly unit: UnitName; readonly why: 'OnFailure' | 'OnSuccess' }[];
  /** Units that start another one, by real name; and what they are to be told of it (triggering.ts). */
  readonly triggering: Set<UnitName>;
  readonly notices: Notice[];
  /** Services that asked to be restarted. */
  readonly restarts: UnitName[];
  /** Services that reload by their own will: others are to reload with them. */
  readonly reloads: UnitName[];
  /** Jobs that may be able to run (jobs/run.ts looks). */
  readonly ready: Ready;
  /** How many jobs each job waits for (jobs/order.ts); no entry: none. */
  readonly blockers: Map<JobId, number>;
  readonly upheld: Set<UnitName>;
  readonly bound: Set<UnitName>;
  readonly unneeded: Set<UnitName>;
  /** May be forgotten (collect.ts). */
  readonly garbage: Set<UnitName>;
  /** Type=idle services that wait for the queue to drain. */
  readonly idlers: Set<UnitName>;
  readonly deadlines: Deadlines;
  /** The last ended jobs, oldest first. */
  readonly ended: Map<JobId, JobOutcome>;
  readonly listeners: Map<JobId, ((outcome: JobOutcome) => void)[]>;
  /** Wait for any change. */
  readonly watchers: (() => void)[];
  /** What is wrong in a unit's files is told when they are read; not of those that an earlier manager had read. */
  tellsDiagnostics: boolean;
  /** What was told of the files of a unit, until the next daemon-reload: who looks at it again hears nothing new. */
  readonly told: Map<UnitName, string>;
  /** Beginning and count of what was done unasked for a unit (rate.ts). */
  readonly automatic: Map<string, { begin: Instant; count: number }>;
}

export function createEngine(world: World, ports: CorePorts): Engine {
  const machine = machineOf(ports.service, ports.ownPart);
  return {
    world,
    ports,
    machine,
    scene: sceneOf(world, machine),
    now: 0 as Instant,
    stamp: { realtime: 0, monotonic: 0 },
    effects: [],
    changes: [],
    triggers: [],
    triggering: new Set(),
    notices: [],
    restarts: [],
    reloads: [],
    ready: createReady(
      (job) => {
        const record = world.records.get(job.unit);
        if (record === undefined) throw new Error(`internal error: ${job.unit} is not loaded`);
        return record.unit;
      },
      () => !world.bootDone || world.shutdown !== undefined,
    ),
    blockers: new Map(),
    upheld: new Set(),
    bound: new Set(),
    unneeded: new Set(),
    garbage: new Set(),
    idlers: new Set(),
    deadlines: createDeadlines(),
    ended: new Map(),
    listeners: new Map(),
    watchers: [],
    tellsDiagnostics: false,
    told: new Map(),
    automatic: new Map(),
  };
}

/** The record of a loaded unit, by real name. */
export function recordOf(engine: Engine, unit: UnitName): UnitRecord {
  const record = engine.world.records.get(unit);
  if (record === undefined) throw new Error(`internal error: ${unit} is not loaded`);
  return record;
}

export function activeOf(engine: Engine, record: UnitRecord): ActiveState {
  return engine.machine.activeState(record.unit, record.state);
}

export function jobOf(engine: Engine, record: UnitRecord): Job | undefined {
  return record.job === undefined ? undefined : engine.world.jobs.get(record.job);
}

/** The queued job of a unit that may not even be loaded. */
export function jobOfUnit(engine: Engine, unit: UnitName): Job | undefined {
  const record = engine.world.records.get(unit);
  return record === undefined ? undefined : jobOf(engine, record);
}

export function log(
  engine: Engine,
  unit: UnitName,
  level: LogLevel,
  message: string,
  form: MessageForm = 'of-unit',
): void {
  engine.effects.push({ kind: 'log', unit, level, message, form });
}
