// Directories and files that pidone makes, gives away, writes and removes with its own rights, where a service's user can
// plant links: what a link points to keeps its owner, its mode, its content.
import test, { type ExecutionContext } from 'ava';
import { answered, bootRoom, bystander, type Room, standsFirm } from './room.ts';

/** A user of the base system to run the services as. */
const USER = 'games';

let room: Room;

test.before(async () => {
  // Type=exec: a start has ended when its directories and files were made, or could not be.
  const service = (name: string, lines: string) =>
    `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=exec\nUser=${USER}\n${lines}\nExecStart=/t/puppet ${name}\n`;
  room = await bootRoom({
    'bystander.service': bystander,
    'shop.service': service('shop', 'RuntimeDirectory=shop/a/b shop/a shop\nRuntimeDirectoryPreserve=restart'),
    'deep.service': service('deep', 'RuntimeDirectory=deep'),
    'wide.service': service('wide', 'RuntimeDirectory=wide'),
    'moved.service': service('moved', 'StateDirectory=moved'),
    'append.service': service('append', 'StandardOutput=append:/run/logs/log'),
    'truncate.service': service('truncate', 'StandardOutput=truncate:/run/logs/log'),
    'write.service': service('write', 'StandardOutput=file:/run/logs/log'),
    'opens.service': service('opens', 'OpenFile=/run/logs/log'),
    'loads.service': service('loads', 'LoadCredential=word:/run/logs/log'),
    'pid.service': service('pid', 'PIDFile=/run/pids/sub/pid'),
    'links.socket': '[Socket]\nListenStream=/run/links\nSymlinks=/run/victim\nRemoveOnStop=yes\n',
    'links.service': '[Service]\nExecStart=/t/puppet links\n',
    'root.service': '[Service]\nType=exec\nStandardOutput=append:/run/logs/log\nExecStart=/bin/echo written\n',
  });
  // What must stay as it is: a directory with a file in it, and a file.
  await room.run('mkdir -p /run/victim/b && echo treasure >/run/victim/b/file && chmod 700 /run/victim /run/victim/b');
  await room.run('install -d -m 1777 /run/puppet');
  await room.run('echo secret >/run/secret && chmod 600 /run/secret');
});

test.after.always(() => room.down());

/** Owner, group, mode and content of what the links pointed to. */
async function unharmed(t: ExecutionContext, what: string): Promise<void> {
  const look = 'cd /run && stat -c "%n %U:%G %a" victim victim/b victim/b/file secret && cat victim/b/file secret';
  const lines = [
    'victim root:root 700',
    'victim/b root:root 700',
    'victim/b/file root:root 644',
    'secret root:root 600',
  ];
  t.is(await room.ok(t, look), [...lines, 'treasure', 'secret', ''].join('\n'), what);
}

/** As the services' user, who may do what it likes in its directories. */
function asUser(command: string): string {
  return `setpriv --reuid=${USER} --regid=${USER} --clear-groups sh -c '${command}'`;
}

test.serial(
  'a part of a RuntimeDirectory= that was swapped for a link is not made, given away or entered',
  async (t) => {
    await room.ok(t, 'systemctl start shop');
    t.is(await room.ok(t, 'stat -c %U /run/shop /run/shop/a /run/shop/a/b'), `${USER}\n`.repeat(3));
    for (const link of ['/run/shop/a/b /run/victim/b', '/run/shop/a /run/victim']) {
      const [at = '', to = ''] = link.split(' ');
      await room.ok(t, asUser(`rm -rf ${at} && ln -s ${to} ${at}`));
      const { status } = await answered(room, 'systemctl restart shop; systemctl is-active shop');
      t.not(status, 0);
      t.is((await room.run('systemctl show -p ExecMainStatus shop')).stdout, 'ExecMainStatus=233\n');
      await unharmed(t, link);
      await room.ok(t, `rm -rf /run/shop && systemctl start shop`);
    }
    await standsFirm(t, room);
  },
);

test.serial(
  'while a unit restarts, its user swaps a part of the path as fast as it can: the target keeps its owner',
  async (t) => {
    await room.ok(t, `systemctl restart shop && ${asUser('ln -s /run/victim /run/shop/link; touch /tmp/swapping')}`);
    const swap =
      'rename "a", "kept"; rename "link", "a"; mkdir "a/b"; rename "a", "link"; rename "kept", "a"; mkdir "a"; mkdir "a/b"';
    const swapper = asUser(
      `exec perl -e "chdir q(/run/shop); while (-e q(/tmp/swapping)) { ${swap.replaceAll('"', '\\"')} }"`,
    );
    const restarts = 'for i in $(seq 20); do systemctl restart shop; done; rm /tmp/swapping; wait';
    await room.ok(t, `${swapper} & ${restarts}`);
    await unharmed(t, 'the target of the link');
    await room.ok(t, 'rm -rf /run/shop; systemctl restart shop');
    await standsFirm(t, room);
  },
);

