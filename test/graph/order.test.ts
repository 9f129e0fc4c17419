import test from 'ava';

import { atoms } from '../../src/graph/dependency.ts';
import type { JobType } from '../../src/graph/job.ts';
import { goesBefore, waitsFor } from '../../src/graph/order.ts';

const job = (type: JobType, ignoreOrder = false) => ({ type, ignoreOrder });

/** a Before= b: who goes first? */
const rows: readonly (readonly [JobType, JobType, 'a' | 'b' | 'none', string])[] = [
  ['start', 'start', 'a', 'the earlier unit starts first'],
  ['start', 'verify-active', 'a', 'a check of the later unit waits for the start of the earlier one'],
  ['start', 'stop', 'b', 'the later unit stops before the earlier one starts'],
  ['start', 'restart', 'b', 'a restart begins as a stop'],
  ['start', 'reload', 'a', 'a reload of the later unit waits'],
  ['stop', 'start', 'a', 'the earlier unit stops before the later one starts'],
  ['stop', 'stop', 'b', 'units stop in the reverse order'],
  ['stop', 'restart', 'b', 'the later unit is stopped for its restart before the earlier one stops'],
  ['restart', 'start', 'a', 'the earlier unit is restarted before the later one starts'],
  ['restart', 'restart', 'b', 'the later unit of two restarts stops first'],
  ['nop', 'start', 'none', 'what does nothing waits for nobody'],
  ['stop', 'nop', 'none', 'nobody waits for what does nothing'],
];

for (const [a, b, first, why] of rows) {
  test(`a Before= b, ${a} of a, ${b} of b: ${why}`, (t) => {
    t.is(goesBefore(atoms.before, job(a), job(b)), first === 'a');
    t.is(waitsFor(atoms.before, job(a), job(b)), first === 'b');
    t.is(goesBefore(atoms.after, job(b), job(a)), first === 'b');
    t.is(waitsFor(atoms.after, job(b), job(a)), first === 'a');
  });
}

test('a job that ignores the order waits for nobody, and nobody for it', (t) => {
  t.false(waitsFor(atoms.after, job('start', true), job('start')));
  t.false(waitsFor(atoms.after, job('start'), job('start', true)));
  t.false(goesBefore(atoms.before, job('start', true), job('start')));
});

test('a unit that is both Before= and After= another waits for it and lets it wait', (t) => {
  const both = atoms.before | atoms.after;
  t.true(waitsFor(both, job('start'), job('start')));
  t.true(goesBefore(both, job('start'), job('start')));
});
