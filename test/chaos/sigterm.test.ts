// The container is stopped at any moment of its boot.
import { setTimeout as pass } from 'node:timers/promises';
import test from 'ava';
import { gate } from '../oracle/gate.ts';
import { bootBox, makeBox, type Box } from './box.ts';
import { randomOf, seed } from './seed.ts';

const BOOTS = 200;
/** Of a boot on a busy machine, and some more. */
const LONGEST_MS = 60;
const enter = gate();

/** What the engine would give (PIDONE_STOP_TIMEOUT), seconds; and what all around may take on a busy machine. */
const BUDGET_S = 4;
const AROUND_MS = 20_000;

const puppet = (name: string, commands: string, ...settings: readonly string[]): string =>
  ['[Service]', `ExecStart=/run/t/puppet ${name} ${commands} "log ${name} is up"`, ...settings, ''].join('\n');

/** Of each kind one, and a chain; a command that is still busy. */
const units: Record<string, string> = {
  'simple.service': puppet('simple', '"leave TERM"'),
  'notify.service': puppet('notify', '"leave TERM"', 'Type=notify').replace('up"\n', 'up" "notify READY=1"\n'),
  'never-ready.service': puppet('never-ready', '"leave TERM"', 'Type=notify'),
  'forking.service': [
    '[Service]',
    'Type=forking',
    'ExecStart=/run/t/puppet - "daemonize forking leave TERM; log forking is up" "exit 0"',
    '',
  ].join('\n'),
  'restarts.service': puppet('restarts', '"leave TERM"', 'Restart=always', 'RestartSec=1ms').replace(
    'up"\n',
    'up" "exit 1"\n',
  ),
  'busy-before.service': [
    '[Service]',
    'ExecStartPre=/run/t/puppet pre "leave TERM" "log pre is up"',
    'ExecStart=/run/t/puppet never',
    '',
  ].join('\n'),
};
for (let i = 1; i <= 8; i++)
  units[`chain${String(i)}.service`] =
    `[Unit]\nAfter=chain${String(i - 1)}.service\n${puppet(`chain${String(i)}`, '"leave TERM"', 'Type=exec')}`;

/** In some boots: it costs a second. */
const deaf = { 'deaf.service': puppet('deaf', '"report TERM"', 'TimeoutStopSec=1s') };

/** Those that were up, and neither ended by themselves nor were asked to. */
function unasked(log: readonly string[]): readonly string[] {
  const up = log.filter((line) => line.endsWith(' is up')).map((line) => line.slice(0, -' is up'.length));
  return up.filter(
    (name) => name !== 'restarts' && !log.includes(`${name} left on SIGTERM`) && !log.includes(`${name} got SIGTERM`),
  );
}

/** Resolves with what is wrong, or undefined. */
async function stopAt(box: Box, signals: readonly number[]): Promise<string | undefined> {
  for (const [index, wait] of signals.entries()) {
    await pass(wait);
    try {
      box.signal('SIGTERM');
    } catch {
      if (index === 0) return 'it was gone before it was asked to stop';
    }
  }
  const status = await Promise.race([box.ended, pass(AROUND_MS, 'late' as const)]);
  const story = `after ${signals.map((ms) => ms.toFixed(1)).join(' + ')} ms\n${box.log().join('\n')}\n${box.stderr()}`;
  if (status !== 0) return `status ${String(status)} ${story}`;
  const missed = unasked(box.log());
  return missed.length === 0 ? undefined : `${missed.join(', ')} got no SIGTERM ${story}`;
}

test(`SIGTERM at any moment of a boot, once or twice: whatever was up gets it, and pidone leaves in time (${String(BOOTS)} boots)`, async (t) => {
  t.log(`CHAOS_SEED=${String(seed)}`);
  await Promise.all(
    Array.from({ length: BOOTS }, (_, index) =>
      enter(async () => {
        const random = randomOf(index);
        const signals = [random() * LONGEST_MS];
        if (random() < 0.3) signals.push(random() * 10);
        const someUnits = random() < 0.1 ? { ...units, ...deaf } : units;
        const box = await makeBox({ units: someUnits, environment: [`PIDONE_STOP_TIMEOUT=${String(BUDGET_S)}`] });
        try {
          box.go();
          const wrong = await stopAt(box, signals);
          if (wrong !== undefined) t.fail(`boot ${String(index)}: ${wrong}`);
        } finally {
          await box.down();
        }
      }),
    ),
  );
  t.pass();
});

test('SIGTERM, and a service that is deaf to it for longer than the engine gives: it is killed in time, the status is 0', async (t) => {
  const box = await bootBox({
    units: { 'deaf.service': puppet('deaf', '"report TERM"', 'TimeoutStopSec=infinity') },
    environment: ['PIDONE_STOP_TIMEOUT=2'],
  });
  try {
    await box.logged('deaf is up');
    t.is(await stopAt(box, [0]), undefined);
    t.regex(box.stderr(), /the time to stop is over/);
  } finally {
    await box.down();
  }
});

test('A second SIGTERM hurries: a deaf service is killed a second later', async (t) => {
  const box = await bootBox({
    units: { 'deaf.service': puppet('deaf', '"report TERM"', 'TimeoutStopSec=infinity') },
    environment: ['PIDONE_STOP_TIMEOUT=9000'],
  });
  try {
    await box.logged('deaf is up');
    box.signal('SIGTERM');
    await box.logged('deaf got SIGTERM');
    t.is(await stopAt(box, [0]), undefined);
  } finally {
    await box.down();
  }
});

test('What docker exec has left in the container gets SIGTERM, and time for it, before the container ends', async (t) => {
  const box = await bootBox({ units: {} });
  try {
    const stray = box.run('/run/t/puppet', 'stray', 'leave TERM', 'log stray is up');
    await box.logged('stray is up');
    t.is(await stopAt(box, [0]), undefined);
    t.is((await stray).status, 0);
  } finally {
    await box.down();
  }
});
