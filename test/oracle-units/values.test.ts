// Every directive is given values, right and wrong ones: pidone finds fault with exactly those with which systemd does.
import test from 'ava';
import { systemdMissing } from '../oracle/systemd.ts';
import { compareValues } from './verify-values.ts';

const runnable = systemdMissing() === undefined ? test : test.skip;

runnable('A value of a directive is wrong exactly if systemd says so', async (t) => {
  const { lines, differences } = await compareValues(6);
  t.true(lines > 20_000, `${lines} lines`);
  t.deepEqual(differences, []);
});
