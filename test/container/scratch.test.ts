import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import anyTest, { type TestFn } from 'ava';

import { createUndertaker } from '../../scripts/container/undertaker.ts';
import { booted, type Box, buildBox, inside, puppetFolder, runBox, show } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

/** Nothing but pidone and one static program: no libc, no shell, no /etc/passwd. */
const dockerfile = `
FROM scratch AS scratch
COPY bin/ /bin/
COPY puppet /puppet
COPY greeter.service /etc/systemd/system/
COPY wants/ /etc/systemd/system/multi-user.target.wants/
ENTRYPOINT ["/bin/pidone"]
`;
const unit = '[Service]\nType=notify\nExecStart=/puppet - "leave TERM" "log here I am" "env NAME" "notify READY=1"\n';

test.before(async (t) => {
  const context = await mkdtemp(path.join(tmpdir(), 'pidone-scratch-'));
  const undertaker = createUndertaker('rm', ['-rf', context]);
  const [puppet = ''] = Object.keys(await puppetFolder());
  await cp('build/root/bin', path.join(context, 'bin'), { recursive: true, verbatimSymlinks: true });
  await cp(path.join(puppet, 'puppet'), path.join(context, 'puppet'));
  await writeFile(path.join(context, 'greeter.service'), unit);
  await mkdir(path.join(context, 'wants'));
  await symlink('../greeter.service', path.join(context, 'wants/greeter.service'));
  await writeFile(path.join(context, 'Dockerfile'), dockerfile);
  t.context.box = await buildBox(t, {
    tag: 'pidone-test-scratch',
    dockerfile: path.join(context, 'Dockerfile'),
    stage: 'scratch',
    context,
    temporary: true,
  });
  await undertaker.remove();
});

const environment = { PUPPET_LOG: '/dev/stdout', NAME: 'from the container' };

test('FROM scratch, without libc, shell or /etc/passwd: services, systemctl, journalctl and stop work', async (t) => {
  const container = await runBox(t, t.context.box, { environment, arguments: ['--log-level=info'] });
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  t.regex(
    await inside(t, container, '/bin/systemctl', 'status', '--no-pager', 'greeter'),
    /Active: active \(running\)[^]*here I am/,
  );
  t.regex(await inside(t, container, '/bin/journalctl', '-u', 'greeter', '-o', 'cat'), /^NAME=from the container$/m);
  const before = await show(t, container, 'greeter', 'MainPID');
  await inside(t, container, '/bin/systemctl', 'restart', 'greeter');
  t.not(await show(t, container, 'greeter', 'MainPID'), before);
  t.is((await container.stop()).status, 0);
  t.regex(await container.logs(), /left on SIGTERM/);
});

test('FROM scratch with an arbitrary uid, a read-only root and no capabilities', async (t) => {
  const container = await runBox(t, t.context.box, {
    environment,
    user: '54321:0',
    readOnly: true,
    tmpfs: ['/tmp'],
    dropAllCapabilities: true,
  });
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  t.is(await inside(t, container, '/bin/systemctl', 'is-active', 'greeter'), 'active');
  t.is((await container.stop()).status, 0);
});
