/** A world as it is at a boot, and as an earlier manager has left it. */
import { createGraph } from '../graph/digraph.ts';
import type { Units } from '../units/load.ts';
import type { UnitName } from '../units/name.ts';
import type { Core } from './core.ts';
import { changedEnvironment } from './environment/service.ts';
import type { Stamp } from './state.ts';
import type { Stored } from './store.ts';
import { restoreUnit } from './store-unit.ts';
import type { World } from './world.ts';

/** container: its environment. */
export function newWorld(units: Units, container: ReadonlyMap<string, string>, started: Stamp): World {
  return {
    units,
    records: new Map(),
    names: new Map(),
    graph: createGraph(),
    jobs: new Map(),
    nextJob: 1,
    nextKeeper: 1,
    requests: new Map(),
    dirty: new Set(),
    dirtyJobs: new Set(),
    started,
    bootTarget: 'default.target' as UnitName,
    bootDone: false,
    bootUsec: 0,
    generating: '',
    watchdogsOff: false,
    shutdown: undefined,
    environment: container,
  };
}

/** What was stored goes into a new world; resume() of the core is to follow. */
export function restoreWorld(core: Core, stored: Stored, container: ReadonlyMap<string, string>): void {
  const { world } = core;
  const { head } = stored;
  if (head !== undefined) {
    world.bootTarget = head.bootTarget;
    world.bootDone = head.bootDone;
    world.bootUsec = head.bootUsec ?? 0;
    world.generating = head.generating;
    world.nextJob = head.nextJob;
    world.nextKeeper = head.nextKeeper;
    world.shutdown = head.shutdown;
    world.watchdogsOff = head.watchdogsOff === true;
    world.started = head.started;
    if (head.set.length > 0 || head.unset.length > 0)
      world.environment = changedEnvironment(container, head.set, head.unset);
  }
  for (const [name, unit] of stored.units) restoreUnit(core.load(name), unit);
  for (const [id, job] of stored.jobs) {
    world.jobs.set(id, job);
    core.load(job.unit).job = id;
  }
  for (const [id, request] of stored.requests)
    world.requests.set(id, { ...request, results: new Map(request.results) });
}
