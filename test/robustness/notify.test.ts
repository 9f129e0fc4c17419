// Notifications (sd_notify(3)) that are none: empty, with NULs, too long, full of descriptors, or from who has no say.
// A supervisor that hung or believed them has lost more than the sender's unit.
import test from 'ava';
import {
  answered,
  bootRoom,
  bystander,
  comesTo,
  keeperOf,
  managerOf,
  type Room,
  standsFirm,
  withKilledManager,
} from './room.ts';

let room: Room;

test.before(async () => {
  room = await bootRoom({
    'odd.service': '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/t/puppet odd "notify READY=1|STATUS=sane"\n',
    'strict.service': '[Service]\nType=notify\nNotifyAccess=main\nExecStart=/t/puppet strict\n',
    'helper.service': '[Service]\nExecStart=/t/puppet helper\n',
    'bystander.service': bystander,
  });
});

test.after.always(() => room.down());

const datagrams: Readonly<Record<string, string | Buffer>> = {
  'an empty one': '',
  'NULs only': Buffer.alloc(3000),
  '100 KB': Buffer.alloc(102_400, 'A'),
  'READY=1 and STOPPING=1 behind a NUL': 'X=\0READY=1\nSTOPPING=1\nSTATUS=insane',
  'bytes that are no UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0xc0, 0x80]),
  'newlines only': '\n'.repeat(4000),
  'equals signs only': '='.repeat(4000),
  'names of the prototype': '__proto__=1\nconstructor=2\ntoString=3\nhasOwnProperty=4',
  'numbers that are none':
    'MAINPID=0\nMAINPID=-1\nERRNO=1e9\nWATCHDOG_USEC=0x7f\nEXTEND_TIMEOUT_USEC=99999999999999999999',
};

test.serial(
  'no odd datagram, with 253 descriptors or without, changes a unit or costs the keeper a descriptor',
  async (t) => {
    await room.ok(t, 'systemctl start odd bystander');
    const before = await room.ok(t, 'systemctl show odd');
    const { pid: manager } = managerOf(room);
    const keeper = keeperOf(room, 'odd.service');
    const openBefore = keeper.descriptors();
    for (const [name, bytes] of Object.entries(datagrams)) {
      await room.write('/tmp/datagram', bytes);
      for (const count of [0, 253]) {
        await room.ok(t, `tell odd send /tmp/datagram ${String(count)}`);
        t.is((await answered(room, 'systemctl is-active odd')).stdout, 'active\n', name);
      }
    }
    // What comes last is read last: all that was sent before it has been dealt with.
    await room.ok(t, 'tell odd "notify STATUS=last" && reach odd StatusText=last && tell odd "notify STATUS=sane"');
    await room.ok(t, 'reach odd StatusText=sane');
    t.is(await room.ok(t, 'systemctl show odd'), before);
    await comesTo(t, () => keeper.descriptors(), openBefore, 'open descriptors');
    t.is(managerOf(room).pid, manager, 'the manager is the one that it was');
    await standsFirm(t, room);
  },
);

test.serial('what a stranger says is not heard, be it another unit or a process of no unit', async (t) => {
  await room.ok(t, 'systemctl start --no-block strict && systemctl start helper && reach strict SubState=start');
  const socket = (await room.ok(t, "tr '\\0' '\\n' </proc/$(systemctl show --value -p MainPID strict)/environ"))
    .split('\n')
    .find((line) => line.startsWith('NOTIFY_SOCKET='));
  const mainPid = await room.ok(t, 'systemctl show -p MainPID strict');
  await room.write('/tmp/lie', `READY=1\nSTATUS=lie\nMAINPID=${String(process.pid)}`);
  await room.ok(t, `env ${String(socket)} /t/puppet - 'send /tmp/lie' 'exit 0'`);
  await room.ok(
    t,
    `tell helper fork liar && env ${String(socket)} setpriv --reuid=1000 --clear-groups /t/puppet - 'send /tmp/lie' 'exit 0'`,
  );
  // A child of the main process is not the main process.
  await room.ok(t, `tell strict 'fork child notify READY=1|STATUS=lie'`);
  await room.ok(t, `tell strict 'notify STATUS=truth' && reach strict StatusText=truth`);
  t.is(await room.ok(t, 'systemctl show -p MainPID strict'), mainPid);
  t.is((await room.run('systemctl is-active strict')).stdout, 'activating\n');
  await standsFirm(t, room);
});

test.serial(
  'MAINPID= names only processes of the unit: not 1, the keeper, the manager, or one of another unit',
  async (t) => {
    await room.ok(t, 'tell strict notify READY=1 && reach strict ActiveState=active');
    const mainPid = await room.ok(t, 'systemctl show -p MainPID strict');
    const other = (await room.ok(t, 'systemctl show --value -p MainPID bystander')).trim();
    const { inside: keeper } = keeperOf(room, 'strict.service');
    const { inside: manager } = managerOf(room);
    for (const pid of ['0', '1', '-1', '4194304', '99999999999', '1e0', ' 1', keeper, manager, other, '$$'].map(
      String,
    )) {
      await room.ok(t, `tell strict "notify MAINPID=${pid}|STATUS=${pid}"`);
      await room.ok(t, `tell strict "notify STATUS=after" && reach strict StatusText=after`);
      t.is(await room.ok(t, 'systemctl show -p MainPID strict'), mainPid, pid);
    }
    await room.ok(t, 'systemctl stop strict');
    // Nobody was killed in its place.
    t.is((await room.run('systemctl is-active bystander')).stdout, 'active\n');
    await standsFirm(t, room);
  },
);

test.serial(
  'no text that a service tells gets out of its place in the state: after kill -9 of the manager all is equal',
  async (t) => {
    const texts = [
      'STATUS=a\\nREADY=1"}\n{"k":"unit","i":"bystander.service"}',
      'STATUS="}\r\u2028\u2029\u0085\\u000a',
      `STATUS=${'x'.repeat(4000)}`,
      'STATUS=\u001b]0;owned\u0007\u009b31m\u{10ffff}\ufffe',
    ];
    for (const text of texts) {
      await room.write('/tmp/text', `ERRNO=7\n${text}`);
      await room.ok(
        t,
        'tell odd "notify ERRNO=0" && reach odd StatusErrno=0 && tell odd send /tmp/text && reach odd StatusErrno=7',
      );
      const look = 'systemctl show odd bystander helper; systemctl list-units --all; systemctl list-jobs';
      const before = await room.ok(t, look);
      await withKilledManager(t, room);
      t.is(await room.ok(t, look), before, JSON.stringify(text.slice(0, 60)));
    }
    await standsFirm(t, room);
  },
);
