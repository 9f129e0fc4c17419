// The root of a virtual machine as a container: systemd's own units, udev, an init script and a generator are in it.
import anyTest, { type TestFn } from 'ava';

import { booted, type Box, buildBox, eventually, inside, runBox, show } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t, {
    tag: 'pidone-test-machine',
    dockerfile: 'test/container/machine.Dockerfile',
    stage: 'machine',
    context: '.',
  });
});

test('The root of a machine boots: nothing fails, what only a machine needs is passed over, its services run', async (t) => {
  const container = await runBox(t, t.context.box, {});
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  t.is(await inside(t, container, 'systemctl', '--failed', '--plain', '--no-legend'), '');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'graphical.target', 'cron'), 'active\nactive');
  // By these, Ansible and others decide that this is systemd.
  t.is(await inside(t, container, 'cat', '/proc/1/comm'), 'systemd');
  await inside(t, container, 'test', '-d', '/run/systemd/system');
  for (const unit of ['systemd-udevd', 'systemd-logind', 'getty@tty1', 'systemd-networkd'])
    t.is(await show(t, container, `${unit}.service`, 'ActiveState'), 'inactive', unit);
  t.like(await container.exec(['systemctl', 'start', 'systemd-udevd']), {
    status: 0,
    stderr: "systemd-udevd.service is not run in a container: devices and kernel modules are the host's.\n",
  });
  t.regex(
    (await container.exec(['systemctl', 'status', 'systemd-udevd'])).stdout,
    /Skipped: devices .* are the host's/,
  );
});

test('postgresql’s generator has made the unit of its cluster, and makes it again at daemon-reload', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  const cluster = 'postgresql@15-main.service';
  t.is(await show(t, container, 'postgresql.service', 'Wants'), cluster);
  t.is(await inside(t, container, 'systemctl', 'is-active', cluster), 'active');
  t.is(await inside(t, container, 'runuser', '-u', 'postgres', '--', 'psql', '-Atc', 'select 6 * 7'), '42');
  const main = await show(t, container, cluster, 'MainPID');
  await inside(t, container, 'systemctl', 'daemon-reload');
  t.is(await show(t, container, 'postgresql.service', 'Wants'), cluster);
  t.is(await show(t, container, cluster, 'MainPID'), main);
  await inside(t, container, 'systemctl', 'stop', 'postgresql');
  await eventually('the cluster stops with its service', async () => {
    return (await container.exec(['systemctl', 'is-active', cluster])).stdout === 'inactive\n';
  });
});

test('exim4’s init script is a unit; the script called by hand asks for the unit', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  t.is(await show(t, container, 'exim4', 'FragmentPath'), '/run/systemd/generator.late/exim4.service');
  t.is(await show(t, container, 'exim4', 'Description'), 'LSB: exim Mail Transport Agent');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'exim4'), 'active');
  await inside(t, container, '/etc/init.d/exim4', 'stop');
  t.is((await container.exec(['systemctl', 'is-active', 'exim4'])).stdout, 'inactive\n');
  await inside(t, container, '/etc/init.d/exim4', 'start');
  t.is(await inside(t, container, 'systemctl', 'is-active', 'exim4'), 'active');
  t.regex(await inside(t, container, 'systemctl', 'status', 'exim4'), /\/usr\/sbin\/exim4 .*-q30m/);
});

test('dbus is activated by its socket, answers busctl and dbus-send, and comes again after a stop', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'dbus.socket'), 'active');
  t.is(await show(t, container, 'dbus.socket', 'Listen'), '/run/dbus/system_bus_socket (Stream)');
  // As a boot of a machine does, whatever has started it: then the socket starts it again.
  await inside(t, container, 'systemctl', 'stop', 'dbus.service');
  t.is(await show(t, container, 'dbus.socket', 'SubState'), 'listening');
  const names = 'busctl list --no-pager --no-legend --acquired';
  t.regex(await inside(t, container, 'sh', '-c', names), /^org\.freedesktop\.DBus\b/m);
  t.is(await inside(t, container, 'systemctl', 'is-active', 'dbus.service'), 'active');
  const request = 'dbus-send --system --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId';
  t.regex(await inside(t, container, 'sh', '-c', request), /[0-9a-f]{32}/);
  t.is(await show(t, container, 'dbus.service', 'TriggeredBy'), 'dbus.socket');
  const { status } = await container.stop();
  t.is(status, 0, await container.logs());
});

test('The bus asks pidone for units that others want of it; of what is not run here they hear at once', async (t) => {
  const container = await runBox(t, t.context.box, {});
  await booted(container);
  t.like(await container.exec(['hostnamectl']), {
    status: 1,
    stderr:
      "Failed to query system properties: systemd-hostnamed.service is not run in a container: the container's engine sets up name, network and clock\n",
  });
  t.is((await container.exec(['systemctl', 'is-active', 'wanted'])).stdout, 'inactive\n');
  await inside(t, container, 'dbus-send', '--system', '--dest=org.example.Wanted', '/', 'org.example.Wanted.Come');
  await eventually('the unit is up that gives the name', async () => {
    return (await container.exec(['systemctl', 'is-active', 'wanted'])).stdout === 'active\n';
  });
  t.is((await container.stop()).status, 0);
});

test('With an empty /run, what tmpfiles.d asks for is made; nothing is emptied, and nobody’s login forbidden', async (t) => {
  const container = await runBox(t, t.context.box, { tmpfs: ['/run'] });
  t.is((await booted(container)).stdout, 'running\n', await container.logs());
  t.is(await inside(t, container, 'systemctl', 'is-active', 'systemd-tmpfiles-setup'), 'active');
  t.is(
    await inside(t, container, 'stat', '-c', '%U %a %n', '/run/postgresql', '/run/lock', '/run/sendsigs.omit.d'),
    'postgres 2775 /run/postgresql\nroot 1777 /run/lock\nroot 755 /run/sendsigs.omit.d',
  );
  t.is((await container.exec(['test', '-e', '/tmp/kept'])).status, 0);
  t.is((await container.exec(['test', '-e', '/run/nologin'])).status, 1);
});
