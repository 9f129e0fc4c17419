// systemd-analyze on a stage: what asks the manager, and what says that it cannot. What it says of words and files: test/oracle/analyze.
import test from 'ava';
import { stage, stamp } from './stage.ts';

const never = { realtime: 0, monotonic: 0 };
const from = (seconds: number, until: number) => ({
  stamps: {
    inactiveExit: stamp(seconds),
    activeEnter: stamp(until),
    activeExit: never,
    inactiveEnter: never,
    stateChange: stamp(until),
  },
});

const files = {
  'a.service': '[Unit]\nAfter=b.service c.service\nRequires=b.service\n[Service]\nExecStart=/bin/a\n',
  'b.service': '[Service]\nExecStart=/bin/b\n',
  'c.service': '[Service]\nExecStart=/bin/c\n',
};
const loaded = { 'a.service': from(3, 5), 'b.service': from(1, 2), 'c.service': from(1, 3) };

test('blame names the longest start first', async (t) => {
  const said = await stage({ files, loaded }).run('systemd-analyze blame');
  t.is(said.stdout, '2s a.service\n2s c.service\n1s b.service\n');
});

test('critical-chain goes back by what came last; with --fuzz= by what came shortly before, too', async (t) => {
  const tree = async (line: string): Promise<string> => {
    const said = await stage({ files, loaded }).run(line);
    t.true(said.stdout.startsWith('The time when unit became active or started is printed after the "@"'));
    return said.stdout.split('\n').slice(3).join('\n');
  };
  t.is(await tree('systemd-analyze critical-chain a'), 'a.service +2s\n└─c.service @1s +2s\n');
  t.is(
    await tree('systemd-analyze critical-chain --fuzz=1 a'),
    'a.service +2s\n├─c.service @1s +2s\n└─b.service @1s +1s\n',
  );
});

test('dot draws what a pattern begins or ends at', async (t) => {
  const it = stage({ files, loaded });
  const order = await it.run('systemd-analyze dot --order --to-pattern=b.*');
  t.is(order.stdout, 'digraph systemd {\n\t"a.service"->"b.service" [color="green"];\n}\n');
  t.regex(order.stderr, /^ {3}Color legend: black {5}= Requires$/m);
  const both = await it.run('systemd-analyze dot --require a.service --to-pattern=*.service');
  t.is(both.stdout, 'digraph systemd {\n\t"a.service"->"b.service" [color="black"];\n}\n');
});

test('dump tells what is known of units, all or those of a pattern', async (t) => {
  const one = await stage({ files, loaded }).run('systemd-analyze dump a.*');
  t.is(one.status, 0);
  t.regex(one.stdout, /^-> Unit a\.service:\n\tDescription: a\.service\n\tUnit Load State: loaded\n/);
  t.regex(one.stdout, /^\tRequires: b\.service$/m);
  t.false(one.stdout.includes('Unit b.service'));
  const all = await stage({ files, loaded }).run('systemd-analyze dump');
  t.regex(all.stdout, /^Manager: pidone /);
  t.regex(all.stdout, /^-> Unit c\.service:$/m);
});

test('The level of the log is told, and stays; watchdogs are asked for as by systemctl', async (t) => {
  t.is((await stage().run('systemd-analyze log-level')).stdout, 'info\n');
  t.is((await stage().run('systemd-analyze set-log-level debug')).status, 1);
  t.is((await stage().run('systemd-analyze service-watchdogs')).stdout, 'yes\n');
});

test('What a manager alone knows is asked of it, or said to be out of reach', async (t) => {
  t.is(
    (await stage({ managed: false }).run('systemd-analyze blame')).stderr.split('\n')[1],
    'Failed to connect to bus: Host is down',
  );
  t.is((await stage({ managed: false, reach: 'unasked' }).run('systemd-analyze blame')).status, -1);
  const closed = await stage({ managed: false, reach: 'closed' }).run('systemd-analyze time');
  t.is(closed.stderr, 'systemd-analyze: cannot reach the manager: Permission denied\n');
  t.is((await stage({ managed: false }).run('systemd-analyze timespan 1')).status, 0);
});

test('A boot that goes on has no times yet', async (t) => {
  for (const verb of ['time', 'blame', 'critical-chain', '']) {
    const said = await stage({ booting: true }).run(`systemd-analyze ${verb}`.trimEnd());
    t.is(said.status, 1);
    t.regex(said.stderr, /^Bootup is not yet finished .*\nPlease try again later\.\nHint: /);
  }
});

test('Verbs that make no sense in a container say so', async (t) => {
  for (const verb of ['unit-files', 'compare-versions', 'plot', 'security', 'inspect-elf', 'filesystems', 'fdstore']) {
    const said = await stage().run(`systemd-analyze ${verb}`);
    t.is(said.status, 1);
    t.regex(said.stderr, new RegExp(`^pidone does not serve '${verb}': .+\\n$`));
  }
  t.is((await stage().run('systemd-analyze frob')).stderr, 'Unknown command verb frob.\n');
  t.is(
    (await stage().run('systemd-analyze --user blame')).stderr,
    'pidone manages the system only: --user cannot be served.\n',
  );
  t.is(
    (await stage().run('systemd-analyze -H x time')).stderr,
    'pidone manages its own container only: --host= cannot be served.\n',
  );
});

test('syscall-filter prints groups of system calls with their members', async (t) => {
  t.is((await stage().run('systemd-analyze syscall-filter @swap')).stdout, '@swap\n    swapoff\n    swapon\n');
  t.regex((await stage().run('systemd-analyze syscall-filter')).stdout, /^@system-service\n {4}@aio\n/m);
  const { status, stderr } = await stage().run('systemd-analyze syscall-filter swap');
  t.deepEqual([status, stderr], [1, 'Filter set "swap" not found.\n']);
});
