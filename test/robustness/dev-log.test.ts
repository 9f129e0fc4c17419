// What programs say at /dev/log and at the journal's socket: whose it is, what strangers can send there, and who lives on.
import test, { type ExecutionContext } from 'ava';
import { untilCalled } from '../chaos/until.ts';
import { answered, bootRoom, bystander, type Room, standsFirm, withKilledManager } from './room.ts';

const log = '/dev/log';
const journal = '/run/systemd/journal/socket';
let room: Room;

test.before(async () => {
  room = await bootRoom({
    'bystander.service': bystander,
    'app.service': '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/t/puppet app "notify READY=1"\n',
    'brief.service': `[Service]\nType=oneshot\nExecStart=/t/puppet - "say ${log} <30>brief: first words" "say ${log} <30>brief: last words" "exit 0"\n`,
    'loud.service':
      '[Service]\nType=oneshot\nExecStart=/bin/sh -c \'seq -f "<30>loud: %%g" 5000 | logger --prio-prefix --socket-errors=off -t loud\'\n',
  });
  await room.run('systemctl start app');
});

test.after.always(() => room.down());

/** Waits until the journal of these options has the line. */
async function written(t: ExecutionContext, options: string, line: string): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await room.run(`journalctl ${options} -o cat | grep -qxF '${line}'`)).status === 0;
  await t.notThrowsAsync(untilCalled(isThere), `${line} of journalctl ${options}`);
}

test.serial('what a unit’s process says is the unit’s, whichever process, with the name that it gives', async (t) => {
  await room.ok(t, `tell app 'say ${log} <84>Nov 25 20:00:00 appd[9]: from main'`);
  await written(t, '-u app -p warning -t appd --facility=authpriv', 'from main');
  await room.ok(t, `tell app 'daemonize child say ${log} <30>far away'`);
  await written(t, '-u app', 'far away');
  await room.ok(t, `tell app 'say ${journal} MESSAGE=native|PRIORITY=2|_PID=1|_SYSTEMD_UNIT=other.service|FOO=bar'`);
  await written(t, '-u app -p crit FOO=bar _TRANSPORT=journal', 'native');
  t.is(await room.ok(t, 'journalctl -q -u other -o cat'), '');
});

test.serial('what is said by a process that ends at once is in the journal', async (t) => {
  await room.ok(t, 'systemctl start brief');
  await written(t, '', 'last words');
});

test.serial('what a process of no unit says is in the journal and in no unit’s', async (t) => {
  await room.ok(t, 'logger -t somebody outside');
  await written(t, '-t somebody', 'outside');
  t.is(await room.ok(t, 'journalctl -q -u app -u bystander -t somebody -o cat'), '');
});

test.serial('what is said while no manager is there is kept', async (t) => {
  await withKilledManager(t, room);
  await room.ok(t, `tell app 'say ${log} <30>without a manager'`);
  await written(t, '-u app', 'without a manager');
});

test.serial('a unit that says more than can be taken loses its own words, and harms nobody', async (t) => {
  await answered(room, 'timeout 4 systemctl start loud');
  await standsFirm(t, room);
  await room.ok(t, `tell app 'say ${log} <30>not drowned'`);
  await written(t, '-u app', 'not drowned');
});

test.serial('no bytes harm init, a keeper or the manager', async (t) => {
  const sends = `use IO::Socket::UNIX; srand 1;
    for $path ("${log}", "${journal}") { for (1..300) {
      $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $path) or die;
      $s->send(join "", map { substr "<>[]:= \\n\\0aA_MESSAGE=PRIORITY=7", int rand 27, 1 + int rand 9 } 1 .. rand 4000);
    } }`;
  await room.ok(t, `perl -e '${sends}'`);
  await standsFirm(t, room);
  await room.ok(t, `tell app 'say ${log} <30>still here'`);
  await written(t, '-u app', 'still here');
});
