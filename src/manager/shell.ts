/**
 * The imperative shell around the core: turns what the host says into the core's events, lets the core settle, stores,
 * and gives the host what is to be done. One instance is one manager process.
 */
import type { Clock, Host, HostEffect, HostEvent, StartFacts } from '../host.d.ts';
import { acceptedKindsOf } from '../units/accepted-part.ts';
import { openUnits, type Units } from '../units/load.ts';
import { specifiersOf } from '../units/machine-specifiers.ts';
import type { UnitName } from '../units/name.ts';
import { searchPathFrom } from '../units/search-path.ts';
import { decodeFrame, isWireError } from '../wire/codec.ts';
import type { Frame } from '../wire/schema.ts';
import type * as BusPart from './bus/part.ts';
import { createBusNames } from './bus-names.ts';
import { boot, tellBootDone } from './boot.ts';
import { createCore, type Core } from './core.ts';
import type { ManagerApi } from './api.ts';
import { createOrphans } from './orphans.ts';
import { keeperPidsOf, membersOf, unitOfProcess } from './keeper-trees.ts';
import { createApi } from './serve-api.ts';
import type { Effect, UnitEffect } from './effect.ts';
import { changedEnvironment, environmentChanges, environmentMap } from './environment/service.ts';
import { giveSshTheEnvironment } from './environment/ssh.ts';
import { type ExecutionPort, idsOf } from './execution.ts';
import { createGenerators } from './generators/generators.ts';
import { createInterpreter } from './interpreter.ts';
import { readJournalSettings } from './journal-settings.ts';
import { journalSize } from './keep-fields.ts';
import { makeJournalRoot } from './journal-root.ts';
import { createLog, type Log, ownUnit } from './log.ts';
import { parseOptions } from './options.ts';
import { ownPartsOf } from './own-types.ts';
import { serviceMachine } from './service/machine.ts';
import { isStale, settlingApi } from './settling-api.ts';
import type * as TransientPart from './transient.ts';
import { streamsDirectory, streamsLink, sweepTransient, transientDirectory } from './transient-files.ts';
import { createShutdown } from './shutdown.ts';
import type { Instant, KeeperId } from './state.ts';
import { createStore, type Stored, type StoreSource } from './store.ts';
import { newWorld, restoreWorld } from './world-made.ts';

export interface Shell {
  readonly core: Core;
  /** What faces may ask. Each change that they make settles at once. */
  readonly api: ManagerApi;
  readonly log: Log;
  readonly journalRoot: string;
  /** The unit files as they are on disk now. */
  readonly openUnits: (root?: string) => Units;
  /** What follows happens now. */
  at(clock: Clock): void;
  /** Boot, or coming back: once, after everything is wired. */
  start(): void;
  /** An event that is not a client's. */
  handle(event: HostEvent): void;
  /** Stores what has changed, and adds what is to be done. `alsoAt`: the earliest moment that somebody else waits for. */
  flush(effects: HostEffect[], alsoAt: number | undefined): void;
}

/** usec: how long the manager's words about units may wait before they are in the journal; while jobs are left to run. */
const logDelay = 20_000;
const logDelayBusy = 200_000;
/** usec: all of a shutdown; below the 10 s that engines give. */
const stopTimeout = 8_000_000;

