/** From a name to a record, and to the records of all that its dependencies name. */
import { createGraph } from '../graph/digraph.ts';
import { placeOf } from '../units/diagnostic.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Engine } from './engine.ts';
import { log, recordOf } from './engine.ts';
import type { Stamp } from './state.ts';
import { noteTriggering } from './triggering.ts';
import { withConnection } from './connection.ts';
import type { Connection, UnitRecord, World } from './world.ts';

const never: Stamp = { realtime: 0, monotonic: 0 };

/** The record, under its real name; made, breadth first with all that it names, if the name is new. */
export function loadUnit(engine: Engine, name: UnitName): UnitRecord {
  const { world } = engine;
  const known = world.names.get(name);
  if (known !== undefined) return recordOf(engine, known);
  const fresh = loadAll(engine, [name]);
  addEdges(world, fresh);
  return recordOf(engine, realName(world, name));
}

/** The same for a unit that was not there when its name was looked at, if it was. */
export function loadUnitAnew(engine: Engine, name: UnitName): UnitRecord {
  const { world } = engine;
  const record = world.records.get(world.names.get(name) ?? name);
  if (record === undefined) return loadUnit(engine, name);
  record.unit = world.units.load(name);
  record.state = engine.machine.initial(record.unit);
  world.dirty.add(record.unit.name);
  engine.garbage.add(record.unit.name);
  rebuildGraph(engine);
  return record;
}

/** Loads an instance, and gives it the connection that it is for. */
export function loadForConnection(engine: Engine, name: UnitName, connection: Connection): void {
  const record = loadUnit(engine, name);
  if (record.unit.service === undefined) return;
  record.connection = connection;
  record.unit = withConnection(record.unit, connection);
  engine.world.graph.add(record.unit, (other) => realName(engine.world, other));
  engine.world.dirty.add(record.unit.name);
}

/** Makes the graph anew of all loaded units, and loads what they name. */
export function rebuildGraph(engine: Engine): void {
  const { world } = engine;
  world.graph = createGraph();
  const names: UnitName[] = [];
  for (const record of world.records.values()) {
    if (record.connection !== undefined) record.unit = withConnection(record.unit, record.connection);
    for (const { on } of record.unit.dependencies) names.push(on);
  }
  loadAll(engine, names);
  addEdges(
    world,
    [...world.records.values()].map((record) => record.unit),
  );
}

const none: readonly never[] = [];

/** A record in its first state. */
function newRecord(engine: Engine, unit: Unit): UnitRecord {
  return {
    unit,
    state: engine.machine.initial(unit),
    job: undefined,
    stamps: { inactiveExit: never, activeEnter: never, activeExit: never, inactiveEnter: never, stateChange: never },
    conditionResult: undefined,
    conditionStamp: never,
    assertResult: undefined,
    starts: none,
    startLimitHit: false,
    activation: undefined,
    connection: undefined,
    notices: none,
  };
}

/** Loads names and all that they lead to. The queue is `names`, which grows. */
function loadAll(engine: Engine, names: UnitName[]): Unit[] {
  const { world } = engine;
  const fresh: Unit[] = [];
  for (const name of names) {
    if (world.names.has(name)) continue;
    const unit = world.units.load(name);
    world.names.set(name, unit.name);
    if (world.records.has(unit.name)) continue;
    for (const alias of unit.names) world.names.set(alias, unit.name);
    world.names.set(unit.name, unit.name);
    const record = newRecord(engine, unit);
    world.records.set(unit.name, record);
    noteTriggering(engine, record);
    engine.garbage.add(unit.name);
    if (engine.tellsDiagnostics) tellDiagnostics(engine, unit);
    fresh.push(unit);
    for (const { on } of unit.dependencies) names.push(on);
  }
  return fresh;
}

/** What is wrong in the files of a unit, with file and line; once, however often it is forgotten and loaded again. */
export function tellDiagnostics(engine: Engine, unit: Unit): void {
  if (unit.diagnostics.length === 0) return;
  const said = JSON.stringify(unit.diagnostics);
  if (engine.told.get(unit.name) === said) return;
  engine.told.set(unit.name, said);
  for (const diagnostic of unit.diagnostics) {
    const level = diagnostic.severity === 'error' ? 'err' : 'warning';
    log(engine, unit.name, level, `${placeOf(diagnostic)}: ${diagnostic.message}`, 'whole');
  }
}

function addEdges(world: World, units: readonly Unit[]): void {
  const real = (name: UnitName): UnitName => realName(world, name);
  for (const unit of units) world.graph.add(unit, real);
  for (const unit of units) if (unit.type === 'target') addTargetOrder(world, unit);
}

/**
 * A target is After= every unit that it starts, unless one of the two wants no default dependencies or they are ordered the other
 * way (unit_add_default_target_dependency(); systemd.target(5)).
 */
function addTargetOrder(world: World, target: Unit): void {
  if (target.load !== 'loaded' || !target.common.defaultDependencies) return;
  for (const { kind, on } of target.dependencies) {
    if (!startingKinds.has(kind)) continue;
    const other = world.records.get(realName(world, on))?.unit;
    if (other?.load !== 'loaded' || !other.common.defaultDependencies) continue;
    world.graph.addAfter(target.name, other.name);
  }
}

const startingKinds: ReadonlySet<string> = new Set(['Requires', 'Requisite', 'Wants', 'BindsTo', 'Upholds']);

function realName(world: World, name: UnitName): UnitName {
  return world.names.get(name) ?? name;
}
