import test from 'ava';

import { explainCycle, planDot, planText, wavesOf } from '../../src/graph/explain.ts';
import { buildTransaction } from '../../src/graph/transaction/build.ts';
import type { Built, Transaction } from '../../src/graph/transaction/build.ts';
import { name, unitsFrom } from '../fake/unit.ts';
import { sceneOf } from './scene.ts';

function build(units: string): { readonly scene: ReturnType<typeof sceneOf>; readonly built: Built } {
  const scene = sceneOf(units);
  return { scene, built: buildTransaction(scene, { unit: name('a'), type: 'start', mode: 'replace' }) };
}

function planned(units: string): { readonly scene: ReturnType<typeof sceneOf>; readonly transaction: Transaction } {
  const { scene, built } = build(units);
  if (!built.ok) throw new Error(built.error.message);
  return { scene, transaction: built.transaction };
}

test('a plan is told in the order in which it can be carried out', (t) => {
  const { scene, transaction } = planned('a: Requires=b,c After=b,c\nb: After=c\nc:\nd:');
  t.is(planText(scene.graph, transaction), '1. start c.service\n2. start b.service\n3. start a.service\n');
  t.deepEqual(
    wavesOf(scene.graph, transaction.jobs).map((wave) => wave.length),
    [1, 1, 1],
  );
});

test('a plan tells what was left out and why', (t) => {
  const { scene, transaction } = planned('a: Wants=b,x After=b\nb: After=c Wants=c\nc: After=a\nx: masked');
  const text = planText(scene.graph, transaction);
  t.regex(text, /^- start \w\.service: it closes a cycle: .*c\.service\/start/m);
  t.regex(text, /^- start x\.service, for a\.service: Unit x\.service is masked\.$/m);
});

test('a plan is a graph for Graphviz: an arrow from each job to those that wait for it', (t) => {
  const { scene, transaction } = planned('a: Requires=b After=b\nb:');
  const dot = planDot(scene.graph, transaction);
  t.true(dot.includes('"b.service" -> "a.service";'));
  t.false(dot.includes('"a.service" -> "b.service";'));
  t.true(dot.includes(String.raw`"a.service" [label="start\na.service"];`));
});

test('a cycle is told as a path, each step with the dependency and the file that says so', (t) => {
  const text = 'a: Requires=b After=b\nb: Requires=a After=a';
  const { scene, built } = build(text);
  const cycle = built.cycles[0];
  if (cycle === undefined) {
    t.fail('no cycle');
    return;
  }
  const units = new Map(unitsFrom(text).map((unit) => [unit.name, unit]));
  t.deepEqual(
    explainCycle(scene.graph, (each) => units.get(each), cycle.path),
    [
      'b.service/start waits for a.service/start (After=a.service in /units/b.service)',
      'a.service/start waits for b.service/start (After=b.service in /units/a.service)',
    ],
  );
});
