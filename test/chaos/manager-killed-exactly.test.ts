// The shipped manager is killed exactly where it stands after an event, after a batch, amid the batch's effects: a life comes to the same in the end.
import test from 'ava';
import { allDeaths, judge, liveExactly } from './exact-life.ts';

// All of them are for the nights.
const EVERY = 8;

test('Wherever its manager is killed on the way, a container does the same, answers the same and ends in the same states', async (t) => {
  const expected = await liveExactly();
  const deaths = allDeaths(expected).filter((_, index) => index % EVERY === 0);
  const { died, wrong } = await judge(expected, deaths);
  t.deepEqual(wrong, []);
  t.true(died > deaths.length / 2, `${String(died)} of ${String(deaths.length)} deaths came`);
});
