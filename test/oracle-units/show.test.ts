// Units of our own making with what packages do not have: mistakes of all kinds, instances, drop-ins, masks and aliases.
import test from 'ava';
import { pidoneMissing } from '../oracle/pidone.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { namesIn, showOnBoth } from './both.ts';
import { compareShown, summary } from './compare-shown.ts';

const folder = new URL('units/', import.meta.url).pathname;
const instances = ['inst@a-b\\x2dc.service', 'ali@y.service', 'in-st@x.service', 'in-st@y.service', 'nowhere.service'];

const runnable = (systemdMissing() ?? pidoneMissing()) === undefined ? test : test.skip;

runnable('Every unit loads as systemd loads it: the same properties and dependencies', async (t) => {
  const names = [...namesIn(folder), ...instances];
  const { systemd, pidone, reader } = await showOnBoth(folder, names);
  const shipped = compareShown(systemd, pidone);
  const pure = compareShown(systemd, reader);
  t.log([...summary('the shipped program', shipped), ...summary('the reader on Node', pure)].join('\n'));
  t.deepEqual(shipped.differences, []);
  t.deepEqual(pure.differences, []);
});
