import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, inside, runBox, show, unitFolder, UNITS } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const environment = { SYSTEMD_UNIT_PATH: UNITS };

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

test('A service that fails at its first start leaves the container up, with status, journal and exit code to look at', async (t) => {
  const mounts = await unitFolder(t, {
    'first.service': '[Service]\nType=notify\nExecStart=/bin/sh -c "echo no database here >&2; exit 3"\n',
    'other.service': '[Service]\nExecStart=/bin/sleep infinity\n',
  });
  const container = await runBox(t, t.context.box, { mounts, environment });
  const state = await booted(container);
  t.deepEqual([state.status, state.stdout], [1, 'degraded\n']);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'other'), 'active');

  const status = await container.exec(['systemctl', 'status', 'first']);
  t.is(status.status, 3);
  t.regex(status.stdout, /^× first\.service\n/);
  t.regex(status.stdout, /Active: failed \(Result: exit-code\) since /);
  t.regex(status.stdout, /Main PID: \d+ \(code=exited, status=3\)/);
  t.regex(status.stdout, / sh\[\d+\]: no database here\n/);
  t.regex(await inside(t, container, 'journalctl', '-u', 'first', '--no-pager'), /sh\[\d+\]: no database here\n/);
  t.is(await show(t, container, 'first', 'ExecMainStatus'), '3');
  t.regex(
    await inside(t, container, 'systemctl', '--failed', '--no-legend'),
    /^● first\.service loaded failed failed /,
  );
  t.regex(await container.logs(), /failed: first\.service \(exit-code\)/);
  t.is((await container.stop()).status, 0);
});

test('Bad unit files never stop the others, and each is told with its file and line', async (t) => {
  const cycle = (other: string): string =>
    `[Unit]\nAfter=${other}.service\nRequires=${other}.service\n[Service]\nExecStart=/bin/sleep infinity\n`;
  const mounts = await unitFolder(t, {
    'junk.service': '\u0001\u0002 this is no unit\n[Service\nExecStart\n',
    'typo.service': '[Service]\nExecStart=/bin/sleep infinity\nRestrat=always\n',
    'folder.service': { folder: true },
    'dangling.service': { link: '/nowhere/at/all.service' },
    'cycle-a.service': cycle('cycle-b'),
    'cycle-b.service': cycle('cycle-a'),
    'missing.service': '[Service]\nExecStart=/no/such/program\n',
    'good.service': '[Service]\nType=exec\nExecStart=/bin/sleep infinity\n',
  });
  const container = await runBox(t, t.context.box, { mounts, environment });
  await booted(container);
  t.is(
    await inside(t, container, 'systemctl', 'is-active', 'good', 'typo', 'multi-user.target'),
    'active\nactive\nactive',
  );
  t.is(await show(t, container, 'missing', 'ExecMainStatus'), '203');
  const logs = await container.logs();
  for (const told of [
    new RegExp(`^pidone: ${UNITS}/junk\\.service:2:1: Invalid section header`, 'm'),
    new RegExp(`^pidone: ${UNITS}/typo\\.service:3:1: Unknown key 'Restrat' in section \\[Service\\]; ignored$`, 'm'),
    new RegExp(`^pidone: ${UNITS}/folder\\.service: This is a directory; ignored$`, 'm'),
    new RegExp(`^pidone: ${UNITS}/dangling\\.service: This link leads to /nowhere/at/all\\.service, `, 'm'),
    /^pidone: cycle-[ab]\.service: Found ordering cycle on cycle-[ab]\.service\/start$/m,
    new RegExp(`cycle-[ab]\\.service/start waits for cycle-.*${UNITS}/cycle-[ab]\\.service`),
    /^pidone: missing\.service: Failed at step EXEC spawning \/no\/such\/program: No such file or directory$/m,
  ])
    t.regex(logs, told);
  t.is((await container.stop()).status, 0);
});
