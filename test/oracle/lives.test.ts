// Random services and what is done to them, beside systemd; far more of them in the nightly layer. The seed is fixed.
import test from 'ava';
import fc from 'fast-check';
import { compareLives } from './lives/compare.ts';
import { lives } from './lives/life.ts';
import { systemdMissing } from './systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd('30 random lives of services go as they go under systemd', async (t) => {
  t.timeout(5 * 60 * 1000);
  const problems = await compareLives(fc.sample(lives, { seed: 252, numRuns: 30 }));
  t.deepEqual([...problems.values()], []);
});
