/** A keeper in memory: what native/keeper*.c does, with processes that behave by the path of their command. */
import type { Frame, FrameFields, FrameName } from '../../src/wire/schema.ts';
import { endCodes, senders, slots } from '../../src/wire/schema.ts';
import { encodeText } from './text.ts';

export type SlotName = 'main' | 'control';
export type EndCode = keyof typeof endCodes;

export interface KeeperPort {
  /** A pid for a new process. */
  newPid(): number;
  /** A command begins. */
  ran(unit: string, path: string): void;
  /** A numbered event for the manager. */
  event<N extends FrameName>(keeper: FakeKeeper, name: N, fields: FrameFields<N>): void;
  /** Puts descriptors into the unit's store, or takes all out. @returns how many there are */
  store(unit: string, count: number): number;
  /** It has left, with an empty tree. */
  left(keeper: FakeKeeper): void;
}

interface Process {
  readonly pid: number;
  readonly path: string;
}

/**
 * What a command does, by its path. Whatever is not listed runs until a signal ends it.
 *
 * - `/once/N…` (and generators and init scripts) ends at once with status N
 * - `/ready/…` says READY=1, `/storing/…` stores a descriptor besides
 * - `/forking/…` leaves a child and ends
 * - `/deaf/…` ends by SIGKILL only
 * - `/obeys/…` ends with status 0 on SIGTERM
 */
const once = /^\/once\/(\d+)|-generator$|^\/etc\/init\.d\//;
const SIGKILL = 9;
const SIGTERM = 15;
/** SIGHUP, SIGCONT: nobody here ends by them. */
const harmless: readonly number[] = [1, 18];

export class FakeKeeper {
  readonly id: number;
  readonly unit: string;
  readonly pid: number;
  /** Last event's and last seen command's sequence. */
  sent = 0;
  seen = 0;
  /** Not acknowledged. */
  events: { readonly sequence: number; readonly bytes: () => Uint8Array }[] = [];
  gone = false;
  /** Was killed; what is left is init's. */
  lost = false;
  /** How many there were when it was killed. */
  remains = 0;
  private readonly port: KeeperPort;
  private readonly running = new Map<SlotName, Process>();
  private others: Process[] = [];
  private released = false;

  constructor(port: KeeperPort, id: number, unit: string) {
    this.port = port;
    this.id = id;
    this.unit = unit;
    this.pid = port.newPid();
  }

  get processes(): number {
    return this.running.size + this.others.length;
  }

  lose(): void {
    this.lost = true;
    this.remains = this.processes;
  }

  /** A command that has not been seen before. */
  take(frame: Frame): void {
    switch (frame.name) {
      case 'run':
        this.start(frame.body.slot === slots.main ? 'main' : 'control', frame.body.paths[0] ?? '');
        break;
      case 'kill':
        for (const signal of [frame.body.signal, ...frame.body.also]) this.kill(frame.body.which, signal);
        break;
      case 'adopt': {
        const child = this.others.find(({ pid }) => pid === frame.body.pid);
        if (child !== undefined) {
          this.others = this.others.filter((each) => each !== child);
          this.running.set('main', child);
        }
        this.port.event(this, 'adopted', { pid: frame.body.pid, errno: child === undefined ? 3 : 0 });
        break;
      }
      case 'release':
        this.released = true;
        this.leaveIfDone();
        break;
      default:
    }
  }

  /** Signals what is left; by init when the keeper is lost. */
  kill(which: number, signal: number): void {
    if (signal === 0 || harmless.includes(signal)) return;
    const hits = ({ path }: Process): boolean => signal === SIGKILL || !path.startsWith('/deaf/');
    if ((which & slots.tree) !== 0) {
      const dead = this.others.filter(hits);
      this.others = this.others.filter((each) => !dead.includes(each));
      if (dead.length > 0 && this.processes === 0) this.tellEmpty();
    }
    for (const slot of ['main', 'control'] as const) {
      const process = this.running.get(slot);
      if ((which & (slots[slot] | slots.tree)) === 0 || process === undefined || !hits(process)) continue;
      if (signal === SIGTERM && process.path.startsWith('/obeys/')) this.end(slot, 'exited', 0);
      else this.end(slot, 'killed', signal);
    }
  }

  /** The process of a slot ends. */
  end(slot: SlotName, code: EndCode, status: number): void {
    const process = this.running.get(slot);
    if (process === undefined) return;
    this.running.delete(slot);
    const empty = this.processes === 0 ? 1 : 0;
    const children = this.others.map(({ pid }) => pid);
    const fields = { slot: slots[slot], pid: process.pid, code: endCodes[code], status, empty, children };
    if (!this.lost) this.port.event(this, 'exited', fields);
    this.leaveIfDone();
  }

  /** The main process says something. */
  notify(text: string): void {
    const main = this.running.get('main');
    if (main === undefined) return;
    this.port.event(this, 'notify', { sender: senders.main, pid: main.pid, uid: 0, text: encodeText(text) });
    const stored = text.split('\n').filter((line) => line === 'FDSTORE=1').length;
    if (stored > 0) this.port.event(this, 'stored', { count: this.port.store(this.unit, stored) });
  }

  private start(slot: SlotName, path: string): void {
    this.port.ran(this.unit, path);
    const process = { pid: this.port.newPid(), path };
    this.running.set(slot, process);
    this.port.event(this, 'started', { slot: slots[slot], pid: process.pid, keeper: this.pid });
    const ended = once.exec(path);
    if (ended !== null) this.end(slot, 'exited', Number(ended[1] ?? 0));
    else if (path.startsWith('/ready/')) this.notify('READY=1');
    else if (path.startsWith('/storing/')) this.notify('FDSTORE=1\nREADY=1\nSTATUS=stored');
    else if (path.startsWith('/forking/')) {
      this.others.push({ pid: this.port.newPid(), path: '/bin/child' });
      this.end(slot, 'exited', 0);
    }
  }

  private tellEmpty(): void {
    if (!this.lost) this.port.event(this, 'empty', {});
    this.leaveIfDone();
  }

  private leaveIfDone(): void {
    if (!this.released || this.processes > 0 || this.gone || this.lost) return;
    this.gone = true;
    this.port.left(this);
  }
}
