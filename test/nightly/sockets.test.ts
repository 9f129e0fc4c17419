// The oracle layer's random socket units once more, other ones each night. A difference is told with its seed.
import test from 'ava';
import { compareSockets } from '../oracle/sockets/compare.ts';
import { systemdMissing } from '../oracle/systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd('What services see of the descriptors of random socket units is what systemd passes to them', async (t) => {
  t.timeout(60 * 60 * 1000);
  await compareSockets(Number(process.env['PIDONE_SOCKETS'] ?? 500));
  t.pass();
});
