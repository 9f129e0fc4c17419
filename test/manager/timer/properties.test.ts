import test from 'ava';
import fc from 'fast-check';

import { machineFor, type Simulated } from './simulated.ts';

const second = 1_000_000;

/** What can happen between two looks. Times in usec. */
const happenings = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), usec: fc.integer({ min: 1, max: 40 * second }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('successor' as const), away: fc.integer({ min: 0, max: 30 * second }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        usec: fc.integer({ min: -100 * second, max: 100 * second }),
      }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

type Happening = typeof happenings extends fc.Arbitrary<(infer T)[]> ? T : never;

function happen(timer: Simulated, what: Happening): void {
  switch (what.kind) {
    case 'pass':
      timer.pass(what.usec);
      break;
    case 'end':
      timer.end();
      break;
    case 'successor':
      timer.successor(what.away);
      break;
    case 'reload':
      timer.reload();
      break;
    case 'set':
      timer.setClock(what.usec);
  }
}

test('OnCalendar=: never twice for one elapse, and none is lost, whatever dies, is reloaded or set', (t) => {
  fc.assert(
    fc.property(happenings, fc.boolean(), (story, persistent) => {
      const timer = machineFor(`OnCalendar=*:*:0/10\nPersistent=${persistent ? 'yes' : 'no'}`);
      const period = 10 * second;
      for (const what of story) {
        const before = timer.starts.length;
        happen(timer, what);
        for (const { after, at } of timer.starts.slice(before))
          t.true(Math.floor(at / period) > Math.floor(after / period), `twice: ${after}, ${at}`);
        if (timer.sub() === 'waiting')
          t.true(Math.floor(timer.realtime() / period) <= Math.floor(timer.last() / period), 'an elapse was lost');
        else t.is(timer.sub(), 'running');
      }
    }),
    { numRuns: 300 },
  );
});

test('OnUnitActiveSec=: the next start is just so long after the last one, or as soon as the unit is down', (t) => {
  fc.assert(
    fc.property(happenings, (story) => {
      const timer = machineFor('OnActiveSec=1s\nOnUnitActiveSec=7s');
      for (const what of story) {
        happen(timer, what);
        if (timer.sub() === 'waiting' && timer.starts.length > 0)
          t.true(timer.monotonic() < timer.lastMonotonic() + 7 * second);
      }
      timer.starts.slice(1).forEach(({ monotonic }, index) => {
        t.true(monotonic - (timer.starts[index]?.monotonic ?? 0) >= 7 * second);
      });
    }),
    { numRuns: 300 },
  );
});

test('OnActiveSec= and OnBootSec=: once each, whatever dies, is reloaded or set', (t) => {
  fc.assert(
    fc.property(happenings, (story) => {
      const timer = machineFor('OnActiveSec=15s\nOnBootSec=50s');
      for (const what of story) happen(timer, what);
      t.true(timer.starts.length <= 2);
      const { starts } = timer;
      if (timer.sub() === 'waiting') t.is(starts.length, timer.monotonic() >= 16 * second ? 1 : 0);
    }),
    { numRuns: 300 },
  );
});
