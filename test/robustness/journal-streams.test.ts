// Connections to the journal (sd_journal_stream_fd(3), systemd-cat): whose they are, that they outlive the manager, and what strangers can do there.
import test, { type ExecutionContext } from 'ava';
import { untilCalled } from '../chaos/until.ts';
import { bootRoom, bystander, type Room, standsFirm, withKilledManager } from './room.ts';

const stdout = '/run/systemd/journal/stdout';
let room: Room;

test.before(async () => {
  room = await bootRoom({
    'bystander.service': bystander,
    'app.service': '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/t/puppet app "notify READY=1"\n',
    'cat.service':
      '[Service]\nType=oneshot\nExecStart=systemd-cat -t ident -p warning --stderr-priority=err sh -c "echo out; echo err >&2; printf last"\n',
    'long.service':
      '[Service]\nType=exec\nExecStartPre=mkfifo /run/talk\nExecStart=systemd-cat -t talker sh -c "while :; do cat /run/talk; done"\n',
    'daemon.service': `[Service]\nType=exec\nExecStart=perl /run/daemon.pl\n`,
    'said.service':
      '[Service]\nType=oneshot\nSyslogIdentifier=ident\nSyslogFacility=local3\nStandardError=null\nExecStart=sh -c "echo out; printf \\"<3>bad\\n\\"; systemd-cat -t sc echo catted; /t/puppet - \\"say /run/systemd/journal/socket MESSAGE=native|SYSLOG_IDENTIFIER=nat\\" \\"exit 0\\""\n',
    'lines.service':
      '[Service]\nType=oneshot\nSyslogIdentifier=ident\nExecStart=/bin/sh -c \'printf "a\\\\n\\\\n  \\\\n  lead and trail  \\\\n<3>error\\\\n<3>\\\\nno newline"\'\n',
  });
  await room.run('systemctl start app long');
});

test.after.always(() => room.down());

/** Waits until the journal of these options has the line. */
async function written(t: ExecutionContext, options: string, line: string): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await room.run(`journalctl ${options} -o cat | grep -qxF -- '${line}'`)).status === 0;
  await t.notThrowsAsync(untilCalled(isThere), `${line} of journalctl ${options}`);
}

test.serial(
  'systemd-cat’s output is its unit’s, under the name and with the priorities that it was given',
  async (t) => {
    await room.ok(t, 'systemctl start cat');
    t.is(await room.ok(t, 'journalctl -u cat -t ident -p err -o cat'), 'err\n');
    const lines = await room.ok(t, 'journalctl -u cat -t ident _TRANSPORT=stdout -o cat');
    t.deepEqual(lines.trim().split('\n').sort(), ['err', 'last', 'out']);
  },
);

test.serial('of no unit, it is in the journal and in no unit’s; without a name it has its program’s', async (t) => {
  await room.ok(t, 'systemd-cat -t alone echo hi');
  await written(t, '-t alone', 'hi');
  t.is(await room.ok(t, 'journalctl -q -u app -u bystander -t alone -o cat'), '');
  await room.ok(t, 'echo from stdin | systemd-cat -p notice');
  await written(t, '-p notice', 'from stdin');
  t.regex(await room.ok(t, 'journalctl -n 1 -p notice --grep "from stdin"'), / systemd-cat\[\d+\]: from stdin\n$/);
});

test.serial('lines end with a newline or a NUL, blanks behind them go, empty ones are none', async (t) => {
  await room.ok(t, 'printf "a\\0b \\r\\n\\n<3>c\\n<3>\\n\\0d" | systemd-cat -t forms');
  await written(t, '-t forms', 'd');
  t.is(await room.ok(t, 'journalctl -t forms -o cat'), 'a\nb\nc\nd\n');
  t.is(await room.ok(t, 'journalctl -t forms -p err -o cat'), 'c\n');
  await room.ok(t, 'systemctl start lines');
  const own = await room.ok(t, 'journalctl -u lines -t ident -o cat');
  t.is(own, 'a\n  \n  lead and trail\nerror\nno newline\n');
});

