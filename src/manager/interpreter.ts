/**
 * From the core's effects to frames and files, and from frames to the core's events. The one place that hands effects to
 * the world. What a keeper says is passed on only if it is the unit's current one: an earlier invocation's keeper that
 * still has processes may say what it likes.
 */
import type { Errno, Host } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type { Frame, FrameFields } from '../wire/schema.ts';
import { connectionVariables, passedSockets, strayDescriptors } from './connection.ts';
import type { Core } from './core.ts';
import type { Effect, LogLevel, MessageForm, UnitEffect } from './effect.ts';
import { activationVariables } from './environment/monitor.ts';
import { buildExecution, type ExecutionPort } from './execution.ts';
import { keeperEvent } from './keeper-event.ts';
import { keepFields, notifyPathOf, type KeepPlaces } from './keep-fields.ts';
import { createKeepers, type KeeperRecord, type Keepers } from './keepers.ts';
import { type Log, logLevels } from './log.ts';
import { mostLevel } from './log-settings.ts';
import { createMemoryKills } from './memory-kills.ts';
import { createOwnHands } from './own-hands.ts';
import { createPidFiles } from './pid-files.ts';
import { createSpaces } from './spaces.ts';
import { releaseFields } from './terminal.ts';
import type { ServiceState } from './service/state.ts';
import type { LoadOwnPart } from './own-types.ts';
import type { KeeperId } from './state.ts';
import { createLapsedJournals } from './lapsed-journals.ts';
import { createTraces, isUp } from './traces.ts';
import type { UnitEvent } from './world.ts';
import { dropStreams, removeTransient, streamsOf } from './transient-files.ts';

export interface InterpreterPorts extends KeepPlaces {
  readonly host: Host;
  readonly core: Core;
  readonly log: Log;
  readonly ownPart: LoadOwnPart;
  readonly execution: ExecutionPort;
  /** Effects that are not about one unit's processes: job-removed, unit-changed, exit. */
  other(effect: Exclude<Effect, { unit: UnitName } & UnitEffect>): void;
}

export interface Interpreter {
  readonly keepers: Keepers;
  run(effects: readonly Effect[]): void;
  /** A frame of a keeper or about one. False: not for here. */
  frame(keeper: KeeperId, frame: Frame): boolean;
  /** What keepers have left on the disk that ended with their container. */
  sweep(stored: Iterable<KeeperRecord>): void;
  /** Something changed under a watch. */
  changed(watch: number): void;
  /**
   * After a restart: keepers that were stored, and those that init knows. Those that are gone though nobody said so are told to their
   * units, PID files are watched again.
   */
  resume(stored: readonly KeeperRecord[], known: ReadonlyMap<number, { pid: number; lost: boolean }>): void;
}

