// The units of Debian's packages, as they are: each loads, and pidone and the real systemd say the same of it.
import test from 'ava';
import { pidoneMissing } from '../oracle/pidone.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { namesIn, showOnBoth } from './both.ts';
import { compareShown, summary } from './compare-shown.ts';
import { packagedUnits, packages } from './packages.ts';

const runnable = (systemdMissing() ?? pidoneMissing()) === undefined ? test : test.skip;

runnable('Every unit of more than 200 packages of Debian loads, and shows as in systemd', async (t) => {
  const folder = await packagedUnits();
  const names = namesIn(folder);
  t.true(packages.length > 200 && names.length > 700, `${packages.length} packages, ${names.length} units`);
  const { systemd, pidone, reader } = await showOnBoth(folder, names);
  const shipped = compareShown(systemd, pidone);
  const pure = compareShown(systemd, reader);
  t.log([...summary('the shipped program', shipped), ...summary('the reader on Node', pure)].join('\n'));
  t.deepEqual(shipped.differences, []);
  t.deepEqual(pure.differences, []);
});
