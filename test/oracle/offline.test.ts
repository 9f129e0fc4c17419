// An image build: verbs on unit files below another root, with no manager there. Both systemctls do the same to two roots alike.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { sequences } from './offline/sequences.ts';
import { type Tree, trees } from './offline/trees.ts';

const SYSTEMD = '/bin/systemctl';
const PIDONE = path.join(import.meta.dirname, '../../build/root/bin/systemctl');

const runnable = existsSync(SYSTEMD) && existsSync(PIDONE) ? test : test.skip;

for (const { tree, title, commands } of sequences) {
  runnable(`Below another root systemctl and pidone do and say the same: ${title} (${tree})`, async (t) => {
    const roots = [await makeRoot(t, trees[tree]), await makeRoot(t, trees[tree])] as const;
    const [expected, given] = await Promise.all([
      run(t, SYSTEMD, roots[0], commands),
      run(t, PIDONE, roots[1], commands),
    ]);
    for (const [index, command] of commands.entries()) t.deepEqual(given[index], expected[index], command);
    t.deepEqual(texts(roots[1]), texts(roots[0]));
  });
}

runnable('A root may be relative, with slashes and a dot; one that is none is told', async (t) => {
  const root = await makeRoot(t, trees.plain);
  const name = path.basename(root);
  for (const given of [name, `./${name}/`, 'nowhere', `${name}/etc/none`, `${name}/opt/not-a-unit`]) {
    const ask = async (program: string): Promise<unknown> => {
      const { exitCode, stdout, stderr } = await execa(program, [`--root=${given}`, 'enable', '--force', 'aliased'], {
        cwd: path.dirname(root),
        reject: false,
        env: { LANG: 'C.UTF-8', TERM: 'dumb' },
      });
      await rm(path.join(root, 'etc/systemd'), { recursive: true, force: true });
      return { exitCode, stdout, stderr };
    };
    t.deepEqual(await ask(PIDONE), await ask(SYSTEMD), given);
  }
});

test('The commands that both are asked are many', (t) => {
  t.true(sequences.reduce((sum, { commands }) => sum + commands.length, 0) >= 250);
});

async function makeRoot(t: ExecutionContext, tree: Tree): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'pidone-root-'));
  t.teardown(() => rm(root, { recursive: true }));
  await chmod(root, 0o755);
  for (const [name, text] of Object.entries(tree)) {
    const file = path.join(root, name);
    await mkdir(text === null ? file : path.dirname(file), { recursive: true });
    if (text?.startsWith('-> ') === true) await symlink(text.slice(3), file);
    else if (text !== null) await writeWithMode(file, text);
  }
  return root;
}

async function writeWithMode(file: string, text: string): Promise<void> {
  const [, mode = '644', content = text] = /^mode (\d+) ([^]*)$/.exec(text) ?? [];
  await writeFile(file, content);
  await chmod(file, Number.parseInt(mode, 8));
}

interface Answer {
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Every path below the root afterwards, with its size or where it points. */
  readonly tree: readonly string[];
}

/** One shell for all: most of the time of a command would go into its start. Words are split at blanks, nothing else is special. */
const script = `set -f
program=$1 root=$2 answers=$3 number=0
shift 3
for command; do
  "$program" "--root=$root" $command >"$answers/$number.stdout" 2>"$answers/$number.stderr" </dev/null
  echo $? >"$answers/$number.status"
  find "$root" -type l -printf '%P -> %l\\n' -o -type f -printf '%P: %s\\n' -o -printf '%P\\n' >"$answers/$number.tree"
  number=$((number + 1))
done`;

async function run(
  t: ExecutionContext,
  program: string,
  root: string,
  commands: readonly string[],
): Promise<readonly Answer[]> {
  const answers = await mkdtemp(path.join(tmpdir(), 'pidone-answers-'));
  t.teardown(() => rm(answers, { recursive: true }));
  const words = commands.map((command) => command.replace('ROOT', root));
  await execa('/bin/sh', ['-c', script, 'sh', program, root, answers, ...words], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'dumb' },
    extendEnv: false,
  });
  return commands.map((command, index) => {
    const read = (what: string): string =>
      readFileSync(path.join(answers, `${String(index)}.${what}`), 'utf8').replaceAll(root, 'ROOT');
    // What list-unit-files reads is read in no order.
    const sort = command.includes('list-unit-files') ? sortLines : sortLinks;
    const tree = read('tree').split('\n').sort();
    return { status: read('status'), stdout: sortLinks(read('stdout')), stderr: sort(read('stderr')), tree };
  });
}

function sortLines(text: string): string {
  return text.split('\n').sort().join('\n');
}

/** Directories have no order, so systemctl's removals, and the links of preset-all, have none. */
function sortLinks(text: string): string {
  const lines = text.split('\n');
  for (let from = 0; from < lines.length; from++) {
    let end = from;
    while (/^(?:Removed|Created symlink| {2}\/)/.test(lines[end] ?? '')) end++;
    lines.splice(from, end - from, ...lines.slice(from, end).sort());
    from = Math.max(from, end);
  }
  return lines.join('\n');
}

/** What is in every file below the root. */
function texts(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${path.relative(root, file)}: ${readFileSync(file, 'utf8')}`);
}
