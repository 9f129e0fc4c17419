import test from 'ava';
import fc from 'fast-check';

import type { ActiveState } from '../../../src/graph/active-state.ts';
import { isDown, isUp } from '../../../src/graph/active-state.ts';
import { atoms } from '../../../src/graph/dependency.ts';
import { wavesOf } from '../../../src/graph/explain.ts';
import type { RequestedJobType } from '../../../src/graph/job.ts';
import { buildTransaction } from '../../../src/graph/transaction/build.ts';
import type { PlannedJob, Transaction } from '../../../src/graph/transaction/build.ts';
import type { DependencyKind, JobMode, Unit } from '../../../src/units/model.ts';
import { makeUnit, name } from '../../fake/unit.ts';
import { sceneOf } from '../scene.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const kinds: readonly DependencyKind[] = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Conflicts',
  'Before',
  'After',
  'PropagatesStopTo',
  'PropagatesReloadTo',
];

const dependency = fc.record({
  kind: fc.constantFrom(...kinds),
  on: fc.constantFrom(...names).map(name),
  origin: fc.constant('file' as const),
});
const unitsArbitrary: fc.Arbitrary<Unit[]> = fc.tuple(
  ...names.map((each) =>
    fc.array(dependency, { maxLength: 5 }).map((dependencies) => makeUnit(each, { dependencies })),
  ),
);
const statesArbitrary = fc.dictionary(
  fc.constantFrom(...names),
  fc.constantFrom<ActiveState>('active', 'activating', 'failed', 'deactivating', 'reloading'),
);
const request = fc.record({
  unit: fc.constantFrom(...names).map(name),
  type: fc.constantFrom<RequestedJobType>('start', 'stop', 'restart', 'try-restart', 'reload', 'reload-or-start'),
  mode: fc.constantFrom<JobMode>('replace', 'fail', 'replace-irreversibly', 'flush'),
});

interface World {
  readonly scene: ReturnType<typeof sceneOf>;
  readonly transaction: Transaction;
  readonly jobs: ReadonlyMap<string, PlannedJob>;
}

/** Runs the property on every transaction that is not refused. */
function holdsForAll(property: (world: World) => void): void {
  fc.assert(
    fc.property(unitsArbitrary, statesArbitrary, request, (units, states, asked) => {
      const scene = sceneOf(units, { states, reloadable: names });
      const built = buildTransaction(scene, asked);
      if (!built.ok) return;
      const { transaction } = built;
      property({ scene, transaction, jobs: new Map(transaction.jobs.map((job) => [job.unit, job])) });
    }),
    { numRuns: 2000 },
  );
}

test('a transaction has one job a unit, and the anchor is one of them', (t) => {
  holdsForAll(({ transaction, jobs }) => {
    t.is(jobs.size, transaction.jobs.length);
    t.true(jobs.has(transaction.anchor.unit));
  });
});

test('the jobs of a transaction can be carried out one after another: nothing waits in a circle', (t) => {
  holdsForAll(({ scene, transaction }) => {
    const placed = wavesOf(scene.graph, transaction.jobs).flat().length;
    t.is(placed, transaction.jobs.length);
  });
});

test('no start without what it requires', (t) => {
  holdsForAll(({ scene, jobs }) => {
    for (const job of jobs.values()) {
      if (job.type !== 'start' && job.type !== 'restart') continue;
      for (const other of scene.graph.neighbours(job.unit)) {
        const type = jobs.get(other.name)?.type;
        if ((other.atoms & atoms.pullInStart) !== 0) {
          t.true(type === 'start' || type === 'restart' || type === 'reload' || isUp(scene.active(other.name)));
        }
        if ((other.atoms & atoms.pullInStop) !== 0) t.true(type === 'stop' || isDown(scene.active(other.name)));
      }
    }
  });
});

test('no stop that leaves up what requires the unit', (t) => {
  holdsForAll(({ scene, jobs }) => {
    for (const job of jobs.values()) {
      if (job.type !== 'stop') continue;
      for (const other of scene.graph.neighbours(job.unit)) {
        if ((other.atoms & atoms.propagateStop) === 0) continue;
        t.true(jobs.get(other.name)?.type === 'stop' || isDown(scene.active(other.name)));
      }
    }
  });
});

test('the same question has the same answer', (t) => {
  fc.assert(
    fc.property(unitsArbitrary, statesArbitrary, request, (units, states, asked) => {
      const answer = (): string =>
        JSON.stringify(buildTransaction(sceneOf(units, { states, reloadable: names }), asked), withoutLinks);
      t.is(answer(), answer());
    }),
    { numRuns: 200 },
  );
});

/** Jobs are part of a web that JSON cannot hold. */
function withoutLinks(key: string, value: unknown): unknown {
  return key === 'pulls' || key === 'pulledBy' || key === 'next' ? undefined : value;
}

for (const [shape, dependencies] of [
  ['chain', (at: number) => (at === 0 ? '' : `Requires=s${at - 1} After=s${at - 1}`)],
  ['reversed chain', (at: number) => `Requires=s${at + 1} Before=s${at + 1}`],
  ['fan', (at: number) => (at === 0 ? '' : 'Requires=s0 After=s0')],
] as const) {
  test(`5,000 units in a ${shape} start and stop without deep recursion`, (t) => {
    const lines: string[] = [];
    for (let at = 0; at < 5000; at += 1) lines.push(`s${at}: ${dependencies(at)}`);
    lines.push(`all.target: Wants=${lines.map((line) => line.split(':')[0]).join(',')}`, 's5000:');
    const scene = sceneOf(lines.join('\n'));
    const built = buildTransaction(scene, { unit: name('all.target'), type: 'start', mode: 'replace' });
    t.true(built.ok);
    if (built.ok) t.true(built.transaction.jobs.length > 5000);
  });
}
