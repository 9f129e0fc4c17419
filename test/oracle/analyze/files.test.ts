// The verbs of systemd-analyze that read files: both are asked about the same tree.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { same } from './ask.ts';

const runnable = existsSync('/usr/bin/systemd-analyze') ? test : test.skip;

runnable('Directories where unit files are looked for', async (t) => {
  const values = [undefined, '/a:/b', '/a:/b:', ':', '/a', 'rel:/b', '/a/:/a', '//a//b/../c/', '/'];
  for (const value of values) {
    const environment: Readonly<Record<string, string>> = value === undefined ? {} : { SYSTEMD_UNIT_PATH: value };
    await same(t, { head: ['unit-paths'], environment }, []);
  }
});

runnable('Exit statuses', async (t) => {
  await same(t, { head: ['exit-status'] }, []);
  await same(
    t,
    { head: ['exit-status'] },
    Array.from({ length: 256 }, (_, status) => String(status)),
  );
  const names = 'SUCCESS FAILURE INVALIDARGUMENT USAGE CONFIG CHDIR APPARMOR BPF EXCEPTION 007 0x10 0b11 +5'.split(' ');
  for (const word of [
    ...names,
    ' 5',
    '5 ',
    '256',
    '-1',
    '-0',
    '',
    'usage',
    'EXIT_USAGE',
    '-',
    '1.0',
    '1 2',
    '0xg',
    '09',
  ])
    await same(t, { head: ['exit-status'] }, [word]);
});

runnable('Files of configuration with their drop-ins', async (t) => {
  const root = await makeTree(t);
  const lines = ['foo', 'foo.d', 'foo.d/', 'bar', 'baz.conf', '/etc/foo', '/usr/lib/foo', '/lib/foo', '/opt/foo', '/'];
  for (const words of [
    ...lines.map((line) => [line]),
    ['foo', 'bar', 'foo.d'],
    ['foo', '/opt/x', 'bar'],
    ['systemd/system.conf'],
    ['systemd/system-preset'],
    ['systemd/system-preset', 'udev/rules.d'],
    ['environment.d'],
    ['broken'],
  ])
    await same(t, { head: [`--root=${root}`, 'cat-config'] }, words);
  await same(t, { head: ['--root=.', 'cat-config'], directory: root }, ['foo']);
  await same(t, { head: ['cat-config', '--root', `${root}/`] }, ['foo']);
});

async function makeTree(t: ExecutionContext): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'pidone-analyze-'));
  t.teardown(() => rm(root, { recursive: true }));
  const files: Readonly<Record<string, string>> = {
    'etc/foo': 'main\n',
    'usr/lib/foo': 'other main\n',
    'etc/foo.d/b.conf': 'b of etc',
    'run/foo.d/a.conf': '\na of run\n\n',
    'usr/lib/foo.d/b.conf': 'b of usr\n',
    'usr/lib/foo.d/c.conf': '',
    'usr/lib/foo.d/d.txt': 'no\n',
    'usr/lib/foo.d/.e.conf': 'hidden\n',
    'usr/local/lib/foo.d/B.conf': 'capital\n',
    'lib/foo.d/f.conf': 'f of lib\n',
    'usr/lib/baz.conf.d/1.conf': '1\n',
    'etc/systemd/system.conf': '[Manager]\n',
    'lib/systemd/system.conf.d/x.conf': 'not read\n',
    'etc/systemd/system-preset/90.preset': 'enable *\n',
    'usr/lib/udev/rules.d/60.rules': 'ACTION\n',
    'etc/environment': 'A=1\n',
    'etc/environment.d/1.conf': 'B=1\n',
    'etc/broken.d/a.conf': 'a\n',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.join(root, path.dirname(name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  await mkdir(path.join(root, 'etc/foo.d/dir.conf'));
  await symlink('/dev/null', path.join(root, 'etc/foo.d/f.conf'));
  await symlink('nowhere', path.join(root, 'etc/broken.d/b.conf'));
  return root;
}

const conditions = [
  'PathExists=/etc|PathExists=!/etc|PathExistsGlob=/etc/pass*|PathExistsGlob=/etc/nope*|PathIsDirectory=/etc',
  'PathIsDirectory=/etc/passwd|PathIsSymbolicLink=/bin|PathIsSymbolicLink=/etc|PathIsMountPoint=/proc|PathIsMountPoint=/etc',
  'PathIsReadWrite=/tmp|DirectoryNotEmpty=/etc|DirectoryNotEmpty=/nope|FileNotEmpty=/etc/passwd|FileNotEmpty=/etc',
  'FileIsExecutable=/bin/sh|FileIsExecutable=/etc/passwd|User=root|User=0|User=nobody|User=@system|Group=root|Group=nogroup',
  'Host=%H|Host=nothere|KernelVersion=>1|KernelVersion=<1|KernelVersion=>=1 <1000|Architecture=%a|Architecture=s390',
  'Environment=LANG|Environment=LANG=C.UTF-8|Environment=!LANG|Environment=NOPE|CPUs=>=1|CPUs=0|Memory=>1M|Memory=<1M',
  'OSRelease=ID=debian|OSRelease=ID!=debian|Capability=CAP_CHOWN|Capability=!CAP_CHOWN|Credential=nope|NeedsUpdate=/nope',
  'Security=smack|ACPower=true|FirstBoot=yes',
  'Memory=a|CPUPressure=a|CPUs=a|KernelVersion=>|Capability=CAP_A|ACPower=a|OSRelease=ID|OSRelease=ID=|FirstBoot=a|Memory=!a',
]
  .join('|')
  .split('|');

runnable('Capabilities by name and number', async (t) => {
  for (const words of [[], ['cap_chown', '5', 'CAP_KILL'], ['40'], ['41'], ['CAP_FOO'], ['chown'], ['-1'], ['']])
    await same(t, { head: ['capability', '--'] }, words);
});

runnable('Conditions and asserts', async (t) => {
  for (const text of conditions) {
    await same(t, { head: ['condition'] }, [`Condition${text}`]);
  }
  const lines = [
    ['ConditionPathExists=/etc', 'AssertPathExists=/nope', 'ConditionPathExists=|/a', 'ConditionPathExists=|!/b'],
    ['ConditionPathExists=|/a', 'ConditionPathExists=|/b'],
    ['ConditionPathExists=/a', 'ConditionPathExists=/etc'],
    ['ConditionPathExists=/a', 'ConditionPathExists='],
    ['ConditionPathExists = /etc', 'AssertPathExists\t=\t!/nope'],
    ['ConditionFoo=1'],
    ['conditionPathExists=/etc'],
    ['ConditionPathExists'],
    [' ConditionPathExists=/etc'],
    ['PathExists=/etc'],
    [''],
    ['ConditionPathExists=/etc', 'nonsense'],
    ['AssertMemory=a', 'ConditionMemory=|a', 'ConditionPathExists=/etc'],
  ];
  for (const line of lines) {
    await same(t, { head: ['condition'] }, line);
  }
});
