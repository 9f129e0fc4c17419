import anyTest, { type ExecutionContext, type TestFn } from 'ava';

import type { Container } from '../../scripts/container/engine.ts';
import { booted, type Box, buildBox, inside, puppetFolder, runBox, unitFolder } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

const row = {
  'first.service': '[Service]\nType=notify\nExecStart=/t/puppet first "leave TERM" "notify READY=1"\n',
  'second.service':
    '[Unit]\nAfter=first.service\n[Service]\nType=notify\nExecStart=/t/puppet second "leave TERM" "notify READY=1"\n',
  'third.service':
    '[Unit]\nAfter=second.service\n[Service]\nType=notify\nExecStart=/t/puppet third "leave TERM" "notify READY=1"\n',
};

/** Services in a row, and nothing else: they say on the container's stdout what they got. */
async function rowBox(t: ExecutionContext<{ box: Box }>, units: Record<string, string> = row): Promise<Container> {
  const container = await runBox(t, t.context.box, {
    mounts: { ...(await puppetFolder()), ...(await unitFolder(t, units)) },
    environment: { PUPPET_LOG: '/dev/stdout', APP_PORT: '0', SYSTEMD_UNIT_PATH: '/usr/local/lib/systemd/system' },
    arguments: ['--log-level=info'],
  });
  const state = await booted(container);
  t.is(state.stdout, 'running\n', await container.logs());
  return container;
}

/** Whole lines of the container's output that these patterns match, in their order. */
async function said(container: Container, pattern: RegExp): Promise<string[]> {
  return [...(await container.logs()).matchAll(pattern)].map(([, words = '']) => words);
}

for (const signal of ['TERM', 'INT', 'PWR', 'RTMIN+3', 'RTMIN+4'])
  test(`SIG${signal} reaches every service, in the reverse of the order of their start, and the exit status is 0`, async (t) => {
    const container = await rowBox(t);
    const started = await said(container, /Start(?:ed|ing) (\w+)\.service/g);
    t.deepEqual(started, ['first', 'first', 'second', 'second', 'third', 'third']);
    await container.signal(signal);
    t.is(await container.ended(), 0);
    t.deepEqual(await said(container, /(\w+ left on SIG\w+)/g), [
      'third left on SIGTERM',
      'second left on SIGTERM',
      'first left on SIGTERM',
    ]);
    t.deepEqual(await said(container, /(Stop(?:ping|ped) \w+)\.service/g), [
      'Stopping third',
      'Stopped third',
      'Stopping second',
      'Stopped second',
      'Stopping first',
      'Stopped first',
    ]);
  });

test('A service that is deaf to SIGTERM is killed after its TimeoutStopSec=, and the rest still stops in order', async (t) => {
  const deaf = row['second.service'].replace('leave TERM', 'ignore TERM').replace('Type=', 'TimeoutStopSec=1\nType=');
  const container = await rowBox(t, { ...row, 'second.service': deaf });
  const { status } = await container.stop();
  t.is(status, 0);
  t.deepEqual(await said(container, /(\w+ left on SIG\w+)/g), ['third left on SIGTERM', 'first left on SIGTERM']);
});

test('SIGHUP reads the unit files again, and no service notices', async (t) => {
  const container = await rowBox(t);
  await inside(t, container, 'sh', '-c', 'mkdir -p /etc/systemd/system');
  await container.signal('HUP');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'first', 'second', 'third'), 'active\nactive\nactive');
  t.deepEqual(await said(container, /(\w+ left on SIG\w+)/g), []);
});

test('systemctl exit gives the container its exit status', async (t) => {
  const container = await rowBox(t);
  await container.exec(['systemctl', 'exit', '7']);
  t.is(await container.ended(), 7);
});
