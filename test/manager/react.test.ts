import test from 'ava';

import { System } from './system.ts';

const stay = '[Service]\nExecStart=/bin/stay';
const keep = 'After=a.service b.service c.service d.service';

function systemWith(units: Readonly<Record<string, string>>): System {
  const system = new System({ 'keep.target': keep, ...units });
  system.ask('start', 'keep.target');
  return system;
}

test('Requires= alone does not stop the dependent when the dependency dies by itself', (t) => {
  const system = systemWith({ 'a.service': `Requires=b.service\nAfter=b.service\n${stay}`, 'b.service': stay });
  system.ask('start', 'a');
  system.end('b', 1);
  t.is(system.state('b'), 'failed');
  t.is(system.state('a'), 'active');
});

test('BindsTo= stops the dependent when the dependency dies by itself', (t) => {
  const system = systemWith({ 'a.service': `BindsTo=b.service\nAfter=b.service\n${stay}`, 'b.service': stay });
  system.ask('start', 'a');
  system.seen();
  system.end('b', 1);
  t.is(system.state('a'), 'inactive');
  t.true(system.seen().includes('a.service job done'));
});

test('PropagatesStopTo= stops the other when the unit dies by itself', (t) => {
  const system = systemWith({ 'a.service': stay, 'b.service': `PropagatesStopTo=a.service\n${stay}` });
  system.ask('start', 'a');
  system.ask('start', 'b');
  system.end('b', 0);
  t.is(system.state('a'), 'inactive');
});

test('BindsTo= on a unit that ends without ever being up stops the dependent', (t) => {
  const system = systemWith({
    'a.service': `BindsTo=b.service\n${stay}`,
    'b.service': '[Service]\nType=oneshot\nExecStart=/bin/slow',
  });
  system.ask('start', 'a');
  t.is(system.state('a'), 'active');
  system.end('b', 0);
  t.is(system.state('a'), 'inactive');
});

test('StopWhenUnneeded= stops a unit once nobody needs it', (t) => {
  const system = systemWith({
    'a.service': `Requires=b.service\nAfter=b.service\n${stay}`,
    'b.service': `StopWhenUnneeded=yes\n${stay}`,
    'c.service': `Wants=b.service\n${stay}`,
  });
  system.ask('start', 'a');
  system.ask('start', 'c');
  system.ask('stop', 'a');
  t.is(system.state('b'), 'active');
  system.end('c', 0);
  t.is(system.state('b'), 'inactive');
});

test('StopWhenUnneeded= leaves a unit alone while who needs it is being restarted', (t) => {
  const system = systemWith({
    'a.service': `Requires=b.service\nAfter=b.service\n${stay}\nRestart=always\nRestartSec=1`,
    'b.service': `StopWhenUnneeded=yes\n${stay}`,
  });
  system.ask('start', 'a');
  system.end('a', 1);
  t.is(system.state('a'), 'activating');
  t.is(system.state('b'), 'active');
  system.pass(1_100_000);
  t.is(system.state('a'), 'active');
  t.is(system.state('b'), 'active');
});

test('Upholds= starts the other again whenever it is down, but not for ever in a hurry', (t) => {
  const system = systemWith({
    'a.service': `Upholds=b.service\n${stay}`,
    'b.service': `StartLimitIntervalSec=0\n${stay}`,
  });
  system.ask('start', 'a');
  t.is(system.state('b'), 'active');
  system.end('b', 1);
  t.is(system.state('b'), 'active');
  for (let times = 0; times < 20 && system.state('b') === 'active'; times += 1) system.end('b', 1);
  t.is(system.state('b'), 'failed');
  t.true(system.logs.some((line) => line.includes('we tried this too often recently')));
});

test('a service that Restart= brings back takes along what is bound to it', (t) => {
  const system = systemWith({
    'a.service': `BindsTo=b.service\nAfter=b.service\n${stay}`,
    'b.service': `${stay}\nRestart=always\nRestartSec=1`,
  });
  system.ask('start', 'a');
  system.end('b', 1);
  t.is(system.state('a'), 'inactive');
  system.pass(1_100_000);
  t.is(system.state('b'), 'active');
});

test('a unit that comes up by itself starts what it requires and stops what it conflicts with', (t) => {
  const system = systemWith({
    'a.service': `Requires=b.service\nConflicts=c.service\n${stay}`,
    'b.service': stay,
    'c.service': stay,
  });
  system.ask('start', 'c');
  system.ask('start', 'a', 'ignore-requirements');
  t.is(system.state('b'), 'inactive');
  t.is(system.state('c'), 'active');
});

test('FailureAction= and SuccessAction= tell the shell, with the exit status of the main process', (t) => {
  const system = systemWith({
    'a.service': `FailureAction=exit\n${stay}`,
    'b.service': `SuccessAction=exit\nSuccessActionExitStatus=7\n${stay}`,
  });
  system.ask('start', 'a');
  system.ask('start', 'b');
  system.end('a', 42);
  system.end('b', 0);
  const told = system.effects.filter((effect) => effect.kind === 'emergency');
  t.deepEqual(
    told.map((effect) => [effect.unit as string, effect.action, effect.status]),
    [
      ['a.service', 'exit', 42],
      ['b.service', 'exit', 7],
    ],
  );
});
