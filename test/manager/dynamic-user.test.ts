import test from 'ava';
import { dynamicIds, type DynamicUserPort } from '../../src/manager/dynamic-user.ts';
import { dynamicNames } from '../../src/units/dynamic-user.ts';
import type { UnitName } from '../../src/units/name.ts';
import { fakeHost } from '../fake/host.ts';

const path = '/run/pidone/dynamic-users';
const nobody = { user: '', group: '' };

function portOf(files: Readonly<Record<string, string>> = {}, owners: Readonly<Record<string, number>> = {}) {
  const host = fakeHost({ files: { '/run/pidone/pid': '', ...files } });
  const port: DynamicUserPort = {
    files: {
      readFile: (file, limit) => host.readFile(file, limit),
      readDirectory: (directory) => host.readDirectory(directory),
      writeFile: (file, text, mode) => host.writeFile(file, text, mode),
      statusNoFollow(file) {
        const status = host.statusNoFollow(file);
        return typeof status === 'number' ? status : { ...status, uid: owners[file] ?? status.uid };
      },
    },
    facts: host,
    path,
  };
  return { host, port };
}

test('A dynamic user is named after the unit; what can be no name, after a hash of it (as systemd 252 does)', (t) => {
  t.deepEqual(dynamicNames('dyn@x.service' as UnitName, nobody), { user: 'dyn', group: 'dyn' });
  t.is(dynamicNames('dyn-2.x@i.service' as UnitName, nobody).user, '_du57fbe29d1faf0320');
  t.deepEqual(dynamicNames('a.service' as UnitName, { user: 'foo', group: 'bar' }), { user: 'foo', group: 'bar' });
});

test('The number is a hash of the name, as systemd 252 does it; the group has one of its own', (t) => {
  const { port } = portOf();
  t.deepEqual(dynamicIds('dyn', 'dyn', [], port), { ok: true, uid: 62264, gid: 62264, isKnown: false });
  t.deepEqual(dynamicIds('foo', 'bar', [], port), { ok: true, uid: 63016, gid: 63096, isKnown: false });
});

test('A user or group that there is, is that one', (t) => {
  const { port } = portOf();
  t.like(dynamicIds('www-data', 'www-data', [], port), { uid: 33, gid: 33, isKnown: true });
  t.like(dynamicIds('dyn', 'www-data', [], port), { uid: 62264, gid: 33, isKnown: false });
});

test('A number that another name has is not given out again, over the death of the manager too', (t) => {
  const { port, host } = portOf({ [path]: '62264 other\n' });
  const ids = dynamicIds('dyn', 'dyn', [], port);
  t.true(ids.ok && ids.uid !== 62264 && ids.uid >= 61184 && ids.uid <= 65519);
  t.regex(String(host.readFile(path, 1000)), /^62264 other\n\d+ dyn\n$/);
  t.deepEqual(dynamicIds('dyn', 'dyn', [], port), ids);
});

test('Who owns the unit’s directories is its user again; what other dynamic users have left is not given to it', (t) => {
  const left = { '/var/lib/private/dyn/x': '', '/var/lib/private/other/x': '' };
  const own = portOf(left, { '/var/lib/private/dyn': 61200 }).port;
  t.like(dynamicIds('dyn', 'dyn', ['/var/lib/private/dyn'], own), { uid: 61200 });
  const foreign = portOf(left, { '/var/lib/private/other': 62264 }).port;
  const ids = dynamicIds('dyn', 'dyn', [], foreign);
  t.true(ids.ok && ids.uid !== 62264);
});

test('Numbers do not run out: of many that were given the oldest serve again, but for those that somebody still has', (t) => {
  const lines = Array.from({ length: 2048 }, (_, index) => `${String(61184 + index)} run-${String(index)}\n`);
  const { port, host } = portOf(
    {
      [path]: lines.join(''),
      '/proc/7/status': 'Name:\tsleep\nUid:\t61185\t61185\t61185\t61185\n',
      '/var/lib/private/kept/x': '',
    },
    { '/var/lib/private/kept': 61187 },
  );
  const ids = dynamicIds('new', 'new', [], port);
  t.true(ids.ok);
  const left = String(host.readFile(path, 1 << 20)).split('\n');
  t.is(left.length, 1024 + 1 + 1);
  t.deepEqual(left.slice(0, 2), ['61185 run-1', '61187 run-3']);
  t.is(left.at(-3), '63231 run-2047');
});
