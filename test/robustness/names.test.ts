// Words of clients that become names, paths or keys: refused before any path is made, and no table has more than is in it.
import test from 'ava';
import { answered, bootRoom, bystander, type Room, standsFirm } from './room.ts';

let room: Room;

test.before(async () => {
  room = await bootRoom({
    'bystander.service': bystander,
    'odd.service':
      '[Service]\nExecStart=/t/puppet odd\n__proto__=1\nconstructor=2\nhasOwnProperty=3\n[__proto__]\nA=1\n[constructor]\nB=2\n',
    'long-condition.service': `[Unit]\nConditionPathExists=/${'a/'.repeat(400_000)}\n[Service]\nExecStart=/t/puppet odd\n`,
    'long-path.service': `[Service]\nType=exec\nWorkingDirectory=/${'a'.repeat(900_000)}\nExecStart=/t/puppet odd\n`,
    'long-command.service': `[Service]\nType=exec\nExecStart=/t/puppet - ${"'log x' ".repeat(130_000)}\n`,
    'specifiers.service': `[Service]\nExecStart=/t/puppet odd\nEnvironment=A=${'%n'.repeat(300_000)}\n`,
  });
});

test.after.always(() => room.down());

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a.b.c',
  'valueOf.service',
  '__proto__.service',
];

test.serial('a verb that is a name of the prototype is an unknown verb', async (t) => {
  for (const verb of names) {
    const outcome = await answered(room, `systemctl ${verb}`);
    t.is(outcome.status, 1, verb);
    t.true(outcome.stderr.includes(`Unknown command verb ${verb}`), outcome.stderr);
  }
  await standsFirm(t, room);
});

test.serial('a unit, property, type, state or specifier that is a name of the prototype is unknown', async (t) => {
  for (const name of names) {
    t.is((await answered(room, `systemctl start ${name}`)).status, 5, name);
    t.is((await answered(room, `systemctl is-active ${name}`)).status, 3, name);
    t.deepEqual(await answered(room, `systemctl show -p ${name} bystander`), { status: 0, stdout: '', stderr: '' });
    t.is((await answered(room, `systemctl list-units -t ${name}`)).status, 1, name);
    t.is((await answered(room, `systemctl list-units --state=${name} --no-legend`)).stdout, '', name);
    t.is((await answered(room, `systemctl --${name} status`)).status, 1, name);
    t.is((await answered(room, `journalctl -o ${name}`)).status, 1, name);
    t.is((await answered(room, `systemctl kill -s ${name} bystander`)).status, 1, name);
  }
  await standsFirm(t, room);
});

test.serial('keys and sections of a unit file that are names of the prototype are unknown, and told', async (t) => {
  t.is(await room.ok(t, 'systemctl start odd; systemctl is-active odd'), 'active\n');
  const { stdout } = await answered(room, 'pidone check odd');
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) t.true(stdout.includes(name), stdout);
});

test.serial('what is no unit name is refused or escaped before any path is made of it', async (t) => {
  const odd = ['../../etc/passwd', 'a/../b.service', '@.service', 'a b.service', 'a\nb.service', ''];
  for (const name of [...odd, 'x'.repeat(300), `${'x'.repeat(300)}.service`]) {
    for (const verb of ['start', 'stop', 'status', 'enable', 'kill', 'cat']) {
      const outcome = await answered(room, `systemctl ${verb} -- "$(printf '%s' '${name}')"`);
      t.true(outcome.status > 0 && outcome.status < 10, `${verb} ${name}: ${String(outcome.status)}`);
    }
  }
  t.is((await room.run('find /etc/systemd /run/systemd /var/log/pidone | grep -c "passwd\\|xxxx"')).stdout, '0\n');
  await standsFirm(t, room);
});

test.serial('a unit name of 100 KB is refused', async (t) => {
  const outcome = await answered(
    room,
    `n=$(head -c 120000 /dev/zero | tr '\\0' x); systemctl start $n $n $n $n $n $n $n $n`,
  );
  t.true(outcome.status > 0 && outcome.status < 10, String(outcome.status));
  await standsFirm(t, room);
});

test.serial(
  'a condition, path, command line or specifier of a megabyte is told or carried out, not crashed over',
  async (t) => {
    for (const unit of ['long-condition', 'long-path', 'long-command', 'specifiers'])
      t.true((await answered(room, `systemctl start ${unit} 2>/dev/null`)).status < 10, unit);
    t.not(
      (await answered(room, 'systemctl status long-condition long-path long-command specifiers > /dev/null')).status,
      124,
    );
    await standsFirm(t, room);
  },
);

test.serial('User= and Group= that nobody knows fail with 217 and 216, and nothing runs as root', async (t) => {
  for (const [line, status] of [
    ['User=nobody-here', 217],
    ['User=0day', 217],
    ['User=99999999999', 217],
    ['Group=nobody-here', 216],
  ] as const) {
    await room.write('/u/who.service', `[Service]\nType=exec\n${line}\nExecStart=/bin/touch /run/who-ran\n`);
    await room.ok(t, 'systemctl daemon-reload');
    await answered(room, 'systemctl start who');
    const said = (await room.run('systemctl show -p ExecMainStatus,LoadState who; test -e /run/who-ran && echo ran'))
      .stdout;
    t.true(!said.includes('ran'), `${line}: ${said}`);
    t.true(
      said.includes(`ExecMainStatus=${String(status)}`) || said.includes('LoadState=bad-setting'),
      `${line}: ${said}`,
    );
  }
  await standsFirm(t, room);
});
