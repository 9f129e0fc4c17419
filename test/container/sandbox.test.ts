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
  'plain.service': '[Service]\nExecStart=/bin/sleep infinity\n',
};

test('Docker’s defaults: filters of system calls hold; what needs mounts is left out, told once, and the unit runs', async (t) => {
  const mounts = { ...(await unitFolder(t, units)), ...(await puppetFolder()) };
  const container = await runBox(t, t.context.box, { mounts, environment: { SYSTEMD_UNIT_PATH: UNITS } });
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'confined', 'user', 'many'), 'active\nactive\nactive');
  const lines = (await inside(t, container, 'cat', '/run/order.log')).split('\n').sort();
  t.deepEqual(lines, [
    'confined inet=EAFNOSUPPORT',
    'confined uname=EILSEQ',
    'confined unix=ok',
    'confined write:/usr=ok',
    'user inet=EAFNOSUPPORT',
    'user no-new-privileges=1',
  ]);
  const status = await inside(t, container, 'systemctl', 'status', 'confined');
  t.regex(status, /Skipped: NAMESPACE: not applied in this container: .*ProtectSystem=.*PrivateNetwork=/);
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
  t.notRegex(await inside(t, container, 'ls', '/tmp'), /systemd-private/);
  t.is((await container.stop()).status, 0);
});

test('PIDONE_STRICT_EXEC=1: what this container forbids fails the unit as under systemd', async (t) => {
  const mounts = { ...(await unitFolder(t, units)), ...(await puppetFolder()) };
  const environment = { SYSTEMD_UNIT_PATH: UNITS, PIDONE_STRICT_EXEC: '1' };
  const container = await runBox(t, t.context.box, { mounts, environment });
  await booted(container);
  t.is(await show(t, container, 'confined', 'ExecMainStatus'), '226');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'user', 'plain'), 'active\nactive');
  t.is((await container.stop()).status, 0);
});
