// What services write: of any length, of any bytes, with or without an end; and what of it reaches an operator's terminal.
import test from 'ava';
import { answered, bootRoom, bystander, type Room, standsFirm } from './room.ts';

let room: Room;

const evil = "printf '\\033]0;owned\\007\\033[2J\\302\\2332J\\n'";

test.before(async () => {
  const script = (name: string, text: string) => ({
    [`${name}.service`]: `[Service]\nType=oneshot\nExecStart=/bin/sh /u/${name}.sh\n`,
    [`${name}.sh`]: `${text}\n`,
  });
  room = await bootRoom({
    'bystander.service': bystander,
    ...script('long-line', "head -c 10000000 /dev/zero | tr '\\0' y; echo; echo after"),
    ...script('nuls', 'head -c 5000 /dev/zero; echo; echo after'),
    ...script('no-end', 'printf last-words'),
    ...script('forged', 'echo "0000000000000001 m3 1 1 forged by a service"'),
    ...script('evil', evil),
    'evil.service':
      '[Unit]\nDescription=\\x1b]0;owned\\x07 evil\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh /u/evil.sh\n',
  });
});

test.after.always(() => room.down());

test.serial('a line of 10 MB is kept to its last byte, and the next one after it', async (t) => {
  await room.ok(t, 'systemctl start long-line');
  t.is(await room.ok(t, 'journalctl -u long-line -o cat --no-pager | grep ^yy | tr -d "\\n" | wc -c'), '10000000\n');
  t.is(await room.ok(t, 'journalctl -u long-line -o cat -n 20 --no-pager | grep -c "^after$"'), '1\n');
  await standsFirm(t, room);
});

test.serial('NULs and a line without an end are kept', async (t) => {
  await room.ok(t, 'systemctl start nuls no-end');
  t.is(await room.ok(t, 'journalctl -u nuls -o cat --no-pager | tr -cd "\\0" | wc -c'), '5000\n');
  t.is(await room.ok(t, 'journalctl -u no-end -o cat --no-pager | grep -c "^last-words$"'), '1\n');
});

test.serial('a service cannot forge a word of the manager', async (t) => {
  await room.ok(t, 'systemctl start forged');
  const lines = await room.ok(t, 'journalctl -u forged --no-pager | grep forged.by');
  t.notRegex(lines, /pidone\[/);
});

test.serial(
  'no escape sequence of a service reaches a terminal, from status or journalctl; raw only with -o cat into a pipe',
  async (t) => {
    await room.ok(t, 'systemctl start evil');
    const onTerminal = (command: string) =>
      answered(room, `TERM=xterm script -qec "${command}" /dev/null < /dev/null | cat -v`);
    for (const command of [
      'journalctl -u evil --no-pager',
      'journalctl -u evil -o cat --no-pager',
      'journalctl -u evil -o json --no-pager',
      'systemctl status evil --no-pager',
      'systemctl list-units --no-pager',
    ]) {
      const { stdout } = await onTerminal(command);
      t.notRegex(stdout, /\^\[\]|\^\[\[2J|\^G|M-\^\[/, command);
    }
    t.regex((await room.run('journalctl -u evil -o cat --no-pager | cat -v')).stdout, /\^\[\]0;owned\^G/);
    await standsFirm(t, room);
  },
);

test.serial('no command runs a pager, whatever the environment says', async (t) => {
  const pagers = ['SYSTEMD_PAGER', 'PAGER'].map((name) => `${name}="touch /run/paged"`).join(' ');
  for (const command of ['systemctl status', 'systemctl list-units', 'systemctl cat evil', 'journalctl -e']) {
    await room.run(`TERM=xterm ${pagers} script -qec '${command}' /dev/null </dev/null`);
    t.not((await room.run('test -e /run/paged')).status, 0, command);
  }
});

test.serial('a journal file that was swapped for a link is not written through', async (t) => {
  await room.ok(
    t,
    'echo secret > /run/secret; systemctl stop no-end; rm -f /var/log/pidone/no-end.service/*; ln -s /run/secret /var/log/pidone/no-end.service/current',
  );
  await room.run('systemctl start no-end');
  t.is(await room.ok(t, 'cat /run/secret'), 'secret\n');
  await standsFirm(t, room);
});
