// PIDFile= that names a process of somebody else: it is never taken as the main process, and never signalled.
import test from 'ava';
import { bootRoom, bystander, keeperOf, managerOf, type Room, standsFirm } from './room.ts';

let room: Room;

test.before(async () => {
  room = await bootRoom({
    'bystander.service': bystander,
    'a.service':
      '[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=forking\nPIDFile=/run/a.pid\nTimeoutStartSec=300ms\nExecStart=/t/puppet a "daemonize child" "exit 0"\n',
  });
});

test.after.always(() => room.down());

test.serial('PIDFile= never makes a process of somebody else the main one, nor is that one signalled', async (t) => {
  await room.ok(t, 'systemctl start bystander');
  const other = (await room.ok(t, 'systemctl show --value -p MainPID bystander')).trim();
  const foreign = (await room.ok(t, 'setsid sh -c "exec sleep 1000" < /dev/null > /dev/null 2>&1 & echo $!')).trim();
  const manager = String(managerOf(room).inside);
  const keeper = String(keeperOf(room, 'bystander.service').inside);
  for (const pid of [
    '1',
    '0',
    '-1',
    manager,
    keeper,
    other,
    foreign,
    '999999999',
    'x',
    '4294967297',
    `${other} ${other}`,
  ]) {
    await room.write('/run/a.pid', `${pid}\n`);
    await room.run('systemctl start a');
    const main = (await room.ok(t, 'systemctl show --value -p MainPID a')).trim();
    t.false(
      [pid, other, foreign, manager, keeper, '1'].includes(main) && main !== '0',
      `${pid} became the main process ${main}`,
    );
    await room.run('systemctl stop a; systemctl reset-failed a');
    t.is((await room.ok(t, 'systemctl show --value -p MainPID bystander')).trim(), other, `after ${pid}`);
    await room.ok(t, `kill -0 ${foreign}`);
    t.is(String(managerOf(room).inside), manager);
  }
  await room.run(`kill ${foreign}`);
  await standsFirm(t, room);
});
