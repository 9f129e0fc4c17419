// A keeper is killed exactly when the manager has got a word of it: the state table says what comes of its unit, and the others go on.
import test from 'ava';
import { judgeKeepers, liveWithoutKeeper } from './keeper-life.ts';

test('At whatever word its keeper dies, a unit fails or is restarted, is never there twice and no other unit is touched', async (t) => {
  const expected = await liveWithoutKeeper();
  // Both moments, and the manager's death with it, by turns; all of them are for the nights.
  const deaths = Array.from(
    { length: expected.events },
    (_, index) => ({ moment: index % 2 === 0 ? 'event' : 'effects', at: index + 1, both: index % 3 === 0 }) as const,
  );
  const { killed, wrong } = await judgeKeepers(expected, deaths);
  t.deepEqual(wrong, []);
  t.true(killed >= 5, `${String(killed)} keepers were killed`);
});
