import anyTest, { type TestFn } from 'ava';

import { type Box, buildBox, eventually, inside, runBox } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

test('pidone -- COMMAND runs that alone, and ends with its exit status', async (t) => {
  const container = await runBox(t, t.context.box, { arguments: ['--', 'sh', '-c', 'echo only me; exit 7'] });
  t.is(await container.ended(), 7);
  t.is(await container.logs(), 'only me\n');
});

test('pidone -- COMMAND passes signals on, reaps orphans, and ends with 128 and the signal that ended the command', async (t) => {
  const script = 'trap "echo got USR1" USR1; (setsid true &); echo up; while :; do sleep 1000 & wait; done';
  const container = await runBox(t, t.context.box, { arguments: ['--', 'bash', '-c', script] });
  await eventually('it is up', async () => (await container.logs()).includes('up'));
  await container.signal('USR1');
  await eventually('it got the signal', async () => (await container.logs()).includes('got USR1'));
  t.notRegex(await inside(t, container, 'ps', '-e', '-o', 'stat='), /^Z/m);
  await container.signal('TERM');
  t.is(await container.ended(), 143);
});
