/**
 * A whole manager in memory: unit files as text, the real core and service machine, and keepers whose processes are what
 * their command says: `/bin/stay` runs until it is signalled, `/bin/ok` and `/bin/bad` end with 0 and 1 at once, `/bin/slow` runs until it is told to end, `/bin/ready` runs and says READY=1 when told.
 */
import type { RequestedJobType } from '../../src/graph/job.ts';
import type { Scene } from '../../src/graph/scene.ts';
import { createCore } from '../../src/manager/core.ts';
import type { Core } from '../../src/manager/core.ts';
import type { Effect } from '../../src/manager/effect.ts';
import { sceneOf } from '../../src/manager/scene.ts';
import { serviceMachine } from '../../src/manager/service/machine.ts';
import { createOwnHands, type OwnHands } from '../../src/manager/own-hands.ts';
import type { SlotName } from '../../src/manager/service/event.ts';
import { ownPartsOf } from '../../src/manager/own-types.ts';
import type { Instant, Job, JobId, KeeperId, Pid } from '../../src/manager/state.ts';
import type { UnitEvent, World } from '../../src/manager/world.ts';
import { newWorld } from '../../src/manager/world-made.ts';
import type { JobMode } from '../../src/units/model.ts';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { fakeHost } from '../fake/host.ts';
import { openUnits } from '../../src/units/load.ts';
import type { Units } from '../../src/units/load.ts';
import type { UnitName } from '../../src/units/name.ts';
import { MemoryFiles } from '../fake/memory-files.ts';
import { name } from '../fake/unit.ts';

interface Process {
  readonly unit: UnitName;
  readonly keeper: KeeperId;
  readonly slot: SlotName;
  readonly pid: Pid;
  readonly program: string;
}

export class System {
  readonly core: Core;
  readonly files = new MemoryFiles(() => 1_000_000);
  /** What parts of the program see: its files are not those of the units. */
  readonly host = fakeHost({ clock: { monotonic: 1_000_000, realtime: 1_000_000 } });
  /** "a.service active", "a.service/start done", in order. */
  readonly trace: string[] = [];
  readonly logs: string[] = [];
  readonly effects: Effect[] = [];
  readonly processes: Process[] = [];
  /** Called when a job begins to run. */
  onRun: ((job: Job) => void) | undefined;
  readonly #hands: OwnHands;
  #now = 1_000_000;
  /** How far the wall clock is ahead of the other one. */
  #ahead = 0;
  #nextPid = 100;
  readonly #running = new Set<JobId>();
  #states = new Map<UnitName, string>();

