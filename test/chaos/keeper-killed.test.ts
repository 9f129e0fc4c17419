// A keeper is killed with -9: never two copies of its service, never one that is lost, never one against the operator's word.
import test from 'ava';
import type { Box } from './box.ts';
import { inBox } from './in-box.ts';
import { cmdlineOf, treeOf } from './processes.ts';

const service = (commands: string, ...settings: readonly string[]): string =>
  ['[Service]', `ExecStart=/run/t/puppet ${commands}`, ...settings, ''].join('\n');

const units = {
  'plain.service': service('plain "leave TERM" "daemonize child report TERM; log child is up" "log plain is up"'),
  'again.service': service('again "leave TERM" "log again is up"', 'Restart=always', 'RestartSec=0'),
  'stubborn.service': service(
    'stubborn "report TERM" "log stubborn is up"',
    'Restart=always',
    'RestartSec=0',
    'TimeoutStopSec=300ms',
  ),
  'stopped.service': service('stopped "report TERM" "log stopped is up"', 'Restart=always', 'RestartSec=0'),
};

function killKeeper(box: Box, unit: string): void {
  const [keeper] = box.keepers(unit);
  if (keeper === undefined) throw new Error(`${unit} has no keeper`);
  process.kill(keeper, 'SIGKILL');
}

function killManager(box: Box): void {
  const manager = box.manager();
  if (manager !== undefined) process.kill(manager, 'SIGKILL');
}

/** How many puppets of this name there are. */
const copies = (box: Box, name: string): number =>
  treeOf(box.init).filter((pid) => cmdlineOf(pid).startsWith(`/run/t/puppet ${name} `)).length;

const state = async (box: Box, unit: string): Promise<string> =>
  (await box.call('systemctl', 'show', '-p', 'ActiveState,Result', unit)).stdout;

for (const too of ['', ', and the manager with it'])
  test(`Without Restart= the unit fails, all of its processes end, and nothing starts again${too}`, async (t) => {
    await inBox({ units }, async (box) => {
      await box.logged('plain is up');
      killKeeper(box, 'plain.service');
      if (too !== '') killManager(box);
      await box.logged('plain left on SIGTERM');
      await box.logged('child got SIGTERM');
      await box.tell('child', 'exit 0');
      await box.call('systemctl', 'stop', 'plain');
      t.is(await state(box, 'plain'), 'Result=signal\nActiveState=failed');
      t.is(copies(box, 'plain'), 0);
      t.is(box.log().filter((line) => line === 'plain is up').length, 1);
      t.regex(
        box.stderr(),
        /the keeper of plain\.service \(PID \d+\) ended: killed by SIGKILL; 2 of its processes are left/,
      );
    });
  });

test('With Restart= the next copy starts when the last process of the first has ended', async (t) => {
  await inBox({ units }, async (box) => {
    await box.logged('again is up');
    await box.logged('stubborn is up');
    killKeeper(box, 'again.service');
    killKeeper(box, 'stubborn.service');
    killManager(box);
    await box.logged('again is up', 2);
    await box.logged('stubborn is up', 2);
    t.is(copies(box, 'again'), 1);
    t.is(copies(box, 'stubborn'), 1);
    const log = box.log();
    const of = (name: string): readonly string[] => log.filter((line) => line.startsWith(`${name} `));
    t.deepEqual(of('again'), ['again is up', 'again left on SIGTERM', 'again is up']);
    t.is(of('stubborn').at(-1), 'stubborn is up');
    t.true(of('stubborn').includes('stubborn got SIGTERM'));
  });
});

test('A service that is being stopped stays stopped, though Restart=always and its keeper is killed', async (t) => {
  await inBox({ units }, async (box) => {
    await box.logged('stopped is up');
    const stop = box.call('systemctl', 'stop', 'stopped');
    await box.logged('stopped got SIGTERM');
    killKeeper(box, 'stopped.service');
    await box.said(/the keeper of stopped\.service/);
    await box.tell('stopped', 'exit 0');
    t.is((await stop).status, 0);
    t.is(copies(box, 'stopped'), 0);
    t.notRegex(await state(box, 'stopped'), /ActiveState=active|ActiveState=activating/);
    t.is(box.log().filter((line) => line === 'stopped is up').length, 1);
  });
});
