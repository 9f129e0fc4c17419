import anyTest, { type ExecutionContext, type TestFn } from 'ava';

import type { Container, Outcome } from '../../scripts/container/engine.ts';
import { freePorts } from '../../scripts/container/ports.ts';
import { booted, type Box, buildBox, inside, runBox } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

/** Every byte that a shell, sshd_config or a dotenv file would take for something else. */
const secret = `s3cret  "quoted" 'so' \\back \\" #hash $HOME \`id\` ü ;|&`;
const path = '/opt/extra/bin:/usr/local/bin:/usr/bin:/bin';
const key = '/root/.ssh/key';

interface Sshd {
  readonly container: Container;
  readonly port: string;
}

/** A container whose sshd lets root and guest in with one key. */
async function sshd(t: ExecutionContext<{ box: Box }>): Promise<Sshd> {
  const [port, app, metrics] = await freePorts(3);
  const container = await runBox(t, t.context.box, {
    environment: {
      SSHD_OPTS: `-oListenAddress=127.0.0.1:${port}`,
      APP_PORT: app,
      METRICS_PORT: metrics,
      SECRET: secret,
      PATH: path,
    },
  });
  await booted(container);
  const make = `
    mkdir -p -m 700 /root/.ssh ~guest/.ssh
    ssh-keygen -q -t ed25519 -N '' -f ${key}
    cp ${key}.pub /root/.ssh/authorized_keys
    cp ${key}.pub ~guest/.ssh/authorized_keys
    chown -R guest: ~guest/.ssh`;
  await inside(t, container, 'sh', '-euc', make);
  return { container, port };
}

/** A client that has nothing of the container's environment which it could pass on. `input`: what is typed. */
async function ssh({ container, port }: Sshd, user: string, input: string, ...words: string[]): Promise<Outcome> {
  const options = ['-q', '-i', key, '-p', port, '-oStrictHostKeyChecking=no', '-oUserKnownHostsFile=/dev/null'];
  const client = ['env', '-i', `PATH=${path}`, 'HOME=/root', 'TERM=dumb', 'ssh', ...options];
  const typed = `printf '%s\\n' "$0" | "$@"`;
  return container.exec(['sh', '-c', typed, input, ...client, `${user}@127.0.0.1`, ...words]);
}

const question = `printf '<%s>\\n' "$SECRET" "$PATH" "\${NOTIFY_SOCKET-}\${INVOCATION_ID-}\${container-}" "$USER" "$HOME"`;

