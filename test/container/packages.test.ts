import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, eventually, inside, runBox, show } from './box.ts';

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

  // cron says it by syslog(3), to its journal and to rsyslog.
  t.regex(
    await inside(t, container, 'journalctl', '-u', 'cron', '-t', 'cron', '--facility=cron', '-o', 'cat'),
    /^\(CRON\) INFO /m,
  );
  t.regex(
    await inside(t, container, 'sh', '-c', 'timeout 20 tail -n +1 -F /var/log/syslog | grep -m1 "(CRON) INFO"'),
    /CRON/,
  );

  // What services write, and what is said of them, goes there too, and goes on to when rsyslog was started anew.
  const syslogHas = async (text: string): Promise<void> => {
    const look = `timeout 20 tail -n +1 -F /var/log/syslog | grep -m1 "${text}"`;
    t.true((await inside(t, container, 'sh', '-c', look)).length > 0);
  };
  await inside(t, container, 'systemd-run', '-q', '--wait', '--unit=teller', 'echo', 'told by output');
  await syslogHas(' echo\\[[0-9]*\\]: told by output');
  await syslogHas(' pidone\\[[0-9]*\\]: teller.service: Deactivated successfully');

  const masters = await Promise.all(SERVICES.map((name) => show(t, container, name, 'MainPID')));
  await inside(t, container, 'systemctl', 'reload', 'nginx');
  await inside(t, container, 'systemctl', 'restart', 'redis-server', 'rsyslog', 'cron');
  const later = await Promise.all(SERVICES.map((name) => show(t, container, name, 'MainPID')));
  t.deepEqual(
    later.map((pid, index) => pid === masters[index]),
    [false, true, false, false],
  );
  await inside(t, container, 'systemd-run', '-q', '--wait', 'echo', 'told once more');
  await syslogHas(' echo\\[[0-9]*\\]: told once more');
  const { status, seconds } = await container.stop();
  t.is(status, 0, `${String(seconds)} s\n${await container.logs()}`);
});

test('A package that is removed and installed while pidone runs stops, starts and enables its service by its own scripts', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'atd'), 'active');
  // Debian's images forbid packages to start and stop anything; without a policy, invoke-rc.d asks for /sbin/init.
  await inside(
    t,
    container,
    'sh',
    '-c',
    "printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d",
  );
  await inside(t, container, 'dpkg', '--purge', 'at');
  t.is((await container.exec(['systemctl', 'is-active', 'atd'])).stdout, 'inactive\n');
  t.is((await container.exec(['systemctl', 'is-enabled', 'atd'])).status, 1);
  await inside(t, container, 'dpkg', '-i', '/at.deb');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'atd'), 'active');
  t.is(await inside(t, container, 'systemctl', 'is-enabled', 'atd'), 'enabled');
  await inside(t, container, 'service', 'atd', 'restart');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'atd'), 'active');
});

test('A script of SysV is enabled and disabled by the distribution’s update-rc.d', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  const header = [
    '#!/bin/sh',
    '### BEGIN INIT INFO',
    '# Provides: old',
    '# Default-Start: 2 3 4 5',
    '# Default-Stop: 0 1 6',
  ];
  const script = [...header, '# Required-Start:', '# Required-Stop:', '### END INIT INFO', ''].join('\\n');
  await inside(t, container, 'sh', '-c', `printf '${script}' >/etc/init.d/old && chmod +x /etc/init.d/old`);
  t.is((await container.exec(['systemctl', 'is-enabled', 'old'])).stdout, 'disabled\n');
  await inside(t, container, 'systemctl', 'enable', 'old');
  t.is(await inside(t, container, 'sh', '-c', 'ls /etc/rc5.d | grep old'), 'S01old');
  t.is(await inside(t, container, 'systemctl', 'is-enabled', 'old'), 'enabled');
  await inside(t, container, 'systemctl', 'disable', 'old');
  t.is(await inside(t, container, 'sh', '-c', 'ls /etc/rc5.d | grep old'), 'K01old');
});

/** Ends the manager and no other process. */
const killManager =
  'for each in /proc/[0-9]*; do if [ "$(cat $each/comm)" = pidone-manager ]; then kill -9 ${each#/proc/}; fi; done';

test('Timers of Debian’s packages wait; logrotate’s goes on rotating when its manager is killed, and so does a path', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  const files = await inside(t, container, 'sh', '-c', 'cd /lib/systemd/system && ls *.timer');
  const timers = files.split('\n');
  for (const name of ['apt-daily.timer', 'dpkg-db-backup.timer', 'fstrim.timer', 'logrotate.timer'])
    t.true(timers.includes(name), files);
  await inside(t, container, 'systemctl', 'enable', '--now', '-q', ...timers);
  // fstrim's is not for containers, by its own condition.
  const waiting = timers.filter((name) => name !== 'fstrim.timer');
  for (const name of waiting) t.is(await show(t, container, name, 'SubState'), 'waiting', name);
  t.is(await show(t, container, 'fstrim.timer', 'ConditionResult'), 'no');
  const listed = await inside(t, container, 'systemctl', 'list-timers', '--no-legend');
  t.regex(listed, /^\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ .* left +.* logrotate\.timer +logrotate\.service$/m);
  t.is(listed.split('\n').length, waiting.length);

  const script = [
    'mkdir -p /etc/systemd/system/logrotate.timer.d /srv/in',
    "printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:*\\nRandomizedDelaySec=0\\nAccuracySec=1us\\n' >/etc/systemd/system/logrotate.timer.d/often.conf",
    "printf '[Path]\\nDirectoryNotEmpty=/srv/in\\n' >/etc/systemd/system/in.path",
    'printf \'[Service]\\nType=oneshot\\nExecStart=/bin/sh -c "mv /srv/in/* /srv"\\n\' >/etc/systemd/system/in.service',
    'rm -f /var/lib/logrotate/status',
    'systemctl daemon-reload',
    'systemctl restart logrotate.timer',
    'systemctl start in.path',
  ];
  await inside(t, container, 'sh', '-ec', script.join('\n'));
  const starts = async (): Promise<number> => {
    const lines = await inside(t, container, 'journalctl', '-u', 'logrotate.service', '-o', 'cat', '--no-pager');
    return lines.split('\n').filter((line) => line.startsWith('Finished')).length;
  };
  await eventually('logrotate has run', async () => (await starts()) > 0);
  t.is((await container.exec(['test', '-e', '/var/lib/logrotate/status'])).status, 0);
  for (const name of ['one', 'two']) {
    await inside(t, container, 'sh', '-c', killManager);
    const before = await starts();
    await inside(t, container, 'touch', `/srv/in/${name}`);
    await eventually('logrotate has run again', async () => (await starts()) > before + 1);
    await eventually(
      'the path has started its unit',
      async () => (await container.exec(['test', '-e', `/srv/${name}`])).status === 0,
    );
  }
  t.is(await show(t, container, 'in.path', 'SubState'), 'waiting');
  t.regex(await container.logs(), /its work goes on/);
  t.is((await container.stop()).status, 0);
});
