/** Commands on a root, one after another, and what each did: for both systemctls alike. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { Tree } from './trees.ts';

export const SYSTEMD = '/bin/systemctl';
export const PIDONE = path.join(import.meta.dirname, '../../../build/root/bin/systemctl');
export const bothAreHere = existsSync(SYSTEMD) && existsSync(PIDONE);

export interface Answer {
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Every path below the root afterwards, with its size or where it points. */
  readonly tree: readonly string[];
}

/** What the commands come to on a fresh root, and what is in its files in the end. The root is gone afterwards. */
export async function runOn(
  tree: Tree,
  program: string,
  commands: readonly string[],
): Promise<{ readonly answers: readonly Answer[]; readonly texts: readonly string[] }> {
  const root = await makeRoot(tree);
  const answers = await mkdtemp(path.join(tmpdir(), 'pidone-answers-'));
  try {
    return { answers: await run(program, root, commands, answers), texts: texts(root) };
  } finally {
    for (const directory of [root, answers]) await rm(directory, { recursive: true });
  }
}

/** A folder that is a tree; what cannot stand there besides something else of it is left out. */
export async function makeRoot(tree: Tree): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'pidone-root-'));
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
  program: string,
  root: string,
  commands: readonly string[],
  answers: string,
): Promise<readonly Answer[]> {
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
