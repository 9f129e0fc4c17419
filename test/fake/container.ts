/**
 * A container in memory around the real program: init and keepers as docs/wire.md has them, without processes. The
 * manager can be killed at any batch, before or after its effects are out, and a new one started.
 */
import type { HostEffect, HostEvent, Program } from '../../src/host.d.ts';
import { program } from '../../src/main.ts';
import { decodeFrame, encodeFrame, isWireError } from '../../src/wire/codec.ts';
import type { Frame, FrameFields, FrameName } from '../../src/wire/schema.ts';
import { endCodes } from '../../src/wire/schema.ts';
import { FakeClient } from './client.ts';
import { type FakeHost, fakeHost } from './host.ts';
import { type EndCode, FakeKeeper, type KeeperPort } from './keeper.ts';

export interface ContainerOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: readonly string[];
  readonly arguments?: readonly string[];
  /** Lazily loaded parts of the program, by name. */
  readonly parts?: Readonly<Record<string, unknown>>;
  /** Links, executables and the like. */
  readonly prepare?: (host: FakeHost) => void;
}

/** When in its batch the manager dies: before its effects are out, when half of them are, or when all are. */
export type Moment = 'before' | 'amid' | 'after';

export class Container {
  readonly host: FakeHost;
  /** Every command that was carried out: "unit path", in order. */
  readonly commands: string[] = [];
  /** Exit status that init was told. */
  exited: number | undefined;
  generation = 0;
  batches = 0;
  private readonly options: ContainerOptions;
  private readonly keepers = new Map<number, FakeKeeper>();
  private readonly clients = new Map<number, FakeClient>();
  private readonly stores = new Map<string, number>();
  private manager: Program | undefined;
  /** What waits for the manager: from keepers (which outlives it), from init and clients (which does not). */
  private readonly inbox: { readonly keeper: number; readonly event: () => HostEvent }[] = [];
  private pids = 100;
  private connections = 0;
  private shutdown = 0;
  private timer: number | undefined;
  private readonly port: KeeperPort = {
    newPid: () => this.pids++,
    ran: (unit, path) => this.commands.push(`${unit} ${path}`),
    event: (keeper, name, fields) => {
      this.event(keeper, name, fields);
    },
    store: (unit, count) => {
      this.stores.set(unit, (this.stores.get(unit) ?? 0) + count);
      return this.stores.get(unit) ?? 0;
    },
    left: (keeper) => {
      this.tellGone(keeper);
    },
  };

  constructor(options: ContainerOptions) {
    this.options = options;
    this.host = fakeHost({
      files: { '/run/pidone/.keep': '', '/var/log/.keep': '', ...options.files },
      parts: options.parts ?? {},
    });
    options.prepare?.(this.host);
  }

  /** Runs until nothing waits. `killAt`: the number of the batch (counted over all managers) that the manager dies in. */
  run(killAt = Infinity, when: Moment = 'after'): void {
    const steps = this.steps(killAt, when);
    while (steps.next().done !== true);
  }

