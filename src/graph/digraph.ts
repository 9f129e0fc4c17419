/**
 * The dependency graph of all loaded units. graphlib holds it: a node a unit (by its real name), an edge from the unit
 * whose file says so to the unit that it names, labelled with the set of kinds as bits (dependency.ts). The rest of the program
 * asks for neighbours with rules, which are worked out once for a unit and kept until its edges change.
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
}

export interface Graph {
  /** Adds what the unit declares; what it declared before is gone. `real` gives the real name of a loaded unit. */
  add(unit: Unit, real: (name: UnitName) => UnitName): void;
  /** A target's default After=, unless it goes before the other. Lasts until the target is added again. */
  addAfter(target: UnitName, other: UnitName): void;
  /** Takes out what the unit declares. What others declare about it stays. */
  remove(name: UnitName): void;
  /** In the order of declaration: first its own, then those of others. */
  neighbours(name: UnitName): readonly Neighbour[];
  /** Units that name this one in a dependency of theirs. */
  referrers(name: UnitName): readonly UnitName[];
  /** Units that this one names. */
  references(name: UnitName): readonly UnitName[];
  /** What `show -p Requires`, `-p WantedBy` … list, inverses included. */
  related(name: UnitName, kind: AnyDependencyKind): readonly UnitName[];
  /** Kinds that one unit declares about another. */
  declared(from: UnitName, to: UnitName): readonly DependencyKind[];
}

export function createGraph(): Graph {
  const store = new Graphlib<undefined, undefined, number>({ directed: true });
  const known = new Map<UnitName, readonly Neighbour[]>();

  function neighboursOf(name: UnitName): readonly Neighbour[] {
    let list = known.get(name);
    if (list === undefined) {
      list = collectNeighbours(store, name);
      known.set(name, list);
    }
    return list;
  }

  function remove(name: UnitName): void {
    for (const other of successors(store, name)) {
      store.removeEdge(name, other);
      known.delete(other);
    }
    known.delete(name);
    if (store.hasNode(name) && predecessors(store, name).length === 0) store.removeNode(name);
  }

  function add(unit: Unit, real: (name: UnitName) => UnitName): void {
    if (store.hasNode(unit.name)) remove(unit.name);
    store.setNode(unit.name);
    known.delete(unit.name);
    const bits = new Map<UnitName, number>();
    for (const dependency of unit.dependencies) {
      const other = real(dependency.on);
      if (other !== unit.name) bits.set(other, (bits.get(other) ?? 0) | kinds[dependency.kind].bit);
    }
    for (const [other, set] of bits) {
      store.setEdge(unit.name, other, set);
      known.delete(other);
    }
  }

  function addAfter(target: UnitName, other: UnitName): void {
    const own = store.hasEdge(target, other) ? store.edge(target, other) : 0;
    const back = store.hasEdge(other, target) ? store.edge(other, target) : 0;
    const goesBefore = (own & kinds.Before.bit) !== 0 || (back & kinds.After.bit) !== 0;
    if (goesBefore || (own & kinds.After.bit) !== 0) return;
    store.setEdge(target, other, own | kinds.After.bit);
    known.delete(target);
    known.delete(other);
  }

  return {
    add,
    addAfter,
    remove,
    neighbours: neighboursOf,
    referrers: (name) => predecessors(store, name),
    references: (name) => successors(store, name),
    related: (name, kind) => related(store, name, kind),
    declared(from, to) {
      const bits = store.hasEdge(from, to) ? store.edge(from, to) : 0;
      return kindNames.filter((kind) => (bits & kinds[kind].bit) !== 0);
    },
  };
}

type Store = Graphlib<undefined, undefined, number>;

function collectNeighbours(store: Store, name: UnitName): readonly Neighbour[] {
  const out = successors(store, name);
  const into = predecessors(store, name);
  const list: { name: UnitName; atoms: number }[] = [];
  const places = into.length > 0 && out.length > 0 ? new Map<UnitName, number>() : undefined;
  for (const other of out) {
    places?.set(other, list.length);
    list.push({ name: other, atoms: atomsOf(store.edge(name, other)) });
  }
  for (const other of into) {
    const rules = inverseAtomsOf(store.edge(other, name));
    const place = places?.get(other);
    const there = place === undefined ? undefined : list[place];
    if (there === undefined) list.push({ name: other, atoms: rules });
    else there.atoms |= rules;
  }
  return list;
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