test.serial('what a RuntimeDirectory= holds is removed at the stop, what links in it point to is not', async (t) => {
  await room.ok(t, 'systemctl restart shop');
  await room.ok(t, asUser('cd /run/shop; ln -s /run/victim x; ln -s /run/secret y; rm -rf a; ln -s /run/victim a'));
  await room.ok(t, 'systemctl stop shop && ! test -e /run/shop');
  await unharmed(t, 'after the stop');
});

test.serial('a directory of 10,000 nested ones is removed as any other', async (t) => {
  await room.ok(t, 'systemctl start deep');
  // A path this long cannot be named.
  await room.ok(t, asUser('perl -e "chdir q(/run/deep); for (1..10000) { mkdir q(d); chdir q(d) } open F, q(>file)"'));
  t.deepEqual(await answered(room, 'systemctl stop deep; test -e /run/deep || echo gone'), {
    status: 0,
    stdout: 'gone\n',
    stderr: '',
  });
  await standsFirm(t, room);
});

test.serial('30,000 files in a RuntimeDirectory= keep nobody waiting', async (t) => {
  await room.ok(t, 'systemctl start wide');
  await room.ok(t, asUser('cd /run/wide; mkdir d; seq -f d/%.0f 15000 | xargs touch; seq 15000 | xargs touch'));
  t.is((await answered(room, 'systemctl stop wide; test -e /run/wide || echo gone')).stdout, 'gone\n');
  await standsFirm(t, room);
});

test.serial('a StateDirectory= that root has made a link is the directory behind it', async (t) => {
  await room.ok(t, 'mkdir -p /run/data/moved && ln -s /run/data/moved /var/lib/moved && systemctl start moved');
  t.is(await room.ok(t, 'systemctl is-active moved; stat -c %U /run/data/moved'), `active\n${USER}\n`);
});

for (const [name, unit] of [
  ['append:', 'append'],
  ['truncate:', 'truncate'],
  ['file:', 'write'],
  ['append: of a service of root', 'root'],
] as const)
  test.serial(`StandardOutput=${name} through a link that a user has planted writes nothing`, async (t) => {
    await room.ok(t, `install -d -o ${USER} /run/logs`);
    for (const link of ['ln -s', 'ln']) {
      await room.ok(
        t,
        `rm -f /run/logs/log; ${link} /run/secret /run/logs/log; chown -h ${USER} /run/logs; systemctl start ${unit} || true`,
      );
      await room.run(`systemctl stop ${unit}; systemctl reset-failed ${unit}`);
      t.is((await room.run(`systemctl show -p ExecMainStatus ${unit}`)).stdout, 'ExecMainStatus=209\n', link);
      await unharmed(t, link);
    }
    await room.ok(t, 'rm -rf /run/logs');
  });

for (const [what, unit, status] of [
  ['OpenFile=', 'opens', 202],
  ['LoadCredential=', 'loads', 243],
] as const)
  test.serial(`${what} through a link that the service’s user has planted gives nothing away`, async (t) => {
    await room.ok(t, `install -d -o ${USER} /run/logs && ${asUser('ln -s /run/secret /run/logs/log')}`);
    t.not((await answered(room, `systemctl start ${unit}`)).status, 0);
    t.is((await room.run(`systemctl show -p ExecMainStatus ${unit}`)).stdout, `ExecMainStatus=${String(status)}\n`);
    await unharmed(t, what);
    await room.ok(t, `rm /run/logs/log; echo own >/run/logs/log; systemctl start ${unit} && systemctl stop ${unit}`);
    await room.ok(t, 'rm -rf /run/logs');
  });

test.serial('a PIDFile= is not removed through a link that the service’s user has planted', async (t) => {
  await room.ok(t, `install -d -o ${USER} /run/pids && ${asUser('mkdir /run/pids/sub')} && systemctl start pid`);
  await room.ok(t, `touch /run/victim/pid; ${asUser('rmdir /run/pids/sub && ln -s /run/victim /run/pids/sub')}`);
  await room.ok(t, 'systemctl stop pid; rm /run/victim/pid');
  await unharmed(t, 'PIDFile=');
});

test.serial('Symlinks= of a socket with RemoveOnStop= take the place of a file, never of a directory', async (t) => {
  await room.ok(t, 'systemctl start links.socket && systemctl stop links.socket');
  await unharmed(t, 'Symlinks=');
});
