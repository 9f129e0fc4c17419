import test from 'ava';

import type { KeeperRecord } from '../../src/manager/keepers.ts';
import { createSpaces, type Space } from '../../src/manager/spaces.ts';
import type { KeeperId } from '../../src/manager/state.ts';
import type { Unit } from '../../src/units/model.ts';
import type { UnitName } from '../../src/units/name.ts';

function unit(name: string, settings: Readonly<Record<string, string>>, joins: readonly string[] = []): Unit {
  const dependencies = joins.map((on) => ({ kind: 'JoinsNamespaceOf', on, origin: 'file' }));
  return { name, accepted: new Map(Object.entries(settings)), dependencies } as unknown as Unit;
}

function keeper(space: Space | undefined): KeeperRecord {
  const id = 1 as KeeperId;
  return { id, unit: 'u' as UnitName, invocation: '', pid: 0, lost: false, taken: 0, sent: 0, outbox: [], space };
}

function world() {
  const done: string[] = [];
  const spaces = createSpaces(
    {
      makeDirectory: (path) => void done.push(`make ${path}`),
      remove: (path) => void done.push(`remove ${path}`),
      removeTree: (path) => void done.push(`empty ${path}`),
    },
    '/r',
  );
  const names = new Map<UnitName, UnitName>([['alias.service' as UnitName, 'a.service' as UnitName]]);
  return { done, spaces, take: (one: Unit, id: string) => spaces.take(one, id, names) };
}

const a = unit('a.service', { PrivateTmp: 'yes' });
const joining = unit('b.service', { PrivateTmp: 'yes' }, ['alias.service']);
const ofA = { of: 'a.service', id: '1111111111' } as unknown as Space;

test('a unit that shares nothing and joins nobody has none', (t) => {
  const { take, done } = world();
  t.is(take(unit('x.service', { PrivateTmp: 'no', ProtectSystem: 'yes' }), '1'), undefined);
  t.is(take(joining, '2')?.of, 'b.service' as UnitName, 'nobody is there to be joined');
  t.deepEqual(done, []);
});

test('who joins holds it too, also without asking for anything, and the last one’s end removes it', (t) => {
  const { take, spaces, done } = world();
  const records = [
    keeper(take(a, ofA.id)),
    keeper(take(joining, '2')),
    keeper(take(unit('c.service', {}, ['a.service']), '3')),
  ];
  for (const { space } of records) t.deepEqual(space, ofA);
  for (const record of records.slice(0, 2)) spaces.release(record);
  t.deepEqual(done, []);
  t.deepEqual(take(a, '4'), ofA, 'started again, it finds what others have kept');
  spaces.release(keeper(ofA));
  const last = records[2];
  if (last !== undefined) {
    spaces.release(last);
    spaces.release(last);
  }
  t.deepEqual(done, [
    'empty /tmp/systemd-private-1111111111-a.service-111111',
    'empty /var/tmp/systemd-private-1111111111-a.service-111111',
    'remove /r/spaces/1111111111',
  ]);
  t.is(take(a, '5')?.id, '5');
});

test('a new manager knows who holds what, and removes what nobody does any more', (t) => {
  const { take, spaces, done } = world();
  const records = [keeper(ofA), keeper(undefined)];
  spaces.resume(records);
  t.deepEqual(take(joining, '2'), ofA);
  spaces.release(keeper(ofA));
  t.deepEqual(done, []);
  for (const record of records) spaces.release(record);
  t.is(done.length, 3);
});
