import test from 'ava';

import { setEnvLine } from '../../src/manager/environment/ssh.ts';
import { giveSshTheEnvironment } from '../../src/manager/environment/ssh.ts';
import { quoteForSshd } from '../../src/manager/environment/sshd-config.ts';
import { substituteArguments } from '../../src/manager/environment/substitute.ts';
import * as dynamicUserPart from '../../src/manager/dynamic-user.ts';
import * as sandboxPart from '../../src/manager/sandbox/part.ts';
import * as secretsPart from '../../src/manager/secrets.ts';
import * as rulesPart from '../../src/units/system-calls/rules.ts';
import { runFlags } from '../../src/wire/schema.ts';
import type { UnitEffect } from '../../src/manager/effect.ts';
import { buildExecution, type Execution } from '../../src/manager/execution.ts';
import type { KeeperId } from '../../src/manager/state.ts';
import { fakeHost } from '../fake/host.ts';
import { loadUnit } from '../fake/load-unit.ts';

/** `words` after substitution with these variables. */
function substitute(words: readonly string[], variables: Readonly<Record<string, string>>): readonly string[] {
  return substituteArguments(words, (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined));
}

const substitutions: readonly (readonly [rule: string, words: readonly string[], result: readonly string[]])[] = [
  ['$A is split into the words of its value', ['$A'], ['one', 'two']],
  ['${A} is one word', ['${A}'], ['one two']],
  ['${A} works inside of a word', ['x${A}y'], ['xone twoy']],
  ['$A inside of a word stays', ['a$A'], ['a$A']],
  ['an unset $NAME vanishes', ['$NONE', 'b'], ['b']],
  ['an unset ${NAME} is empty', ['${NONE}'], ['']],
  ['$A with more behind it is no name and vanishes', ['$A:z', '$FOO.bar', '$'], []],
  ['$$ is a dollar', ['$$A', 'a$$b'], ['$A', 'a$b']],
  ['${A:-x} is not known and stays', ['${A:-x}'], ['${A:-x}']],
  ['${A-x} asks for a name that nobody has', ['${A-x}'], ['']],
  ['quotes in a value hold words together', ['$Q'], ['a b', 'c']],
  ['an empty value gives no word', ['$E'], []],
];

for (const [rule, words, result] of substitutions)
  test(`Arguments: ${rule}`, (t) => {
    t.deepEqual(substitute(words, { A: 'one two', Q: '"a b" c', E: '' }), result);
  });

/** The execution of ExecStart= of a [Service] section in a container with these variables and files. */
function execution(
  settings: string,
  container: Readonly<Record<string, string>> = { PATH: '/bin' },
  files: Readonly<Record<string, string>> = {},
): Execution {
  const unit = loadUnit(`[Service]\nExecStart=/bin/a\n${settings}\n`);
  const command = unit.service?.commands.ExecStart[0];
  if (command === undefined) throw new Error(JSON.stringify(unit.diagnostics));
  const effect: Extract<UnitEffect, { kind: 'run' }> = {
    kind: 'run',
    keeper: 1 as KeeperId,
    slot: 'main',
    phase: 'ExecStart',
    index: 0,
    command,
    variables: ['MAINPID=9'],
  };
  const host = fakeHost({
    files: { '/run/pidone/pid': '', ...files },
    parts: {
      'manager/dynamic-user.ts': dynamicUserPart,
      'manager/secrets.ts': secretsPart,
      'manager/sandbox/part.ts': sandboxPart,
      'units/system-calls/rules.ts': rulesPart,
    },
  });
  return buildExecution(
    unit,
    effect,
    { invocation: 'aa', space: undefined, monitor: [], notifyPath: '', streams: '' },
    {
      files: host,
      facts: host,
      uid: 0,
      strict: false,
      container: new Map(Object.entries(container)),
      managerEnvironment: () => ({ set: new Map(), unset: [] }),
      load: (part) => host.load(part),
      runtimeDirectory: '/run/pidone',
    },
  );
}

function variables(result: Execution): Readonly<Record<string, string>> {
  if (!result.ok) throw new Error(result.why);
  return Object.fromEntries(
    (result.fields.set ?? []).map((assignment) => {
      const equals = assignment.indexOf('=');
      return [assignment.slice(0, equals), assignment.slice(equals + 1)];
    }),
  );
}

test('The container’s environment is the lowest layer: it is not sent, and not cleared', (t) => {
  const result = execution('', { PATH: '/bin', SECRET: 'x' });
  t.deepEqual(variables(result), { MAINPID: '9', INVOCATION_ID: 'aa' });
  t.true(result.ok && result.fields.unset === undefined);
});

