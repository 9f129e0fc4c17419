// Nobody reads the container's stdout, or there is none.
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { bootBox } from './box.ts';
import { inBox } from './in-box.ts';
import { untilCalled } from './until.ts';

/** A million lines of 100 bytes and some. */
const LINES = 1_000_000;
const units = {
  'talks.service': `[Service]\nExecStart=/bin/sh -c 'yes "$(printf %%093d 0)" 2>/dev/null | head -n ${LINES} | cat -n; /run/t/note talked; exec /run/t/puppet talks'\n`,
  'calm.service': '[Service]\nExecStart=/run/t/puppet calm "leave TERM" "log calm is up"\n',
};
/** Bytes of one unit's journal: 4 MiB the file, five of them, and what is written at once. */
const BOUND = 5 * 4 * 1024 * 1024 + 1024 * 1024;

test('100 MB into a stdout that nobody reads: no service waits, the journal is complete within its bound, what stdout missed is counted', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'pidone-fifo-'));
  const fifo = path.join(directory, 'stdout');
  await execa('mkfifo', [fifo]);
  const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const box = await bootBox({ units, stdout: fifo });
  try {
    await box.logged('calm is up');
    t.is((await box.call('systemctl', 'is-active', 'talks')).stdout, 'active');
    await box.logged('talked');
    // Some of it is still in the pipe to the keeper.
    await untilCalled(async () => {
      const newest = await box.call('journalctl', '-u', 'talks', '-o', 'cat', '-n', '1');
      return newest.stdout.startsWith(`${LINES}\t`);
    });
    const last = (await box.call('journalctl', '-u', 'talks', '-o', 'cat', '-n', '5000')).stdout.split('\n');
    const numbers = last.filter((line) => /^ *\d+\t0{93}$/.test(line)).map((line) => Number.parseInt(line, 10));
    t.is(numbers.at(-1), LINES);
    t.true(numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1));
    const size = await box.run('du', '-sb', '/var/log/pidone/talks.service');
    t.true(Number.parseInt(size.stdout, 10) < BOUND, size.stdout);
    // Somebody reads again: the next line comes with the number of those that were not shown.
    let seen = '';
    const drain = (): string => {
      const buffer = Buffer.alloc(65536);
      try {
        for (let count; (count = readSync(pipe, buffer)) > 0;) seen += buffer.toString('utf8', 0, count);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      return seen;
    };
    await untilCalled(async () => {
      await box.tell('talks', 'log talks');
      return /talks\.service: \d+ lines were not shown here/.test(drain());
    });
    const missed = Number(/talks\.service: (\d+) lines were not shown here/.exec(seen)?.[1]);
    const shown = seen.split('\n').filter((line) => /^talks.*\t0{93}$/.test(line)).length;
    t.true(Math.abs(missed + shown - LINES) <= 1, `${missed} missed, ${shown} shown`);
    box.signal('SIGTERM');
    t.is(await box.ended, 0);
  } finally {
    await box.down();
    closeSync(pipe);
    rmSync(directory, { recursive: true });
  }
});

test('Without a stdout everything runs, and the journal has the lines', async (t) => {
  const quiet = { 'talks.service': '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo one; echo two >&2"\n' };
  await inBox({ units: { ...quiet, 'calm.service': units['calm.service'] }, stdout: 'closed' }, async (box) => {
    await box.logged('calm is up');
    const said = (await box.call('journalctl', '-u', 'talks', '-o', 'cat')).stdout.split('\n');
    t.true(said.includes('one') && said.includes('two'), said.join('\n'));
    box.signal('SIGTERM');
    t.is(await box.ended, 0);
  });
});
