import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, inside, puppetFolder, runBox, show, unitFolder, UNITS } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

const sandbox = `PrivateTmp=yes
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
PrivateNetwork=yes
PrivateIPC=yes
ProtectKernelModules=yes
ReadWritePaths=/run -/nonexistent
SystemCallFilter=@system-service
SystemCallFilter=~uname
SystemCallErrorNumber=EILSEQ
RestrictAddressFamilies=AF_UNIX
`;
const units = {
  'confined.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\n${sandbox}ExecStart=/t/probe confined uname unix inet write:/usr\n`,
  'user.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\nUser=nobody\nRestrictAddressFamilies=AF_UNIX\nExecStartPre=+/bin/sh -c "touch /run/order.log; chmod 666 /run/order.log"\nExecStart=/t/probe user inet no-new-privileges\n`,
  // What redis-server.service of Debian asks for, in its order.
  'many.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\n${'PrivateTmp PrivateDevices ProtectHome ProtectSystem ProtectControlGroups ProtectKernelLogs ProtectKernelModules ProtectKernelTunables PrivateMounts'
    .split(' ')
    .map((key) => `${key}=yes\n`)
    .join(
      '',
    )}ProtectProc=invisible\nReadWriteDirectories=-/var/lib\nReadWritePaths=-/var/log\nNoExecPaths=/srv\nExecPaths=/usr\nExecStart=/bin/true\n`,
  'keys.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\nKeyringMode=private\n${sandbox}PrivateUsers=yes\nExecStart=/t/probe keys inet write:/usr\n`,
  'plain.service': '[Service]\nExecStart=/bin/sleep infinity\n',
};

/** What Docker's filter of system calls refuses to who has no CAP_SYS_ADMIN. */
const refused = ['unshare', 'setns', 'keyctl', 'add_key'];

test('Docker’s defaults: filters of system calls hold; what needs namespaces is left out, told once, and the unit runs', async (t) => {
  const mounts = { ...(await unitFolder(t, units)), ...(await puppetFolder()) };
  const container = await runBox(t, t.context.box, { mounts, refused, environment: { SYSTEMD_UNIT_PATH: UNITS } });
  await booted(container);
  t.is(
    await inside(t, container, 'systemctl', 'is-active', 'confined', 'user', 'keys', 'many'),
    'active\n'.repeat(4).trimEnd(),
  );
  const lines = (await inside(t, container, 'cat', '/run/order.log')).split('\n').sort();
  t.deepEqual(lines, [
    'confined inet=EAFNOSUPPORT',
    'confined uname=EILSEQ',
    'confined unix=ok',
    'confined write:/usr=ok',
    'keys inet=EAFNOSUPPORT',
    'keys write:/usr=ok',
    'user inet=EAFNOSUPPORT',
    'user no-new-privileges=1',
  ]);
  const status = await inside(t, container, 'systemctl', 'status', 'confined');
  t.regex(status, /Skipped: NAMESPACE: not applied in this container: PrivateNetwork=, PrivateIPC=, .*ProtectSystem=/);
  t.is(status.match(/not applied/g)?.length, 2, 'once in status, once in its log');
  const many = await inside(t, container, 'systemctl', 'status', 'many');
  const told = /Skipped: NAMESPACE: not applied in this container: (.*) \(Operation not permitted\)/.exec(many)?.[1];
  t.deepEqual(
    told?.split(', ').sort(),
    'ExecPaths= NoExecPaths= PrivateDevices= PrivateMounts= PrivateTmp= ProtectControlGroups= ProtectHome= ProtectKernelLogs= ProtectKernelModules= ProtectKernelTunables= ProtectProc= ProtectSystem= ReadWritePaths='.split(
      ' ',
    ),
    'all of them, however many',
  );
  const all = await inside(t, container, 'systemctl', 'status', '-n0', 'keys');
  t.regex(all, /Skipped: KEYRING: not applied in this container: KeyringMode= \(Operation not permitted\)$/m);
  t.regex(all, /^ {13}NAMESPACE: not applied in this container: PrivateUsers=, PrivateNetwork=, .*ProtectSystem=/m);
  t.notRegex(await inside(t, container, 'ls', '/tmp'), /systemd-private/);
  t.is((await container.stop()).status, 0);
});