test('EnvironmentFile= wins over Environment=, and this over what the manager says', (t) => {
  const result = execution(
    'Environment=MAINPID=1 A=1 B=1\nEnvironmentFile=/etc/one\nEnvironmentFile=-/etc/none',
    { PATH: '/bin' },
    { '/etc/one': '# c\nB=2\nC="x y"\n' },
  );
  t.like(variables(result), { MAINPID: '1', A: '1', B: '2', C: 'x y' });
});

test('EnvironmentFile= that is missing without "-" is a lack of resources', (t) => {
  t.like(execution('EnvironmentFile=/etc/none'), { ok: false, result: 'resources', exitStatus: undefined });
});

test('UnsetEnvironment= comes last: a name, or exactly that assignment; the container’s too', (t) => {
  const result = execution('Environment=A=1 B=1 C=1\nUnsetEnvironment=A B=2 C=1 H I=keep', {
    PATH: '/bin',
    H: 'h',
    I: 'other',
  });
  t.like(variables(result), { B: '1' });
  t.false('A' in variables(result) || 'C' in variables(result));
  t.deepEqual(result.ok && result.fields.unset, ['H']);
});

test('What describes pidone’s own process never reaches a service', (t) => {
  const result = execution('', { PATH: '/bin', NOTIFY_SOCKET: '/x', LISTEN_FDS: '1' });
  t.deepEqual(result.ok && result.fields.unset, ['NOTIFY_SOCKET', 'LISTEN_FDS']);
});

