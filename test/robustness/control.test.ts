// The control socket takes bytes from whoever may connect (root, pidone's user): packets that are no frames, frames that
// are no requests, requests that make no sense. Whoever sends them harms itself alone.
import test from 'ava';
import { decodeFrame, encodeFrame, isWireError } from '../../src/wire/codec.ts';
import { type FrameFields, frames, fieldKinds, wireVersion } from '../../src/wire/schema.ts';
import { decodeText, encodeText } from '../fake/text.ts';
import { answered, bootRoom, bystander, comesTo, initOf, managerOf, type Room, standsFirm } from './room.ts';

const codec = { encode: encodeText, decode: decodeText };
const CONTROL = '/run/pidone/control';

let room: Room;

test.before(async () => {
  room = await bootRoom({ 'bystander.service': bystander });
});

test.after.always(() => room.down());

/** A request as the client makes it, with what a test wants otherwise. */
function request(fields: FrameFields<'request'>): Uint8Array {
  return encodeFrame(codec, 'request', {
    id: 'a'.repeat(32),
    program: 'systemctl',
    arguments: ['is-active', 'bystander'],
    directory: '/',
    ...fields,
  });
}

function header(type: number, length: number, version: number = wireVersion): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(version, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

/** A request whose one field is as it should not be. */
function requestWith(tag: number, kind: number, length: number, value: Uint8Array): Buffer {
  const field = Buffer.alloc(8);
  field.writeUInt16LE(tag, 0);
  field.writeUInt16LE(kind, 2);
  field.writeUInt32LE(length, 4);
  return Buffer.concat([header(frames.request.type, 24 + value.length), field, value]);
}

const nothing = Buffer.alloc(0);
const packets: Readonly<Record<string, Uint8Array>> = {
  'an empty one': nothing,
  'one byte': Buffer.of(1),
  NULs: Buffer.alloc(60_000),
  '0xff': Buffer.alloc(60_000, 0xff),
  'more than a frame may have': Buffer.alloc(100_000, 1),
  'half a header': header(frames.request.type, 16).subarray(0, 9),
  'another version': header(frames.request.type, 16, 99),
  'an unknown type': header(0xffff, 16),
  'a length that is not its own': header(frames.request.type, 1000),
  'a header of a large frame without its memory file': header(frames.request.type, 1_000_000),
  'a length of 4 GB': header(frames.request.type, 0xffff_ffff),
  'a request without fields': header(frames.request.type, 16),
  'a torn field': Buffer.concat([header(frames.request.type, 19), Buffer.of(1, 0, 4)]),
  'a field longer than its frame': requestWith(1, fieldKinds.text, 0xffff_fff0, Buffer.of(0)),
  'a text without its NUL': requestWith(1, fieldKinds.text, 3, Buffer.from('abc')),
  'a text with two NULs': requestWith(1, fieldKinds.text, 3, Buffer.from('a\0\0')),
  'a number of three bytes': requestWith(2, fieldKinds.u32, 3, Buffer.of(1, 2, 3)),
  'an unknown field': requestWith(60, fieldKinds.u32, 4, Buffer.alloc(4)),
  'a field of another kind': requestWith(1, fieldKinds.u64, 8, Buffer.alloc(8)),
  'no program, no words': request({ id: '', program: '', arguments: [] }),
  'a program with a path': request({ program: '../../bin/sh' }),
  'a program of the prototype': request({ program: '__proto__' }),
  'an id of the prototype': request({ id: '__proto__', arguments: ['restart', 'bystander'] }),
  'a long id': request({ id: 'x'.repeat(50_000), arguments: ['restart', 'bystander'] }),
  'an id that is a path': request({
    id: '../../../run/victim',
    program: 'systemd-run',
    arguments: ['--pipe', '/bin/true'],
  }),
  'a cursor that is none': request({
    program: 'journalctl',
    again: 1,
    arguments: ['-n1', '--no-pager'],
    cursor: Buffer.from('[[{"unit":"../../etc","identity":1,"offset":-5}]]'),
  }),
  'a terminal of 4 billion columns': request({ columns: 0xffff_ffff, rows: 0xffff_ffff, terminals: 7 }),
  'odd variables': request({
    environment: ['', '=', 'TZ=../../../etc/passwd', 'TERM', '__proto__=1', 'LANG=\u001b[2J'],
  }),
  'a directory with everything in it': request({ directory: '/../\n\u001b'.repeat(500) }),
};

test.serial('no packet, with 253 descriptors or without, harms the manager, init, or another client', async (t) => {
  await room.ok(t, 'systemctl start bystander');
  const manager = managerOf(room);
  const init = initOf(room);
  const count = () => ({ manager: manager.descriptors(), init: init.descriptors() });
  const before = count();
  for (const [name, bytes] of Object.entries(packets)) {
    await room.write('/tmp/packet', bytes);
    for (const attached of [0, 253]) {
      // A client whose request is refused sees the end; one that has said nothing yet may stay, and leaves.
      const { status } = await answered(room, `/t/puppet - 'drop ${CONTROL} /tmp/packet ${String(attached)}' 'exit 0'`);
      t.is(status, 0, name);
      t.is((await answered(room, 'systemctl start bystander; systemctl is-active bystander')).stdout, 'active\n', name);
    }
  }
  await standsFirm(t, room);
  t.is(managerOf(room).pid, manager.pid, 'the manager is the one that it was');
  // Of the first client the manager may still have had one when it was counted.
  const hasNoMore = () => count().manager <= before.manager && count().init <= before.init;
  await comesTo(t, hasNoMore, true, 'open descriptors');
});

test.serial('frames that are for other ears are not obeyed', async (t) => {
  const pid = (await room.ok(t, 'systemctl show --value -p MainPID bystander')).trim();
  for (const [name, frame] of Object.entries(frames)) {
    if (name === 'request') continue;
    const bytes =
      name === 'kill' ? encodeFrame(codec, 'kill', { signal: 9, pid: Number(pid) }) : header(frame.type, 16);
    await room.write('/tmp/packet', bytes);
    await room.ok(t, `/t/puppet - 'drop ${CONTROL} /tmp/packet' 'exit 0'`);
    t.is((await answered(room, 'systemctl show --value -p MainPID bystander')).stdout.trim(), pid, name);
  }
});

test.serial('a request that cannot be read is refused by a sentence, and its client is let go', async (t) => {
  await room.write('/tmp/packet', header(frames.request.type, 1000));
  await room.ok(t, `/t/puppet - 'ask ${CONTROL} /tmp/packet /tmp/answer' 'exit 0'`);
  t.is((await room.read('/tmp/answer')).length, 0);
  t.regex(room.log(), /a client's frame is refused: /);
  await room.write('/tmp/packet', header(frames.request.type, 1_000_000));
  await room.ok(t, `/t/puppet - 'ask ${CONTROL} /tmp/packet /tmp/answer' 'exit 0'`);
  const first = decodeFrame(codec, firstFrame(await room.read('/tmp/answer')));
  t.true(!isWireError(first) && first.name === 'stderr', 'a sentence');
});

function firstFrame(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.readUInt32LE(4));
}

test.serial('another user is told that it may not ask, and its words are not even read', async (t) => {
  // Who may write to the socket's file is not the only guard.
  await room.ok(t, `chmod 666 ${CONTROL}`);
  const stop = await room.run('setpriv --reuid=1000 --regid=1000 --clear-groups systemctl stop bystander');
  await room.ok(t, `chmod 600 ${CONTROL}`);
  t.is(stop.status, 1);
  t.regex(stop.stderr, /access denied/);
  t.is((await room.run('systemctl is-active bystander')).stdout, 'active\n');
  const shut = await room.run('setpriv --reuid=1000 --regid=1000 --clear-groups systemctl stop bystander');
  t.is(shut.status, 1);
  t.is((await room.run('systemctl is-active bystander')).stdout, 'active\n');
});

test.serial('a client that leaves at any moment of a long call harms nobody', async (t) => {
  await room.write('/tmp/packet', request({ id: 'leaver', arguments: ['restart', 'bystander'] }));
  const manager = managerOf(room);
  const before = manager.descriptors();
  for (let i = 0; i < 50; i++) await room.ok(t, `/t/puppet - 'drop ${CONTROL}' 'drop ${CONTROL} /tmp/packet' 'exit 0'`);
  await standsFirm(t, room);
  await comesTo(t, () => manager.descriptors(), before, 'open descriptors');
});