test('PIDONE_STRICT_EXEC=1: what this container forbids fails the unit as under systemd', async (t) => {
  const mounts = { ...(await unitFolder(t, units)), ...(await puppetFolder()) };
  const environment = { SYSTEMD_UNIT_PATH: UNITS, PIDONE_STRICT_EXEC: '1' };
  const container = await runBox(t, t.context.box, { mounts, refused, environment });
  await booted(container);
  t.is(await show(t, container, 'confined', 'ExecMainStatus'), '225');
  t.is(await show(t, container, 'keys', 'ExecMainStatus'), '217');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'user', 'plain'), 'active\nactive');
  t.is((await container.stop()).status, 0);
});

const shared = 'PrivateNetwork=yes\nPrivateIPC=yes\nPrivateTmp=yes\n';
const spaces = (name: string): string =>
  `ExecStart=/bin/sh -c 'readlink /proc/self/ns/net /proc/self/ns/ipc >/run/${name}; ls /tmp >>/run/${name}; touch /tmp/x'\n`;
const sharing = {
  'a.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\n${shared}${spaces('a')}ExecReload=/bin/sh -c 'readlink /proc/self/ns/net /proc/self/ns/ipc >/run/a-again'\n`,
  'b.service': `[Unit]\nAfter=a.service\nJoinsNamespaceOf=a.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\n${shared}${spaces('b')}`,
  'users.service': `[Service]\nType=oneshot\nRemainAfterExit=yes\nPrivateUsers=yes\nUser=nobody\n${shared}ExecStart=/bin/sh -c 'cat /proc/self/uid_map'\nStandardOutput=file:/run/users\n`,
};

test('with CAP_SYS_ADMIN: namespaces are the unit’s and of those that join it, over deaths of the manager and of units', async (t) => {
  const mounts = await unitFolder(t, sharing);
  const options = { addCapabilities: ['SYS_ADMIN'], environment: { SYSTEMD_UNIT_PATH: UNITS } };
  const container = await runBox(t, t.context.box, { mounts, ...options });
  await booted(container);
  const run = async (line: string): Promise<string> => inside(t, container, 'sh', '-c', line);
  t.regex(await run('cat /run/users'), /^\s*0 +0 +1\s+65534 +65534 +1$/);
  const first = await run('cat /run/a');
  t.is(await run('cat /run/b'), `${first}\nx`, 'joined');
  t.not(first, await run('readlink /proc/self/ns/net /proc/self/ns/ipc'));
  await run('kill -9 $(pgrep -P 1 -x pidone-manager)');
  await run('systemctl reload a && systemctl restart a');
  t.is(await run('cat /run/a-again'), first);
  t.is(await run('cat /run/a'), `${first}\nx`, 'b holds it');
  await run('systemctl stop b users');
  t.is(await run('ls -d /tmp/systemd-private-* | wc -l; ls /run/pidone/spaces | wc -l'), '1\n1');
  await run('systemctl stop a');
  t.is(await run('ls -d /tmp/systemd-private-* /var/tmp/systemd-private-* 2>/dev/null; ls /run/pidone/spaces'), '');
  t.notRegex(await inside(t, container, 'journalctl', '-b'), /not applied/);
  t.is((await container.stop()).status, 0);
});

test('without CAP_SYS_ADMIN, where the engine lets it: users of its own give a unit the right to its other namespaces', async (t) => {
  const mounts = { ...(await unitFolder(t, units)), ...(await puppetFolder()) };
  const options = { refused: ['keyctl'], environment: { SYSTEMD_UNIT_PATH: UNITS } };
  const container = await runBox(t, t.context.box, { mounts, ...options });
  await booted(container);
  const log = await inside(t, container, 'cat', '/run/order.log');
  t.regex(log, /^keys write:\/usr=EROFS$/m);
  t.regex(log, /^confined write:\/usr=ok$/m);
  t.notRegex(await inside(t, container, 'systemctl', 'status', 'keys'), /NAMESPACE|NETWORK/);
  t.is((await container.stop()).status, 0);
});