test('PATH is the container’s; where it has none, the usual one', (t) => {
  t.false('PATH' in variables(execution('')));
  t.is(variables(execution('', {}))['PATH'], '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
});

test('A user or group that nobody knows is a failure with systemd’s status, never root', (t) => {
  t.like(execution('User=nobody-here'), { ok: false, result: 'exit-code', exitStatus: 217 });
  t.like(execution('Group=no-group-here'), { ok: false, result: 'exit-code', exitStatus: 216 });
  t.like(execution('User=www-data\nSupplementaryGroups=no-group-here'), { ok: false, exitStatus: 216 });
  t.like(execution('User=54321'), { ok: false, exitStatus: 217 });
});

test('User= sets ids, groups, HOME, USER and LOGNAME; a shell that is none is left out', (t) => {
  const result = execution('User=www-data\nStateDirectory=a/b\nWorkingDirectory=~');
  t.like(variables(result), {
    USER: 'www-data',
    LOGNAME: 'www-data',
    HOME: '/var/www',
    STATE_DIRECTORY: '/var/lib/a/b',
  });
  t.false('SHELL' in variables(result));
  t.like(result.ok && result.fields, {
    uidPlus1: 34,
    gidPlus1: 34,
    workingDirectory: '/var/www',
    directories: ['238 d 755 33 33', '/var/lib', 'a/b', ''],
  });
});

test('User=nobody has neither HOME nor SHELL', (t) => {
  const all = variables(execution('User=nobody'));
  t.false('HOME' in all || 'SHELL' in all);
});

test('NUL in an argument or variable is refused before it is sent', (t) => {
  t.like(execution('EnvironmentFile=/etc/one', { PATH: '/bin' }, { '/etc/one': 'A=x\0y\n' }), {
    ok: false,
    result: 'resources',
  });
});

test('EnvironmentFile= takes patterns in its last part, and a pattern that is no good matches nothing', (t) => {
  const files = { '/etc/d/b.env': 'X=2\n', '/etc/d/a.env': 'X=1\nY=1\n', '/etc/d/c': 'X=3\n' };
  t.like(variables(execution('EnvironmentFile=/etc/d/*.env', { PATH: '/bin' }, files)), { X: '2', Y: '1' });
  t.true(execution('EnvironmentFile=-/etc/d/[', { PATH: '/bin' }, files).ok);
  t.true(execution('EnvironmentFile=-/etc/d/[z-a]*', { PATH: '/bin' }, files).ok);
});

const words: readonly (readonly [text: string, quoted: string | undefined])[] = [
  ['A=1', 'A=1'],
  ['A=b c', '"A=b c"'],
  ['A=', 'A='],
  ['A="q" \'s\' \\', '"A=\\"q\\" \'s\' \\\\"'],
  ['A=#x', '"A=#x"'],
  ['A=$HOME`id`', '"A=$HOME`id`"'],
  ['A=ä€', '"A=ä€"'],
  ['A=a\nB=b', undefined],
  ['A=a\0', undefined],
  ['A=\t', '"A=\t"'],
];

for (const [text, quoted] of words)
  test(`sshd_config: ${JSON.stringify(text)} is ${quoted === undefined ? 'nothing that a word can hold' : JSON.stringify(quoted)}`, (t) => {
    t.is(quoteForSshd(text), quoted);
  });

test('SetEnv is one line, without what belongs to pidone or to each session, and with PATH twice', (t) => {
  const container = new Map([
    ['PATH', '/app/bin:/bin'],
    ['TOKEN', 's 3'],
    ['HOME', '/root'],
    ['container', 'podman'],
    ['BAD', 'a\nb'],
  ]);
  t.deepEqual(setEnvLine(container), {
    line: 'SetEnv PATH=/app/bin:/bin "TOKEN=s 3" PIDONE_PATH=/app/bin:/bin\n',
    left: ['BAD'],
  });
});

/** What boot did for ssh: the files, and what was told. */
function ssh(files: Readonly<Record<string, string>>): {
  readonly read: (path: string) => string | number;
  readonly told: string[];
} {
  const host = fakeHost({ files: { '/run/pidone/.keep': '', ...files } });
  const told: string[] = [];
  giveSshTheEnvironment(host, new Map([['TOKEN', 'secret']]), '/run/pidone', {
    manager: (_level, message) => told.push(message),
  });
  return { read: (path) => host.readFile(path, 1e5), told };
}

const debian = {
  '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n',
  '/etc/ssh/sshd_config.d/.keep': '',
};

test('The secret stands only in a file that root alone can read', (t) => {
  const { read, told } = ssh({ ...debian, '/etc/profile.d/.keep': '' });
  t.is(read('/run/pidone/sshd.d/environment.conf'), 'SetEnv TOKEN=secret\n');
  t.regex(String(read('/etc/ssh/sshd_config.d/pidone.conf')), /^Include \/run\/pidone\/sshd\.d\/\*\.conf$/m);
  t.notRegex(String(read('/etc/ssh/sshd_config.d/pidone.conf')), /secret/);
  t.notRegex(String(read('/etc/profile.d/pidone.sh')), /secret/);
  t.deepEqual(told, []);
});

test('Where there is no sshd nothing is written; a main file without Include is told', (t) => {
  t.is(ssh({}).read('/run/pidone/sshd.d/environment.conf'), 2);
  const { read, told } = ssh({ '/etc/ssh/sshd_config': 'Port 22\n', '/etc/ssh/sshd_config.d/.keep': '' });
  t.is(read('/run/pidone/sshd.d/environment.conf'), 2);
  t.is(told.length, 1);
});

test('A pidone.conf of the image’s own is left alone', (t) => {
  const { read } = ssh({ ...debian, '/etc/ssh/sshd_config.d/pidone.conf': '# mine\n' });
  t.is(read('/etc/ssh/sshd_config.d/pidone.conf'), '# mine\n');
});

test('SetLoginEnvironment= takes USER and its like away from a user, and gives the manager’s own', (t) => {
  t.false('USER' in variables(execution('User=www-data\nSetLoginEnvironment=no')));
  t.like(variables(execution('SetLoginEnvironment=yes')), { USER: 'root', LOGNAME: 'root', HOME: '/root' });
  t.like(variables(execution('User=www-data\nSetLoginEnvironment=yes')), { USER: 'www-data' });
});

test('A unit with credentials is told their directory; another not even the container’s', (t) => {
  const own = { CREDENTIALS_DIRECTORY: '/given' };
  const result = execution('', { PATH: '/bin', ...own });
  t.like(variables(execution('SetCredential=a:b')), { CREDENTIALS_DIRECTORY: '/run/credentials/x.service' });
  t.deepEqual(result.ok && result.fields.unset, ['CREDENTIALS_DIRECTORY']);
});

test('A dynamic user has no home and no shell, new privileges least of all, and is told of once', (t) => {
  const result = execution('DynamicUser=yes\nStateDirectory=a a/b:c');
  t.like(variables(result), { USER: 'x', LOGNAME: 'x', STATE_DIRECTORY: '/var/lib/a:/var/lib/a/b' });
  t.false('HOME' in variables(result));
  t.true(result.ok && /^DynamicUser=: the user x is \d{5}, /.test(result.notice));
  if (!result.ok) return;
  t.is(((result.fields.flags ?? 0) & runFlags.noNewPrivileges) !== 0, true);
  const uid = (result.fields.uidPlus1 ?? 0) - 1;
  t.deepEqual(result.fields.directories, [
    ...[`238 p 755 ${uid} ${uid}`, '/var/lib', 'a', ''],
    ...[`238 q 755 ${uid} ${uid}`, '/var/lib', 'a/b', ''],
    ...[`238 l 755 ${uid} ${uid}`, '/var/lib', 'c', 'a/b'],
  ]);
});
