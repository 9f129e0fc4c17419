// The manager is killed with -9 at any moment: the next one knows everything again, and nobody else notices.
import { setTimeout as pass } from 'node:timers/promises';
import test from 'ava';
import { gate } from '../oracle/gate.ts';
import { bootPidone } from '../oracle/pidone.ts';
import { loadScenarios, play, readRecording } from '../oracle/scenario.ts';
import { bootBox, makeBox, type Box } from './box.ts';
import { inBox } from './in-box.ts';
import { cmdlineOf, childrenOf } from './processes.ts';
import { randomOf, seed } from './seed.ts';

const enter = gate();

/** Kills the manager of an init, if there is one. */
function killManager(init: number): boolean {
  const manager = childrenOf(init).find((pid) => cmdlineOf(pid) === 'pidone (manager)');
  if (manager === undefined) return false;
  try {
    process.kill(manager, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Kills it so many times, after random times up to `longest`, while `work` is done. More often would only test the back-off. */
async function underFire<Result>(
  init: number,
  random: () => number,
  times: number,
  longest: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const fire = (async () => {
    for (let kills = 0; kills < times && !over.signal.aborted;) {
      await pass(random() * longest);
      if (killManager(init)) kills++;
    }
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await fire;
  }
}

// ── whole scenarios ────────────────────────────────────────────────────────────────────────────────────────────────

/** Those with the most states and the most that waits. */
const names = [
  'bindsto-restart',
  'exec-phases-in-order',
  'exec-reload',
  'kill-mode-mixed',
  'kill-verb',
  'order-stop-is-reverse',
  'restart-',
  'start-limit',
  'timeout',
  'type-forking-pidfile-late',
  'type-notify-ready',
  'type-oneshot',
];
const PER_NAME = 2;
const scenarios = names.flatMap((name) =>
  loadScenarios([name])
    .filter(({ notYet }) => notYet === undefined)
    .slice(0, PER_NAME),
);

for (const [index, scenario] of scenarios.entries())
  test(`What the real systemd answers, pidone answers though its manager is killed again and again: ${scenario.name}`, async (t) => {
    t.log(`CHAOS_SEED=${String(seed)}`);
    const random = randomOf(1000 + index);
    await enter(async () => {
      let story = '';
      const steps = await play(scenario, async (units) => {
        const machine = await bootPidone(units);
        let stop = (): void => undefined;
        const over = new Promise<void>((resolve) => (stop = resolve));
        const fire = underFire(machine.init, random, 6, 60, () => over);
        return {
          ...machine,
          async down() {
            story = machine.log();
            stop();
            await fire;
            await machine.down();
          },
        };
      });
      t.deepEqual(steps, readRecording(scenario)?.steps, story);
    });
  });

// ── the boot ───────────────────────────────────────────────────────────────────────────────────────────────────────

const BOOTS = 40;
const bootUnits: Record<string, string> = {
  'once.service':
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStartPre=/run/t/note pre\nExecStart=/run/t/note first\nExecStart=/run/t/note second\nExecStartPost=/run/t/note post\n',
  'notify.service':
    '[Unit]\nAfter=once.service\n[Service]\nType=notify\nExecStart=/run/t/puppet notify "log notify is up" "notify READY=1"\n',
  'forking.service':
    '[Unit]\nAfter=notify.service\n[Service]\nType=forking\nExecStart=/run/t/puppet - "daemonize forking log forking is up" "exit 0"\n',
  'last.service': '[Unit]\nAfter=forking.service\n[Service]\nExecStart=/run/t/puppet last "log last is up"\n',
  'fails.service': '[Service]\nType=oneshot\nExecStart=/run/t/puppet - "log fails" "exit 3"\n',
};
const ordered = ['pre', 'first', 'second', 'post', 'notify is up', 'forking is up', 'last is up'];

async function wrongBoot(box: Box, random: () => number): Promise<string | undefined> {
  await underFire(box.init, random, 1 + Math.floor(random() * 3), 25, async () => {
    box.go();
    await box.logged('last is up');
  });
  const system = await box.call('systemctl', 'is-system-running', '--wait');
  const log = box.log();
  const story = `\n${log.join('\n')}\n${box.stderr()}`;
  if (system.stdout !== 'degraded') return `the system is ${system.stdout}${story}`;
  const others = log.filter((line) => line !== 'fails');
  if (others.join() !== ordered.join() || log.length !== ordered.length + 1) return `not once each, in order${story}`;
  return undefined;
}

test(`Killed at any moment of a boot, up to three times: every command of every unit is carried out once, in its order (${String(BOOTS)} boots)`, async (t) => {
  t.log(`CHAOS_SEED=${String(seed)}`);
  const boots = Array.from({ length: BOOTS }, (_, index) =>
    enter(async () => {
      const box = await makeBox({ units: bootUnits });
      try {
        const wrong = await wrongBoot(box, randomOf(index));
        if (wrong !== undefined) t.fail(`boot ${String(index)}: ${wrong}`);
      } finally {
        await box.down();
      }
    }),
  );
  await Promise.all(boots);
  t.pass();
});

// ── who waits, who runs ────────────────────────────────────────────────────────────────────────────────────────────

const LINES = 20_000;
const signals = 'HUP INT QUIT USR1 USR2 PIPE ALRM TERM CONT WINCH';

test('Services notice nothing: the same pids, no signal, NOTIFY_SOCKET works, no line of their output is lost', async (t) => {
  const random = randomOf(2000);
  t.log(`CHAOS_SEED=${String(seed)}`);
  const units = {
    'talks.service': `[Service]\nExecStart=/bin/sh -c 'i=0; while [ $$i -lt ${LINES} ]; do i=$$((i+1)); echo line $$i; done; /run/t/note talked; exec /run/t/puppet talks'\n`,
    'calm.service': `[Service]\nNotifyAccess=all\nExecStart=/run/t/puppet calm "report ${signals}" "log calm is up"\n`,
  };
  await inBox({ units }, async (box) => {
    await box.logged('calm is up');
    const pids = async (): Promise<string> =>
      (await box.call('systemctl', 'show', '-p', 'MainPID', 'talks', 'calm')).stdout;
    const before = await pids();
    await underFire(box.init, random, 5, 60, async () => {
      await box.logged('talked');
    });
    await box.tell('calm', 'notify STATUS=still heard');
    t.is(await pids(), before);
    const shown = await box.call('systemctl', 'show', '-p', 'StatusText,NRestarts', 'calm');
    t.is(shown.stdout, 'StatusText=still heard\nNRestarts=0');
    t.deepEqual(box.log(), ['calm is up', 'talked']);
    const lines = (await box.call('journalctl', '-u', 'talks', '-o', 'cat')).stdout.split('\n');
    const said = lines.filter((line) => line.startsWith('line '));
    t.is(said.length, LINES);
    t.true(said.every((line, index) => line === `line ${String(index + 1)}`));
  });
});

const waiting = {
  'default.target': '[Unit]\nDefaultDependencies=no\n',
  'slow.service':
    '[Service]\nType=notify\nExecStart=/run/t/puppet slow "leave TERM" "log slow is up"\nTimeoutStartSec=1min\n',
  'stubborn.service':
    '[Service]\nExecStart=/run/t/puppet stubborn "report TERM" "log stubborn is up"\nTimeoutStopSec=1min\n',
  'reloads.service':
    '[Service]\nExecStart=/run/t/puppet reloads "log reloads is up"\nExecReload=/run/t/puppet reloading "log reloading"\n',
  'restarts.service':
    '[Service]\nExecStart=/run/t/puppet restarts "log restarts is up"\nRestart=on-failure\nRestartSec=400ms\n',
  'late.service': '[Service]\nType=notify\nExecStart=/run/t/puppet late "log late is up"\nTimeoutStartSec=700ms\n',
};

test('A start, a stop, a reload that are waited for go on, and who waited gets the answer', async (t) => {
  await inBox({ units: waiting }, async (box) => {
    const start = box.call('systemctl', 'start', 'slow');
    await box.logged('slow is up');
    killManager(box.init);
    await box.call('systemctl', 'start', 'stubborn', 'reloads');
    await box.logged('stubborn is up');
    await box.logged('reloads is up');
    const stop = box.call('systemctl', 'stop', 'stubborn');
    await box.logged('stubborn got SIGTERM');
    const reload = box.call('systemctl', 'reload', 'reloads');
    await box.logged('reloading');
    killManager(box.init);
    const jobs = await box.call('systemctl', 'list-jobs', '--no-legend', '--plain');
    t.deepEqual(
      jobs.stdout
        .split('\n')
        .map((line) => line.trim().split(/ +/).slice(1).join(' '))
        .sort(),
      ['reloads.service reload running', 'slow.service start running', 'stubborn.service stop running'],
    );
    await box.tell('slow', 'notify READY=1');
    await box.tell('stubborn', 'exit 0');
    await box.tell('reloading', 'exit 0');
    t.deepEqual(await Promise.all([start, stop, reload]), Array(3).fill({ status: 0, stdout: '', stderr: '' }));
  });
});

test('RestartSec=, TimeoutStartSec= and the restart counter go on where they were', async (t) => {
  await inBox({ units: waiting }, async (box) => {
    await box.call('systemctl', 'start', 'restarts');
    for (let death = 1; death <= 2; death++) {
      await box.logged('restarts is up', death);
      await box.tell('restarts', 'exit 1');
      await box.call('systemctl', 'is-active', 'restarts');
      killManager(box.init);
    }
    await box.logged('restarts is up', 3);
    const shown = await box.call('systemctl', 'show', '-p', 'NRestarts,SubState', 'restarts');
    t.is(shown.stdout, 'NRestarts=2\nSubState=running');
    const start = box.call('systemctl', 'start', 'late');
    await box.logged('late is up');
    killManager(box.init);
    t.is((await start).status, 1);
    t.is((await box.call('systemctl', 'show', '-p', 'Result', 'late')).stdout, 'Result=timeout');
  });
});

test('daemon-reexec is the same way: same pids, same jobs, an answer', async (t) => {
  await inBox({ units: waiting }, async (box) => {
    const start = box.call('systemctl', 'start', 'slow');
    await box.logged('slow is up');
    const manager = box.manager();
    const pid = (await box.call('systemctl', 'show', '-p', 'MainPID', 'slow')).stdout;
    t.is((await box.call('systemctl', 'daemon-reexec')).status, 0);
    t.is((await box.call('systemctl', 'show', '-p', 'MainPID', 'slow')).stdout, pid);
    t.not(box.manager(), manager);
    await box.tell('slow', 'notify READY=1');
    t.is((await start).status, 0);
  });
});

test('Killed in the middle of a shutdown: what is left is stopped in its order', async (t) => {
  const units: Record<string, string> = {};
  for (let i = 1; i <= 3; i++)
    units[`s${String(i)}.service`] =
      `[Unit]\nAfter=s${String(i - 1)}.service\n[Service]\nExecStart=/run/t/puppet s${String(i)} "report TERM" "log s${String(i)} is up"\n`;
  const box = await bootBox({ units });
  try {
    for (let i = 1; i <= 3; i++) await box.logged(`s${String(i)} is up`);
    box.signal('SIGTERM');
    for (let i = 3; i >= 1; i--) {
      await box.logged(`s${String(i)} got SIGTERM`);
      killManager(box.init);
      await box.tell(`s${String(i)}`, 'exit 0');
    }
    t.is(await box.ended, 0);
    const stops = box.log().filter((line) => line.endsWith('SIGTERM'));
    t.deepEqual(stops, ['s3 got SIGTERM', 's2 got SIGTERM', 's1 got SIGTERM']);
  } finally {
    await box.down();
  }
});
