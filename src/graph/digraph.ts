/**
 * The dependency graph of all loaded units, twice. graphlib holds what is declared: a node a unit (by its real name), an edge from the unit
 * whose file says so to the unit that it names, labelled with the set of kinds as bits (dependency.ts); what people ask about
 * (`show`, `list-dependencies`, a plan) is answered from it. The engine asks at every boot for every unit and cannot afford
 * graphlib's price for an edge (5 µs in QuickJS); it gets neighbours with their rules added up, and graphlib is brought
 * up to date when it is asked next.
 */
import { Graph as Graphlib } from '@dagrejs/graphlib';

import type { DependencyKind, Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import { atomsOf, inverseAtomsOf, kindNames, kinds } from './dependency.ts';
import type { AnyDependencyKind } from './dependency.ts';

/** Another unit that there is a dependency with, whichever of the two declared it. */
export interface Neighbour {
  readonly name: UnitName;
  /** Rules of the asked unit towards this one: bits of dependency.ts' atoms. */
  readonly atoms: number;
  /** Kinds that the asked unit declares about this one: bits of dependency.ts' kinds. */
  readonly declares: number;
  /** How that one sees it. */
  readonly twin: Pick<Neighbour, 'declares'>;
}

export interface Graph {
  /** Adds what the unit declares; what it declared before is gone. `real` gives the real name of a loaded unit. */
  add(unit: Unit, real: (name: UnitName) => UnitName): void;
  /** A target's default After=, unless the two are ordered already. Lasts until the target is added again. */
  addAfter(target: UnitName, other: UnitName): void;
  /** Takes out what the unit declares. What others declare about it stays. */
  remove(name: UnitName): void;
  neighbours(name: UnitName): readonly Neighbour[];
  /** Another number after each change: what was worked out from neighbours() holds as long as it is the same. */
  edition(): number;
  /** What `show -p Requires`, `-p WantedBy` … list, inverses included. */
  related(name: UnitName, kind: AnyDependencyKind): readonly UnitName[];
  /** Kinds that one unit declares about another. */
  declared(from: UnitName, to: UnitName): readonly DependencyKind[];
}

export function createGraph(): Graph {
  const places = new Map<UnitName, Place[]>();
  /** Units whose declarations graphlib does not have as they are. */
  const outdated = new Set<UnitName>();
  let store: Store | undefined;
  let edition = 0;

  function placesOf(name: UnitName): Place[] {
    let list = places.get(name);
    if (list === undefined) {
      list = [];
      places.set(name, list);
    }
    return list;
  }

  function add(unit: Unit, real: (name: UnitName) => UnitName): void {
    edition += 1;
    const { name } = unit;
    const own = placesOf(name);
    if (own.length > 0) forgetDeclared(places, own);
    outdated.add(name);
    const known = new Map<UnitName, Place>();
    for (const place of own) known.set(place.name, place);
    for (const { on, kind } of unit.dependencies) {
      const other = real(on);
      if (other === name) continue;
      let place = known.get(other);
      if (place === undefined) {
        place = meet(name, own, other, placesOf(other));
        known.set(other, place);
      }
      place.declares |= kinds[kind].bit;
    }
    for (const place of own) if (place.declares !== 0) sumUp(place);
  }

  function addAfter(target: UnitName, other: UnitName): void {
    edition += 1;
    const own = placesOf(target);
    const ordered = kinds.After.bit | kinds.Before.bit;
    let place = own.find((each) => each.name === other);
    if (place !== undefined && ((place.declares | place.twin.declares) & ordered) !== 0) return;
    place ??= meet(target, own, other, placesOf(other));
    place.declares |= kinds.After.bit;
    sumUp(place);
    outdated.add(target);
  }

  /** graphlib's graph, up to date. */
  function declarations(): Store {
    store ??= new Graphlib<undefined, undefined, number>({ directed: true });
    for (const name of outdated) declareAgain(store, name, places.get(name) ?? []);
    outdated.clear();
    return store;
  }

  return {
    add,
    addAfter,
    remove(name) {
      edition += 1;
      forgetDeclared(places, placesOf(name));
      if (places.get(name)?.length === 0) places.delete(name);
      outdated.add(name);
    },
    neighbours: (name) => places.get(name) ?? nobody,
    edition: () => edition,
    related: (name, kind) => related(declarations(), name, kind),
    declared(from, to) {
      const known = declarations();
      const bits = known.hasEdge(from, to) ? known.edge(from, to) : 0;
      return kindNames.filter((kind) => (bits & kinds[kind].bit) !== 0);
    },
  };
}

/** A neighbour as one of the two sees it; `twin` is how the other one sees it. Every unit has a dozen: small is what counts. */
interface Place {
  readonly name: UnitName;
  atoms: number;
  declares: number;
  twin: Place;
}

const nobody: readonly Neighbour[] = [];

function meet(name: UnitName, own: Place[], other: UnitName, others: Place[]): Place {
  const twin: Omit<Place, 'twin'> & { twin?: Place } = { name, atoms: 0, declares: 0 };
  const place: Place = { name: other, atoms: 0, declares: 0, twin: twin as Place };
  twin.twin = place;
  own.push(place);
  others.push(place.twin);
  return place;
}

/** After `declares` of the place has changed. */
function sumUp(place: Place): void {
  const { declares, twin } = place;
  place.atoms = atomsOf(declares) | inverseAtomsOf(twin.declares);
  twin.atoms = atomsOf(twin.declares) | inverseAtomsOf(declares);
}

/** Takes out of the list what its unit declares, and the neighbours that it has nothing to do with any more. */
function forgetDeclared(places: Map<UnitName, Place[]>, own: Place[]): void {
  let kept = 0;
  for (const place of own) {
    place.declares = 0;
    sumUp(place);
    if (place.twin.declares !== 0) {
      own[kept] = place;
      kept += 1;
    } else {
      leave(places, place);
    }
  }
  own.length = kept;
}

function leave(places: Map<UnitName, Place[]>, place: Place): void {
  const others = places.get(place.name);
  const at = others?.indexOf(place.twin) ?? -1;
  if (others === undefined || at < 0) return;
  others.splice(at, 1);
  if (others.length === 0) places.delete(place.name);
}

type Store = Graphlib<undefined, undefined, number>;

function declareAgain(store: Store, name: UnitName, own: readonly Place[]): void {
  for (const other of successors(store, name)) store.removeEdge(name, other);
  for (const place of own) if (place.declares !== 0) store.setEdge(name, place.name, place.declares);
  if (store.hasNode(name) && store.isLeaf(name) && predecessors(store, name).length === 0) store.removeNode(name);
}

function related(store: Store, name: UnitName, kind: AnyDependencyKind): readonly UnitName[] {
  const found = new Set<UnitName>();
  for (const forward of kindNames) {
    const row = kinds[forward];
    if (forward === kind) {
      for (const other of successors(store, name)) if ((store.edge(name, other) & row.bit) !== 0) found.add(other);
    }
    if (row.inverse === kind) {
      for (const other of predecessors(store, name)) if ((store.edge(other, name) & row.bit) !== 0) found.add(other);
    }
  }
  return [...found];
}

/** graphlib knows names as plain strings; all that we put in were unit names. */
function successors(store: Store, name: UnitName): readonly UnitName[] {
  return (store.successors(name) ?? []) as UnitName[];
}

function predecessors(store: Store, name: UnitName): readonly UnitName[] {
  return (store.predecessors(name) ?? []) as UnitName[];
}
