import type { Container } from '../container/engine.ts';
import type { Scene } from './scene.ts';
import type { Story } from './story.ts';

const KEY = '/root/.ssh/demo';
const MAKE_KEY = `
mkdir -p -m 700 /root/.ssh ~guest/.ssh
ssh-keygen -q -t ed25519 -N '' -f ${KEY}
cp ${KEY}.pub ~guest/.ssh/authorized_keys
chown -R guest: ~guest/.ssh`;

/** A user of the container logs in, three ways, and has the container's environment. */
export async function showSsh(story: Story, container: Container, scene: Scene): Promise<void> {
  story.title('Logging in');
  const made = await container.exec(['sh', '-euc', MAKE_KEY]);
  if (made.status !== 0) story.output(made.stderr);

  const host = `guest@127.0.0.1 -p ${scene.ssh}`;
  const options = `-q -i ${KEY} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
  const ways = [
    { shown: `ssh ${host} 'echo "[$GREETING]"'`, words: '', input: '', remote: `'echo "[$GREETING]"'` },
    {
      shown: `ssh -T ${host}   # a login shell: echo "[$GREETING]"`,
      words: '-T',
      input: 'echo "[$GREETING]"',
      remote: '',
    },
    {
      shown: `ssh -tt ${host}  # with a terminal: echo "[$GREETING]"`,
      words: '-tt',
      input: 'echo "[$GREETING]"; exit',
      remote: '',
    },
  ];
  for (const { shown, words, input, remote } of ways) {
    story.command(shown);
    // The client itself has nothing of the container's environment that it could pass on.
    const client = `printf '%s\\n' "$1" | env -i PATH="$PATH" HOME=/root TERM=dumb ssh ${options} ${words} ${host} ${remote}`;
    const session = await container.exec(['sh', '-c', client, 'sh', input]);
    const line = session.stdout.split(/\r?\n/).find((one) => one === `[${scene.greeting}]`);
    story.output(line ?? session.stdout + session.stderr);
    story.check(line !== undefined && session.status === 0, 'the session has the container’s environment');
  }
}
