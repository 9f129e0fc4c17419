/** Texts and statuses are those that systemd-run 252.38 (Debian 12) printed. */
import test from 'ava';
import type { ManagerError } from '../../../src/manager/api.ts';
import type { UnitName } from '../../../src/units/name.ts';
import { service, stage, stamp, type StageOptions } from '../stage.ts';

function own(options: StageOptions = {}): ReturnType<typeof stage> {
  const made = stage({ environment: { PATH: '/usr/bin' }, ...options });
  for (const name of ['true', 'sleep']) made.host.memory.put(`/usr/bin/${name}`, 'x', 0o755);
  return made;
}

const refused: readonly (readonly [line: string, sentence: string])[] = [
  ['', 'Command line to execute required.'],
  ['-p', "systemd-run: option requires an argument -- 'p'"],
  ['--frob', "systemd-run: unrecognized option '--frob'"],
  ['-p Foo=bar true', 'Unknown assignment: Foo=bar'],
  ['-p foo true', 'Not an assignment: foo'],
  ['nonexist', 'Failed to find executable nonexist: No such file or directory'],
  ['/nonexist', 'Failed to find executable /nonexist: No such file or directory'],
  [
    '--unit=w.timer true',
    'Failed to start transient service unit: Cannot set property ExecStart, or unknown property.',
  ],
  ['--slice=foo.service true', "Failed to start transient service unit: Unit name 'foo.service' is not a slice"],
  ['--nice=99 true', 'Failed to parse nice value: 99'],
  ['--nice=x true', 'Failed to parse nice value: x'],
  ['--setenv=1x=3 true', 'Cannot assign environment variable 1x=3: Invalid argument'],
  ['--scope --wait true', '--wait may not be combined with --scope.'],
  ['--scope --on-active=1 true', 'Path, socket or timer options are not supported in --scope mode.'],
  ['--pipe --no-block true', '--pty/--pipe is not compatible with --no-block.'],
  ['--wait --no-block true', '--wait may not be combined with --no-block.'],
  ['--pty --scope true', '--pty/--pipe is not compatible in timer or --scope mode.'],
  ['--pipe --on-active=1 true', '--pty/--pipe is not compatible in timer or --scope mode.'],
  ['--wait --on-active=1 true', '--wait may not be combined with path, socket or timer operations.'],
  ['--remain-after-exit --scope true', '--remain-after-exit and --service-type= are not supported in --scope mode.'],
  ['--on-active=xx true', 'Failed to parse OnActiveSec=xx: Invalid argument'],
  ['--on-calendar=xx true', 'Failed to parse calendar event specification: Invalid argument'],
  ['--timer-property=AccuracySec=1s true', '--timer-property= has no effect without any other timer options.'],
  [
    '--on-active=1h --path-property=PathExists=/x true',
    'Only single trigger (path, socket, timer) unit can be created.',
  ],
  ['--on-active=1h', 'Command line to execute required.'],
  ['-S sleep 5', 'If --shell is used, no command line is expected.'],
  ['--user true', 'pidone manages the system of its container only: --user cannot be served.'],
  ['-M box true', 'pidone manages its own container only: --machine= cannot be served.'],
  ['--host=box true', 'pidone manages its own container only: --host= cannot be served.'],
];
for (const [line, sentence] of refused) {
  test(`nothing is asked, and the reason is told: systemd-run ${line}`, async (t) => {
    const made = own();
    t.deepEqual(await made.run(line === '' ? 'systemd-run' : `systemd-run ${line}`), {
      status: 1,
      stdout: '',
      stderr: `${sentence}\n`,
    });
    t.deepEqual(made.asked, []);
  });
}

test('what follows the command is the command’s, and -- ends options', async (t) => {
  const [first, second] = [own(), own()];
  await first.run('systemd-run --unit=x sleep --wait');
  await second.run('systemd-run --unit=x -- sleep -p');
  t.true(first.asked[0]?.includes('ExecStart=/usr/bin/sleep --wait\n'));
  t.true(second.asked[0]?.includes('ExecStart=/usr/bin/sleep -p\n'));
});

test('a unit without a name gets one of the request’s, so that who asks again does not make a second', async (t) => {
  const { status, stdout, stderr } = await own().run('systemd-run true');
  t.deepEqual([status, stdout, stderr], [0, '', 'Running as unit: run-rrequest.service\n']);
});

test('the name of a timer is told with that of its service', async (t) => {
  const { stderr } = await own().run('systemd-run --on-active=5 --unit=t1 true');
  t.is(stderr, 'Running timer as unit: t1.timer\nWill run service as unit: t1.service\n');
});

test('a name that is none is escaped, which is told unless --quiet', async (t) => {
  const note = 'Invalid unit name "a b" escaped as "a\\x20b" (maybe you should use systemd-escape?).\n';
  t.is((await own().run('systemd-run --unit=a\\_b true')).stderr, `${note}Running as unit: a\\x20b.service\n`);
  t.is((await own().run('systemd-run -q --unit=a\\_b true')).stderr, '');
});