test.serial('what a unit says over a connection is kept while no manager is there, and after', async (t) => {
  await room.ok(t, 'echo before > /run/talk');
  await written(t, '-u long -t talker', 'before');
  await withKilledManager(t, room);
  await room.ok(t, 'echo meanwhile > /run/talk');
  await written(t, '-u long -t talker', 'meanwhile');
  await room.ok(t, 'systemd-cat -t orphan echo without a manager');
  await written(t, '-t orphan', 'without a manager');
});

test.serial('no keeper without commands is left when nobody has a connection', async (t) => {
  await room.ok(t, 'systemd-cat -t brief true');
  const left = async (): Promise<boolean> => (await room.run('pgrep -f "^pidone .init.scope"')).status !== 0;
  await t.notThrowsAsync(untilCalled(left));
});

test.serial('a syslog daemon that listens at journald’s place gets what is logged, as journald sends it', async (t) => {
  await room.write(
    '/run/daemon.pl',
    `use Socket; my $path = "/run/systemd/journal/syslog"; unlink $path;
    socket(my $in, AF_UNIX, SOCK_DGRAM, 0) or die; bind($in, sockaddr_un($path)) or die;
    open(my $out, ">>", "/run/daemon.log"); select $out; $| = 1; print "bound\\n";
    while (defined recv($in, my $got, 65536, 0)) { $got =~ s/>... .. ..:..:.. />TIME /; $got =~ s/\\[\\d+\\]/[PID]/; print "$got\\n"; }`,
  );
  await room.ok(t, 'systemctl start daemon');
  const has = (line: string) =>
    t.notThrowsAsync(
      untilCalled(async () => (await room.run(`grep -qxF -- '${line}' /run/daemon.log`)).status === 0),
      line,
    );
  await has('bound');
  await room.ok(t, 'systemctl start said');
  for (const line of [
    '<158>TIME ident[PID]: out',
    '<155>TIME ident[PID]: bad',
    '<14>TIME sc[PID]: catted',
    '<14>TIME nat[PID]: native',
  ])
    await has(line);
  await has('<30>TIME pidone[PID]: Finished said.service.');
  await room.ok(t, 'systemctl stop daemon');
});

test.serial('an entry that comes as a file in memory is taken, of a unit and of none', async (t) => {
  const socket = '/run/systemd/journal/socket';
  await room.ok(t, `tell app 'say-long ${socket} 60000 LONG=yes|MESSAGE=of a unit|PRIORITY=3|TAIL='`);
  await written(t, '-u app -p err LONG=yes', 'of a unit');
  await room.ok(t, `puppet - 'say-long ${socket} 200000 SYSLOG_IDENTIFIER=stranger|MESSAGE=' 'exit 0'`);
  await t.notThrowsAsync(
    untilCalled(async () => (await room.run('journalctl -q -t stranger -o cat | grep -q xxxx')).status === 0),
  );
});

test.serial('no bytes and no number of connections harm init, a keeper or the manager', async (t) => {
  const connects = `use IO::Socket::UNIX; srand 1; my @all;
    for (1..60) {
      $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => "${stdout}") or next;
      $SIG{PIPE} = "IGNORE";
      print $s join "", map { substr "name\\n\\n6\\n1\\n0\\n0\\n0\\nwords <3>\\0", int rand 27, 1 + int rand 29 } 1 .. rand 500;
      push @all, $s if rand() < 0.5;
    }`;
  await room.ok(t, `perl -e '${connects}'`);
  await room.ok(t, `perl -e 'print "x" x 3000000' | systemd-cat -t endless`);
  await standsFirm(t, room);
  await room.ok(t, `systemd-cat -t afterwards echo still here`);
  await written(t, '-t afterwards', 'still here');
});
