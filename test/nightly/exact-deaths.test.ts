// The manager's deaths of test/chaos/manager-killed-exactly.test.ts: all of them.
import test from 'ava';
import { moments } from '../chaos/brake.ts';
import { allDeaths, judge, liveExactly } from '../chaos/exact-life.ts';
import { judgeKeepers, liveWithoutKeeper } from '../chaos/keeper-life.ts';

test('After every event, after every batch and amid its effects, the shipped manager is killed: the same life', async (t) => {
  t.timeout(60 * 60 * 1000);
  const expected = await liveExactly();
  const deaths = allDeaths(expected);
  const { died, wrong } = await judge(expected, deaths);
  t.log(`${String(died)} of ${String(deaths.length)} deaths came`);
  t.deepEqual(wrong, []);
  t.true(died > deaths.length / 2);
});

test('At every word of every keeper, it dies, alone and with the manager: its unit alone fails or is restarted', async (t) => {
  t.timeout(60 * 60 * 1000);
  const expected = await liveWithoutKeeper();
  const deaths = Array.from({ length: expected.events }, (_, index) =>
    moments.flatMap((moment) => [false, true].map((both) => ({ moment, at: index + 1, both }))),
  ).flat();
  const { killed, wrong } = await judgeKeepers(expected, deaths);
  t.log(`${String(killed)} keepers were killed`);
  t.deepEqual(wrong, []);
  t.true(killed > expected.events);
});
