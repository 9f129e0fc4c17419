// DynamicUser= and credentials in a container as engines run it: with docker's capabilities, and as another user than root.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';

import type { Container } from '../../scripts/container/engine.ts';
import { booted, type Box, buildBox, inside, runBox, show, unitFolder, UNITS } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const environment = { SYSTEMD_UNIT_PATH: UNITS };

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

const dynamic = (name: string): string => `[Service]
Type=exec
DynamicUser=yes
StateDirectory=${name}
RuntimeDirectory=${name}
ExecStartPre=/bin/sh -c 'id -u >>$STATE_DIRECTORY/uids; touch /dev/shm/of-${name} $RUNTIME_DIRECTORY/now'
ExecStart=/bin/sleep infinity
`;

test('DynamicUser=: each unit has a number of its own, the same again at each start, which show and ps know', async (t) => {
  const mounts = await unitFolder(t, { 'one.service': dynamic('one'), 'two.service': dynamic('two') });
  const container = await runBox(t, t.context.box, { mounts, environment });
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'one', 'two'), 'active\nactive');
  const uids = [await show(t, container, 'one', 'UID'), await show(t, container, 'two', 'UID')];
  t.not(uids[0], uids[1]);
  for (const [index, name] of ['one', 'two'].entries()) {
    const uid = uids[index] ?? '';
    t.true(Number(uid) >= 61184 && Number(uid) <= 65519, uid);
    const pid = await show(t, container, name, 'MainPID');
    t.is((await inside(t, container, 'ps', '-o', 'uid=,gid=', '-p', pid)).trim(), `${uid} ${uid}`);
    t.is(
      await inside(t, container, 'stat', '-L', '-c', '%u %a', `/var/lib/${name}`, `/run/${name}/now`),
      `${uid} 700\n${uid} 644`,
    );
    t.is(await inside(t, container, 'readlink', `/var/lib/${name}`), `private/${name}`);
    t.regex(await inside(t, container, 'systemctl', 'status', name), new RegExp(`the user ${name} is ${uid}`));
  }
  await inside(t, container, 'systemctl', 'stop', 'one');
  t.is(await show(t, container, 'one', 'UID'), '[not set]');
  // RemoveIPC= is part of it; StateDirectory= stays.
  t.is(await inside(t, container, 'ls', '/dev/shm'), 'of-two');
  t.is((await container.exec(['ls', '/run/one'])).status, 2);
  await inside(t, container, 'systemctl', 'start', 'one');
  t.is(await show(t, container, 'one', 'UID'), uids[0] ?? '');
  t.is(await inside(t, container, 'cat', '/var/lib/one/uids'), `${uids[0] ?? ''}\n${uids[0] ?? ''}`);
  t.is((await container.stop()).status, 0);
});

const secrets = (socket: string): Readonly<Record<string, string>> => ({
  'teller.socket': `[Socket]\nListenStream=${socket}\nAccept=yes\nSocketMode=0600\n`,
  'teller@.service': '[Service]\nStandardInput=socket\nStandardOutput=socket\nExecStart=/bin/echo told by a socket\n',
  'asks.service': `[Unit]
Requires=teller.socket
After=teller.socket
[Service]
Type=oneshot
RemainAfterExit=yes
Environment=WHERE=%d
SetCredential=own:own words
LoadCredential=file:/etc/hostname
LoadCredential=socket:${socket}
LoadCredential=database
ExecStart=/bin/sh -c 'test "$WHERE" = "$CREDENTIALS_DIRECTORY" && cd %d && stat -c "%%n %%a %%u" . * && cat own database socket'
`,
  'encrypted.service': '[Service]\nType=oneshot\nLoadCredentialEncrypted=x:/etc/hostname\nExecStart=/bin/true\n',
});

async function asks(t: ExecutionContext<{ box: Box }>, container: Container, uid: string): Promise<void> {
  t.is(await inside(t, container, 'systemctl', 'is-active', 'asks'), 'active');
  // Of the command alone: what the manager says comes between its words.
  const log = await inside(t, container, 'journalctl', '--no-pager', '-o', 'cat', '-u', 'asks', '-t', 'sh');
  const said = ['. 500', 'database 400', 'file 400', 'own 400', 'socket 400'].map((each) => `${each} ${uid}`);
  t.true(log.includes([...said, 'own wordsof the engine', 'told by a socket'].join('\n')), log);
  t.is(await show(t, container, 'encrypted', 'ExecMainStatus'), '243');
  t.regex(
    (await container.exec(['systemctl', 'status', 'encrypted'])).stdout,
    /x is encrypted, and a container has no key/,
  );
}

for (const [title, options, uid, socket] of [
  ['root', {}, '0', '/run/teller'],
  ['--user 1000:1000', { user: '1000:1000' }, '1000', '/tmp/teller'],
] as const)
  test(`Credentials of the unit, of a file, of a socket and of the engine: ${title}`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pidone-secrets-'));
    t.teardown(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    await writeFile(path.join(folder, 'database'), 'of the engine\n');
    const mounts = { ...(await unitFolder(t, secrets(socket))), [folder]: '/run/secrets' };
    const container = await runBox(t, t.context.box, { mounts, environment, ...options });
    await booted(container);
    await asks(t, container, uid);
    t.is((await container.stop()).status, 0);
  });
