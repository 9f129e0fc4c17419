/** Texts and statuses are those that systemctl 252.38 (Debian 12) printed, but for what pidone cannot do. */
import test from 'ava';
import { stage } from '../stage.ts';

const files = { 'a.service': '[Service]\nExecStart=/bin/a\n' };
const header =
  '# This is a drop-in unit file extension, created via "systemctl set-property"\n# or an equivalent operation. Do not edit.\n';

test('each setting becomes a drop-in of its own, and is read', async (t) => {
  const own = stage({ files });
  const { status, stderr } = await own.run('systemctl set-property a CPUWeight=50 MemoryMax=10M Description=x%n');
  t.is(status, 0);
  t.is(
    stderr,
    "Kept, and without effect: pidone has no control groups of its own; give CPUWeight=, MemoryMax= to the container's engine.\n",
  );
  const read = (name: string) => own.host.readFile(`/etc/systemd/system.control/a.service.d/50-${name}.conf`, 4096);
  t.is(read('CPUWeight'), `${header}[Service]\nCPUWeight=50\n`);
  t.is(read('MemoryMax'), `${header}[Service]\nMemoryMax=10M\n`);
  t.is(read('Description'), `${header}[Unit]\nDescription=x%%n\n`);
});

test('--runtime puts it where it ends with the container', async (t) => {
  const own = stage({ files });
  await own.run('systemctl set-property --runtime a CPUWeight=50');
  t.is(typeof own.host.readFile('/run/systemd/system.control/a.service.d/50-CPUWeight.conf', 4096), 'string');
});

const refused: readonly (readonly [words: string, sentence: string])[] = [
  ['a CPUWeight', 'Not an assignment: CPUWeight'],
  ['a Foo=3', 'Unknown assignment: Foo=3'],
  ['nope CPUWeight=3', 'Failed to set unit properties on nope.service: Unit nope.service not found.'],
  [
    'a Nice=3',
    'Failed to set unit properties on a.service: Cannot set property Nice, or unknown property.\nNice= cannot be set while the unit runs: write it into a drop-in (systemctl edit a.service).',
  ],
];
for (const [words, sentence] of refused) {
  test(`nothing is written: systemctl set-property ${words}`, async (t) => {
    const own = stage({ files });
    const said = await own.run(`systemctl set-property ${words}`);
    t.deepEqual([said.status, said.stderr], [1, `${sentence}\n`]);
    t.is(typeof own.host.readDirectory('/etc/systemd/system.control'), 'number');
  });
}
