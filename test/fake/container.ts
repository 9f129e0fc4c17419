/**
 * A container in memory around the real program: init and keepers as docs/wire.md has them, without processes. The
 * manager can be killed at any batch, before or after its effects are out, and a new one started.
 */
import type { HostEffect, HostEvent, Program } from '../../src/host.d.ts';
import { program } from '../../src/main.ts';
import { decodeFrame, encodeFrame, isWireError } from '../../src/wire/codec.ts';
import type { Frame, FrameFields, FrameName } from '../../src/wire/schema.ts';
import { endCodes, slots } from '../../src/wire/schema.ts';
import { type FakeHost, fakeHost } from './host.ts';

interface Keeper {
  readonly id: number;
  readonly unit: string;
  readonly pid: number;
  /** Last event's and last seen command's sequence. */
  sent: number;
  seen: number;
  /** Not acknowledged. */
  events: { readonly sequence: number; readonly bytes: () => Uint8Array }[];
  running: Map<'main' | 'control', number>;
  released: boolean;
  gone: boolean;
}

export interface ContainerOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: readonly string[];
  readonly arguments?: readonly string[];
  /** Lazily loaded parts of the program, by name. */
  readonly parts?: Readonly<Record<string, unknown>>;
  /** Links, executables and the like. */
  readonly prepare?: (host: FakeHost) => void;
}

/** Commands whose path begins so end at once, with the status at the end of the path (`/once/0`), and so do generators and init scripts; all others run until a signal. */
const once = /^\/once\/(\d+)$|-generator$|^\/etc\/init\.d\//;

export class Container {
  readonly host: FakeHost;
  /** Every command that was carried out: "unit path", in order. */
  readonly commands: string[] = [];
  /** Exit status that init was told. */
  exited: number | undefined;
  generation = 0;
  batches = 0;
  private readonly options: ContainerOptions;
  private readonly keepers = new Map<number, Keeper>();
  private manager: Program | undefined;
  /** What waits for the manager: from keepers (which outlives it) and from init (which does not). */
  private readonly inbox: { readonly keeper: number; readonly event: () => HostEvent }[] = [];
  private pids = 100;
  private shutdown = 0;
  private timer: number | undefined;

  constructor(options: ContainerOptions) {
    this.options = options;
    this.host = fakeHost({
      files: { '/run/pidone/.keep': '', '/var/log/.keep': '', ...options.files },
      parts: options.parts ?? {},
    });
    options.prepare?.(this.host);
  }

  /** Runs until nothing waits. `killAt`: the number of the batch (counted over all managers) that the manager dies in; `when`: before or after its effects. */
  run(killAt = Infinity, when: 'before' | 'after' = 'after'): void {
    if (this.manager === undefined) this.startManager(killAt, when);
    for (let next = this.inbox.shift(); next !== undefined; next = this.inbox.shift()) {
      this.host.advance(1000);
      this.manager?.handle(next.event());
      this.finishBatch(killAt, when);
    }
  }

  /** Time goes on to the armed timer. */
  passTime(killAt = Infinity, when: 'before' | 'after' = 'after'): void {
    const { monotonic } = this.host.clock();
    if (this.timer === undefined) return;
    this.host.advance(Math.max(0, this.timer - monotonic));
    this.timer = undefined;
    this.inbox.push({ keeper: -1, event: () => ({ kind: 'timer', clock: this.host.clock() }) });
    this.run(killAt, when);
  }

  /** SIGTERM for init. */
  terminate(): void {
    this.shutdown = 15;
    this.fromInit('shutdown', { signal: 15, hurry: 0 });
  }

  /** The process of a unit ends by itself. */
  end(unit: string, code: keyof typeof endCodes, status: number): void {
    for (const keeper of this.keepers.values())
      if (keeper.unit === unit && !keeper.gone) this.endSlot(keeper, 'main', code, status);
  }

