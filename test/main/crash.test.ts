import test from 'ava';

import { parseState } from '../../src/manager/store.ts';
import { Container } from '../fake/container.ts';

/** a is up for good; b, after it, runs three commands and is then exited; c fails; d restarts when it is killed. */
const files = {
  '/etc/systemd/system/multi-user.target': '[Unit]\nWants=a.service b.service c.service d.service\n',
  '/etc/systemd/system/a.service': '[Service]\nExecStart=/bin/a\nExecStopPost=/once/0\n',
  '/etc/systemd/system/b.service':
    '[Unit]\nAfter=a.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStartPre=/once/0\nExecStart=/once/0\nExecStart=/once/0\nExecStop=/once/0\n',
  '/etc/systemd/system/c.service': '[Service]\nType=exec\nExecStart=/once/7\nExecStopPost=/once/0\n',
  '/etc/systemd/system/d.service': '[Service]\nExecStart=/bin/d\nRestart=on-failure\nRestartSec=0\n',
};

/** The whole life: boot, a death that is followed by a restart, shutdown. */
function live(killAt = Infinity, when: 'before' | 'after' = 'after'): Container {
  const container = new Container({ files });
  container.run(killAt, when);
  container.end('d.service', 'killed', 9);
  container.run(killAt, when);
  for (let i = 0; i < 3; i++) container.passTime(killAt, when);
  container.run(killAt, when);
  container.terminate();
  container.run(killAt, when);
  return container;
}

test('The whole life of a container, without a death of the manager', (t) => {
  const container = live();
  t.is(container.exited, 0);
  t.deepEqual(container.commands.toSorted(), [
    'a.service /bin/a',
    'a.service /once/0',
    'b.service /once/0',
    'b.service /once/0',
    'b.service /once/0',
    'b.service /once/0',
    'c.service /once/0',
    'c.service /once/7',
    'd.service /bin/d',
    'd.service /bin/d',
  ]);
});

for (const when of ['before', 'after'] as const)
  test(`Whatever the batch in which the manager dies, ${when} its effects are out: every command is carried out once`, (t) => {
    const { batches, commands } = live();
    for (let killAt = 1; killAt <= batches; killAt++) {
      const container = live(killAt, when);
      t.is(container.generation, 1, `killed at ${killAt}`);
      t.is(container.exited, 0, `killed at ${killAt}`);
      t.deepEqual(container.commands.toSorted(), commands.toSorted(), `killed at ${killAt}`);
    }
  });

test('What the manager says of a unit until the end of a shutdown is in its journal', (t) => {
  const { host } = live();
  t.regex(String(host.readFile('/var/log/pidone/a.service/current', 1 << 20)), /Stopped a\.service/);
});

test('A last line that was torn is as if it had not been written; other bad lines are counted', (t) => {
  const good = '{"k":"keeper","i":1,"v":{"id":1}}\n';
  t.is(parseState(`${good}{"k":"keeper","i":2,"v":{"id"`).keepers.size, 1);
  t.is(parseState(`${good}{"k":"keeper","i":2,"v":{"id"`).bad, 0);
  const state = parseState(`junk\n${good}{"k":"keeper","i":1}\n`);
  t.is(state.bad, 1);
  t.is(state.keepers.size, 0);
});

test('A job that came and went between two writes leaves no trace in the state file', (t) => {
  const container = new Container({ files });
  container.run();
  const text = container.host.readFile('/run/pidone/state', 1e6);
  const stored = new Set<number>();
  for (const line of String(text)
    .split('\n')
    .filter((each) => each !== '')) {
    const { k, i, v } = JSON.parse(line) as { k: string; i: number; v?: unknown };
    if (k !== 'job') continue;
    if (v === undefined) t.true(stored.delete(i), line);
    else stored.add(i);
  }
});

test('A state file that cannot be written is told once, and everything goes on', (t) => {
  const container = new Container({ files });
  container.host.openAppend = () => -28;
  container.host.writeFile = () => 28 as never;
  container.run();
  container.terminate();
  container.run();
  t.is(container.exited, 0);
  t.is(container.host.logged.filter((line) => line.includes('cannot write /run/pidone/state')).length, 1);
});
