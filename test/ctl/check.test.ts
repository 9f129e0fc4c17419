// What is told of unit files: verify as systemd-analyze has it, and check, which adds what this container does not honour.
import test from 'ava';
import { stage } from './stage.ts';

const program = { '/bin/true': '#!', '/proc/self/status': 'CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\n' };

function check(files: Readonly<Record<string, string>>) {
  const own = stage({ files: { ...program, ...files } });
  own.host.memory.put('/bin/true', '#!', 0o755);
  return own;
}

test('check tells where a setting has no effect, and why', async (t) => {
  const own = check({ 'a.service': '[Service]\nExecStart=/bin/true\nPAMName=login\nMemoryMax=1G\n' });
  const { status, stdout } = await own.run('pidone check a');
  t.is(status, 0);
  t.regex(stdout, /^\/etc\/systemd\/system\/a\.service:3: note: PAMName= has no effect here: \S/m);
  t.regex(stdout, /^\/etc\/systemd\/system\/a\.service:4: note: MemoryMax= has no effect here: \S/m);
});

test('check tells what of a sandbox the container lacks, and nothing of what is switched off', async (t) => {
  const own = check({
    'a.service': '[Service]\nExecStart=/bin/true\nPrivateTmp=yes\nPrivateDevices=no\nSystemCallFilter=~@swap\n',
  });
  const { stdout } = await own.run('pidone check a');
  t.regex(stdout, /a\.service:3: note: PrivateTmp= works only if privileged: .* has no cap_sys_admin$/m);
  t.notRegex(stdout, /PrivateDevices|SystemCallFilter/);
});

test('check tells which privileges the container lacks', async (t) => {
  const own = check({
    'a.service':
      '[Service]\nExecStart=/bin/true\nNice=-5\nAmbientCapabilities=CAP_SYS_ADMIN CAP_KILL\nUser=daemon\nLimitNOFILE=5\n',
    'b.service':
      '[Service]\nExecStart=/bin/true\nNice=5\nOOMScoreAdjust=100\nAmbientCapabilities=CAP_KILL\nUser=root\n',
  });
  const { status, stdout } = await own.run('pidone check a b');
  t.is(status, 0);
  t.deepEqual(stdout.split('\n').slice(0, -1), [
    '/etc/systemd/system/a.service:3: note: Nice= works only if privileged: a level below the own needs CAP_SYS_NICE; this container has no cap_sys_nice',
    '/etc/systemd/system/a.service:4: note: AmbientCapabilities= works only if privileged: the container can give what it has; this container has no cap_sys_admin',
    '/etc/systemd/system/a.service:6: note: LimitNOFILE= works only if privileged: more than the hard limit of the container needs CAP_SYS_RESOURCE; this container has no cap_sys_resource',
  ]);
});

test('check tells which units only stand in', async (t) => {
  const own = check({
    'a.service': '[Unit]\nAfter=systemd-udevd.service\nWants=systemd-udevd.service\n[Service]\nExecStart=/bin/true\n',
    '/usr/lib/systemd/system/systemd-udevd.service': '[Service]\nExecStart=/bin/true\n',
  });
  t.regex(
    (await own.run('pidone check a')).stdout,
    /^a\.service: note: \S+=systemd-udevd\.service: is passed over, \S/m,
  );
});

test('check tells what verify tells, on stdout, and fails for what cannot be loaded', async (t) => {
  const own = check({
    'a.service': '[Unit]\nFoo=1\nRequires=gone.service\n[Service]\nExecStart=/usr/bin/nowhere\n',
    'bad.service': '[Service]\nType=forking\n',
  });
  const { status, stdout } = await own.run('pidone check a');
  t.is(status, 0);
  t.regex(stdout, /^\/etc\/systemd\/system\/a\.service:2:1: warning: Unknown key 'Foo'/m);
  t.regex(stdout, /^a\.service: error: Cannot be started: Unit gone\.service not found\.$/m);
  t.regex(stdout, /^a\.service: error: Command \/usr\/bin\/nowhere is not executable: /m);
  t.is((await own.run('pidone check bad')).status, 1);
  t.is((await own.run('pidone check')).status, 1);
});

test('check takes a file by its path, and verify by its name in the current directory', async (t) => {
  const own = check({
    '/srv/x.service': '[Service]\nExecStart=/bin/true\nFoo=1\n',
    '/y.service': '[Service]\nFoo=1\n',
  });
  t.regex((await own.run('pidone check /srv/x.service')).stdout, /^\/srv\/x\.service:3:1: warning: /m);
  const { status, stderr } = await own.run('systemd-analyze verify y.service');
  t.is(status, 1);
  t.regex(stderr, /^\/y\.service:2:1: Unknown key 'Foo' in section \[Service\]; ignored$/m);
  t.regex(stderr, /^Unit y\.service has a bad unit file setting\.$/m);
});

test('verify looks for manual pages where there is a program to show them, or when told to', async (t) => {
  const own = check({
    '/srv/x.service': '[Unit]\nDocumentation=man:a(1) man:b(8)\n[Service]\nExecStart=/bin/true\n',
    '/usr/share/man/man1/a.1.gz': 'x',
  });
  const missing = [1, 'x.service: There is no manual page b(8)\n'];
  const ask = async (options: string): Promise<unknown[]> => {
    const { status, stderr } = await own.run(`systemd-analyze verify ${options}/srv/x.service`);
    return [status, stderr];
  };
  t.deepEqual(await ask(''), [0, '']);
  t.deepEqual(await ask('--man '), missing);
  own.host.memory.put('/usr/bin/man', '#!', 0o755);
  t.deepEqual(await ask(''), missing);
  t.deepEqual(await ask('--man=no '), [0, '']);
});

test('verify --generators says that none is run for it', async (t) => {
  const { status, stderr } = await check({ '/srv/x.service': '[Service]\nExecStart=/bin/true\n' }).run(
    'systemd-analyze verify --generators /srv/x.service',
  );
  t.deepEqual(
    [status, stderr],
    [0, 'pidone runs generators when it boots and reloads: what they made then is looked at\n'],
  );
});