  private startManager(killAt: number, when: 'before' | 'after'): void {
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
        keepers: [...this.keepers.values()].map(({ id, pid, gone }) => ({
          keeper: id,
          pid: gone ? 0 : pid,
          lost: false,
        })),
        shutdown: { signal: this.shutdown, hurry: false },
        consoleIsTerminal: false,
      },
    });
    this.finishBatch(killAt, when);
  }

  private finishBatch(killAt: number, when: 'before' | 'after'): void {
    const effects = this.manager?.flush() ?? [];
    this.batches += 1;
    const dies = this.batches === killAt;
    if (!dies || when === 'after') for (const effect of effects) this.carryOut(effect);
    if (!dies) return;
    // What init had said and nobody heard is lost; it says again what is still so.
    this.inbox.splice(0, this.inbox.length, ...this.inbox.filter(({ keeper }) => keeper > 0));
    this.generation += 1;
    for (const keeper of this.keepers.values()) if (keeper.gone) this.tellGone(keeper);
    if (this.shutdown > 0) this.fromInit('shutdown', { signal: this.shutdown, hurry: 0 });
    this.startManager(killAt, when);
  }

  private carryOut(effect: HostEffect): void {
    switch (effect.kind) {
      case 'make-keeper': {
        const frame = this.decode(effect.bytes);
        if (frame.name !== 'keep') throw new Error(`make-keeper with ${frame.name}`);
        if (this.keepers.has(effect.keeper)) throw new Error(`keeper ${effect.keeper} is made twice`);
        this.keepers.set(effect.keeper, {
          id: effect.keeper,
          unit: frame.body.unit,
          pid: this.pids++,
          sent: 0,
          seen: 0,
          events: [],
          running: new Map(),
          released: false,
          gone: false,
        });
        break;
      }
      case 'to-keeper': {
        const keeper = this.keepers.get(effect.keeper);
        if (keeper !== undefined && !keeper.gone) this.toKeeper(keeper, this.decode(effect.bytes));
        break;
      }
      case 'to-init': {
        const frame = this.decode(effect.bytes);
        if (frame.name === 'exit') this.exited = frame.body.status;
        else if (frame.name === 'forget') this.keepers.delete(frame.body.keeper);
        break;
      }
      case 'timer':
        this.timer = effect.at;
        break;
      default:
    }
  }

  private toKeeper(keeper: Keeper, frame: Frame): void {
    keeper.events = keeper.events.filter(({ sequence }) => sequence > frame.acknowledged);
    if (frame.name === 'resume') {
      this.fromKeeper(keeper, 'hello', { pid: keeper.pid, seen: keeper.seen });
      for (const { bytes } of keeper.events) this.queue(keeper.id, bytes);
      return;
    }
    if (frame.sequence === 0 || frame.sequence <= keeper.seen) return;
    if (frame.sequence !== keeper.seen + 1)
      throw new Error(`keeper of ${keeper.unit}: command ${frame.sequence} after ${keeper.seen}`);
    keeper.seen = frame.sequence;
    switch (frame.name) {
      case 'run': {
        const path = frame.body.paths[0] ?? '';
        this.commands.push(`${keeper.unit} ${path}`);
        const slot = frame.body.slot === slots.main ? 'main' : 'control';
        const pid = this.pids++;
        keeper.running.set(slot, pid);
        this.event(keeper, 'started', { slot: slots[slot], pid, keeper: keeper.pid });
        const ended = once.exec(path);
        if (ended !== null) this.endSlot(keeper, slot, 'exited', Number(ended[1] ?? 0));
        break;
      }
      case 'kill':
        for (const slot of ['main', 'control'] as const)
          if ((frame.body.which & (slots[slot] | slots.tree)) !== 0)
            this.endSlot(keeper, slot, 'killed', frame.body.signal);
        break;
      case 'release':
        keeper.released = true;
        this.leaveIfDone(keeper);
        break;
      default:
    }
  }

  private endSlot(keeper: Keeper, slot: 'main' | 'control', code: keyof typeof endCodes, status: number): void {
    const pid = keeper.running.get(slot);
    if (pid === undefined) return;
    keeper.running.delete(slot);
    const empty = keeper.running.size === 0 ? 1 : 0;
    this.event(keeper, 'exited', { slot: slots[slot], pid, code: endCodes[code], status, empty });
    this.leaveIfDone(keeper);
  }

  private leaveIfDone(keeper: Keeper): void {
    if (!keeper.released || keeper.running.size > 0 || keeper.gone) return;
    keeper.gone = true;
    this.tellGone(keeper);
  }

  private tellGone(keeper: Keeper): void {
    this.fromInit('keeperGone', { keeper: keeper.id, lost: 0, code: endCodes.exited });
  }

  private event<N extends FrameName>(keeper: Keeper, name: N, fields: FrameFields<N>): void {
    keeper.sent += 1;
    const sequence = keeper.sent;
    const bytes = (): Uint8Array => encodeFrame(this.host, name, fields, sequence, keeper.seen);
    keeper.events.push({ sequence, bytes });
    this.queue(keeper.id, bytes);
  }

  private fromKeeper<N extends FrameName>(keeper: Keeper, name: N, fields: FrameFields<N>): void {
    this.queue(keeper.id, () => encodeFrame(this.host, name, fields, 0, keeper.seen));
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
