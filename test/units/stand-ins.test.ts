import { readdirSync } from 'node:fs';
import test from 'ava';
import { generateBuiltin } from '../../scripts/generate-builtin.ts';
import { readFileSync } from 'node:fs';
import { etc, lib, world } from './world.ts';

const start = '[Service]\nExecStart=/bin/x\n';

test('Every special target is there on an image without systemd’s files, and default.target is multi-user.target', (t) => {
  const it = world({});
  for (const name of readdirSync(new URL('../../units', import.meta.url)).filter((file) => file.endsWith('.target'))) {
    const unit = it.load(name);
    t.like(unit, { load: 'loaded', standIn: undefined }, name);
    t.deepEqual(unit.diagnostics, []);
  }
  t.is(it.load('default.target').name, 'multi-user.target' as never);
});

test('All that the special targets name is there as well', (t) => {
  const it = world({});
  for (const name of it.units.directories.files.keys()) {
    for (const { kind, on } of it.load(name).dependencies) {
      if (kind === 'Requires' || kind === 'Wants') t.is(it.load(on).load, 'loaded', `${name} ${kind} ${on}`);
    }
  }
});

test('Files of the image go before those that are compiled in', (t) => {
  const it = world({
    [`${lib}/default.target`]: '-> graphical.target',
    [`${lib}/graphical.target`]: '[Unit]\nDescription=own\n',
  });
  t.is(it.load('default.target').common.description, 'own');
});

test('src/units/builtin.ts is what units/ says', async (t) => {
  t.is(readFileSync(new URL('../../src/units/builtin.ts', import.meta.url), 'utf8'), await generateBuiltin());
});

test('What packages require of systemd is there without a file, other units are not', (t) => {
  const it = world({});
  for (const name of [
    'dbus.socket',
    'systemd-journald.socket',
    '-.mount',
    'srv-data.mount',
    'dev-sda.device',
    'a-b.slice',
  ]) {
    t.like(it.load(name), { load: 'loaded', loadError: '' }, name);
    t.truthy(it.load(name).standIn, name);
  }
  t.is(it.load('systemd-foo.service').load, 'not-found');
  t.is(it.load('foo.socket').load, 'not-found');
});

test('What is there without a file is waited for by what comes before sysinit.target: it waits for no target itself', (t) => {
  const it = world({});
  for (const name of ['systemd-journald.socket', 'systemd-sysusers.service', 'dbus.socket']) {
    const targets = it.load(name).dependencies.filter(({ kind, on }) => kind === 'After' && on.endsWith('.target'));
    t.deepEqual(targets, [], name);
  }
});

test('Packaged units that only a booted machine needs are never started', (t) => {
  const names = [
    'systemd-udevd.service',
    'systemd-logind.service',
    'getty@tty1.service',
    'systemd-networkd.service',
    'modprobe@drm.service',
    'fstrim.service',
  ];
  const it = world(Object.fromEntries(names.map((name) => [`${lib}/${name.replace(/@.*\./, '@.')}`, start])));
  for (const name of names) {
    t.is(it.load(name).standIn?.active, false, name);
    t.is(it.load(name).service, undefined, name);
  }
});

test('What tmpfiles.d asks for is made in our own way: nothing is emptied, and logins are not forbidden; the administrator’s way goes before', (t) => {
  const name = 'systemd-tmpfiles-setup.service';
  const commands = (files: Record<string, string>): unknown =>
    world(files)
      .load(name)
      .service?.commands.ExecStart.map(({ argv }) => argv.join(' '));
  const ours = ['systemd-tmpfiles --create --exclude-prefix=/dev --exclude-prefix=/proc --exclude-prefix=/sys'];
  t.deepEqual(commands({}), ours);
  const packaged = '[Service]\nType=oneshot\nExecStart=systemd-tmpfiles --create --remove --boot\n';
  t.deepEqual(commands({ [`${lib}/${name}`]: packaged }), ours);
  t.deepEqual(commands({ [`${lib}/${name}`]: packaged, [`${etc}/${name}`]: start }), ['/bin/x']);
  t.is(world({ [`${etc}/${name}`]: '-> /dev/null' }).load(name).load, 'masked');
});

test('Where systemd-tmpfiles came without systemd’s unit, the boot still wants it', (t) => {
  const wanted = (files: Record<string, string>): boolean =>
    world(files)
      .load('sysinit.target')
      .dependencies.some(({ kind, on }) => kind === 'Wants' && on === 'systemd-tmpfiles-setup.service');
  t.true(wanted({ '/usr/bin/systemd-tmpfiles': '' }));
  t.false(wanted({}));
});

test('The cleaning of tmpfiles.d runs where a package brings it', (t) => {
  const name = 'systemd-tmpfiles-clean.service';
  t.is(world({ [`${lib}/${name}`]: start }).load(name).standIn, undefined);
  t.is(world({}).load(name).load, 'not-found');
});

test('What the administrator wrote is started, whatever its name', (t) => {
  const it = world({ [`${etc}/systemd-networkd.service`]: start, [`${lib}/ssh.service`]: start });
  t.is(it.load('systemd-networkd.service').standIn, undefined);
  t.is(it.load('ssh.service').standIn, undefined);
});

test('Mounts, slices and sockets that no package brings count as active: what they stand for is there', (t) => {
  const it = world({ [`${lib}/x.socket`]: '[Socket]\nListenStream=/x\n' });
  for (const name of ['a.mount', 'a.slice', 'dbus.socket']) t.is(it.load(name).standIn?.active, true, name);
  t.is(it.load('x.socket').standIn, undefined);
});

test('Of [Service] of what is never started only that is read from which dependencies follow', (t) => {
  const it = world({
    [`${lib}/systemd-foo.service`]:
      '[Service]\nType=dbus\nSlice=own.slice\nPrivateTmp=yes\nProtectSystem=strict\nUser=no such user\nBogus=1\n',
  });
  const unit = it.load('systemd-foo.service');
  t.is(unit.load, 'loaded');
  t.deepEqual(unit.diagnostics, []);
  t.deepEqual([...unit.accepted.keys()], ['Slice', 'PrivateTmp']);
  const named = new Set<string>(unit.dependencies.map(({ on }) => on));
  for (const on of ['dbus.socket', 'own.slice', 'systemd-tmpfiles-setup.service']) t.true(named.has(on), on);
});