export function createShell(host: Host, facts: StartFacts, clock: Clock): Shell {
  const options = parseOptions(facts.arguments);
  const container = environmentMap(facts.environment);
  const journalRoot = makeJournalRoot(host, facts.runtimeDirectory);
  const journalSettings = readJournalSettings(host);
  const log = createLog({
    host,
    journalRoot,
    managerPid: facts.managerPid,
    forward: journalSettings.forward,
    tell: options.logLevel,
  });
  const world = newWorld(readUnits(), container, { realtime: clock.realtime, monotonic: clock.monotonic });
  const ownPart = ownPartsOf(host);
  const core = createCore(world, {
    service: serviceMachine,
    ownPart,
    conditions: {
      files: host,
      facts: host,
      uid: facts.uid,
      environment: () => world.environment,
      firstBoot: false,
    },
    newInvocation: () => host.randomHex(16),
  });
  const execution: ExecutionPort = {
    files: host,
    facts: host,
    uid: facts.uid,
    container,
    managerEnvironment: changes,
    load: (part) => host.load(part),
    runtimeDirectory: facts.runtimeDirectory,
    // As an option of the image, and of one run of it.
    strict: options.strictExec || container.get('PIDONE_STRICT_EXEC') === '1',
  };
  const interpreter = createInterpreter({
    host,
    core,
    log,
    ownPart,
    execution,
    runtimeDirectory: facts.runtimeDirectory,
    journalRoot,
    consoleMode: options.console,
    journalSettings,
    other,
  });
  const { keepers } = interpreter;
  const busNames = createBusNames(core, () =>
    (host.load('manager/bus/part.ts') as typeof BusPart).createBus(
      host,
      core,
      log,
      facts.uid,
      container.get('DBUS_SYSTEM_BUS_ADDRESS'),
    ),
  );
  const shutdown = createShutdown({
    core,
    keepers,
    log,
    timeout: stopTimeoutOf(container),
  });
  const store = createStore(host, `${facts.runtimeDirectory}/state`, (message) => {
    log.manager('err', message);
  });
  const source: StoreSource = {
    world,
    keepers: keepers.records,
    takeDirtyKeepers: () => keepers.takeDirty(),
    started: () => world.started,
    environmentChanges: changes,
  };
  const generators = createGenerators({
    host,
    core,
    log,
    openUnits: readUnits,
    boot() {
      boot(core, log, options.unit);
    },
  });
  const api = settlingApi(
    createApi(core, {
      keepersOf: (unit) => keeperPidsOf(keepers.records.values(), unit),
      membersOf: (unit) => membersOf(host, keepers.records.values(), unit),
      idsOf: (unit) => idsOf(unit, execution),
      asked: (request) => {
        orphans.asked(request);
      },
      unitOfPid: (pid) => unitOfProcess(host, keepers.records.values(), pid),
      isStale: (unit) => isStale(host, unit),
      makeTransient: (units) =>
        (host.load('manager/transient.ts') as typeof TransientPart).makeTransient(
          host,
          core,
          units,
          facts.runtimeDirectory,
        ),
      streamsPath(request) {
        host.makeDirectory(streamsDirectory(facts.runtimeDirectory), 0o700);
        return streamsLink(facts.runtimeDirectory, request);
      },
      reload: () => generators.reload(),
      reexecute() {
        isLeaving = true;
      },
      shutdown(status) {
        shutdown.begin(status, now);
      },
      setEnvironment(assignments, unset) {
        world.environment = changedEnvironment(world.environment, assignments, unset);
      },
      remark(level, text) {
        log.manager(level, text);
      },
      container: container.get('container') ?? '',
    }),
    settle,
  );
  let isLeaving = false;
  let now = clock.monotonic as Instant;
  const orphans = createOrphans();
  let armed: number | undefined;
  let writeLogAt: number | undefined;
  let writeLogBy: number | undefined;

  function writeLog(): void {
    log.write();
    writeLogAt = writeLogBy = undefined;
  }

  function readUnits(root = ''): Units {
    const configured = searchPathFrom(container.get('SYSTEMD_UNIT_PATH'));
    // Units that programs describe are there whatever the operator says.
    const searchPath = configured.includes(transientDirectory) ? configured : [transientDirectory, ...configured];
    const specifiers = {
      ...specifiersOf(host, facts.environment, facts.uid, root),
      credentials: facts.uid === 0 ? undefined : facts.runtimeDirectory,
    };
    return openUnits(host, { searchPath, root, specifiers, acceptedKinds: acceptedKindsOf(host) });
  }

  function changes(): ReturnType<typeof environmentChanges> {
    return environmentChanges(container, world.environment);
  }

  function other(effect: Exclude<Effect, { unit: UnitName } & UnitEffect>): void {
    switch (effect.kind) {
      case 'job-removed':
        break;
      case 'unit-changed':
        busNames.changed(effect.unit, effect.active);
        break;
      case 'exit':
        shutdown.begin(effect.status, now);
        break;
      case 'emergency':
        log.manager('crit', effect.reason);
        if (effect.action.endsWith('-force')) shutdown.force(effect.status);
        else shutdown.begin(effect.status, now);
    }
  }

  function ofInit(frame: Frame): void {
    switch (frame.name) {
      case 'ping':
        keepers.tellInit('pong', {});
        break;
      case 'shutdown':
        keepers.tellInit('pong', {});
        shutdown.begin(0, now);
        if (frame.body.hurry !== 0) shutdown.hurry(now);
        break;
      case 'reload':
        void generators.reload();
        break;
      default:
        log.manager('err', `init sent a frame ${frame.name} that it has no business with; ignored`);
    }
  }

  function restore(stored: Stored): void {
    if (stored.bad > 0) log.manager('err', `${stored.bad} lines of the state file could not be read`);
    restoreWorld(core, stored, container);
    orphans.found(world.requests.keys(), now);
    core.resume();
    sweepTransient(host, world);
    const known = new Map(facts.keepers.map(({ keeper, pid, lost }) => [keeper, { pid, lost }]));
    interpreter.resume([...stored.keepers.values()], known);
    busNames.resume();
  }

  function bootAnew(): void {
    // A container that was killed and is started again has kept its files.
    interpreter.sweep(store.load().keepers.values());
    sweepTransient(host, world);
    core.resume();
    generators.boot();
    giveSshTheEnvironment(host, container, facts.runtimeDirectory, log);
  }

  /** Until nothing moves: effects may bring events. */
  function settle(): void {
    do {
      for (let effects = core.settle(); effects.length > 0; effects = core.settle()) interpreter.run(effects);
    } while (generators.goOn() || shutdown.goOn(now));
    // Before anybody looks who was told that the last job ended: no other change would come to look again.
    if (world.bootDone || world.generating !== '' || world.jobs.size > 0 || world.shutdown !== undefined) return;
    tellBootDone(core, log, now - world.started.monotonic);
    keepers.tellInit('ready', {});
  }

  return {
    core,
    api,
    log,
    journalRoot,
    openUnits: readUnits,
    at(clock) {
      now = clock.monotonic as Instant;
      core.at(now, { realtime: clock.realtime, monotonic: clock.monotonic });
    },
    start() {
      for (const problem of options.problems) log.manager('warning', problem);
      host.makeDirectory(`${facts.runtimeDirectory}/notify`, 0o755);
      keepers.tellInit('streams', {
        unit: ownUnit,
        journalDirectory: journalRoot === '' ? undefined : `${journalRoot}/${ownUnit}`,
        ...journalSize,
        forwardSyslog: journalSettings.forward ? 1 : undefined,
      });
      if (facts.generation === 0) {
        bootAnew();
      } else {
        const stored = store.load();
        // Nothing was stored: nothing of the boot has left the one before.
        if (stored.head === undefined && facts.keepers.length === 0) bootAnew();
        else restore(stored);
        if (facts.lastEnd !== 'reexec')
          log.manager('err', `the manager before this one ended (${facts.lastEnd}); its work goes on`);
      }
      settle();
    },
    handle(event) {
      switch (event.kind) {
        case 'frame': {
          const frame = decodeFrame(host, event.bytes);
          if (isWireError(frame)) log.manager('err', `a frame of keeper ${event.keeper} is refused: ${frame.detail}`);
          else if (!interpreter.frame(event.keeper as KeeperId, frame)) ofInit(frame);
          break;
        }
        case 'timer':
          armed = undefined;
          if (writeLogAt !== undefined && writeLogAt <= now) writeLog();
          for (const request of orphans.takeLost(now)) api.answered(request);
          core.feed({ kind: 'timer' });
          break;
        case 'socket-ready': {
          const { unit, number, readable } = event;
          core.feed({ kind: 'unit', unit: unit as UnitName, event: { kind: 'incoming', number, readable } });
          break;
        }
        case 'stream':
          busNames.received(event.bytes);
          break;
        case 'changed':
          interpreter.changed(event.watch);
          break;
        case 'refused':
          log.manager('crit', `an event was refused, as it killed the manager twice: ${event.description}`);
          if (event.refused.kind === 'frame') keepers.skip(event.refused.keeper as KeeperId, event.refused.sequence);
          break;
        case 'client':
          // It may want to read them.
          writeLog();
          return;
        default:
          return;
      }
      settle();
    },
    flush(effects, alsoAt) {
      store.save(source);
      world.units.rest();
      keepers.flush(effects);
      if (log.waits()) {
        writeLogBy ??= now + logDelayBusy;
        writeLogAt = world.jobs.size > 0 ? writeLogBy : Math.min(writeLogBy, now + logDelay);
      }
      const at = earliest([core.deadline(), orphans.deadline(), shutdown.deadline(), writeLogAt, alsoAt]);
      if (at !== armed) {
        armed = at;
        effects.push({ kind: 'timer', at });
      }
      if (!isLeaving) return;
      writeLog();
      effects.push({ kind: 'leave', status: 0 });
    },
  };
}

/** $PIDONE_STOP_TIMEOUT is what the engine gives, in seconds. */
function stopTimeoutOf(container: ReadonlyMap<string, string>): number {
  const text = container.get('PIDONE_STOP_TIMEOUT');
  return text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) * 800_000 : stopTimeout;
}

function earliest(moments: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment;
  return first;
}
