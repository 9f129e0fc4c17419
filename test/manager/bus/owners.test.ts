import test from 'ava';
import fc from 'fast-check';

import { parseBusAddress } from '../../../src/manager/bus/address.ts';
import { longestKept } from '../../../src/manager/bus/incoming.ts';
import { decodeMessage, encodeCall } from '../../../src/manager/bus/message.ts';
import { type BusNews, type BusOwners, createBusOwners } from '../../../src/manager/bus/owners.ts';
import { answerTo, errorTo, bytesOf, ownerChanged, signal, textOf } from './bytes.ts';

const one = 'org.example.One';
const noOwner = 'org.freedesktop.DBus.Error.NameHasNoOwner';

/** Greeted, with one name watched: AddMatch was call 2, GetNameOwner 3. */
function up(): BusOwners {
  const owners = createBusOwners(0);
  owners.watch(one);
  owners.send();
  owners.receive(bytesOf('OK 0123\r\n'));
  owners.receive(answerTo(1, ':1.7'));
  owners.send();
  return owners;
}

test('It greets, says hello, and then asks for what is watched: the match before the owner', (t) => {
  const owners = createBusOwners(1000);
  owners.watch(one);
  t.deepEqual(owners.send().map(textOf), ['\0AUTH EXTERNAL 31303030\r\n']);
  t.deepEqual(owners.receive(bytesOf('OK 01')), []);
  t.deepEqual(owners.send(), []);
  t.deepEqual(owners.receive(bytesOf('23\r\n')), []);
  t.deepEqual(owners.send(), [bytesOf('BEGIN\r\n'), encodeCall(1, 'Hello', [])]);
  t.false(owners.isUp());
  t.deepEqual(owners.receive(answerTo(1, ':1.7')), []);
  t.true(owners.isUp());
  const calls = owners.send().map((bytes) => decodeMessage(bytes));
  t.deepEqual(
    calls.map((call) => call?.member),
    ['AddMatch', 'GetNameOwner'],
  );
  t.deepEqual(calls[1]?.strings, [one]);
  owners.watch(one);
  t.deepEqual(owners.send(), [], 'twice is nothing');
});

test('A call is laid out as the specification says', (t) => {
  const expected =
    'l\x01\0\x01\0\0\0\0\x01\0\0\0n\0\0\0' +
    '\x01\x01o\0\x15\0\0\0/org/freedesktop/DBus\0\0\0' +
    '\x06\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0' +
    '\x02\x01s\0\x14\0\0\0org.freedesktop.DBus\0\0\0\0' +
    '\x03\x01s\0\x05\0\0\0Hello\0\0\0';
  t.is(textOf(encodeCall(1, 'Hello', [])), expected);
});

test('Where it serves, it asks for systemd’s name; the unit that the bus wants is told, and a refusal goes to the bus', (t) => {
  const owners = createBusOwners(0);
  owners.serve();
  owners.receive(bytesOf('OK 0123\r\n'));
  owners.send();
  t.deepEqual(owners.receive(signal('ActivationRequest', ['early.service'])), [
    { kind: 'wanted', unit: 'early.service' },
  ]);
  owners.receive(answerTo(1, ':1.7'));
  const [claim, ...rest] = owners.send();
  t.deepEqual(rest, []);
  t.is(
    textOf(claim ?? bytesOf('')).slice(-44),
    '\x08\x01g\0\x02su\0\x18\0\0\0org.freedesktop.systemd1\0\0\0\0\x04\0\0\0',
  );
  owners.serve();
  t.deepEqual(owners.send(), [], 'twice is nothing');
  t.deepEqual(owners.receive(errorTo(2, 'org.freedesktop.DBus.Error.AccessDenied')), []);
  t.deepEqual(owners.receive(signal('ActivationRequest', ['x.service'])), [{ kind: 'wanted', unit: 'x.service' }]);
  t.deepEqual(owners.receive(signal('ActivationRequest', ['x.service'], ':1.66')), [], 'only the bus may ask');
  owners.refuse('x.service', 'org.freedesktop.systemd1.NoSuchUnit', 'it-is-not-there');
  const told = owners.send().map((bytes) => decodeMessage(bytes));
  t.is(told.length, 1);
  t.like(told[0], {
    type: 'signal',
    member: 'ActivationFailure',
    strings: ['x.service', 'org.freedesktop.systemd1.NoSuchUnit', 'it-is-not-there'],
  });
  const quiet = up();
  t.deepEqual(quiet.receive(signal('ActivationRequest', ['x.service'])), [], 'a bus that is not ours');
});

test('Whoever calls is answered at once that nothing is served, unless no answer is wanted', (t) => {
  const owners = up();
  // From us to the bus, as it comes to us from somebody: what counts is that it is a call.
  const call = encodeCall(77, 'GetUnit', ['some thing']);
  t.deepEqual(owners.receive(call), []);
  const [answer] = owners.send().map((bytes) => decodeMessage(bytes));
  t.like(answer, { type: 'error', error: 'org.freedesktop.DBus.Error.NotSupported', answers: 77 });
  t.deepEqual(owners.receive(Uint8Array.from(call, (byte, index) => (index === 2 ? 1 : byte))), []);
  t.deepEqual(owners.send(), []);
});

