// Who may ask, and what a client that leaves in the middle of an answer leaves behind: nothing.
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { bootRoom, comesTo, managerOf, type Room, standsFirm, bystander } from '../robustness/room.ts';

let room: Room;

test.before(async (t) => {
  const talker = '[Service]\nExecStart=/bin/sh -c "echo hello; exec /t/puppet talker"\n';
  room = await bootRoom({ 'bystander.service': bystander, 'talker.service': talker });
  await room.ok(t, 'systemctl start talker bystander');
});

test.after.always(() => room.down());

test.serial('The control socket is for its owner alone', async (t) => {
  t.is(await room.ok(t, 'stat -c "%a %u %F" /run/pidone/control'), '600 0 socket\n');
  const stranger = await room.run('setpriv --reuid 65534 --clear-groups systemctl is-active bystander');
  t.not(stranger.status, 0);
  t.is(stranger.stderr, 'systemctl: cannot reach the manager: Permission denied\n');
});

test.serial('What needs no manager is for everybody', async (t) => {
  const asStranger = (command: string): Promise<string> =>
    room.ok(t, `setpriv --reuid 65534 --clear-groups ${command}`);
  t.regex(await asStranger('pidone --version'), /^pidone \d/);
  for (const program of ['systemctl', 'journalctl', 'systemd-analyze', 'systemd-escape', 'systemd-run', 'systemd-cat'])
    t.regex(await asStranger(`${program} --version`), /^systemd 252 \(pidone \d/, program);
  t.is(await asStranger('systemctl is-enabled multi-user.target'), 'static\n');
  t.is(await asStranger('systemd-analyze exit-status 203'), 'NAME STATUS CLASS\nEXEC    203 systemd\n');
  const journal = await room.run('setpriv --reuid 65534 --clear-groups journalctl');
  t.is(journal.stderr, 'journalctl: cannot reach the manager: Permission denied\n');
});

test.serial(
  'An errand is done by the client, which asks again: an editor at its terminal, standard input in a file',
  async (t) => {
    const drop = '/etc/systemd/system/talker.service.d/override.conf';
    const said = await room.run('echo "[Service]\nEnvironment=A=b" | systemctl edit --stdin talker');
    t.is(said.stderr, `Successfully installed edited file '${drop}'.\n`);
    t.is(await room.ok(t, 'systemctl show -p Environment talker'), 'Environment=A=b\n');
    const edit = `EDITOR='sed -i s/A=b/A=c/' script -qec 'systemctl edit talker' /dev/null </dev/null`;
    t.is(await room.ok(t, edit), `Successfully installed edited file '${drop}'.\r\n`);
    t.is(await room.ok(t, 'systemctl show -p Environment talker'), 'Environment=A=c\n');
    t.is((await room.run(`EDITOR=false script -qec 'systemctl edit talker' /dev/null </dev/null`)).status, 1);
    t.is(await room.ok(t, `ls -A ${drop.slice(0, -'/override.conf'.length)}`), 'override.conf\n');
    t.is(await room.ok(t, 'systemctl revert -q talker; systemctl show -p Environment talker'), 'Environment=\n');
  },
);

test.serial('Another user who can reach it all the same is refused with a sentence, and nobody else', async (t) => {
  await room.ok(t, 'chmod 666 /run/pidone/control');
  const stranger = await room.run('setpriv --reuid 65534 --clear-groups systemctl is-active bystander');
  await room.ok(t, 'chmod 600 /run/pidone/control');
  t.not(stranger.status, 0);
  t.is(stranger.stdout, '');
  t.regex(stranger.stderr, /^pidone: access denied: only root and user 0 may ask \(this is user 65534\)\n/);
  await standsFirm(t, room);
});

test.serial('Ctrl-C ends a follow, and the manager has forgotten it', async (t) => {
  const follow = [
    'mkfifo /tmp/lines',
    // A shell without job control lets what it starts with & ignore SIGINT.
    'env --default-signal=INT journalctl -f -o cat -n 1 -u talker >/tmp/lines & follower=$!',
    'exec 3</tmp/lines; read line <&3; echo "$line"',
    'kill -INT $follower; wait $follower; echo "status $?"; rm /tmp/lines',
  ].join('\n');
  const { pid } = managerOf(room);
  const follows = async (): Promise<void> => {
    const outcome = await room.run(follow);
    t.regex(outcome.stdout, /^.+\nstatus (0|130)\n$/, `${outcome.stderr}\n${room.log()}`);
  };
  await follows();
  // What all watches share stays open after the first.
  const before = held(room);
  await follows();
  await comesTo(t, () => held(room), { ...before, watches: 0 }, 'descriptors and watches of the manager');
  t.is(managerOf(room).pid, pid, 'and it is the same manager');
  await standsFirm(t, room);
});

test.serial('A pidone that is not PID 1 says so, and what leaves its parent falls to it', async (t) => {
  const story = [
    'mkdir /tmp/units /tmp/run',
    "printf '[Unit]\\nWants=loose.service\\n' >/tmp/units/default.target",
    "printf '[Service]\\nExecStart=/t/puppet loose\\n' >/tmp/units/loose.service",
    'export PIDONE_RUNTIME_DIRECTORY=/tmp/run SYSTEMD_UNIT_PATH=/tmp/units',
    '/opt/pidone/bin/pidone 2>/tmp/said & pid=$!',
    // The control socket is made before the manager starts; a client waits for the answer.
    'until [ -S /tmp/run/control ]; do sleep 0.05; done',
    'systemctl start loose.service && main=$(systemctl show -p MainPID --value loose.service)',
    // What the keeper held has another parent now, and is ended as what is left of a lost unit.
    'kill -KILL $(cut -d" " -f4 /proc/$main/stat); tail --pid=$main -f /dev/null',
    'kill -TERM $pid; wait $pid; echo "status $?"; kill -0 $main 2>/dev/null || echo "nothing is left"',
    'cat /tmp/said',
  ];
  const outcome = await room.run(story.join('\n'));
  t.regex(outcome.stdout, /^status 0\nnothing is left\n/, outcome.stderr);
  t.notRegex(outcome.stdout, /the time to stop is over/);
  t.regex(outcome.stdout, /not PID 1 but \d+: processes that leave their parent fall to me as a subreaper\n/);
  t.regex(outcome.stdout, /the keeper of loose\.service \(PID \d+\) ended: killed by SIGKILL; 1 of its processes/);
  await standsFirm(t, room);
});

/** What the manager holds for others: how many descriptors, and how many watches on files. */
function held(of: Room): { readonly descriptors: number; readonly watches: number } {
  const { pid } = managerOf(of);
  const descriptors = readdirSync(`/proc/${String(pid)}/fd`);
  const infos = descriptors.map((name) => readFileSync(`/proc/${String(pid)}/fdinfo/${name}`, 'utf8'));
  const watches = infos.join('\n').match(/^inotify /gm)?.length ?? 0;
  return { descriptors: descriptors.length, watches };
}
