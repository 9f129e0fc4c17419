// What the native layer and the fuzz layer ask of parsers of what others send, for far more inputs, and others every night.
import test from 'ava';
import { execa } from 'execa';

const times = process.env['PIDONE_FUZZ_TIMES'] ?? '100';
/** Told, and can be given. */
const seed = process.env['PIDONE_FUZZ_SEED'] ?? String(Math.floor(Date.now() / 86_400_000));
const env = { PIDONE_FUZZ_TIMES: times, PIDONE_FUZZ_SEED: seed };

for (const program of ['wire', 'log-entry', 'log-streams', 'notify'])
  test(`No bytes do harm: ${program}`, async (t) => {
    t.timeout(60 * 60 * 1000);
    t.log(`seed ${seed}`);
    await t.notThrowsAsync(execa(`build/asan/test/${program}`, { env }));
  });

test('No bytes throw in the engine’s half', async (t) => {
  t.timeout(60 * 60 * 1000);
  t.log(`seed ${seed}`);
  await t.notThrowsAsync(execa({ env, preferLocal: true })`ava --timeout=60m test/fuzz/bytes.test.ts`);
});
