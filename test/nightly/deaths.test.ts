// The manager's deaths of test/main/deaths.test.ts: all moments, and other random lives each night. A difference is told with its seed.
import test from 'ava';
import { differences, everyBatch } from '../main/life.ts';
import { longLife } from '../main/long-life.ts';
import { randomLife } from '../main/random-life.ts';

const total = Number(process.env['PIDONE_LIVES'] ?? 150);
const begin = Number(process.env['PIDONE_LIVES_FIRST'] ?? Math.floor(Date.now() / 86_400_000) * 1000);

for (const when of ['before', 'amid', 'after'] as const)
  test(`Each batch of a long life, ${when} its effects are out`, async (t) => {
    t.timeout(60 * 60 * 1000);
    t.deepEqual(await differences(longLife, (batches) => everyBatch(batches).map(({ at }) => ({ at, when }))), []);
  });

test('Every batch of random lives', async (t) => {
  t.timeout(60 * 60 * 1000);
  t.log(`seeds ${String(begin)} to ${String(begin + total - 1)}`);
  for (let seed = begin; seed < begin + total; seed++)
    t.deepEqual(await differences(randomLife(seed), everyBatch), [], `seed ${String(seed)}`);
});
