import test from 'ava';

import { System } from '../system.ts';

/** b is slow to come up; what is ordered waits for it. */
const ready = '[Service]\nType=notify\nExecStart=/bin/ready';
const stay = '[Service]\nExecStart=/bin/stay';

test('After=: the later unit starts once the earlier one is up, and not before', (t) => {
  const system = new System({ 'a.service': `Wants=b.service\nAfter=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'a');
  t.is(system.state('a'), 'inactive');
  t.is(system.job('a')?.state, 'waiting');
  t.is(system.job('b')?.state, 'running');
  system.ready('b');
  t.deepEqual(system.seen(), [
    'b.service activating',
    'b.service active',
    'b.service job done',
    'a.service activating',
    'a.service active',
    'a.service job done',
  ]);
});

test('Before=: the same order, told by the other unit', (t) => {
  const system = new System({ 'a.service': `Wants=b.service\n${stay}`, 'b.service': `Before=a.service\n${ready}` });
  system.ask('start', 'a');
  t.is(system.state('a'), 'inactive');
  system.ready('b');
  t.is(system.state('a'), 'active');
});

test('units without an order start at once', (t) => {
  const system = new System({ 'a.service': `Requires=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'a');
  t.is(system.state('a'), 'active');
  t.is(system.state('b'), 'activating');
});

test('units stop in the reverse of the order in which they start', (t) => {
  const system = new System({
    'all.target': 'Wants=a.service b.service c.service',
    'a.service': `PartOf=all.target\n${stay}`,
    'b.service': `PartOf=all.target\nAfter=a.service\n${stay}`,
    'c.service': `PartOf=all.target\nAfter=b.service\n${stay}`,
  });
  system.ask('start', 'all.target');
  system.seen();
  system.ask('stop', 'all.target');
  const stopped = system.seen().filter((line) => line.endsWith('.service inactive'));
  t.deepEqual(stopped, ['c.service inactive', 'b.service inactive', 'a.service inactive']);
});

test('a stop goes before a start, whatever the direction of the order', (t) => {
  for (const order of ['After', 'Before']) {
    const system = new System({
      'a.service': `Conflicts=b.service\n${order}=b.service\n${stay}`,
      'b.service': '[Service]\nExecStart=/bin/stay\nExecStop=/bin/slow',
    });
    system.ask('start', 'b');
    system.ask('start', 'a');
    t.is(system.state('b'), 'deactivating', order);
    t.is(system.state('a'), 'inactive', order);
    system.end('b', 0);
    system.settle();
    t.is(system.state('a'), 'inactive', order);
    system.end('b', 0);
    t.is(system.state('a'), 'active', order);
  }
});

test('the order holds between transactions', (t) => {
  const system = new System({ 'a.service': `After=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'b');
  system.ask('start', 'a');
  t.is(system.job('a')?.state, 'waiting');
  system.ready('b');
  t.is(system.state('a'), 'active');
});

test('mode ignore-dependencies waits for nobody', (t) => {
  const system = new System({ 'a.service': `After=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'b');
  system.ask('start', 'a', 'ignore-dependencies');
  t.is(system.state('a'), 'active');
});

test('Type=idle waits until no job is left', (t) => {
  const system = new System({
    'all.target': 'Wants=a.service b.service',
    'a.service': '[Service]\nType=idle\nExecStart=/bin/stay',
    'b.service': ready,
  });
  system.ask('start', 'all.target');
  t.is(system.state('a'), 'active');
  t.is(system.processes.filter((each) => each.unit === 'a.service').length, 0);
  system.ready('b');
  t.is(system.processes.filter((each) => each.unit === 'a.service').length, 1);
});

test('a chain of 2,000 units starts and stops', (t) => {
  const units: Record<string, string> = {};
  for (let at = 0; at < 2000; at += 1) {
    const before = at === 0 ? '' : `Requires=s${at - 1}.service\nAfter=s${at - 1}.service\n`;
    units[`s${at}.service`] = before + stay;
  }
  const system = new System(units);
  system.ask('start', 's1999');
  t.is(system.state('s1999'), 'active');
  t.is(system.processes.length, 2000);
  t.is(system.processes[0]?.unit, 's0.service' as never);
  system.ask('stop', 's0');
  t.is(system.processes.length, 0);
});

test('of jobs that can run a higher CPUWeight= is begun first, then a lower Nice=, then by name', (t) => {
  const unit = (line: string): string => `[Service]\nExecStart=/bin/stay\n${line}\n`;
  const system = new System({
    'idle.service': unit('CPUWeight=idle'),
    'a.service': unit('Nice=1'),
    'b.service': unit(''),
    'c.service': unit('CPUWeight=100'),
    'd.service': unit('CPUWeight=101\nNice=19'),
    'e.service': unit('StartupCPUWeight=10000'),
    'all.target': '[Unit]\nWants=a.service b.service c.service d.service e.service idle.service\n',
  });
  const begun = (): string[] => {
    const order: string[] = [];
    system.onRun = ({ unit: name }) => order.push(name);
    system.ask('start', 'all.target');
    system.ask('stop', 'a');
    for (const name of 'b c d e idle'.split(' ')) system.ask('stop', name);
    system.ask('stop', 'all.target');
    return order.slice(0, 7);
  };
  const others = ['b.service', 'c.service', 'a.service', 'idle.service'];
  t.deepEqual(begun(), ['all.target', 'e.service', 'd.service', ...others], 'while the system starts');
  system.core.world.bootDone = true;
  const later = ['b.service', 'c.service', 'e.service', 'a.service', 'idle.service'];
  t.deepEqual(begun(), ['all.target', 'd.service', ...later]);
});