  constructor(units: Readonly<Record<string, string>>) {
    for (const [file, text] of Object.entries(units)) this.write(file, text);
    const world: World = {
      ...newWorld(this.#open(), new Map(), { realtime: 1_000_000, monotonic: 1_000_000 }),
      dirtyJobs: new Noticed((id) => {
        this.#noteJob(id);
      }),
    };
    const ownPart = ownPartsOf(this.host);
    this.core = createCore(world, {
      service: serviceMachine,
      ownPart: ownPart,
      conditions: {
        files: this.files.port(),
        facts: {
          user: () => undefined,
          group: () => undefined,
          groupsOf: () => [],
          hostName: () => 'host',
          kernel: () => ({ release: '6.1.0', machine: 'x86_64' }),
        },
        uid: 0,
        environment: () => new Map([['container', 'test']]),
        firstBoot: false,
      },
      newInvocation: () => 'f'.repeat(32),
    });
    this.#hands = createOwnHands({
      host: this.host,
      log: {
        manager: () => undefined,
        unit: (unit, _keeper, _level, message) => {
          this.logs.push(`${unit}: ${message}`);
        },
        entries: () => undefined,
        waits: () => false,
        write: () => undefined,
      },
      load: ownPart,
      unit: (unit) => this.core.world.records.get(unit)?.unit,
      tell: (unit, event) => {
        this.#tell(unit, event);
      },
    });
    this.core.resume();
    this.pass(0);
  }

  /** A unit file; DefaultDependencies=no is added, as the standard targets are not there. */
  write(file: string, text: string): void {
    const unit = text.includes('[Unit]') ? text : `[Unit]\n${text}`;
    this.files.put(`/units/${file}`, unit.replace('[Unit]', '[Unit]\nDefaultDependencies=no'));
  }

  /** The unit is a link to /dev/null. To be followed by reload(). */
  mask(file: string): void {
    this.files.link(`/units/${file}`, '/dev/null');
  }

  /** Time goes on by so many usec; deadlines that pass are told. */
  pass(usec: number): void {
    const until = this.#now + usec;
    for (let due = this.core.deadline(); due !== undefined && due <= until; due = this.core.deadline()) {
      this.#at(Math.max(due, this.#now));
      this.core.feed({ kind: 'timer' });
      this.settle();
    }
    this.#at(until);
  }

  /** One request, and what follows from it; the job's id, or the refusal's code and sentence. */
  ask(type: RequestedJobType, unit: string, mode: JobMode = 'replace'): number | string {
    const outcome = this.core.enqueue(type, name(unit), mode, 'operator');
    this.settle();
    return outcome.ok ? outcome.value : `${outcome.error.code}: ${outcome.error.message}`;
  }

  /** Takes the trace so far, for comparing. */
  seen(): string[] {
    return this.trace.splice(0);
  }

  /** A process that waits (`/bin/slow`, `/bin/ready`, `/bin/stay`) ends with this status. */
  end(unit: string, status: number): void {
    const process = this.processes.find((each) => each.unit === name(unit));
    if (process === undefined) throw new Error(`no process of ${unit}`);
    this.#exit(process, 'exited', status);
    this.settle();
  }

  ready(unit: string): void {
    const process = this.processes.find((each) => each.unit === name(unit) && each.slot === 'main');
    if (process === undefined) throw new Error(`no process of ${unit}`);
    this.#tell(process.unit, { kind: 'notify', sender: 'main', pid: process.pid, uid: 0, fields: ['READY=1'] });
    this.settle();
  }

  /** Somebody sets the wall clock: it goes on by so much more than the other one. */
  setClock(usec: number): void {
    this.#ahead += usec;
    this.#at(this.#now);
    for (const [watch, what] of this.host.watched) if (what === 'clock') this.#hands.changed(watch);
    this.settle();
  }

  /** Something changed in a watched file or directory. */
  touched(path: string): void {
    for (const [watch, what] of this.host.watched) if (what === path) this.#hands.changed(watch);
    this.settle();
  }

  /** "waiting", "dead" … */
  sub(unit: string): string {
    const record = this.core.world.records.get(name(unit));
    return record === undefined ? 'not loaded' : this.core.machine.subState(record.state);
  }

  /** The running system as a transaction sees it. */
  scene(): Scene {
    return sceneOf(this.core.world, this.core.machine);
  }

  state(unit: string): string {
    const record = this.core.world.records.get(name(unit));
    if (record === undefined) return 'not loaded';
    return this.core.machine.activeState(record.unit, record.state);
  }

  job(unit: string): Job | undefined {
    const id = this.core.world.records.get(name(unit))?.job;
    return id === undefined ? undefined : this.core.world.jobs.get(id);
  }

  reload(): void {
    this.core.reload(this.#open());
    this.settle();
  }

  /** Carries effects out until there is none. */
  settle(): void {
    for (let effects = this.core.settle(); effects.length > 0; effects = this.core.settle()) {
      for (const effect of effects) this.#carryOut(effect);
    }
  }

  /** The core notes every change of a job for the store. */
  #noteJob(id: JobId): void {
    const job = this.core.world.jobs.get(id);
    const ran = this.#running.has(id);
    if (job?.state !== 'running') this.#running.delete(id);
    else if (!ran) {
      this.#running.add(id);
      this.onRun?.(job);
    }
  }

  #open(): Units {
    return openUnits(this.files.port(), {
      searchPath: ['/units'],
      root: '',
      specifiers: testSpecifiers,
      acceptedKinds: acceptedKindsOf(this.host),
    });
  }

  #at(now: number): void {
    this.#now = now;
    const clock = { realtime: now + this.#ahead, monotonic: now };
    this.host.setClock(clock);
    this.core.at(now as Instant, clock);
  }

  #tell(unit: UnitName, event: UnitEvent): void {
    this.core.feed({ kind: 'unit', unit, event });
  }

  #carryOut(effect: Effect): void {
    this.effects.push(effect);
    switch (effect.kind) {
      case 'run':
        this.#run(effect.unit, effect.keeper, effect.slot, effect.command.path);
        break;
      case 'kill':
        for (const process of this.processes.filter((each) => each.keeper === effect.keeper)) {
          this.#exit(process, 'killed', effect.signal);
        }
        break;
      case 'own':
        this.#hands.run(effect.unit, effect.effect);
        break;
      case 'job-removed':
        this.trace.push(`${effect.unit} job ${effect.result}`);
        break;
      case 'unit-changed':
        if (this.#states.get(effect.unit) !== effect.active) this.trace.push(`${effect.unit} ${effect.active}`);
        this.#states.set(effect.unit, effect.active);
        break;
      case 'log':
        this.logs.push(effect.form === 'whole' ? effect.message : `${effect.unit}: ${effect.message}`);
        break;
      default:
        break;
    }
  }

  #run(unit: UnitName, keeper: KeeperId, slot: SlotName, program: string): void {
    const pid = this.#nextPid as Pid;
    this.#nextPid += 1;
    const process = { unit, keeper, slot, pid, program };
    this.processes.push(process);
    this.#tell(unit, { kind: 'started', slot, pid, errno: 0, step: '', why: '' });
    if (program === '/bin/ok') this.#exit(process, 'exited', 0);
    if (program === '/bin/bad') this.#exit(process, 'exited', 1);
  }

  #exit(process: Process, code: 'exited' | 'killed', status: number): void {
    this.processes.splice(this.processes.indexOf(process), 1);
    const empty = !this.processes.some((each) => each.keeper === process.keeper);
    const { unit, slot, pid } = process;
    this.#tell(unit, { kind: 'exited', slot, pid, end: { code, status }, empty, children: [] });
  }
}

/** A set that tells what is put in, again and again. */
class Noticed extends Set<JobId> {
  readonly #tell: (id: JobId) => void;

  constructor(tell: (id: JobId) => void) {
    super();
    this.#tell = tell;
  }

  override add(id: JobId): this {
    this.#tell(id);
    return super.add(id);
  }
}

/** The tests' units use no specifiers of the machine. */
const testSpecifiers: Units['options']['specifiers'] = {
  machineId: () => '',
  bootId: () => '',
  hostName: () => 'host',
  kernelRelease: () => '6.1.0',
  architecture: () => 'x86-64',
  osRelease: () => '',
  user: () => ({ name: 'root', uid: 0, home: '/root', shell: '/bin/sh' }),
  group: () => ({ name: 'root', gid: 0 }),
  temporaryDirectory: () => '/tmp',
  persistentTemporaryDirectory: () => '/var/tmp',
};
