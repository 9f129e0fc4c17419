// The oracle layer's random graphs once more, other ones each night. A difference is told with its seed.
import test from 'ava';
import { compareQueues } from '../oracle/graphs/queues.ts';
import { compareStarts } from '../oracle/graphs/starts.ts';
import { systemdMissing } from '../oracle/systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;
const graphs = Number(process.env['PIDONE_GRAPHS'] ?? 2000);

onSystemd('Random graphs are started with the jobs that systemd starts them with', async (t) => {
  t.timeout(4 * 60 * 60 * 1000);
  await compareStarts(graphs);
  t.pass();
});

onSystemd('What random requests make of the queue is what systemd makes of it', async (t) => {
  t.timeout(4 * 60 * 60 * 1000);
  await compareQueues(graphs / 2);
  t.pass();
});
