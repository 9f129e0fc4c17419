// The oracle layer's random lives once more, other ones each night. A difference is told with its seed and its place, and made smaller.
import test from 'ava';
import fc from 'fast-check';
import { compareLives } from '../oracle/lives/compare.ts';
import { lives } from '../oracle/lives/life.ts';
import { shrink } from '../oracle/lives/shrink.ts';
import { systemdMissing } from '../oracle/systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;
const total = Number(process.env['PIDONE_LIVES'] ?? 400);
const seed = Number(process.env['PIDONE_LIVES_SEED'] ?? Math.floor(Date.now() / 86_400_000));

onSystemd('Random lives of services go as they go under systemd', async (t) => {
  t.timeout(4 * 60 * 60 * 1000);
  const all = fc.sample(lives, { seed, numRuns: total });
  for (const [place, problem] of await compareLives(all)) {
    let smallest = problem;
    const life = all[place];
    if (life !== undefined)
      await shrink(life, (smaller) => {
        smallest = smaller;
      });
    t.fail(`seed ${String(seed)}, life ${String(place)}:\n${smallest}`);
  }
  t.pass();
});
