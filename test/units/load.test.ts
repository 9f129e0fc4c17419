import test from 'ava';
import { searchPathFrom, systemSearchPath } from '../../src/units/search-path.ts';
import { placeOf } from '../../src/units/diagnostic.ts';
import { isOrderedByTarget } from '../../src/units/implicit.ts';
import { etc, lib, stated, world } from './world.ts';

const start = '[Service]\nExecStart=/bin/x\n';
const described = (text: string) => `[Unit]\nDescription=${text}\n${start}`;

test('The first directory of the search path that has a name wins', (t) => {
  const unit = world({ [`${lib}/x.service`]: described('lib'), 'x.service': described('etc') }).load('x.service');
  t.is(unit.common.description, 'etc');
  t.is(unit.fragmentPath, `${etc}/x.service`);
});

test('A directory, a FIFO and a socket with a unit’s name are passed over', (t) => {
  const it = world({
    [`${lib}/x.service`]: described('lib'),
    [`${lib}/y.service`]: described('lib'),
    'x.service/file': '',
  });
  it.host.memory.special(`${etc}/y.service`, 'fifo');
  t.is(it.load('x.service').common.description, 'lib');
  t.is(it.load('y.service').common.description, 'lib');
});

test('A unit without a file is not-found', (t) => {
  t.like(world({}).load('x.service'), { load: 'not-found', loadError: 'Unit x.service not found', dependencies: [] });
});

test('An empty file and a link to /dev/null mask', (t) => {
  const it = world({
    [`${lib}/a.service`]: start,
    [`${lib}/b.service`]: start,
    'a.service': '',
    'b.service': '-> /dev/null',
  });
  t.is(it.load('a.service').load, 'masked');
  t.is(it.load('b.service').load, 'masked');
});

test('What has a unit’s name but is no file, and a link to nothing, are told with their path', (t) => {
  const it = world({
    'folder.service/inside': '',
    'dangling.service': '-> /nowhere/at/all.service',
    [`${lib}/alias.service`]: '-> gone.service',
  });
  const told = (name: string): string => {
    const unit = it.load(name);
    t.is(unit.load, 'not-found');
    return unit.diagnostics.map((diagnostic) => `${placeOf(diagnostic)}: ${diagnostic.message}`).join('\n');
  };
  t.is(told('folder.service'), '/etc/systemd/system/folder.service: This is a directory; ignored');
  t.is(
    told('dangling.service'),
    '/etc/systemd/system/dangling.service: This link leads to /nowhere/at/all.service, where no unit is; ignored',
  );
  t.is(told('alias.service'), `${lib}/alias.service: This link leads to gone.service, where no unit is; ignored`);
  t.is(told('nothing.service'), '');
});

test('A dangling link is not-found, a loop of links does not hang', (t) => {
  const it = world({
    'a.service': '-> /nowhere/a.service',
    'b.service': '-> c.service',
    'c.service': '-> b.service',
    'd.service': '-> d.service',
  });
  t.is(it.load('a.service').load, 'not-found');
  t.not(it.load('b.service').load, 'loaded');
  t.not(it.load('d.service').load, 'loaded');
});

test('A link inside the search path is another name of the unit', (t) => {
  const it = world({ [`${lib}/a.service`]: start, 'b.service': `-> ${lib}/a.service`, 'c.service': '-> b.service' });
  const unit = it.load('c.service');
  t.is(unit.name, 'a.service' as never);
  t.deepEqual([...unit.names].sort(), ['a.service', 'b.service', 'c.service'] as never);
  t.is(it.load('a.service'), unit);
});

test('A link to a file elsewhere is the unit that the link names', (t) => {
  const unit = world({ '/opt/other.service': described('opt'), 'a.service': '-> /opt/other.service' }).load(
    'a.service',
  );
  t.like(unit, { name: 'a.service', fragmentPath: `${etc}/a.service` });
  t.is(unit.common.description, 'opt');
});

test('An alias cannot change the type of a unit', (t) => {
  t.like(world({ [`${lib}/a.service`]: start, 'b.socket': `-> ${lib}/a.service` }).load('b.socket'), {
    load: 'not-found',
    loadError: `Alias ${etc}/b.socket cannot stand for a.service`,
  });
});

test('An instance is read from its own file, else from its template', (t) => {
  const it = world({ 'a@.service': described('template %i'), 'a@own.service': described('own') });
  t.is(it.load('a@x.service').common.description, 'template x');
  t.is(it.load('a@own.service').common.description, 'own');
  t.is(it.load('a@.service').load, 'error');
});

