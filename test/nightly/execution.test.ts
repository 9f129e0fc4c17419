// The oracle layer's random services once more, other ones each night. A difference is told with its seed.
import test from 'ava';
import { compareExecution } from '../oracle/execution/compare.ts';
import { systemdMissing } from '../oracle/systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;
const services = Number(process.env['PIDONE_SERVICES'] ?? 2000);
const SIZE = 80;

for (const means of ['privileged', 'docker'] as const)
  onSystemd(`Random services are given what systemd gives them: ${means}`, async (t) => {
    t.timeout(60 * 60 * 1000);
    const first = Number(process.env['PIDONE_SEED'] ?? Math.floor(Date.now() / 1000));
    for (let i = 0; i * SIZE < services; i++)
      t.deepEqual(await compareExecution(means, first + i, SIZE), [], `PIDONE_SEED=${first + i}`);
  });
