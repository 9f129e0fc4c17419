import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, inside, runBox, show } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const SERVICES = ['cron', 'nginx', 'redis-server', 'rsyslog'] as const;

test.before(async (t) => {
  t.context.box = await buildBox(t, {
    tag: 'pidone-test-packages',
    dockerfile: 'test/container/packages.Dockerfile',
    stage: 'packages',
    context: '.',
  });
});

test('Debian’s own units of cron, nginx, redis and rsyslog run as they are, and their services answer', async (t) => {
  const container = await runBox(t, t.context.box, {});
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  for (const name of SERVICES) {
    t.is(await inside(t, container, 'systemctl', 'is-active', name), 'active');
    t.is(await show(t, container, name, 'FragmentPath'), `/lib/systemd/system/${name}.service`);
    t.is(await show(t, container, name, 'DropInPaths'), '');
  }
  t.notRegex(await inside(t, container, 'dpkg', '--verify', ...SERVICES), /\.service$/m);

  const page = await inside(t, container, 'curl', '-s', '--unix-socket', '/run/nginx.sock', 'http://nginx/');
  t.regex(page, /Welcome to nginx/);
  t.is(await inside(t, container, 'redis-cli', '-s', '/run/redis/redis.sock', 'ping'), 'PONG');
  t.is(
    await inside(t, container, 'stat', '-c', '%U', `/proc/${await show(t, container, 'redis-server', 'MainPID')}`),
    'redis',
  );

  const masters = await Promise.all(SERVICES.map((name) => show(t, container, name, 'MainPID')));
  await inside(t, container, 'systemctl', 'reload', 'nginx');
  await inside(t, container, 'systemctl', 'restart', 'redis-server', 'rsyslog', 'cron');
  const later = await Promise.all(SERVICES.map((name) => show(t, container, name, 'MainPID')));
  t.deepEqual(
    later.map((pid, index) => pid === masters[index]),
    [false, true, false, false],
  );
  const { status, seconds } = await container.stop();
  t.is(status, 0, `${String(seconds)} s\n${await container.logs()}`);
});
