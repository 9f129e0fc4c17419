import test from 'ava';
import fc from 'fast-check';

import { atoms, kindNames } from '../../src/graph/dependency.ts';
import { createGraph } from '../../src/graph/digraph.ts';
import type { Graph } from '../../src/graph/digraph.ts';
import type { Dependency, Unit } from '../../src/units/model.ts';
import { makeUnit, name, unitsFrom } from '../fake/unit.ts';

const itself = <T>(value: T): T => value;

function graphOf(text: string): Graph {
  const graph = createGraph();
  for (const unit of unitsFrom(text)) graph.add(unit, itself);
  return graph;
}

function has(graph: Graph, from: string, to: string, rule: number): boolean {
  return graph.neighbours(name(from)).some((each) => each.name === name(to) && (each.atoms & rule) !== 0);
}

test('a dependency is seen from both sides, each with its own rules', (t) => {
  const graph = graphOf('a: BindsTo=b After=b\nb:');
  t.true(has(graph, 'a', 'b', atoms.pullInStart));
  t.true(has(graph, 'a', 'b', atoms.after));
  t.false(has(graph, 'a', 'b', atoms.before));
  t.true(has(graph, 'b', 'a', atoms.before));
  t.true(has(graph, 'b', 'a', atoms.propagateStop));
  t.true(has(graph, 'b', 'a', atoms.checkBound));
});

test('show lists a kind under its name on one side and under its inverse on the other', (t) => {
  const graph = graphOf('a: Requires=b Wants=c Conflicts=d PartOf=e OnFailure=f ReloadPropagatedFrom=b\nb:\nc:');
  t.deepEqual(graph.related(name('a'), 'Requires'), [name('b')]);
  t.deepEqual(graph.related(name('b'), 'RequiredBy'), [name('a')]);
  t.deepEqual(graph.related(name('c'), 'WantedBy'), [name('a')]);
  t.deepEqual(graph.related(name('d'), 'ConflictedBy'), [name('a')]);
  t.deepEqual(graph.related(name('e'), 'ConsistsOf'), [name('a')]);
  t.deepEqual(graph.related(name('f'), 'OnFailureOf'), [name('a')]);
  t.deepEqual(graph.related(name('b'), 'PropagatesReloadTo'), [name('a')]);
  t.deepEqual(graph.related(name('a'), 'ReloadPropagatedFrom'), [name('b')]);
});

test('Before= of one and After= of the other are one order, told under both names', (t) => {
  const graph = graphOf('a: Before=b\nb: After=a');
  t.deepEqual(graph.related(name('a'), 'Before'), [name('b')]);
  t.deepEqual(graph.related(name('b'), 'After'), [name('a')]);
  t.deepEqual(graph.related(name('b'), 'Before'), []);
});

test('taking a unit out leaves what others declare about it', (t) => {
  const graph = graphOf('a: Requires=b\nb: After=c Wants=a\nc:');
  graph.remove(name('b'));
  t.deepEqual(graph.related(name('b'), 'After'), []);
  t.deepEqual(graph.related(name('b'), 'RequiredBy'), [name('a')]);
  t.deepEqual(graph.related(name('a'), 'WantedBy'), []);
  t.true(has(graph, 'a', 'b', atoms.pullInStart));
  t.deepEqual(graph.neighbours(name('c')), []);
});

test('a unit that is added again has only what it declares now', (t) => {
  const graph = graphOf('a: Requires=b After=b\nb: Wants=a');
  graph.add(makeUnit('a', { dependencies: [{ kind: 'Wants', on: name('c'), origin: 'file' }] }), itself);
  t.false(has(graph, 'a', 'b', atoms.pullInStart));
  t.true(has(graph, 'b', 'a', atoms.pullInStartIgnored));
  t.deepEqual(graph.related(name('a'), 'Wants'), [name('c')]);
  t.deepEqual(graph.related(name('a'), 'WantedBy'), [name('b')]);
});

test('a unit has nothing to do with itself', (t) => {
  const graph = graphOf('a: Requires=a After=a');
  t.deepEqual(graph.neighbours(name('a')), []);
});

test('a target is not ordered after what it is ordered with already', (t) => {
  const graph = graphOf('t.target: Wants=a,b,c\na: After=t.target\nb:\nc: Before=t.target');
  for (const other of ['a', 'b', 'c']) graph.addAfter(name('t.target'), name(other));
  t.deepEqual(graph.related(name('t.target'), 'After').toSorted(), [name('b'), name('c')]);
  t.deepEqual(graph.declared(name('t.target'), name('b')), ['Wants', 'After']);
});

const names = ['a', 'b', 'c', 'd', 'e'];
const dependency = fc.record({
  kind: fc.constantFrom(...kindNames),
  on: fc.constantFrom(...names).map(name),
  origin: fc.constant('file' as const),
});
const step = fc.record({
  unit: fc.constantFrom(...names),
  dependencies: fc.option(fc.array(dependency, { maxLength: 8 }), { nil: undefined }),
});

test('after any additions and removals the graph is that of the units that are left', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const graph = createGraph();
      const present = new Map<string, Unit>();
      for (const { unit, dependencies } of steps) {
        if (dependencies === undefined) {
          graph.remove(name(unit));
          present.delete(unit);
        } else {
          const made = makeUnit(unit, { dependencies: dependencies satisfies Dependency[] });
          graph.add(made, itself);
          present.set(unit, made);
        }
      }
      const fresh = createGraph();
      for (const unit of present.values()) fresh.add(unit, itself);
      for (const each of names) {
        t.deepEqual(picture(graph, each), picture(fresh, each));
        for (const kind of kindNames) {
          t.deepEqual(graph.related(name(each), kind).toSorted(), fresh.related(name(each), kind).toSorted());
        }
      }
    }),
    { numRuns: 200 },
  );
});

function picture(graph: Graph, of: string): readonly string[] {
  return graph
    .neighbours(name(of))
    .map((each) => `${each.name} ${each.atoms} ${each.declares} ${each.twin.declares}`)
    .toSorted();
}

test('each change makes another edition, asking does not', (t) => {
  const graph = createGraph();
  const editions: (number | undefined)[] = [graph.edition()];
  for (const unit of unitsFrom('a: Wants=b\nb:')) {
    graph.add(unit, (other) => other);
    editions.push(graph.edition());
  }
  graph.addAfter(name('a'), name('b'));
  editions.push(graph.edition());
  graph.neighbours(name('a'));
  t.is(editions.at(-1), graph.edition());
  graph.remove(name('a'));
  editions.push(graph.edition());
  t.is(new Set(editions).size, editions.length);
});
