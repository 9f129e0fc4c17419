// systemd-run while somebody is killed: nothing is made twice, nothing is lost, nothing stays behind.
import test from 'ava';
import { bootRoom, bystander, type Room, standsFirm, withKilledManager } from './room.ts';

let room: Room;

test.before(async () => {
  room = await bootRoom({ 'bystander.service': bystander });
});

test.after.always(() => room.down());

test.serial(
  'Who waits for the end of its unit waits on when the manager is killed, and gets the unit’s status',
  async (t) => {
    const waits = room.run(
      'systemd-run --wait --unit=waited sh -c "touch /run/waited; until test -e /run/go; do sleep 0.01; done; exit 7"',
    );
    await room.ok(t, 'until test -e /run/waited; do sleep 0.01; done');
    await withKilledManager(t, room);
    await room.ok(t, 'touch /run/go');
    const { status, stderr } = await waits;
    t.is(status, 7);
    t.is(stderr.split('Running as unit').length - 1, 1, stderr);
    t.true(stderr.includes('Main processes terminated with: code=exited/status=7'), stderr);
    await room.ok(t, 'systemctl reset-failed waited && ! ls /run/systemd/transient/waited.service');
    await standsFirm(t, room);
  },
);

test.serial('--pipe carries what is said before and after the manager is killed', async (t) => {
  const reads = room.run(
    '(echo one; until test -e /run/second; do sleep 0.01; done; echo two) | systemd-run -q --pipe --unit=piped sh -c "read line; echo got \\$line; touch /run/first; read line; echo got \\$line"',
  );
  await room.ok(t, 'until test -e /run/first; do sleep 0.01; done');
  await withKilledManager(t, room);
  await room.ok(t, 'touch /run/second');
  t.deepEqual(await reads, { status: 0, stdout: 'got one\ngot two\n', stderr: '' });
  await standsFirm(t, room);
});

test.serial(
  'A client that is killed leaves its unit running, and neither socket nor file when that has ended',
  async (t) => {
    const killed = room.run(
      'sh -c "echo \\$\\$ >/run/client.pid; exec systemd-run -q --pipe --unit=left sh -c \\"touch /run/left; until test -e /run/leave; do sleep 0.01; done\\"" </dev/null',
    );
    await room.ok(t, 'until test -e /run/left; do sleep 0.01; done; kill -9 $(cat /run/client.pid)');
    await room.ok(t, 'systemctl is-active left && touch /run/leave');
    // The unit has the client's output, so that this ends with the unit.
    t.true((await killed).status > 128);
    await room.ok(t, 'while test -e /run/systemd/transient/left.service; do sleep 0.01; done');
    t.is(await room.ok(t, 'ls /run/pidone/streams'), '');
    await standsFirm(t, room);
  },
);

test.serial('A scope is the same over the manager’s death, and goes when its last process does', async (t) => {
  await room.ok(t, 'systemd-run -q --scope --unit=kept sh -c "setsid sleep 1000 >/dev/null 2>&1 & exit 0"');
  await withKilledManager(t, room);
  await room.ok(t, 'systemctl is-active kept.scope && pgrep -f "sleep 1000"');
  // Also for a process that a keeper of another unit, or nobody, is above.
  t.regex(await room.ok(t, 'systemctl status $(pgrep -fx "sleep 1000")'), /^● kept\.scope /);
  await room.ok(t, 'systemctl stop kept.scope && ! pgrep -fx "sleep 1000" && ! systemctl is-active kept.scope');
  await standsFirm(t, room);
});