for (const user of ['root', 'guest'])
  test(`ssh host command, a login shell and a terminal have the container’s environment, PATH included, and their own user’s: ${user}`, async (t) => {
    const box = await sshd(t);
    const home = user === 'root' ? '/root' : '/home/guest';
    const expected = `<${secret}>\n<${path}>\n<>\n<${user}>\n<${home}>\n`;

    const command = await ssh(box, user, '', question);
    t.deepEqual(command, { status: 0, stdout: expected, stderr: '' });
    const login = await ssh(box, user, question, '-T');
    t.true(login.stdout.endsWith(expected), login.stdout + login.stderr);
    const terminal = await ssh(box, user, `${question}; exit`, '-tt');
    t.true(terminal.stdout.replaceAll('\r', '').includes(`\n${expected}`), terminal.stdout + terminal.stderr);
    const loginByHand = await ssh(box, user, '', `bash -lc '${question.replaceAll("'", `'\\''`)}'`);
    t.is(loginByHand.stdout, expected);
    // sshd says it by syslog(3).
    const said = await inside(t, box.container, 'journalctl', '-u', 'ssh', '-t', 'sshd', '-o', 'cat');
    t.regex(said, new RegExp(`^Accepted publickey for ${user} from 127\\.0\\.0\\.1 `, 'm'));
  });

test('ssh.socket, as Debian has it, starts sshd for the first connection, again after each stop', async (t) => {
  const { container } = await sshd(t);
  const [port] = await freePorts(1);
  const make = `
    mkdir -p /etc/systemd/system/ssh.socket.d
    printf '[Socket]\\nListenStream=\\nListenStream=127.0.0.1:${port}\\n' >/etc/systemd/system/ssh.socket.d/port.conf
    systemctl daemon-reload
    systemctl stop ssh
    systemctl start ssh.socket`;
  await inside(t, container, 'sh', '-euc', make);
  for (const user of ['root', 'guest']) {
    t.is((await container.exec(['systemctl', 'is-active', 'ssh.service'])).stdout, 'inactive\n');
    const { status, stdout, stderr } = await ssh({ container, port }, user, '', 'printf %s "$SECRET"');
    t.is(status, 0, stderr);
    t.is(stdout, secret);
    await inside(t, container, 'systemctl', 'stop', 'ssh.service');
  }
  t.is(await inside(t, container, 'systemctl', 'is-active', 'ssh.socket'), 'active');
});

test('Nobody who is neither root, a service’s user nor logged in can read a variable of the container through what pidone has made', async (t) => {
  const box = await sshd(t);
  const { container } = box;
  await inside(t, container, '/usr/sbin/useradd', '--create-home', 'stranger');
  // A session is there, and a command has been run, while the stranger looks.
  await ssh(box, 'guest', '', 'setsid sleep infinity >/dev/null 2>&1 & echo $!');
  await inside(t, container, 'systemctl', 'status');

  // What everybody may read is found: the search works. With brackets, so that it does not find itself.
  await inside(t, container, 'sh', '-c', 'echo s3cret >/etc/canary');
  const where = '/etc /run /tmp /var /home /root /opt /usr/local /dev/shm /proc/[0-9]*/environ /proc/[0-9]*/cmdline';
  const search = ['env', '-i', 'sh', '-c', `grep -rlsIa --devices=skip 's[3]cret' ${where} | sort`];
  const asStranger = ['setpriv', '--reuid=stranger', '--regid=stranger', '--clear-groups'];
  t.is(await inside(t, container, ...asStranger, ...search), '/etc/canary');

  const found = (await inside(t, container, ...search)).split('\n');
  t.true(found.includes('/proc/1/environ'));
  const [, file = '', ...more] = found.filter((one) => !one.startsWith('/proc/'));
  t.regex(file, /^\/run\/pidone\/sshd\.d\/environment\.conf$/);
  t.deepEqual(more, []);
  t.is(await inside(t, container, 'stat', '-c', '%a %U:%G', file), '600 root:root');
  t.is(await inside(t, container, 'stat', '-c', '%a %U:%G', '/run/pidone/sshd.d'), '700 root:root');
});

test('Of what pidone makes, others can write nothing, and read neither its state nor what services said', async (t) => {
  const { container } = await sshd(t);
  const made = await inside(t, container, 'find', '/run/pidone', '/var/log/pidone', '-printf', '%y%m %u %p\\n');
  for (const line of made.split('\n')) {
    // A service of any user says there that it is ready.
    if (line.includes('/notify/')) t.regex(line, /^s666 root /);
    else t.regex(line, /^(d[0-7][0-7][05]|[fs][0-7][0-7]0) root /);
  }
  const status = await container.exec(['systemctl', 'is-active', 'ssh'], { user: '1000' });
  t.not(status.status, 0);
  t.regex(status.stderr, /denied|not permitted/i);
});

test('sshd’s own unit and configuration are untouched, and its configuration is valid for everybody', async (t) => {
  const { container } = await sshd(t);
  t.notRegex(await inside(t, container, 'dpkg', '--verify', 'openssh-server'), /sshd_config|ssh\.service/);
  await inside(t, container, '/usr/sbin/sshd', '-t');
  t.is(
    await inside(t, container, 'cat', '/etc/ssh/sshd_config.d/pidone.conf').then((text) => text.includes('s3cret')),
    false,
  );
});
