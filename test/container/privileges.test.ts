import anyTest, { type ExecutionContext, type TestFn } from 'ava';

import type { Container } from '../../scripts/container/engine.ts';
import { booted, type Box, buildBox, eventually, inside, runBox, show, unitFolder, UNITS } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const environment = { SYSTEMD_UNIT_PATH: UNITS };

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

const units = {
  'plain.service':
    '[Service]\nExecStart=/bin/sh -c "echo I am $(id -u):$(id -g); exec sleep infinity"\n[Install]\nWantedBy=multi-user.target\n',
  'tuned.service':
    '[Service]\nType=exec\nNice=-5\nOOMScoreAdjust=-500\nLimitNOFILE=2000000\nExecStart=/bin/sleep infinity\n',
  'other-user.service': '[Service]\nType=exec\nUser=nobody\nExecStart=/bin/sleep infinity\n',
};

const greedy = {
  'asks.service': [
    '[Service]',
    'Type=exec',
    'CPUSchedulingPolicy=fifo',
    'IOSchedulingClass=realtime',
    'CPUAffinity=0',
    'NUMAPolicy=local',
    'Personality=x86-64',
    'CoredumpFilter=0x33',
    'SecureBits=noroot-locked',
    'CapabilityBoundingSet=~CAP_SYS_ADMIN',
    'SetCredential=word:secret',
    'ExecStartPost=/bin/sh -c "cat $CREDENTIALS_DIRECTORY/word; stat -c mode:%%a $CREDENTIALS_DIRECTORY $CREDENTIALS_DIRECTORY/word; grep Cpus_allowed_list /proc/self/status"',
    'ExecStart=/bin/sleep infinity',
    '',
  ].join('\n'),
};

/** What asks for more than the container gives runs without it, and is told so once: `skipped` are the steps. */
async function asks(t: ExecutionContext, container: Container, skipped: readonly string[]): Promise<void> {
  t.is(await inside(t, container, 'systemctl', 'is-active', 'asks'), 'active');
  await inside(t, container, 'systemctl', 'restart', 'asks');
  const status = await inside(t, container, 'systemctl', 'status', 'asks');
  const told = [...status.matchAll(/(?:Skipped: | {13})([A-Z_]+): /g)].map(([, step]) => step);
  t.deepEqual(told.sort(), [...skipped].sort(), status);
  const log = await inside(t, container, 'journalctl', '--no-pager', '-u', 'asks');
  t.regex(log, /secret/);
  t.regex(log, /mode:500\n.*mode:400\n.*Cpus_allowed_list:\t0\n/);
  await inside(t, container, 'systemctl', 'stop', 'asks');
}

test('The engine’s own capabilities: what needs more is left out and told once, what does not is done', async (t) => {
  const mounts = await unitFolder(t, greedy);
  const container = await runBox(t, t.context.box, { mounts, environment });
  await booted(container);
  await asks(t, container, ['CREDENTIALS', 'IOPRIO', 'SETSCHEDULER']);
  t.is((await container.exec(['ls', '/run/credentials/asks.service'])).status, 2);
  t.is((await container.stop()).status, 0);
});

test('--user 1000:1000 --cap-drop all --read-only: what tunes and hardens is left out and told once', async (t) => {
  const mounts = await unitFolder(t, greedy);
  const container = await runBox(t, t.context.box, {
    mounts,
    environment,
    user: '1000:1000',
    dropAllCapabilities: true,
    readOnly: true,
    tmpfs: ['/run'],
  });
  await booted(container);
  await asks(t, container, ['CREDENTIALS', 'IOPRIO', 'SECUREBITS', 'SETSCHEDULER']);
  t.is((await container.stop()).status, 0);
});

test('--user 1000:1000: services run as that user; what would need another is told, and systemctl, journalctl and stop work', async (t) => {
  const mounts = await unitFolder(t, units);
  const container = await runBox(t, t.context.box, { mounts, environment, user: '1000:1000' });
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'plain', 'tuned'), 'active\nactive');
  t.regex(await inside(t, container, 'journalctl', '--no-pager', '-u', 'plain'), / I am 1000:1000$/m);
  t.regex(await inside(t, container, 'systemctl', 'status', 'tuned'), /OOM_ADJUST: .*\(Permission denied\)/);
  t.is(await show(t, container, 'other-user', 'ExecMainStatus'), '216');
  t.regex(
    await container.logs(),
    /^pidone: other-user\.service: Failed at step GROUP spawning \/bin\/sleep: Operation not permitted$/m,
  );
  await inside(t, container, 'systemctl', 'restart', 'plain');
  t.is((await container.stop()).status, 0, await container.logs());
});

test('--read-only with a tmpfs at /run: everything works, and the journal is below /run', async (t) => {
  const mounts = await unitFolder(t, units);
  const container = await runBox(t, t.context.box, { mounts, environment, readOnly: true, tmpfs: ['/run'] });
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  t.regex(await inside(t, container, 'journalctl', '--no-pager', '-u', 'plain'), / I am 0:0$/m);
  t.regex(await inside(t, container, 'ls', '/run/pidone/journal'), /^plain\.service$/m);
  const refused = await container.exec(['systemctl', 'enable', 'plain']);
  t.is(refused.status, 1);
  t.regex(refused.stderr, /Read-only file system/);
  t.is((await container.stop()).status, 0);
});

test('--read-only with nothing to write to: services run, what cannot be had is told, and SIGTERM ends the container', async (t) => {
  const mounts = await unitFolder(t, units);
  const container = await runBox(t, t.context.box, { mounts, environment, readOnly: true });
  await eventually('plain runs', async () => (await container.logs()).includes('plain.service['));
  const logs = await container.logs();
  t.regex(logs, / I am 0:0$/m);
  t.regex(logs, /^pidone: cannot use the runtime directory \/run\/pidone: Read-only file system$/m);
  t.regex(logs, /^pidone: no runtime directory, so systemctl cannot reach me: give the container a tmpfs at \/run$/m);
  t.is((await container.stop()).status, 0, await container.logs());
});

test('--cap-drop all: root’s services run; a unit that needs another user fails and says why', async (t) => {
  const mounts = await unitFolder(t, units);
  const container = await runBox(t, t.context.box, { mounts, environment, dropAllCapabilities: true });
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'plain', 'tuned'), 'active\nactive');
  t.is(await show(t, container, 'other-user', 'ExecMainStatus'), '216');
  t.regex(
    await container.logs(),
    /^pidone: other-user\.service: Failed at step GROUP spawning \/bin\/sleep: Operation not permitted$/m,
  );
  t.is((await container.stop()).status, 0);
});