test('An alias of a template is one of each instance', (t) => {
  const it = world({ 'a@.service': start, 'b@.service': '-> a@.service' });
  t.is(it.load('b@x.service').name, 'a@x.service' as never);
  t.deepEqual(it.load('a@x.service').names, ['a@x.service', 'b@x.service'] as never);
});

test('Drop-ins are read after the file, in order of their names over all directories', (t) => {
  const unit = world({
    'x.service': described('file'),
    'x.service.d/20-b.conf': '[Unit]\nDescription=b\n',
    [`${lib}/x.service.d/10-a.conf`]: '[Unit]\nDescription=a\nDocumentation=man:a\n',
    'x.service.d/readme': 'junk',
  }).load('x.service');
  t.is(unit.common.description, 'b');
  t.deepEqual(unit.dropInPaths, [`${lib}/x.service.d/10-a.conf`, `${etc}/x.service.d/20-b.conf`]);
});

test('Of drop-ins with one name the best directory’s counts, and /dev/null takes it away', (t) => {
  const unit = world({
    'x.service': described('file'),
    'x.service.d/a.conf': '-> /dev/null',
    [`${lib}/x.service.d/a.conf`]: '[Unit]\nDescription=gone\n',
    'x.service.d/b.conf': '[Unit]\nDescription=etc\n',
    [`${lib}/x.service.d/b.conf`]: '[Unit]\nDescription=lib\n',
  }).load('x.service');
  t.is(unit.common.description, 'etc');
  t.deepEqual(unit.dropInPaths, [`${etc}/x.service.d/a.conf`, `${etc}/x.service.d/b.conf`]);
});

test('Drop-ins come from instance, template, dash prefixes and type, the nearest first', (t) => {
  const files = Object.fromEntries(
    ['a-b@x.service.d', 'a-b@.service.d', 'a-@x.service.d', 'a-@.service.d', 'service.d'].map((name, index) => [
      `${name}/${5 - index}.conf`,
      `[Service]\nEnvironment=N${index}=1\n`,
    ]),
  );
  const same = Object.fromEntries(
    Object.keys(files).map((path) => [path.replace(/\d\.conf/, 'same.conf'), `[Unit]\nDescription=${path}\n`]),
  );
  const unit = world({ 'a-b@.service': start, ...files, ...same }).load('a-b@x.service');
  t.deepEqual(unit.service?.exec.environment, ['N4=1', 'N3=1', 'N2=1', 'N1=1', 'N0=1']);
  t.is(unit.common.description, 'a-b@x.service.d/5.conf');
});

test('A broken drop-in loses only its own rest; a broken file makes the unit an error', (t) => {
  const unit = world({ 'x.service': start, 'x.service.d/a.conf': '[Unit]\nDescription=a\n[Uni\nDescription=b\n' }).load(
    'x.service',
  );
  t.like(unit, { load: 'loaded' });
  t.is(unit.common.description, 'a');
  t.is(world({ 'x.service': '[Unit]\n[Serv\n' }).load('x.service').load, 'error');
});

test('An unreadable file makes the unit an error that names it', (t) => {
  const it = world({ 'x.service': start });
  it.host.memory.fail('readFile', `${etc}/x.service`, 13 as never);
  t.like(it.load('x.service'), { load: 'error', loadError: `${etc}/x.service cannot be read: Permission denied` });
});

test('Links in NAME.wants/ and NAME.requires/ are dependencies by their own name; plain files and /dev/null are not', (t) => {
  const unit = world({
    'x.target': '[Unit]\n',
    'x.target.wants/a.service': '-> ../anything.service',
    'x.target.wants/b.service': '-> /dev/null',
    'x.target.wants/c.service': start,
    'x.target.requires/d.service': '-> d.service',
    'x.target.wants/no name': '-> x',
    [`${lib}/x.target.wants/b.service`]: '-> ../b.service',
    [`${lib}/x.target.wants/e.service`]: '-> ../e.service',
  }).load('x.target');
  t.deepEqual(stated(unit), ['Wants=a.service', 'Wants=e.service', 'Requires=d.service']);
});

test('Links in NAME.upholds/ are read as systemd 255 and later read them', (t) => {
  const unit = world({ 'x.target': '[Unit]\n', 'x.target.upholds/a.service': '-> ../a.service' }).load('x.target');
  t.deepEqual(stated(unit), ['Upholds=a.service']);
});

test('A template in a list of units means the instance of the unit that lists it', (t) => {
  const unit = world({ 'x@.service': `[Unit]\nWants=y@.service\n${start}` }).load('x@i.service');
  t.deepEqual(stated(unit), ['Wants=y@i.service']);
  t.deepEqual(stated(world({ 'x.service': `[Unit]\nWants=y@.service\n${start}` }).load('x.service')), [
    'Wants=y@x.service',
  ]);
});

