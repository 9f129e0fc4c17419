import test from 'ava';

import { System } from '../system.ts';

const stay = '[Service]\nExecStart=/bin/stay';
const ready = '[Service]\nType=notify\nExecStart=/bin/ready';

test('a second start joins the job that is under way', (t) => {
  const system = new System({ 'a.service': ready });
  const first = system.ask('start', 'a');
  t.is(system.ask('start', 'a'), first);
  system.ready('a');
  t.deepEqual(system.seen(), ['a.service activating', 'a.service active', 'a.service job done']);
});

test('a stop cancels a queued start', (t) => {
  const system = new System({ 'a.service': `After=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'b');
  const start = system.ask('start', 'a');
  const stop = system.ask('stop', 'a');
  t.not(stop, start);
  t.deepEqual(system.seen(), ['b.service activating', 'a.service job canceled', 'a.service job done']);
  t.is(system.state('a'), 'not loaded');
});

test('a stop of a unit that is starting cancels the start and stops the unit', (t) => {
  const system = new System({ 'a.service': ready, 'keep.target': 'After=a.service' });
  system.ask('start', 'keep.target');
  system.ask('start', 'a');
  system.seen();
  system.ask('stop', 'a');
  t.deepEqual(system.seen(), [
    'a.service job canceled',
    'a.service deactivating',
    'a.service inactive',
    'a.service job done',
  ]);
});

test('a restart that meets a queued start becomes part of it', (t) => {
  const system = new System({ 'a.service': `After=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'b');
  const start = system.ask('start', 'a');
  t.is(system.ask('restart', 'a'), start);
  t.is(system.job('a')?.state, 'waiting');
  system.ready('b');
  t.is(system.state('a'), 'active');
});

test('a restart is one job that stops and then starts', (t) => {
  const system = new System({ 'a.service': stay });
  system.ask('start', 'a');
  system.seen();
  const restart = system.ask('restart', 'a');
  t.deepEqual(system.seen(), [
    'a.service deactivating',
    'a.service inactive',
    'a.service activating',
    'a.service active',
    'a.service job done',
  ]);
  t.is(typeof restart, 'number');
});

test('a reload while another runs is carried out again', (t) => {
  const system = new System({ 'a.service': `${stay}\nExecReload=/bin/slow` });
  system.ask('start', 'a');
  const first = system.ask('reload', 'a');
  t.is(system.state('a'), 'reloading');
  t.is(system.ask('reload', 'a'), first);
  t.is(system.job('a')?.state, 'waiting');
});

test('nobody is told that a job for nothing failed: try-restart of what is down is done at once', (t) => {
  const system = new System({ 'a.service': stay });
  const job = system.ask('try-restart', 'a');
  t.is(typeof job, 'number');
  t.deepEqual(system.seen(), []);
  let result = '';
  system.core.whenEnded(job as never, (outcome) => (result = outcome.result));
  t.is(result, 'done');
});

test('isolate stops what is not pulled in and cancels its jobs', (t) => {
  const system = new System({
    'a.service': stay,
    'b.service': `After=c.service\n${stay}`,
    'c.service': ready,
    'one.target': 'AllowIsolate=yes\nWants=d.service',
    'd.service': stay,
  });
  system.ask('start', 'a');
  system.ask('start', 'c');
  system.ask('start', 'b');
  system.seen();
  system.ask('start', 'one.target', 'isolate');
  t.is(system.state('d'), 'active');
  for (const unit of ['a', 'b', 'c']) t.is(system.state(unit), 'not loaded', unit);
  t.true(system.trace.includes('b.service job canceled'));
});

test('a cancelled job fails those that wait for it and require it', (t) => {
  const system = new System({ 'a.service': `Requires=b.service\nAfter=b.service\n${stay}`, 'b.service': ready });
  system.ask('start', 'a');
  const job = system.job('b');
  t.truthy(job);
  if (job !== undefined) system.core.cancel(job.id);
  system.settle();
  t.deepEqual(system.seen(), ['b.service activating', 'b.service job canceled', 'a.service job dependency']);
});
