// The disk is full; descriptors or processes are used up.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { bootBox, type Box, killManager } from './box.ts';
import { inBox } from './in-box.ts';

const MEGABYTE = 1024 * 1024;

test('State and journal on a full disk: services go on, systemctl answers; with room again logging resumes, and what was lost is counted', async (t) => {
  const units = {
    'default.target': '[Unit]\nDefaultDependencies=no\n',
    'calm.service': '[Service]\nExecStart=/run/t/puppet calm "leave TERM" "log calm is up"\n',
    // Says as many lines as it is told to.
    'talks.service':
      "[Service]\nExecStart=/bin/sh -c 'cd $$(dirname $$PUPPET_LOG); mkfifo ask; exec 3<>ask; /run/t/note asks; i=0; while read -r n <&3; do while [ $$n -gt 0 ]; do i=$$((i+1)); n=$$((n-1)); echo line $$i; done; /run/t/note said $$i; done'\n",
  };
  await inBox({ units, room: MEGABYTE }, async (box) => {
    const say = (lines: number): void => {
      writeFileSync(path.join(box.directory, 'ask'), `${lines}\n`);
    };
    t.is((await box.call('systemctl', 'start', 'talks')).status, 0);
    await box.logged('asks');
    say(10);
    await box.logged('said 10');
    await box.run('dd', 'if=/dev/zero', 'of=/run/pidone/fill', 'bs=4096');
    say(5000);
    await box.logged('said 5010');
    t.is((await box.call('systemctl', 'is-active', 'talks')).stdout, 'active');
    t.is((await box.call('systemctl', 'start', 'calm')).status, 0);
    await box.logged('calm is up');
    await box.run('rm', '/run/pidone/fill');
    say(10);
    await box.logged('said 5020');
    // Another unit's change: the state file is written again.
    t.is((await box.call('systemctl', 'stop', 'calm')).status, 0);
    await box.logged('calm left on SIGTERM');
    const said = (await box.call('journalctl', '-u', 'talks', '-o', 'cat')).stdout.split('\n');
    const lines = said.filter((line) => line.startsWith('line '));
    t.is(lines[0], 'line 1');
    t.deepEqual(
      lines.slice(-10),
      Array.from({ length: 10 }, (_, index) => `line ${String(5011 + index)}`),
    );
    const lost = said
      .map((line) => /^(\d+) lines of this unit were lost/.exec(line)?.[1])
      .filter((each) => each !== undefined);
    t.is(
      lost.map(Number).reduce((sum, each) => sum + each, 0),
      5020 - lines.length,
    );
    killManager(box);
    t.is((await box.call('systemctl', 'is-active', 'talks', 'calm')).stdout, 'active\ninactive');
  });
});

const UNITS = 100;
const names = Array.from({ length: UNITS }, (_, index) => `s${String(index)}.service`);
const crowd = Object.fromEntries(
  names.map((name) => [name, `[Service]\nExecStart=/run/t/puppet - "log ${name} is up"\n`]),
);

/** Starts all in the shortage, sees that it is told, makes room, and starts what failed. */
async function recovers(box: Box, makeRoom: () => Promise<unknown>): Promise<string | undefined> {
  try {
    const wrong = await whatIsWrong(box, makeRoom);
    return wrong === undefined ? undefined : `${wrong}\n${box.stderr()}`;
  } finally {
    await box.down();
  }
}

async function whatIsWrong(box: Box, makeRoom: () => Promise<unknown>): Promise<string | undefined> {
  const active = async (): Promise<number> =>
    (await box.call('systemctl', 'is-active', ...names)).stdout.split('\n').filter((state) => state === 'active')
      .length;
  await box.call('systemctl', 'start', ...names);
  const before = await active();
  if (before === 0 || before === UNITS) return `${before} units are up`;
  if (!/s\d+\.service: Failed with result 'resources'/.test(box.stderr())) return 'it is not told';
  await makeRoom();
  const start = await box.call('systemctl', 'start', ...names);
  if (start.status !== 0) return `start: ${start.stderr}`;
  const after = await active();
  if (after !== UNITS) return `only ${after} units are up`;
  for (const name of names) await box.logged(`${name} is up`);
  if (box.log().length !== UNITS) return 'not every service started once';
  box.signal('SIGTERM');
  const status = await box.ended;
  return status === 0 ? undefined : `status ${String(status)}`;
}

test('64 descriptors and 100 units: it is told, systemctl answers, and all start once there is room', async (t) => {
  const nothing = { 'default.target': '[Unit]\nDefaultDependencies=no\n' };
  const box = await bootBox({ units: { ...crowd, ...nothing } });
  // The soft limit alone: at its start pidone takes what the hard one allows.
  const limit = async (soft: number): Promise<void> => {
    for (const pid of [box.init, box.manager() ?? 0])
      await execa('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
  };
  await limit(64);
  t.is(await recovers(box, () => limit(1024)), undefined);
});

test('60 processes and 100 units: it is told, systemctl answers, and all start once there is room', async (t) => {
  // A user that nothing else on this machine runs as: the limit counts all of a user's processes.
  const uid = 700_000_000 + process.pid;
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const nothing = { 'default.target': '[Unit]\nDefaultDependencies=no\n' };
  const box = await bootBox({ units: { ...crowd, ...nothing }, uid, through: ['prlimit', '--nproc=60:4096', ...drop] });
  t.is(await recovers(box, () => box.run(...drop, 'prlimit', '--pid', '1', '--nproc=4096:4096')), undefined);
});
