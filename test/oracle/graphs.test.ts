// Transactions beside systemd's; far more of them in the nightly layer. The seed is fixed: the command gives the same today and tomorrow.
import test from 'ava';
import { compareQueues } from './graphs/queues.ts';
import { compareStarts } from './graphs/starts.ts';
import { systemdMissing } from './systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd('100 random graphs are started with the jobs that systemd starts them with', async (t) => {
  t.timeout(5 * 60 * 1000);
  await compareStarts(100, 252);
  t.pass();
});

onSystemd('what 60 rows of requests make of the queue is what systemd makes of it', async (t) => {
  t.timeout(5 * 60 * 1000);
  await compareQueues(60, 252);
  t.pass();
});
