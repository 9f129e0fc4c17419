// Unit files that nobody can read: the good ones start all the same, and each broken one is told by name, with its file.
import { symlinkSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { answered, bootRoom, bystander, type Room, standsFirm } from './room.ts';

let room: Room;

const good = '[Service]\nExecStart=/bin/sleep 100000\n';

/** File name → its text, and what must be told of it: a part of a line on the container's stderr or in `pidone check`. */
const broken: Readonly<Record<string, readonly [text: string | Uint8Array, told: string]>> = {
  'junk.service': [Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 197 + 31) % 256)), 'junk.service:'],
  'long-line.service': [`[Service]\nExecStart=/bin/${'x'.repeat(1_100_000)}\n`, 'long-line.service:2'],
  'nul.service': ['[Service]\nExecStart=/bin/\0true\n', 'nul.service:2'],
  'utf16.service': [Buffer.from(`\ufeff${good}`, 'utf16le'), 'utf16.service:'],
  'no-section.service': ['ExecStart=/bin/true\n', 'no-section.service:1'],
  'header.service': ['[Service\nExecStart=/bin/true\n', 'header.service:1'],
  'no-equals.service': [`[Service]\nExecStart /bin/true\n`, 'no-equals.service:2'],
  'unknown-section.service': [`[Sevrice]\nExecStart=/bin/true\n`, 'unknown-section.service:1'],
  'unbalanced.service': ['[Service]\nExecStart=/bin/echo "a\n', 'unbalanced.service:2'],
  'relative.service': ['[Service]\nExecStart=bin/true\n', 'relative.service:2'],
  'specifier.service': ['[Service]\nExecStart=/bin/echo %Z\n', 'specifier.service:2'],
  'only-comment.service': ['# nothing here\n', 'only-comment.service'],
  'no-start.service': ['[Service]\nUser=root\n', 'no-start.service'],
  'two-starts.service': ['[Service]\nExecStart=/bin/true\nExecStart=/bin/true\n', 'two-starts.service'],
  'type.service': [`[Service]\nType=sometimes\nExecStart=/bin/true\n`, 'type.service:2'],
  'missing.service': ['[Service]\nType=exec\nExecStart=/no/such/program\n', 'missing.service'],
  'directory-as-program.service': ['[Service]\nType=exec\nExecStart=/etc\n', 'directory-as-program.service'],
  'nobody-here.service': ['[Service]\nType=exec\nUser=nobody-here\nExecStart=/bin/true\n', 'nobody-here.service'],
  'needs-itself.service': [`[Unit]\nRequires=needs-itself.service\nAfter=needs-itself.service\n${good}`, ''],
  'cycle-a.service': [`[Unit]\nWants=cycle-b.service\nAfter=cycle-b.service\n${good}`, 'cycle-a.service'],
  'cycle-b.service': [`[Unit]\nAfter=cycle-a.service\n${good}`, 'cycle-b.service'],
  'carriage-return.service': ['[Service]\r\nExecStart=/bin/sleep 100000\r\nBogus=1\r\n', 'carriage-return.service:3'],
};

/** What is no file of text at all. */
const strange: Readonly<Record<string, (file: string) => Promise<void> | void>> = {
  'a-directory.service': (file) => mkdir(file).then(() => undefined),
  'dangling.service': (file) => {
    symlinkSync('/nowhere/at-all.service', file);
  },
  'looping.service': (file) => {
    symlinkSync('looping.service', file);
  },
};

test.before(async () => {
  const names = [
    ...Object.keys(broken),
    ...Object.keys(strange),
    'unreadable.service',
    'bystander.service',
    'last.service',
  ];
  const texts = Object.fromEntries(Object.entries(broken).map(([name, [text]]) => [name, text]));
  room = await bootRoom(
    {
      ...texts,
      'bystander.service': bystander,
      'last.service': good,
      'unreadable.service': good,
      'empty.service': '',
      'oracle.target': `[Unit]\nDefaultDependencies=no\n${names.map((name) => `Wants=${name}\n`).join('')}Wants=empty.service\n`,
    },
    async (directory) => {
      for (const [name, make] of Object.entries(strange)) await make(path.join(directory, name));
      await chmod(path.join(directory, 'unreadable.service'), 0);
    },
  );
});

test.after.always(() => room.down());

test.serial('broken unit files keep no good one from starting', async (t) => {
  const states = await room.run('systemctl is-active bystander last needs-itself carriage-return');
  t.is(states.stdout, 'active\n'.repeat(4));
  const failed = ['missing', 'directory-as-program', 'nobody-here'];
  t.is((await room.run(`systemctl is-active ${failed.join(' ')}`)).stdout, 'failed\n'.repeat(3));
  await standsFirm(t, room);
});

for (const [name, [, told]] of Object.entries(broken))
  if (told !== '')
    test.serial(`${name} is told with unit, file and line`, async (t) => {
      const { stdout, stderr } = await answered(room, `pidone check ${name}`);
      const everything = `${room.log()}\n${stdout}${stderr}`;
      const line = everything.split('\n').find((each) => each.includes(told));
      t.truthy(line, everything.slice(-3000));
      t.true((line ?? '').length < 1000, 'in one line that can be read');
    });

for (const name of Object.keys(strange))
  test.serial(`${name} is told, and cannot be started`, async (t) => {
    const start = await answered(room, `systemctl start ${name}`);
    t.not(start.status, 0);
    t.not(start.status, 124);
    t.true(`${room.log()}${start.stderr}`.includes(name));
  });

test.serial('a FIFO with the name of a unit is told, and nobody waits for it', async (t) => {
  await room.ok(t, 'mkfifo /u/a-fifo.service; systemctl daemon-reload');
  const { status, stderr } = await answered(room, 'systemctl start a-fifo');
  t.is(status, 5);
  t.regex(stderr, /a-fifo\.service/);
});

test.serial(
  'broken files that are asked for one by one are answered in time, and after that all is as before',
  async (t) => {
    for (const name of [...Object.keys(broken), ...Object.keys(strange), 'empty.service', 'a-fifo.service']) {
      for (const verb of ['status', 'show -p LoadState', 'cat', 'list-dependencies'])
        t.not((await answered(room, `systemctl ${verb} ${name} >/dev/null 2>&1`)).status, 124, `${verb} ${name}`);
    }
    t.is((await answered(room, 'systemctl daemon-reload')).status, 0);
    await standsFirm(t, room);
  },
);

test.serial('files of a megabyte of rubbish, read in one go, are no end of the manager', async (t) => {
  const names = Array.from({ length: 14 }, (_, index) => `rubbish-${String(index)}.service`);
  await room.ok(
    t,
    `yes x | head -c 1000000 >/u/rubbish; for name in ${names.join(' ')}; do ln /u/rubbish /u/$name; done`,
  );
  const { status, stdout } = await room.run(`systemctl show -p LoadState ${names.join(' ')}`);
  t.deepEqual([status, stdout.match(/^LoadState=/gm)?.length], [0, names.length]);
  t.false(room.log().includes('the manager ends by a bug'), room.log().slice(-2000));
  await room.ok(t, 'rm /u/rubbish*; systemctl daemon-reload');
  await standsFirm(t, room);
});
