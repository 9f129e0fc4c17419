// Every specifier in every setting of [Install], enabled by the real systemctl and by pidone's.
import test from 'ava';
import { bothAreHere, PIDONE, runOn, SYSTEMD } from '../oracle/offline/run.ts';

const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0%_-').concat('');

/** Settings in a unit of their own each, as what is wrong in one stops the reading. */
const lines = {
  wanted: 'WantedBy=a%?.target',
  required: 'RequiredBy="b %?.target" c%?@.service',
  alias: 'Alias=d%?.service e%?@.service e%?@%?.service',
  also: 'Also=plain-also%?.service',
  default: 'WantedBy=f.target\nDefaultInstance=g%?',
};

function treeOf(letter: string): Record<string, string> {
  const tree: Record<string, string> = {
    'etc/os-release': 'ID=x\nVERSION_ID=12\n',
    'etc/machine-id': `${'ab'.repeat(16)}\n`,
  };
  for (const [stem, line] of Object.entries(lines)) {
    const text = `[Install]\n${line.replaceAll('%?', `%${letter}`)}\n`;
    for (const name of [`x-${stem}`, `x-${stem}@`]) tree[`usr/lib/systemd/system/${name}.service`] = text;
  }
  return tree;
}

const commands = Object.keys(lines)
  .flatMap((stem) => [`enable x-${stem}.service`, `enable x-${stem}@y-z\\x2d.service`])
  .concat('enable x-alias@.service', 'enable x-default@.service');

(bothAreHere ? test : test.skip)(
  'What systemctl makes of a specifier in [Install] is what pidone makes of it',
  async (t) => {
    t.timeout(5 * 60_000);
    for (const letter of letters) {
      const tree = treeOf(letter);
      const [expected, given] = await Promise.all([runOn(tree, SYSTEMD, commands), runOn(tree, PIDONE, commands)]);
      for (const [index, command] of commands.entries())
        t.deepEqual(given.answers[index], expected.answers[index], `%${letter}: ${command}`);
    }
  },
);
