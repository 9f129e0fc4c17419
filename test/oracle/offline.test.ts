// An image build: verbs on unit files below another root, with no manager there. Both systemctls do the same to two roots alike.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { randomSequence } from './offline/random.ts';
import { bothAreHere, makeRoot, PIDONE, runOn, SYSTEMD } from './offline/run.ts';
import { sequences } from './offline/sequences.ts';
import { type Tree, trees } from './offline/trees.ts';

const runnable = bothAreHere ? test : test.skip;

for (const { tree, title, commands } of sequences) {
  runnable(`Below another root systemctl and pidone do and say the same: ${title} (${tree})`, async (t) => {
    await compare(t, trees[tree], commands);
  });
}

// The seeds are fixed: the command gives the same today and tomorrow. The nightly layer has others.
runnable('Below another root systemctl and pidone do and say the same on random trees', async (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const { tree, commands } = randomSequence(seed);
    await compare(t, tree, commands, `seed ${String(seed)}: `);
  }
});

runnable('A root may be relative, with slashes and a dot; one that is none is told', async (t) => {
  const root = await makeRoot(trees.plain);
  t.teardown(() => rm(root, { recursive: true }));
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
  t.true(sequences.reduce((sum, { commands }) => sum + commands.length, 0) >= 500);
});

async function compare(t: ExecutionContext, tree: Tree, commands: readonly string[], where = ''): Promise<void> {
  const [expected, given] = await Promise.all([runOn(tree, SYSTEMD, commands), runOn(tree, PIDONE, commands)]);
  for (const [index, command] of commands.entries()) {
    t.deepEqual(given.answers[index], expected.answers[index], `${where}${command}`);
  }
  t.deepEqual(given.texts, expected.texts, where);
}
