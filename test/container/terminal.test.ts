import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, eventually, inside, runBox, show } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

test('The container’s terminal is PID 1’s, and a service’s that asks for it: Ctrl-C stops the one who has it', async (t) => {
  const container = await runBox(t, t.context.box, { terminal: true, loopback: true });
  await booted(container);
  const says = (text: string): Promise<void> =>
    eventually(`the terminal shows ${text}`, async () => (await container.logs()).includes(text));
  const start = (unit: string, script: string): Promise<string> =>
    inside(
      t,
      container,
      ...['systemd-run', '-q', `--unit=${unit}`, '-p', 'StandardInput=tty', '-p', 'StandardOutput=tty'],
      ...['bash', '-c', script],
    );
  const terminal = container.attach();
  t.teardown(() => terminal.leave());

  await start('asks', 'tty; echo ready; read -r x; echo "got <$x>"; : </dev/tty && echo controlling');
  await says('/dev/console');
  await says('ready');
  terminal.press('hello\r');
  await says('got <hello>');
  await says('controlling');

  await start('caught', 'trap "echo caught; exit 3" INT; echo waiting; while :; do sleep 0.05; done');
  await says('waiting');
  terminal.press('\u0003');
  await says('caught');
  await inside(t, container, 'sh', '-c', 'until systemctl is-failed -q caught; do :; done');
  t.is(await show(t, container, 'caught', 'ExecMainStatus'), '3');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'app'), 'active');

  // Nobody has it any more but PID 1.
  await eventually('PID 1 has its terminal again', async () => {
    const stat = await container.exec(['cat', '/proc/1/stat']);
    return (stat.stdout.split(') ')[1]?.split(' ')[4] ?? '0') !== '0';
  });
  terminal.press('\u0003');
  t.is(await container.ended(), 0, await container.logs());
});
