// An image build: verbs on unit files below another root, with no manager there. Both systemctls do the same to two roots alike.
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';

const SYSTEMD = '/bin/systemctl';
const PIDONE = path.join(import.meta.dirname, '../../build/root/bin/systemctl');

const files: Readonly<Record<string, string>> = {
  'multi-user.target': '[Unit]\nDescription=x\n',
  'a.service': '[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n',
  'b.service': '[Service]\nExecStart=/bin/b\n',
  'also.service': '[Service]\nExecStart=/bin/c\n[Install]\nAlso=a.service\nAlias=other.service\n',
  't@.service': '[Service]\nExecStart=/bin/t\n[Install]\nWantedBy=multi-user.target\nDefaultInstance=one\n',
};

const commands: readonly string[] = [
  'is-enabled a',
  'is-enabled nowhere',
  'is-enabled m',
  'is-enabled t@',
  'enable a',
  'enable a',
  'is-enabled a',
  'enable nowhere',
  'enable m',
  'enable b',
  'enable also',
  'is-enabled also other',
  'enable t@',
  'enable t@x',
  'list-unit-files --no-pager',
  'list-unit-files --no-pager --state=enabled',
  'disable a',
  'disable a',
  'disable nowhere',
  'mask a',
  'is-enabled a',
  'enable a',
  'unmask a',
  'mask nowhere',
  'unmask nowhere',
  'set-default multi-user.target',
  'get-default',
  'set-default nowhere.target',
  'start a',
  'status',
  'daemon-reload',
  'list-units',
  'enable --now a',
  'enable',
  '-q enable a',
  '-q is-enabled a',
  'disable a b',
  'reenable a',
];

const runnable = existsSync(SYSTEMD) && existsSync(PIDONE) ? test : test.skip;

runnable('Verbs on unit files do to another root what systemctl does, and say the same', async (t) => {
  const [theirs, ours] = [await makeRoot(t), await makeRoot(t)];
  for (const command of commands) {
    const [expected, given] = [await run(SYSTEMD, theirs, command), await run(PIDONE, ours, command)];
    t.deepEqual(given, expected, command);
    t.deepEqual(contents(ours), contents(theirs), command);
  }
});

async function makeRoot(t: ExecutionContext): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'pidone-root-'));
  t.teardown(() => rm(root, { recursive: true }));
  await chmod(root, 0o755);
  const units = path.join(root, 'lib/systemd/system');
  await mkdir(units, { recursive: true });
  await mkdir(path.join(root, 'etc/systemd/system'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(units, name), text);
  await symlink('/dev/null', path.join(units, 'm.service'));
  return root;
}

async function run(program: string, root: string, command: string): Promise<unknown> {
  const environment = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'dumb' };
  const { exitCode, stdout, stderr } = await execa(program, [`--root=${root}`, ...command.split(' ')], {
    reject: false,
    env: environment,
    extendEnv: false,
  });
  return { exitCode, stdout: stdout.replaceAll(root, 'ROOT'), stderr: stderr.replaceAll(root, 'ROOT') };
}

function contents(root: string): readonly string[] {
  return readdirSync(path.join(root, 'etc'), { recursive: true, encoding: 'utf8' }).sort();
}
