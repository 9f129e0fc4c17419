// The fuzz layer's question once more, for far more inputs and of all packages' units.
import test from 'ava';
import { compareEngines, tellFindings } from '../fuzz/engines.ts';
import { inputs } from '../fuzz/inputs.ts';
import { seedsOf } from '../fuzz/seeds.ts';
import { packagedUnits } from '../oracle-units/packages.ts';

const total = Number(process.env['PIDONE_FUZZ_INPUTS'] ?? 100_000);
/** Another night, other inputs: the number of the first is told, and can be given. */
const begin = Number(process.env['PIDONE_FUZZ_FIRST'] ?? Math.floor(Date.now() / 86_400_000) * 1_000_000);
const chunk = 2500;

test('No unit file throws or hangs, and both engines make the same of it', async (t) => {
  t.timeout(4 * 60 * 60 * 1000);
  const seeds = [...seedsOf(), ...seedsOf(await packagedUnits())];
  t.log(`inputs ${String(begin)} to ${String(begin + total - 1)}, of ${String(seeds.length)} files`);
  for (let done = 0; done < total; done += chunk) {
    const first = begin + done;
    const findings = await compareEngines(inputs(seeds, first, Math.min(chunk, total - done)), first);
    t.deepEqual(findings, [], tellFindings(findings));
  }
});
