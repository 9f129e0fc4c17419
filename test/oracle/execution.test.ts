// What random services are given, beside the real systemd: ids, capabilities, limits, environment, directories … Far more of
// them in the nightly layer. The seeds are fixed: the command gives the same today and tomorrow.
import test from 'ava';
import { compareExecution } from './execution/compare.ts';
import { systemdMissing } from './systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd('40 random services are given what systemd gives them, with all capabilities', async (t) => {
  t.timeout(60_000);
  t.deepEqual(await compareExecution('privileged', 4, 40), []);
});

onSystemd('40 random services that docker’s capabilities suffice for are given what systemd gives them', async (t) => {
  t.timeout(60_000);
  t.deepEqual(await compareExecution('docker', 7, 40), []);
});
