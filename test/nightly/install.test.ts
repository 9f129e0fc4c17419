// The oracle layer's random trees once more, other ones each night. A difference is told with its seed.
import test from 'ava';
import { randomSequence } from '../oracle/offline/random.ts';
import { bothAreHere, PIDONE, runOn, SYSTEMD } from '../oracle/offline/run.ts';

const total = Number(process.env['PIDONE_TREES'] ?? 2000);
const begin = Number(process.env['PIDONE_TREES_FIRST'] ?? Math.floor(Date.now() / 86_400_000) * 10_000);

(bothAreHere ? test : test.skip)(
  'Below another root systemctl and pidone do and say the same on random trees',
  async (t) => {
    t.timeout(4 * 60 * 60 * 1000);
    t.log(`seeds ${String(begin)} to ${String(begin + total - 1)}`);
    for (let seed = begin; seed < begin + total; seed++) {
      const { tree, commands } = randomSequence(seed);
      const [expected, given] = await Promise.all([runOn(tree, SYSTEMD, commands), runOn(tree, PIDONE, commands)]);
      for (const [index, command] of commands.entries())
        t.deepEqual(given.answers[index], expected.answers[index], `seed ${String(seed)}: ${command}`);
    }
  },
);
