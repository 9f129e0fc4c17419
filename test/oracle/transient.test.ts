import { readFileSync } from 'node:fs';
import test from 'ava';
import { systemdMissing } from './systemd.ts';
import { askForFragments, RECORDED } from './transient.ts';

const runnable = systemdMissing() === undefined ? test : test.skip;

runnable(
  'systemd-run’s command lines become the files that were recorded (test/oracle/record-transient.ts)',
  async (t) => {
    t.deepEqual(await askForFragments(), JSON.parse(readFileSync(RECORDED, 'utf8')));
  },
);