test('A unit does not depend on itself', (t) => {
  t.deepEqual(stated(world({ 'x.service': `[Unit]\nAfter=x.service y.service\n${start}` }).load('x.service')), [
    'After=y.service',
  ]);
});

test('A service requires sysinit.target, comes after basic.target and goes before shutdown, unless DefaultDependencies=no', (t) => {
  const automatic = (text: string) =>
    world({ 'x.service': text })
      .load('x.service')
      .dependencies.filter(({ origin }) => origin === 'default')
      .map(({ kind, on }) => `${kind}=${on}`);
  t.deepEqual(automatic(start), [
    'Requires=sysinit.target',
    'After=sysinit.target',
    'After=basic.target',
    'Conflicts=shutdown.target',
    'Before=shutdown.target',
  ]);
  t.deepEqual(automatic(`[Unit]\nDefaultDependencies=no\n${start}`), []);
});

test('A target comes after what it wants unless that comes after the target', (t) => {
  const it = world({
    'x.target': '[Unit]\nWants=a.service b.service c.service\n',
    'a.service': start,
    'b.service': `[Unit]\nAfter=x.target\n${start}`,
    'c.service': `[Unit]\nDefaultDependencies=no\n${start}`,
  });
  const target = it.load('x.target');
  t.true(isOrderedByTarget(target, it.load('a.service')));
  t.false(isOrderedByTarget(target, it.load('b.service')));
  t.false(isOrderedByTarget(target, it.load('c.service')));
});

test('SYSTEMD_UNIT_PATH replaces the search path, or goes before it with a : at its end', (t) => {
  t.deepEqual(searchPathFrom('/a:/b/'), ['/a', '/b']);
  t.deepEqual(searchPathFrom('/a:'), ['/a', ...systemSearchPath]);
  t.is(searchPathFrom(undefined), systemSearchPath);
});

test('Each directory and each file is read once', (t) => {
  const it = world({ 'x.service': start, 'y.service': `[Unit]\nWants=x.service\n${start}` });
  let reads = 0;
  const readFile = it.host.readFile.bind(it.host);
  it.host.readFile = (path, limit) => {
    reads++;
    return readFile(path, limit);
  };
  it.load('x.service');
  it.load('y.service');
  it.load('x.service');
  t.is(reads, 2);
});

test('Diagnostics name file, line and column, of the key or of the value', (t) => {
  const unit = world({ 'x.service': `[Unit]\n Foo=1\n${start}RestartSec = soon\n` }).load('x.service');
  t.deepEqual(unit.diagnostics, [
    {
      severity: 'warning',
      file: `${etc}/x.service`,
      line: 2,
      column: 2,
      message: "Unknown key 'Foo' in section [Unit]; ignored",
    },
    {
      severity: 'warning',
      file: `${etc}/x.service`,
      line: 5,
      column: 14,
      message: "Invalid value 'soon' of RestartSec=: not a time span; ignored",
    },
  ]);
});

test('What is loaded after a rest sees the files as they are then', (t) => {
  const it = world({ 'x.service': described('x') });
  t.is(it.load('x.service').common.description, 'x');
  it.host.memory.put(`${etc}/x.service`, described('another'));
  it.host.memory.put(`${etc}/y.service`, described('y'));
  t.is(it.load('x.service').common.description, 'x');
  t.is(it.load('y.service').load, 'not-found');
  it.units.rest();
  t.is(it.load('x.service').common.description, 'another');
  t.is(it.load('y.service').common.description, 'y');
});

test('WantsMountsFor= waits for mounts on the way, and wants those that have a unit file', (t) => {
  const files = { 'srv.mount': '[Mount]\nWhat=x\nWhere=/srv\n', 'a.target': '[Unit]\nWantsMountsFor=/srv/data /b\n' };
  const { dependencies } = world(files).load('a.target');
  const mounts = dependencies.filter(({ on }) => on.endsWith('.mount')).map(({ kind, on }) => `${kind} ${on}`);
  t.deepEqual(mounts, ['After -.mount', 'Wants srv.mount', 'After srv.mount']);
});

test('The slice of all has the manager itself in it', (t) => {
  const own = world({});
  const has = (name: string, kind: string, on: string): boolean =>
    own.load(name).dependencies.some((each) => each.kind === kind && each.on === on);
  t.true(has('-.slice', 'Before', 'init.scope'));
  t.true(has('init.scope', 'Requires', '-.slice'));
  t.like(own.load('init.scope'), { load: 'loaded', common: { description: 'System and Service Manager' } });
});