test('a value that its file’s reader refuses is told as systemd-run tells it', async (t) => {
  const error: ManagerError = { code: 'BadUnitSetting', message: 'x', unit: 'a.service' as UnitName, line: 6 };
  const made = own({ api: { startTransient: () => ({ ok: false, error }) } });
  const { status, stderr } = await made.run('systemd-run --unit=a -p MemoryMax=xx true');
  t.deepEqual([status, stderr], [1, 'Failed to parse MemoryMax=xx: Invalid argument\n']);
});

test('so is one of an option of its own', async (t) => {
  const error: ManagerError = { code: 'BadUnitSetting', message: 'x', unit: 'a.service' as UnitName, line: 6 };
  const made = own({ api: { startTransient: () => ({ ok: false, error }) } });
  const { stderr } = await made.run('systemd-run --unit=a --service-type=foo true');
  t.is(stderr, 'Failed to start transient service unit: Invalid Type setting: foo\n');
});

const ends = [
  ['success', 'exited', 0, 0, 'code=exited/status=0'],
  ['success', 'exited', 3, 0, 'code=exited/status=3'],
  ['exit-code', 'exited', 3, 3, 'code=exited/status=3'],
  ['signal', 'killed', 9, 255, 'code=killed/status=KILL'],
  ['timeout', 'killed', 15, 1, 'code=killed/status=TERM'],
] as const;
for (const [result, code, status, expected, words] of ends) {
  test(`--wait gives ${String(expected)} after the result ${result} and ${words}`, async (t) => {
    const run = { pid: 7 as never, started: stamp(1), ended: stamp(2), end: { code, status } };
    const never = { realtime: 0, monotonic: 0 };
    const stamps = { inactiveExit: stamp(1), activeEnter: stamp(1), activeExit: never, stateChange: never };
    const view = {
      active: 'inactive',
      service: service({ result, mainRun: run }),
      stamps: { ...stamps, inactiveEnter: stamp(1.25) },
    } as const;
    const made = own({ loaded: { 'w.service': view } });
    const said = await made.run('systemd-run --wait --unit=w true');
    t.is(said.status, expected);
    t.is(
      said.stderr,
      `Running as unit: w.service\nFinished with result: ${result}\nMain processes terminated with: ${words}\nService runtime: 250ms\n`,
    );
    t.true(made.asked[0]?.startsWith('transient w.service held'));
    t.is((await own({ loaded: { 'w.service': view } }).run('systemd-run -q --wait --unit=w true')).stderr, '');
  });
}

test('who asks again makes nothing a second time', async (t) => {
  const made = own();
  await made.run('systemd-run --unit=x --no-block true');
  const before = made.asked.length;
  const { status, stderr } = await made.run('systemd-run --unit=x --no-block true', { cursor: '' });
  t.deepEqual([status, stderr, made.asked.length], [0, 'Running as unit: x.service\n', before]);
});

test('who was told that the unit runs is not told again, and makes no other when it is not known any more', async (t) => {
  const made = own({ loaded: { 'x.service': { active: 'inactive' } } });
  await made.run('systemd-run --unit=x --wait true');
  t.deepEqual(made.cursors, ['told']);
  const again = await made.run('systemd-run --unit=x --wait true', { cursor: 'told' });
  t.false(again.stderr.includes('Running'));
  const other = own();
  const { status, stderr } = await other.run('systemd-run --unit=x --wait true', { cursor: 'told' });
  t.deepEqual([status, stderr, other.asked], [1, 'What has become of it is not known any more.\n', []]);
});

test('--pipe has the client listen first, and then makes a unit that asks there', async (t) => {
  const made = own({ loaded: { 'x.service': { active: 'inactive' } } });
  await made.run('systemd-run --unit=x --pipe true');
  t.deepEqual(made.errands, [
    { program: [], input: '', cursor: 'streams', streams: '/run/pidone/streams/request', terminal: 0 },
  ]);
  t.deepEqual(made.asked, []);
  await made.run('systemd-run --unit=x --pipe true', { cursor: 'streams\n0' });
  t.true(made.asked[0]?.startsWith('transient x.service held streams\n'));
  t.false(made.asked[0]?.includes('TTYPath'));
});

test('--pty gives the unit the terminal and its kind', async (t) => {
  const made = own({ loaded: { 'x.service': { active: 'inactive' } } });
  await made.run('systemd-run --unit=x --pty true');
  t.is(made.errands[0]?.terminal, 1);
  const { stderr } = await made.run('systemd-run --unit=x --pty true', { cursor: 'streams\n/dev/pts/7' });
  t.is(stderr, 'Running as unit: x.service\nPress ^] three times within 1s to disconnect TTY.\n');
  t.true(made.asked[0]?.includes('TTYPath=/dev/pts/7\nEnvironment=TERM=xterm\n'));
});

test('--shell is the caller’s shell, at a terminal where there is one', async (t) => {
  for (const terminal of [true, false]) {
    const made = own({ terminal, environment: { SHELL: '/usr/bin/sleep', PATH: '/usr/bin' } });
    await made.run('systemd-run --unit=x --shell');
    t.is(made.errands[0]?.terminal, terminal ? 1 : 0);
  }
});