export function createInterpreter(ports: InterpreterPorts): Interpreter {
  const { host, core, log } = ports;
  const keepers = createKeepers({
    text: host,
    keepFields: (record) => keepFields(core.world, ports, record),
    runFields,
    sockets: (record, { phase }) => passedSockets(core.world, host, record.unit, phase),
    releaseFields: (record) => releaseFields(core.world.records.get(record.unit)?.unit),
  });
  const lapsedJournals = createLapsedJournals(host, ports.journalRoot, (unit) => core.world.records.has(unit));
  const traces = createTraces(
    host,
    ports.execution,
    (name) => core.world.records.get(name)?.unit,
    () => [...core.world.records.values()].filter(({ unit, state }) => isUp(core.machine.activeState(unit, state))),
    (unit, message) => {
      say(unit, 0, 'warning', message);
    },
  );
  const spaces = createSpaces(host, ports.runtimeDirectory);
  const outOfMemory = createMemoryKills(host);
  const pidFiles = createPidFiles(host, (unit) => serviceOf(unit)?.pidFile === 'waiting', tell);

  const hands = createOwnHands({
    host,
    log,
    load: ports.ownPart,
    unit: (name) => core.world.records.get(name)?.unit,
    tell,
  });

  function tell(unit: UnitName, event: UnitEvent): void {
    core.feed({ kind: 'unit', unit, event });
  }

  /** The keeper of the unit's current invocation. */
  function keeperOf(unit: UnitName): KeeperId | undefined {
    const record = core.world.records.get(unit);
    return record === undefined ? undefined : core.machine.keeper(record.state);
  }

  function say(unit: UnitName, keeper: number, level: LogLevel, message: string, form?: MessageForm): void {
    const known = core.world.records.get(unit)?.unit;
    const most = known === undefined || serviceOf(unit)?.debug === true ? undefined : mostLevel(known);
    if (most === undefined || logLevels[level] <= most) log.unit(unit, keeper, level, message, form);
  }

  /** Told once. */
  function note(unit: UnitName, keeper: KeeperId, text: string): void {
    if (core.world.records.get(unit)?.notices.includes(text) !== false) return;
    log.unit(unit, keeper, 'notice', text, undefined);
    core.feed({ kind: 'notice', unit, text });
  }

  function serviceOf(unit: UnitName): ServiceState | undefined {
    const state = core.world.records.get(unit)?.state;
    return state?.type === 'service' ? state.service : undefined;
  }

  function runFields(
    record: KeeperRecord,
    effect: Extract<UnitEffect, { kind: 'run' }>,
  ): FrameFields<'run'> | undefined {
    const unit = core.world.records.get(record.unit)?.unit;
    if (unit === undefined) return undefined;
    // Who would not be heard is not told where to speak (service_exec_needs_notify_socket()).
    const access = serviceOf(record.unit)?.notifyAccess ?? unit.service?.notifyAccess;
    const isHeard = effect.slot === 'main' ? access !== 'none' : access !== 'main' && access !== 'none';
    const notifyPath = isHeard ? notifyPathOf(core.world, ports, record) : '';
    const monitor = [
      ...activationVariables(core.world, record.unit),
      ...connectionVariables(core.world.records.get(record.unit)),
    ];
    const execution = buildExecution(
      unit,
      effect,
      {
        monitor,
        invocation: record.invocation,
        space: record.space,
        notifyPath,
        streams: streamsOf(host, ports.runtimeDirectory, unit),
      },
      ports.execution,
    );
    if (execution.ok) {
      if (execution.notice !== '') note(record.unit, record.id, execution.notice);
      return execution.fields;
    }
    const { result, exitStatus, why } = execution;
    tell(record.unit, { kind: 'run-failed', slot: effect.slot, result, exitStatus, why });
    return undefined;
  }

  function runUnit(unit: UnitName, effect: UnitEffect): void {
    switch (effect.kind) {
      case 'make-keeper':
        // What a container that was killed has left is none of this invocation's.
        if (core.world.records.get(unit)?.unit.service?.exec.hasSecrets === true) traces.removeSecrets(unit);
        makeKeeper(unit, effect.keeper, effect.invocation);
        break;
      case 'run':
        keepers.command(effect.keeper, { kind: 'run', effect });
        break;
      case 'kill':
        if (effect.lost)
          for (const signal of [effect.signal, ...effect.also])
            keepers.killRemains(effect.keeper, { signal, which: effect.which });
        else keepers.command(effect.keeper, { ...effect, kind: 'kill', pid: 0 });
        break;
      case 'adopt':
        keepers.command(effect.keeper, { kind: 'adopt', pid: effect.pid });
        break;
      case 'release':
        keepers.command(effect.keeper, { kind: 'release' });
        releaseSpace(effect.keeper);
        break;
      case 'read-pid-file':
        pidFiles.read(unit, effect.path);
        break;
      case 'remove-pid-file':
        host.remove(effect.path);
        break;
      case 'remove-runtime-directories':
        traces.removeDirectories(unit, ['runtime']);
        break;
      case 'remove-secrets':
        traces.removeSecrets(unit);
        break;
      case 'remove-ipc':
        traces.removeIpc(unit);
        break;
      case 'clean':
        tell(unit, { kind: 'cleaned', result: traces.removeDirectories(unit, effect.what) ? 'success' : 'resources' });
        break;
      case 'keep-scope':
        keepers.makeScope(effect.keeper, unit, effect.pid);
        break;
      case 'forgotten':
        lapsedJournals.forgot();
        if (!effect.isTransient) break;
        removeTransient(host, unit);
        dropStreams(host, ports.runtimeDirectory, unit);
        // Nobody is to load what was read of it before.
        core.world.units.rest();
        break;
      case 'drop-store':
        keepers.tellInit('dropStore', { unit });
        break;
      case 'log':
        say(unit, keeperOf(unit) ?? 0, effect.level, effect.message, effect.form);
        break;
      case 'own':
        hands.run(unit, effect.effect);
        break;
      case 'activate':
      case 'enqueue-restart':
      case 'propagate-reload':
      case 'condition-unmet':
        throw new Error(`internal error: ${effect.kind} is the core’s own`);
    }
  }

  function makeKeeper(name: UnitName, id: KeeperId, invocation: string): void {
    const unit = core.world.records.get(name)?.unit;
    keepers.make(
      id,
      name,
      invocation,
      unit === undefined ? undefined : spaces.take(unit, invocation, core.world.names),
    );
  }

  function releaseSpace(id: KeeperId): void {
    const record = keepers.records.get(id);
    if (record !== undefined) spaces.release(record);
  }

  function gone(id: KeeperId, lost: boolean, remains: number): void {
    const record = keepers.records.get(id);
    if (record === undefined) {
      keepers.forget(id);
      return;
    }
    const isCurrent = keeperOf(record.unit) === id;
    if (record.lost) {
      // Told again to a new manager.
      if (remains === 0) keepers.forget(id);
      return;
    }
    releaseSpace(id);
    keepers.lose(id);
    if (lost && !isCurrent) say(record.unit, id, 'err', 'A keeper of an earlier invocation was killed.');
    if (isCurrent) {
      const spare = core.world.nextKeeper++ as KeeperId;
      tell(record.unit, { kind: 'keeper-lost', remains, spare });
    }
    if (remains === 0) keepers.forget(id);
  }

  function ofKeeper(id: KeeperId, frame: Frame): void {
    const record = keepers.records.get(id);
    if (record === undefined) return;
    if (frame.name === 'hello') {
      keepers.greet(id, frame.body.seen, frame.body.pid);
      return;
    }
    if (!keepers.take(id, frame)) return;
    const { unit } = record;
    if (frame.name === 'notice') {
      const text = `${frame.body.step}: ${frame.body.text}${frame.body.errno > 0 ? ` (${host.errorText(frame.body.errno as never)})` : ''}`;
      say(unit, id, 'warning', text);
      core.feed({ kind: 'notice', unit, text });
      return;
    }
    const event = keeperOf(unit) === id ? keeperEvent(frame, host, outOfMemory) : undefined;
    // Somebody waits until all that was said before is known.
    if (event?.kind === 'notify' && event.fields.includes('BARRIER=1')) keepers.acknowledge(id);
    if (event?.kind === 'started') letGoOfConnection(unit);
    if (event !== undefined) tell(unit, event);
  }

  /** The command that it is for has it. */
  function letGoOfConnection(unit: UnitName): void {
    const connection = core.world.records.get(unit)?.connection;
    const service = serviceOf(unit);
    const asked = [service?.main, service?.control].some(
      (slot) => slot?.kind === 'asked' && slot.phase === 'ExecStart',
    );
    if (connection !== undefined && asked) host.closeSockets(connection.socket, connection.number, connection.number);
  }

  return {
    keepers,
    run(effects) {
      for (const effect of effects) {
        switch (effect.kind) {
          case 'job-removed':
          case 'unit-changed':
          case 'emergency':
          case 'exit':
            ports.other(effect);
            break;
          default:
            runUnit(effect.unit, effect);
        }
      }
    },
    frame(keeper, frame) {
      if (keeper !== 0) {
        ofKeeper(keeper, frame);
        return true;
      }
      switch (frame.name) {
        case 'keeperFailed': {
          const id = frame.body.keeper as KeeperId;
          const unit = keepers.records.get(id)?.unit;
          releaseSpace(id);
          keepers.lose(id);
          if (unit !== undefined && keeperOf(unit) === id)
            tell(unit, { kind: 'keeper-failed', errno: frame.body.errno });
          keepers.forget(id);
          return true;
        }
        case 'keeperGone':
          gone(frame.body.keeper as KeeperId, frame.body.lost !== 0, frame.body.remains);
          return true;
        case 'storeChanged': {
          const unit = frame.body.unit as UnitName;
          if (core.world.records.has(unit)) tell(unit, { kind: 'stored', count: frame.body.count });
          // It was forgotten, its store with it, and init has not heard so.
          else keepers.tellInit('dropStore', { unit });
          return true;
        }
        case 'logged': {
          const { data, native, pid, uid, gid, lost } = frame.body;
          log.entries(pid, host.logEntries(data, native !== 0, pid, uid, gid), lost);
          return true;
        }
        case 'scopeKept': {
          const unit = keepers.records.get(frame.body.keeper as KeeperId)?.unit;
          if (unit !== undefined && keeperOf(unit) === frame.body.keeper) tell(unit, { kind: 'kept' });
          return true;
        }
        case 'holdFailed': {
          const { unit, number, errno } = frame.body;
          const why = `init cannot hold what it listens on: ${host.errorText(errno as Errno)}`;
          if (core.world.records.has(unit as UnitName)) tell(unit as UnitName, { kind: 'hold-failed', number, why });
          return true;
        }
        case 'remainsEmpty': {
          const id = frame.body.keeper as KeeperId;
          const unit = keepers.records.get(id)?.unit;
          if (unit !== undefined && keeperOf(unit) === id) tell(unit, { kind: 'remains-empty' });
          if (keepers.records.has(id)) keepers.forget(id);
          return true;
        }
        default:
          return false;
      }
    },
    sweep(stored) {
      const left = [...stored];
      spaces.resume(left);
      for (const record of left) spaces.release(record);
    },
    changed: (watch) => {
      pidFiles.changed(watch);
      hands.changed(watch);
    },
    resume(stored, known) {
      for (const { unit, number } of strayDescriptors(core.world, host)) host.closeSockets(unit, number, number);
      for (const [name, { state }] of core.world.records) {
        if (state.type !== 'service' || !state.service.storeEmptied) continue;
        const { keeper } = state.service;
        // Before its keeper is made, which takes over what is in the store.
        if (keeper === undefined || !known.has(keeper)) keepers.tellInit('dropStore', { unit: name });
      }
      for (const { unit } of stored) if (!core.world.records.has(unit)) keepers.tellInit('dropStore', { unit });
      keepers.resume(stored, known);
      spaces.resume(keepers.records.values());
      for (const [name, record] of core.world.records) {
        if (record.state.type === 'scope') {
          const { keeper } = record.state.own;
          if (keeper !== undefined && !keepers.records.has(keeper)) tell(name, { kind: 'remains-empty' });
        }
        if (record.state.type !== 'service') continue;
        const { keeper, keeperLost, pidFile } = record.state.service;
        // init tells of the stores that there are.
        if (keeper === undefined && record.state.service.stored > 0) tell(name, { kind: 'stored', count: 0 });
        if (pidFile === 'waiting' && record.unit.service !== undefined)
          pidFiles.resume(name, record.unit.service.pidFile);
        if (keeper === undefined || keepers.records.has(keeper)) continue;
        if (keeperLost) tell(name, { kind: 'remains-empty' });
        else tell(name, { kind: 'keeper-lost', remains: 0, spare: core.world.nextKeeper++ as KeeperId });
      }
    },
  };
}
