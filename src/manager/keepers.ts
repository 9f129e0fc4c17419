/**
 * The manager's side of every keeper's channel: which keepers there are, what was said to them and not yet heard, what
 * was heard from them. docs/wire.md has the rules; in short: commands are numbered, stored before they are sent, and kept
 * until the keeper has shown that it saw them; events are taken once, in order, and acknowledged when stored.
 */
import type { HostEffect, PassedSocket } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import { encodeFrame, type TextCodec } from '../wire/codec.ts';
import type { Frame, FrameFields } from '../wire/schema.ts';
import type { UnitEffect } from './effect.ts';
import type { Space } from './spaces.ts';
import type { KeeperId, Pid } from './state.ts';

/** A command to a keeper as it is stored: a `run` is built again from the effect that it came from. */
export type KeeperCommand =
  | { readonly kind: 'run'; readonly effect: Extract<UnitEffect, { kind: 'run' }> }
  | {
      readonly kind: 'kill';
      readonly which: number;
      readonly signal: number;
      readonly also: readonly number[];
      readonly pid: number;
      readonly value?: number | undefined;
    }
  | { readonly kind: 'adopt'; readonly pid: Pid }
  | { readonly kind: 'release' };

export interface Outgoing {
  readonly sequence: number;
  readonly command: KeeperCommand;
}

/** Plain data: the store keeps it so. */
export interface KeeperRecord {
  readonly id: KeeperId;
  readonly unit: UnitName;
  readonly invocation: string;
  /** 0: not known yet */
  pid: number;
  /** It was killed; init looks after its tree. */
  lost: boolean;
  /** Sequence of the last event that was taken. */
  taken: number;
  /** Sequence of the last command. */
  sent: number;
  /** Commands that it has not shown to have seen. */
  outbox: Outgoing[];
  /** What init was asked to do to the tree of a lost one; a new manager asks again, as init may not have heard it. */
  remainsKills?: readonly RemainsKill[];
  /** What the invocation's commands share; none once it is released. */
  space?: Space | undefined;
  /** There never was one: the number marks a scope, which began with this process. */
  scope?: Pid;
}

export interface RemainsKill {
  readonly signal: number;
  /** Sum of slots. */
  readonly which: number;
}

export interface KeepersPort {
  readonly text: TextCodec;
  /** The fields of `keep` for a unit's keeper. */
  keepFields(keeper: KeeperRecord): FrameFields<'keep'>;
  /** The fields of a `run`; undefined: it cannot be run any more, and who asked was told. */
  /** The fields of `release`. */
  releaseFields(keeper: KeeperRecord): FrameFields<'release'>;
  runFields(keeper: KeeperRecord, effect: Extract<UnitEffect, { kind: 'run' }>): FrameFields<'run'> | undefined;
  /** What goes along with a `run`. */
  sockets(keeper: KeeperRecord, effect: Extract<UnitEffect, { kind: 'run' }>): readonly PassedSocket[];
}

/** Acknowledged at the latest when so many events are open; sooner if something is sent anyway. */
const openEvents = 16;

interface Waiting {
  /** Acknowledged to it so far. */
  acknowledged: number;
  /** Not sent yet; undefined: nothing. */
  toSend:
    | {
        readonly sequence: number;
        readonly name: 'run' | 'kill' | 'adopt' | 'release';
        readonly fields: object;
        readonly sockets?: readonly PassedSocket[];
      }[]
    | undefined;
}

export interface Keepers {
  readonly records: ReadonlyMap<KeeperId, KeeperRecord>;
  /** Changed since takeDirty(). */
  takeDirty(): ReadonlySet<KeeperId>;
  make(id: KeeperId, unit: UnitName, invocation: string, space: Space | undefined): void;
  /** Has init look after a scope under that number, as if it were left of a lost keeper. */
  makeScope(id: KeeperId, unit: UnitName, member: Pid): void;
  command(id: KeeperId, command: KeeperCommand): void;
  /** Is this frame the next event? Then it counts as taken. */
  take(id: KeeperId, frame: Frame): boolean;
  /** A frame that was refused counts as taken too. */
  skip(id: KeeperId, sequence: number): void;
  /** What was taken so far is acknowledged at the next flush. */
  acknowledge(id: KeeperId): void;
  lose(id: KeeperId): void;
  /** Has init signal what is left of a lost keeper's tree. */
  killRemains(id: KeeperId, kill: RemainsKill): void;
  /** It is gone for good. */
  forget(id: KeeperId): void;
  /** To init. */
  tellInit(name: 'ready' | 'exit' | 'pong' | 'dropStore' | 'streams', fields: object): void;
  /** After a restart of the manager: `known` are those that init has. */
  resume(stored: readonly KeeperRecord[], known: ReadonlyMap<number, { pid: number; lost: boolean }>): void;
  /** `hello`: sends again what it did not see. */
  greet(id: KeeperId, seen: number, pid: number): void;
  /** All that waits to be sent, as effects; to be called when all is stored. */
  flush(effects: HostEffect[]): void;
}

