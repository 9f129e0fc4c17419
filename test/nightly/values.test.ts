import test from 'ava';
import { compareValues } from '../oracle-units/verify-values.ts';

test('A value of a directive is wrong exactly if systemd says so: every sample for every directive', async (t) => {
  t.timeout(4 * 60 * 60 * 1000);
  const { lines, differences } = await compareValues(1);
  t.log(`${lines} lines`);
  t.deepEqual(differences, []);
});
