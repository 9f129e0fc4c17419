import test from 'ava';

import type { ActiveState } from '../../src/graph/active-state.ts';
import { collapse, isConflicting, isRedundant, isSuperset, merge } from '../../src/graph/job.ts';
import type { JobType } from '../../src/graph/job.ts';

const types: readonly JobType[] = ['start', 'verify-active', 'stop', 'reload', 'restart'];

/** Rows and columns in the order of `types`; the unit is down. */
const mergedWhileDown: readonly (readonly (JobType | '-')[])[] = [
  ['start', 'start', '-', 'start', 'restart'],
  ['start', 'verify-active', '-', 'reload', 'restart'],
  ['-', '-', 'stop', '-', '-'],
  ['start', 'reload', '-', 'reload', 'restart'],
  ['restart', 'restart', '-', 'restart', 'restart'],
];

for (const [row, a] of types.entries()) {
  for (const [column, b] of types.entries()) {
    const expected = mergedWhileDown[row]?.[column] ?? '-';
    test(`${a} and ${b} of a unit that is down ${expected === '-' ? 'conflict' : `are ${expected}`}`, (t) => {
      t.is(merge(a, b, 'inactive') ?? '-', expected);
      t.is(isConflicting(a, b), expected === '-');
    });
  }
}

test('start and reload of a unit that is up are a reload', (t) => {
  t.is(merge('start', 'reload', 'active'), 'reload');
  t.is(merge('reload', 'start', 'reloading'), 'reload');
  t.is(merge('reload', 'start', 'activating'), 'start');
});

test('merging does not depend on which comes first', (t) => {
  for (const a of types) for (const b of types) t.is(merge(a, b, 'active'), merge(b, a, 'active'), `${a} ${b}`);
});

test('nop goes with everything and contradicts nothing', (t) => {
  for (const type of types) {
    t.is(merge('nop', type, 'inactive'), type);
    t.false(isConflicting(type, 'nop'));
  }
});

test('restart does all that start, verify-active and reload do; start does not do a reload', (t) => {
  for (const type of ['start', 'verify-active', 'reload', 'restart'] as const) t.true(isSuperset('restart', type));
  t.true(isSuperset('start', 'verify-active'));
  t.true(isSuperset('reload', 'verify-active'));
  t.false(isSuperset('start', 'reload'));
  t.false(isSuperset('reload', 'start'));
  t.false(isSuperset('verify-active', 'start'));
});

const states: readonly ActiveState[] = ['inactive', 'activating', 'active', 'reloading', 'deactivating', 'failed'];
const collapsed = {
  'try-restart': ['nop', 'restart', 'restart', 'restart', 'nop', 'nop'],
  'try-reload': ['nop', 'nop', 'reload', 'reload', 'nop', 'nop'],
  'reload-or-start': ['start', 'start', 'reload', 'reload', 'start', 'start'],
} as const;

for (const request of ['try-restart', 'try-reload', 'reload-or-start'] as const) {
  test(`${request} becomes what the state of the unit makes of it`, (t) => {
    t.deepEqual(
      states.map((state) => collapse(request, state)),
      [...collapsed[request]],
    );
  });
}

test('start and verify-active are redundant for what is up, stop for what is down, reload and restart never', (t) => {
  const redundantIn = (type: JobType): readonly ActiveState[] => states.filter((state) => isRedundant(type, state));
  t.deepEqual(redundantIn('start'), ['active', 'reloading']);
  t.deepEqual(redundantIn('verify-active'), ['active', 'reloading']);
  t.deepEqual(redundantIn('stop'), ['inactive', 'failed']);
  t.deepEqual(redundantIn('reload'), []);
  t.deepEqual(redundantIn('restart'), []);
  t.deepEqual(redundantIn('nop'), states);
});
