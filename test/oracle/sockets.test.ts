// Socket units beside systemd's; far more of them in the nightly layer. The seed is fixed: the command gives the same today and tomorrow.
import test from 'ava';
import { compareSockets } from './sockets/compare.ts';
import { systemdMissing } from './systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd(
  'what services see of the descriptors of 30 random socket units is what systemd passes to them',
  async (t) => {
    t.timeout(3 * 60 * 1000);
    await compareSockets(30, 252);
    t.pass();
  },
);
