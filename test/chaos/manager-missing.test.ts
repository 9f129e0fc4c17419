// The manager is stopped, or none can be had.
import test from 'ava';
import { execa } from 'execa';
import { killManager } from './box.ts';
import { inBox } from './in-box.ts';
import { childrenOf, stateOf } from './processes.ts';
import { untilCalled } from './until.ts';

const chain: Record<string, string> = {
  'a.service': '[Service]\nType=notify\nExecStart=/run/t/puppet a "leave TERM" "log a is up" "notify READY=1"\n',
  'b.service':
    '[Unit]\nAfter=a.service\n[Service]\nType=notify\nExecStart=/run/t/puppet b "leave TERM" "log b is up" "notify READY=1"\n',
};
const talks = {
  'talks.service':
    '[Service]\nExecStart=/bin/sh -c "echo one; /run/t/puppet talks; echo two; /run/t/note two; exec /run/t/puppet quiet"\n',
};

test('While the manager is stopped, init reaps, services run on and are logged; who asks gets an answer all the same', async (t) => {
  await inBox({ units: { ...chain, ...talks } }, async (box) => {
    await box.tell('talks', 'log talks');
    const manager = box.manager();
    killManager(box, 'SIGSTOP');
    await box.tell('talks', 'exit 0');
    await box.logged('two');
    await box.run('/bin/sh', '-c', '(true & exec true) &');
    await untilCalled(async () => {
      await box.run('/bin/true');
      return childrenOf(box.init).every((pid) => stateOf(pid) !== 'Z');
    });
    t.is((await box.call('systemctl', 'is-active', 'a')).stdout, 'active');
    t.not(box.manager(), manager);
    const said = (await box.call('journalctl', '-u', 'talks', '-o', 'cat')).stdout.split('\n');
    t.true(said.includes('one') && said.includes('two'));
  });
});

test('SIGTERM while the manager is stopped: the next one stops everything in its order', async (t) => {
  await inBox({ units: chain }, async (box) => {
    await box.logged('b is up');
    killManager(box, 'SIGSTOP');
    box.signal('SIGTERM');
    t.is(await box.ended, 0);
    t.deepEqual(box.log(), ['a is up', 'b is up', 'b left on SIGTERM', 'a left on SIGTERM']);
  });
});

/** So much of an address space that init and keepers go on, and no engine starts. */
const TOO_SMALL = 3 * 1024 * 1024;

test('No manager can be had: it is tried again and again, ever later, as is told; services run on; once it can be had, all is known', async (t) => {
  await inBox({ units: chain }, async (box) => {
    await box.logged('b is up');
    const pids = await box.call('systemctl', 'show', '-p', 'MainPID', 'a', 'b');
    await execa('prlimit', ['--pid', String(box.init), `--as=${TOO_SMALL}:unlimited`]);
    killManager(box);
    await box.said(/starting it again in 80 ms/);
    await execa('prlimit', ['--pid', String(box.init), '--as=unlimited:unlimited']);
    t.deepEqual(await box.call('systemctl', 'show', '-p', 'MainPID', 'a', 'b'), pids);
    t.deepEqual(box.log(), ['a is up', 'b is up']);
  });
});

test('SIGTERM when no manager can be had: init stops all units itself, and the status is 0', async (t) => {
  await inBox({ units: chain }, async (box) => {
    await box.logged('b is up');
    await execa('prlimit', ['--pid', String(box.init), `--as=${TOO_SMALL}:unlimited`]);
    killManager(box);
    await box.said(/starting it again in 20 ms/);
    box.signal('SIGTERM');
    t.is(await box.ended, 0);
    t.deepEqual(box.log().toSorted(), ['a is up', 'a left on SIGTERM', 'b is up', 'b left on SIGTERM']);
    t.regex(box.stderr(), /stopping all units without it/);
  });
});
