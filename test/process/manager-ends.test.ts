// A manager that meets a bug ends, says where, and writes down what it was about; the next one goes on, refuses what did it
// twice, and no service notices. A unit file that wants more memory than the engine may have, and one that takes longer
// than an event may, stand for the bug.
import test from 'ava';
import { bootRoom, bystander, type Room, standsFirm } from '../robustness/room.ts';

let room: Room;
let mainPid: string;

test.before(async (t) => {
  room = await bootRoom({
    'bystander.service': bystander,
    'worker.service': '[Service]\nExecStart=/t/puppet worker\n',
  });
  await room.ok(t, 'systemctl start worker');
  mainPid = await room.ok(t, 'systemctl show -p MainPID worker');
});

test.after.always(() => room.down());

test.serial(
  'More memory than the engine may have: the stack is told in TypeScript lines, the request is refused',
  async (t) => {
    // Each %n becomes 248 bytes: 75 MB a line.
    const name = `${'n'.repeat(240)}.service`;
    const line = `Documentation=man:${'%n'.repeat(300_000)}\n`;
    await room.write(`/etc/systemd/system/${name}`, `[Unit]\n${line.repeat(5)}[Service]\nExecStart=/bin/true\n`);
    await room.ok(t, `ln -s ${name} /etc/systemd/system/bomb.service`);
    const said = room.log().length;

    const asked = await room.run('systemctl status bomb');
    t.is(asked.status, 1);
    t.regex(asked.stderr, /^pidone: this request has ended the manager twice and is refused\n/);

    const log = room.log().slice(said);
    t.regex(log, /the manager ends by a bug, in [^:\n]+: InternalError: out of memory\n/);
    t.regex(log, /\n.*at expandSpecifiers \(src\/units\/syntax\/specifiers\.ts:\d+\)\n/);
    t.regex(log, /while handling: request: systemctl status bomb\n/);
    t.regex(log, /the manager ended: exited 70; starting it again\n/);
    t.regex(log, /the manager ended: exited 70; starting it again in \d+ ms\n/, 'the second time later');
    t.regex(log, /refused, as it has ended the manager twice: request: systemctl status bomb\n/);

    const record = (await room.read('/run/pidone/crash')).toString().split('\n');
    t.is(record[0], 'pidone-crash 1');
    t.is(record[2], 'InternalError: out of memory');
    t.regex(record[3] ?? '', /^2 [0-9a-f]{16} request: systemctl status bomb$/);
    await nobodyNoticed();

    async function nobodyNoticed(): Promise<void> {
      t.is(await room.ok(t, 'systemctl show -p MainPID worker'), mainPid);
      await standsFirm(t, room);
    }
  },
);

test.serial('An event that takes too long is ended and, the second time, refused', async (t) => {
  // A million names to load: whether processor time, memory or the patience of init ends first, the manager ends.
  const lines = Array.from({ length: 10 }, (_, i) => {
    const names = Array.from({ length: 60_000 }, (__, j) => `${String(i * 100_000 + j)}.service`);
    return `After=${names.join(' ')}\n`;
  });
  await room.write('/etc/systemd/system/wide.service', `[Unit]\n${lines.join('')}[Service]\nExecStart=/bin/true\n`);
  const said = room.log().length;

  // Longer than one command of a test may take.
  await room.ok(t, 'systemctl status wide >/tmp/told 2>&1 & echo $! >/tmp/asker');
  await room.ok(t, 'for i in 1 2 3; do timeout 25 tail --pid=$(cat /tmp/asker) -f /dev/null && break; done');
  t.regex((await room.read('/tmp/told')).toString(), /ended the manager twice and is refused/);
  t.regex(room.log().slice(said), /an event without end|takes no event|out of memory/);
  t.regex((await room.read('/run/pidone/crash')).toString(), /^2 [0-9a-f]{16} request: systemctl status wide$/m);
  t.is(await room.ok(t, 'systemctl show -p MainPID worker'), mainPid);
  await standsFirm(t, room);
});