test('The answer tells the owner, or that there is none; signals tell each change', (t) => {
  const owner = (who: string | undefined): BusNews[] => [{ kind: 'owner', name: one, owner: who }];
  t.deepEqual(up().receive(answerTo(3, ':1.9')), owner(':1.9'));
  t.deepEqual(up().receive(errorTo(3, noOwner)), owner(undefined));
  const owners = up();
  t.deepEqual(owners.receive(ownerChanged(one, '', ':1.9')), owner(':1.9'));
  t.deepEqual(owners.receive(ownerChanged(one, ':1.9', '')), owner(undefined));
  t.deepEqual(owners.receive(ownerChanged('org.example.Other', '', ':1.9')), []);
});

test('What is in one piece or in many, and in either byte order, is the same', (t) => {
  const whole = [...answerTo(3, ':1.9', true), ...ownerChanged(one, ':1.9', '')];
  const together = up().receive(Uint8Array.from(whole));
  const owners = up();
  t.deepEqual(
    whole.flatMap((byte) => [...owners.receive(Uint8Array.of(byte))]),
    [...together],
  );
  t.is(together.length, 2);
});

test('Only the bus itself is believed', (t) => {
  const owners = up();
  t.deepEqual(owners.receive(signal('NameOwnerChanged', [one, '', ':1.9'], ':1.66')), []);
  t.deepEqual(owners.receive(answerTo(3, ':1.9', false, ':1.66')), []);
  t.deepEqual(owners.receive(answerTo(99, ':1.9')), [], 'nor an answer to what nobody asked');
  t.deepEqual(owners.receive(signal('NameAcquired', [one])), []);
});

test('Other errors are told, and then there is no owner', (t) => {
  t.deepEqual(up().receive(errorTo(3, 'org.example.Odd')), [
    { kind: 'notice', text: `GetNameOwner ${one}: org.example.Odd` },
    { kind: 'owner', name: one, owner: undefined },
  ]);
  t.deepEqual(up().receive(errorTo(2, 'org.example.Odd')), [
    { kind: 'notice', text: `AddMatch ${one}: org.example.Odd` },
  ]);
});

test('A bus that lets nobody in, or is none, is broken off; nothing more comes of it', (t) => {
  for (const line of ['REJECTED EXTERNAL\r\n', 'OK\n', 'x'.repeat(600), 'OK \xff\r\n', '\r\n']) {
    const owners = createBusOwners(0);
    t.is(owners.receive(bytesOf(line)).at(-1)?.kind, 'broken', JSON.stringify(line));
    t.deepEqual(owners.send(), []);
    t.deepEqual(owners.receive(bytesOf('OK 1\r\n')), []);
  }
  const hello = createBusOwners(0);
  hello.receive(bytesOf('OK 1\r\n'));
  t.is(hello.receive(errorTo(1, 'org.example.Full')).at(-1)?.kind, 'broken');
  t.is(up().receive(bytesOf('HTTP/1.1 200 OK\r\n')).at(-1)?.kind, 'broken');
  const long = encodeCall(1, 'Hello', []);
  long.fill(255, 4, 8);
  t.is(up().receive(long).at(-1)?.kind, 'broken', 'longer than a message can be');
});

test('A message longer than what is of use goes past, and the next one counts', (t) => {
  const owners = up();
  const long = ownerChanged(one, '', `:1.${'9'.repeat(longestKept)}`);
  for (let at = 0; at < long.length; at += 1000) t.deepEqual(owners.receive(long.subarray(at, at + 1000)), []);
  t.is(owners.receive(answerTo(3, ':1.9')).length, 1);
});

test('Whatever a bus sends: no exception, and no name but those that are watched', (t) => {
  const honest = [...answerTo(3, ':1.9'), ...ownerChanged(one, '', ':1.9'), ...errorTo(2, noOwner)];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 64 }),
      fc.boolean(),
      (changes, noise, first) => {
        const bytes = Uint8Array.from(honest);
        for (const [at, value] of changes) bytes[at] = value;
        const owners = up();
        const news = [...owners.receive(first ? noise : bytes), ...owners.receive(first ? bytes : noise)];
        return news.every((each) => each.kind !== 'owner' || each.name === one);
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});

test('An address: the paths of it, in order', (t) => {
  t.deepEqual(parseBusAddress('unix:path=/run/dbus/system_bus_socket'), ['/run/dbus/system_bus_socket']);
  t.deepEqual(parseBusAddress('tcp:host=x;unix:guid=2,path=/x;unix:path=/y,guid=1'), ['/x', '/y']);
  for (const bad of ['', 'unix:', 'unix:path=x', 'unix:abstract=/b', 'unix:path=/%00', 'unix:tmpdir=/x'])
    t.deepEqual(parseBusAddress(bad), [], bad);
  t.deepEqual(parseBusAddress(`unix:path=/${'x'.repeat(107)}`), []);
});