  /** The same where promises wait for one another: clients. */
  async settle(killAt = Infinity, when: Moment = 'after'): Promise<void> {
    const steps = this.steps(killAt, when);
    while (steps.next().done !== true) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Between a batch's events and its effects. */
  private *steps(killAt: number, when: Moment): Generator<void> {
    if (this.manager === undefined) yield* this.startManager(killAt, when);
    for (let next = this.inbox.shift(); next !== undefined; next = this.inbox.shift()) {
      this.host.advance(1000);
      this.manager?.handle(next.event());
      yield;
      yield* this.finishBatch(killAt, when);
    }
  }

  /** Time goes on to the armed timer. */
  passTime(killAt = Infinity, when: Moment = 'after'): void {
    if (this.expire()) this.run(killAt, when);
  }

  /** So much time passes, usec; whatever is due comes when it is due. */
  async pass(usec: number, killAt = Infinity, when: Moment = 'after'): Promise<void> {
    const end = this.host.clock().monotonic + usec;
    while (this.timer !== undefined && this.timer <= end && this.expire()) await this.settle(killAt, when);
    this.host.advance(Math.max(0, end - this.host.clock().monotonic));
  }

  private expire(): boolean {
    if (this.timer === undefined) return false;
    this.host.advance(Math.max(0, this.timer - this.host.clock().monotonic));
    this.timer = undefined;
    this.inbox.push({ keeper: -1, event: () => ({ kind: 'timer', clock: this.host.clock() }) });
    return true;
  }

  /** SIGTERM for init. */
  terminate(): void {
    this.shutdown = 15;
    this.fromInit('shutdown', { signal: 15, hurry: 0 });
  }

  /** The main process of a unit ends by itself. */
  end(unit: string, code: EndCode, status: number): void {
    for (const keeper of this.living(unit)) keeper.end('main', code, status);
  }

  /** The main process of a unit says something. */
  notify(unit: string, text: string): void {
    for (const keeper of this.living(unit)) keeper.notify(text);
  }

  /** The keeper of a unit is killed with -9. */
  loseKeeper(unit: string): void {
    for (const keeper of this.living(unit)) {
      keeper.lose();
      this.tellGone(keeper);
    }
  }

  /** `systemctl start a`, say. */
  ask(...words: string[]): FakeClient {
    const client = new FakeClient((this.connections + 1).toString(16).padStart(32, '0'), words);
    this.connect(client);
    return client;
  }

  private living(unit: string): FakeKeeper[] {
    return [...this.keepers.values()].filter((keeper) => keeper.unit === unit && !keeper.gone && !keeper.lost);
  }

  private connect(client: FakeClient): void {
    const number = ++this.connections;
    this.clients.set(number, client);
    const frame = client.request(this.host);
    const { host } = this;
    this.inbox.push(
      { keeper: -1, event: () => ({ kind: 'client', clock: host.clock(), client: number, uid: 0, pid: 5 }) },
      { keeper: -1, event: () => ({ kind: 'client-frame', clock: host.clock(), client: number, bytes: frame }) },
    );
  }

  private *startManager(killAt: number, when: Moment): Generator<void> {
    this.manager = program(this.host);
    this.timer = undefined;
    this.manager.handle({
      kind: 'start',
      clock: this.host.clock(),
      facts: {
        arguments: this.options.arguments ?? ['--log-level=err'],
        environment: this.options.environment ?? ['PATH=/bin'],
        initPid: 1,
        managerPid: 2 + this.generation,
        uid: 0,
        runtimeDirectory: '/run/pidone',
        generation: this.generation,
        lastEnd: this.generation === 0 ? '' : 'killed by SIGKILL',
        startCrashes: 0,
        keepers: [...this.keepers.values()].map(({ id, pid, gone, lost }) => ({
          keeper: id,
          pid: gone || lost ? 0 : pid,
          lost,
        })),
        shutdown: { signal: this.shutdown, hurry: false },
        consoleIsTerminal: false,
      },
    });
    yield;
    yield* this.finishBatch(killAt, when);
  }

  private *finishBatch(killAt: number, when: Moment): Generator<void> {
    const effects = this.manager?.flush() ?? [];
    this.batches += 1;
    const dies = this.batches === killAt;
    const out = { before: 0, amid: effects.length >> 1, after: effects.length }[dies ? when : 'after'];
    for (const effect of effects.slice(0, out)) this.carryOut(effect);
    if (!dies) return;
    // What init had said and nobody heard is lost; it says again what is still so.
    this.inbox.splice(0, this.inbox.length, ...this.inbox.filter(({ keeper }) => keeper > 0));
    this.generation += 1;
    for (const keeper of this.keepers.values()) {
      if (keeper.gone || keeper.lost) this.tellGone(keeper);
      if (keeper.remains > 0 && keeper.processes === 0) this.fromInit('remainsEmpty', { keeper: keeper.id });
    }
    for (const [unit, count] of this.stores)
      if (this.living(unit).length === 0) this.fromInit('storeChanged', { unit, count });
    if (this.shutdown > 0) this.fromInit('shutdown', { signal: this.shutdown, hurry: 0 });
    const waiting = [...this.clients.values()];
    this.clients.clear();
    for (const client of waiting) this.connect(client);
    yield* this.startManager(killAt, when);
  }

  private carryOut(effect: HostEffect): void {
    switch (effect.kind) {
      case 'make-keeper': {
        const frame = this.decode(effect.bytes);
        if (frame.name !== 'keep') throw new Error(`make-keeper with ${frame.name}`);
        if (this.keepers.has(effect.keeper)) throw new Error(`keeper ${effect.keeper} is made twice`);
        this.keepers.set(effect.keeper, new FakeKeeper(this.port, effect.keeper, frame.body.unit));
        break;
      }
      case 'to-keeper': {
        const keeper = this.keepers.get(effect.keeper);
        if (keeper !== undefined && !keeper.gone && !keeper.lost) this.toKeeper(keeper, this.decode(effect.bytes));
        break;
      }
      case 'to-init':
        this.toInit(this.decode(effect.bytes));
        break;
      case 'to-client': {
        const client = this.clients.get(effect.client);
        client?.take(this.decode(effect.bytes), this.host);
        if (client?.status !== undefined) this.clients.delete(effect.client);
        break;
      }
      case 'timer':
        this.timer = effect.at;
        break;
      default:
    }
  }

  private toInit(frame: Frame): void {
    switch (frame.name) {
      case 'exit':
        this.exited = frame.body.status;
        break;
      case 'forget':
        this.keepers.delete(frame.body.keeper);
        break;
      case 'dropStore':
        this.stores.delete(frame.body.unit);
        break;
      case 'killRemains': {
        const keeper = this.keepers.get(frame.body.keeper);
        keeper?.kill(frame.body.which, frame.body.signal);
        if (keeper?.processes === 0) this.fromInit('remainsEmpty', { keeper: keeper.id });
        break;
      }
      default:
    }
  }

  private toKeeper(keeper: FakeKeeper, frame: Frame): void {
    keeper.events = keeper.events.filter(({ sequence }) => sequence > frame.acknowledged);
    if (frame.name === 'resume') {
      const hello = encodeFrame(this.host, 'hello', { pid: keeper.pid, seen: keeper.seen }, 0, keeper.seen);
      this.queue(keeper.id, () => hello);
      for (const { bytes } of keeper.events) this.queue(keeper.id, bytes);
      return;
    }
    if (frame.sequence === 0 || frame.sequence <= keeper.seen) return;
    if (frame.sequence !== keeper.seen + 1)
      throw new Error(`keeper of ${keeper.unit}: command ${frame.sequence} after ${keeper.seen}`);
    keeper.seen = frame.sequence;
    keeper.take(frame);
  }

  private tellGone({ id, lost, remains }: FakeKeeper): void {
    const how = lost ? { lost: 1, code: endCodes.killed, status: 9, remains } : { lost: 0, code: endCodes.exited };
    this.fromInit('keeperGone', { keeper: id, ...how });
  }

  private event<N extends FrameName>(keeper: FakeKeeper, name: N, fields: FrameFields<N>): void {
    keeper.sent += 1;
    const sequence = keeper.sent;
    const bytes = (): Uint8Array => encodeFrame(this.host, name, fields, sequence, keeper.seen);
    keeper.events.push({ sequence, bytes });
    this.queue(keeper.id, bytes);
  }

  private fromInit<N extends FrameName>(name: N, fields: FrameFields<N>): void {
    this.queue(0, () => encodeFrame(this.host, name, fields));
  }

  private queue(keeper: number, bytes: () => Uint8Array): void {
    const frame = bytes();
    this.inbox.push({
      keeper,
      event: () => ({ kind: 'frame', clock: this.host.clock(), keeper, bytes: frame, descriptors: 0 }),
    });
  }

  private decode(bytes: Uint8Array): Frame {
    const frame = decodeFrame(this.host, bytes);
    if (isWireError(frame)) throw new Error(frame.detail);
    return frame;
  }
}
