import test from 'ava';

import { System } from './system.ts';

const stay = '[Service]\nExecStart=/bin/stay';

test('a unit that ended well and that nothing refers to is forgotten', (t) => {
  const system = new System({ 'a.service': '[Service]\nType=oneshot\nExecStart=/bin/ok' });
  system.ask('start', 'a');
  t.is(system.state('a'), 'not loaded');
});

test('a unit stays known while one that is up names it in any dependency', (t) => {
  const system = new System({ 'keep.target': 'After=a.service', 'a.service': stay });
  system.ask('start', 'keep.target');
  system.ask('start', 'a');
  system.ask('stop', 'a');
  t.is(system.state('a'), 'inactive');
  system.ask('stop', 'keep.target');
  t.is(system.state('a'), 'not loaded');
});

test('a failed unit stays known, unless CollectMode= says otherwise', (t) => {
  const bad = '[Service]\nType=oneshot\nExecStart=/bin/bad';
  const system = new System({ 'a.service': bad, 'b.service': `CollectMode=inactive-or-failed\n${bad}` });
  system.ask('start', 'a');
  system.ask('start', 'b');
  t.is(system.state('a'), 'failed');
  t.is(system.state('b'), 'not loaded');
  system.core.resetFailed('a.service' as never);
  system.settle();
  t.is(system.state('a'), 'not loaded');
});

test('units that only name each other are forgotten together', (t) => {
  const system = new System({ 'a.service': `After=b.service\n${stay}`, 'b.service': `After=a.service\n${stay}` });
  system.core.load('a.service' as never);
  t.is(system.state('b'), 'inactive');
  system.settle();
  t.is(system.state('a'), 'not loaded');
  t.is(system.state('b'), 'not loaded');
});

test('daemon-reload: a service whose file is gone goes on, and can be stopped', (t) => {
  const system = new System({ 'a.service': stay });
  system.ask('start', 'a');
  system.files.delete('/units/a.service');
  system.reload();
  t.is(system.state('a'), 'active');
  system.ask('stop', 'a');
  t.is(system.state('a'), 'not loaded');
});

test('daemon-reload: new dependencies count from then on', (t) => {
  const system = new System({ 'a.service': stay, 'b.service': stay });
  system.ask('start', 'a');
  system.write('a.service', `BindsTo=b.service\nAfter=b.service\n${stay}`);
  system.ask('start', 'b');
  system.reload();
  system.ask('stop', 'b');
  t.is(system.state('a'), 'not loaded');
});