export function createKeepers(port: KeepersPort): Keepers {
  const { text } = port;
  const records = new Map<KeeperId, KeeperRecord>();
  const waiting = new Map<KeeperId, Waiting>();
  let dirty = new Set<KeeperId>();
  /** In order: what goes out at the next flush and is no command. */
  const effects: (() => HostEffect)[] = [];
  /** After all commands. */
  const last: (() => HostEffect)[] = [];
  const busy = new Set<KeeperId>();
  /** Asked by a new manager what they have seen: until they say so nothing new may overtake what must be sent again. */
  const asked = new Set<KeeperId>();

  function wait(id: KeeperId): Waiting {
    let entry = waiting.get(id);
    if (entry === undefined) {
      entry = { acknowledged: 0, toSend: undefined };
      waiting.set(id, entry);
    }
    return entry;
  }

  function queue(record: KeeperRecord, { sequence, command }: Outgoing): void {
    const fields = fieldsOf(record, command);
    // A command that cannot be carried out any more still has its number: a kill of nobody takes its place.
    (wait(record.id).toSend ??= []).push(
      fields === undefined
        ? { sequence, name: 'kill', fields: { which: 0, signal: 0 } }
        : { sequence, name: command.kind, fields, ...socketsOf(record, command) },
    );
    busy.add(record.id);
  }

  function socketsOf(record: KeeperRecord, command: KeeperCommand): { readonly sockets?: readonly PassedSocket[] } {
    const sockets = command.kind === 'run' ? port.sockets(record, command.effect) : [];
    return sockets.length === 0 ? {} : { sockets };
  }

  function fieldsOf(record: KeeperRecord, command: KeeperCommand): object | undefined {
    switch (command.kind) {
      case 'run':
        return port.runFields(record, command.effect);
      case 'kill':
        return {
          which: command.which,
          signal: command.signal,
          also: command.also,
          pid: command.pid,
          ...(command.value === undefined ? undefined : { queued: 1, value: command.value }),
        };
      case 'adopt':
        return { pid: command.pid };
      case 'release':
        return port.releaseFields(record);
    }
  }

  function askInit(id: KeeperId, kill: RemainsKill): void {
    effects.push(() => ({ kind: 'to-init', bytes: encodeFrame(text, 'killRemains', { keeper: id, ...kill }) }));
  }

  function add(record: KeeperRecord): void {
    records.set(record.id, record);
    effects.push(() => ({
      kind: 'make-keeper',
      keeper: record.id,
      bytes: encodeFrame(text, 'keep', port.keepFields(record)),
    }));
  }

  function addScope(record: KeeperRecord): void {
    records.set(record.id, record);
    const { id: keeper, unit, scope: pid } = record;
    effects.push(() => ({ kind: 'to-init', bytes: encodeFrame(text, 'keepScope', { keeper, unit, pid }) }));
  }

  return {
    records,
    takeDirty() {
      const changed = dirty;
      if (changed.size > 0) dirty = new Set();
      return changed;
    },
    make(id, unit, invocation, space) {
      add({ id, unit, invocation, pid: 0, lost: false, taken: 0, sent: 0, outbox: [], ...(space && { space }) });
      dirty.add(id);
    },
    makeScope(id, unit, member) {
      addScope({ id, unit, invocation: '', pid: 0, lost: true, taken: 0, sent: 0, outbox: [], scope: member });
      dirty.add(id);
    },
    command(id, command) {
      const record = records.get(id);
      if (record === undefined || record.lost) return;
      record.sent += 1;
      const outgoing = { sequence: record.sent, command };
      record.outbox.push(outgoing);
      dirty.add(id);
      if (!asked.has(id)) queue(record, outgoing);
    },
    take(id, frame) {
      const record = records.get(id);
      if (record === undefined || record.lost || frame.sequence !== record.taken + 1) return false;
      record.taken = frame.sequence;
      if (record.outbox.length > 0)
        record.outbox = record.outbox.filter((outgoing) => outgoing.sequence > frame.acknowledged);
      if (frame.name === 'started') record.pid = frame.body.keeper;
      dirty.add(id);
      if (record.taken - wait(id).acknowledged >= openEvents) busy.add(id);
      return true;
    },
    skip(id, sequence) {
      const record = records.get(id);
      if (record === undefined || sequence !== record.taken + 1) return;
      record.taken = sequence;
      dirty.add(id);
    },
    acknowledge(id) {
      busy.add(id);
      wait(id);
    },
    lose(id) {
      const record = records.get(id);
      if (record === undefined) return;
      record.lost = true;
      record.outbox = [];
      asked.delete(id);
      waiting.delete(id);
      busy.delete(id);
      dirty.add(id);
    },
    killRemains(id, kill) {
      const record = records.get(id);
      if (record?.lost !== true) return;
      record.remainsKills = [...(record.remainsKills ?? []), kill];
      dirty.add(id);
      askInit(id, kill);
    },
    forget(id) {
      records.delete(id);
      asked.delete(id);
      waiting.delete(id);
      busy.delete(id);
      dirty.add(id);
      effects.push(
        () => ({ kind: 'drop-keeper', keeper: id }),
        () => ({ kind: 'to-init', bytes: encodeFrame(text, 'forget', { keeper: id }) }),
      );
    },
    tellInit(name, fields) {
      (name === 'exit' ? last : effects).push(() => ({ kind: 'to-init', bytes: encodeFrame(text, name, fields) }));
    },
    resume(stored, known) {
      for (const record of stored) {
        // Said again, as nobody knows whether the answer was heard.
        if (record.scope !== undefined) addScope(record);
        const there = known.get(record.id);
        if (there === undefined) {
          // Its `keep` was stored and never sent.
          if (!record.lost) {
            add(record);
            for (const outgoing of record.outbox) queue(record, outgoing);
          }
          continue;
        }
        records.set(record.id, record);
        if (record.lost) for (const kill of record.remainsKills ?? []) askInit(record.id, kill);
        if (there.pid > 0) {
          record.pid = there.pid;
          asked.add(record.id);
          effects.push(() => ({
            kind: 'to-keeper',
            keeper: record.id,
            bytes: encodeFrame(text, 'resume', { from: record.taken }, 0, record.taken),
          }));
        }
      }
      // What was forgotten here, and init never heard of it.
      for (const [id, { pid }] of known)
        if (!records.has(id as KeeperId) && pid === 0)
          effects.push(() => ({ kind: 'to-init', bytes: encodeFrame(text, 'forget', { keeper: id }) }));
    },
    greet(id, seen, pid) {
      const record = records.get(id);
      if (record === undefined || record.lost) return;
      asked.delete(id);
      record.pid = pid;
      record.outbox = record.outbox.filter((outgoing) => outgoing.sequence > seen);
      dirty.add(id);
      for (const outgoing of record.outbox) queue(record, outgoing);
    },
    flush(out) {
      for (const make of effects) out.push(make());
      effects.length = 0;
      for (const id of busy) {
        const record = records.get(id);
        const entry = waiting.get(id);
        if (record === undefined || entry === undefined) continue;
        for (const { sequence, name, fields, ...sockets } of entry.toSend ?? []) {
          const bytes = encodeFrame(text, name, fields, sequence, record.taken);
          out.push({ kind: 'to-keeper', keeper: id, bytes, ...sockets });
        }
        if (entry.toSend === undefined && record.taken > entry.acknowledged)
          out.push({ kind: 'to-keeper', keeper: id, bytes: encodeFrame(text, 'acknowledge', {}, 0, record.taken) });
        entry.toSend = undefined;
        entry.acknowledged = record.taken;
      }
      busy.clear();
      for (const make of last) out.push(make());
      last.length = 0;
    },
  };
}
