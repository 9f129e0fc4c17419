import test from 'ava';

import { System } from '../system.ts';

const stay = '[Service]\nExecStart=/bin/stay';
const ready = '[Service]\nType=notify\nExecStart=/bin/ready';
const bad = '[Service]\nType=oneshot\nExecStart=/bin/bad';
const keep = 'After=a.service b.service c.service d.service';

for (const kind of ['Requires', 'BindsTo']) {
  test(`${kind}= and After=: when the other fails to start, the job fails with it`, (t) => {
    const system = new System({ 'a.service': `${kind}=b.service\nAfter=b.service\n${stay}`, 'b.service': bad });
    system.ask('start', 'a');
    t.deepEqual(system.seen(), [
      'b.service activating',
      'b.service failed',
      'b.service job failed',
      'a.service job dependency',
    ]);
  });
}

test('Wants=: a failure of the other is no reason not to start', (t) => {
  const system = new System({ 'a.service': `Wants=b.service\nAfter=b.service\n${stay}`, 'b.service': bad });
  system.ask('start', 'a');
  t.is(system.state('a'), 'active');
});

test('Requires= without After=: the failure comes too late', (t) => {
  const system = new System({
    'a.service': `Requires=b.service\n${stay}`,
    'b.service': '[Service]\nType=oneshot\nExecStart=/bin/slow',
  });
  system.ask('start', 'a');
  system.end('b', 1);
  t.is(system.state('b'), 'failed');
  t.is(system.state('a'), 'active');
});

test('Requires= without After=: a start that waits for nothing but its fork does not fail with what fails after it', (t) => {
  const units = (more: string, lines = ''): Record<string, string> => ({
    'a.service': `Requires=b.service\n[Service]\n${lines}ExecStart=/bin/stay\n${more}`,
    'b.service': `AssertPathExists=/nowhere\n${bad}`,
  });
  const heavy = 'CPUWeight=200\n';
  const first = new System(units(heavy));
  first.ask('start', 'a');
  t.true(first.seen().includes('a.service job done'));
  for (const [more, lines] of [
    ['Nice=1\n'],
    [heavy, 'Type=exec\n'],
    [`ExecStartPre=/bin/ok\n${heavy}`],
    [`ExecStartPost=/bin/slow\n${heavy}`],
  ] as const) {
    const second = new System(units(more, lines));
    second.ask('start', 'a');
    t.true(second.seen().includes('a.service job dependency'), `${more}${lines ?? ''}`);
  }
});

test('failure goes through a chain of any length without recursion', (t) => {
  const units: Record<string, string> = { 's0.service': '[Service]\nType=oneshot\nExecStart=/bin/slow' };
  for (let at = 1; at < 3000; at += 1) {
    units[`s${at}.service`] = `Requires=s${at - 1}.service\nAfter=s${at - 1}.service\n${stay}`;
  }
  const system = new System(units);
  system.ask('start', 's2999');
  system.end('s0', 1);
  t.is(system.trace.filter((line) => line.endsWith('job dependency')).length, 2999);
});

test('Requisite= on what is down fails the job, and starts nothing', (t) => {
  const system = new System({ 'a.service': `Requisite=b.service\nAfter=b.service\n${stay}`, 'b.service': stay });
  system.ask('start', 'a');
  t.deepEqual(system.seen(), ['b.service job skipped', 'a.service job dependency']);
});

test('Requisite= on a unit whose start turned out to do nothing fails the job', (t) => {
  const system = new System({
    'keep.target': keep,
    'a.service': `Requisite=b.service\nAfter=b.service\n${stay}`,
    'b.service': '[Service]\nType=oneshot\nExecStart=/bin/slow',
  });
  system.ask('start', 'keep.target');
  system.ask('start', 'b');
  system.ask('start', 'a');
  system.seen();
  system.end('b', 0);
  t.deepEqual(system.seen(), ['b.service inactive', 'b.service job done', 'a.service job dependency']);
});

test('BindsTo= and After= on a unit that did not stay up fails the job', (t) => {
  const system = new System({
    'a.service': `BindsTo=b.service\nAfter=b.service\n${stay}`,
    'b.service': 'ConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/stay',
  });
  system.ask('start', 'a');
  t.deepEqual(system.seen(), ['b.service job done', 'a.service job dependency']);
});

test('OnFailure= starts its units when the unit fails', (t) => {
  const system = new System({ 'a.service': `OnFailure=b.service\n${bad}`, 'b.service': stay });
  system.ask('start', 'a');
  t.is(system.state('a'), 'failed');
  t.is(system.state('b'), 'active');
});

test('OnFailure= starts its units when the job failed with a dependency or timed out', (t) => {
  const system = new System({
    'a.service': `Requires=c.service\nAfter=c.service\nOnFailure=b.service\n${stay}`,
    'b.service': stay,
    'c.service': bad,
  });
  system.ask('start', 'a');
  t.is(system.state('b'), 'active');
});

test('OnFailure= waits while Restart= tries again', (t) => {
  const system = new System({
    'a.service': 'OnFailure=b.service\nStartLimitBurst=2\n[Service]\nExecStart=/bin/bad\nRestart=always\nRestartSec=1s',
    'b.service': stay,
  });
  system.ask('start', 'a');
  t.is(system.state('a'), 'activating');
  t.is(system.state('b'), 'inactive');
  system.pass(5_000_000);
  t.is(system.state('a'), 'failed');
  t.is(system.state('b'), 'active');
});

test('OnSuccess= starts its units when the unit ended well', (t) => {
  const system = new System({
    'a.service': 'OnSuccess=b.service\n[Service]\nType=oneshot\nExecStart=/bin/ok',
    'b.service': stay,
  });
  system.ask('start', 'a');
  t.is(system.state('b'), 'active');
});

test('JobTimeoutSec= ends a job that waits too long, and starts OnFailure=', (t) => {
  const system = new System({
    'a.service': `JobTimeoutSec=5\nAfter=b.service\nOnFailure=c.service\n${stay}`,
    'b.service': ready.replace('Type=notify', 'Type=notify\nTimeoutStartSec=infinity'),
    'c.service': stay,
  });
  system.ask('start', 'b');
  system.ask('start', 'a');
  system.pass(4_900_000);
  t.is(system.job('a')?.state, 'waiting');
  system.seen();
  system.pass(200_000);
  t.deepEqual(system.seen(), [
    'a.service job timeout',
    'c.service activating',
    'c.service active',
    'c.service job done',
  ]);
});

test('a condition that is not met: the job is done, the unit stays down, and who requires it starts', (t) => {
  const system = new System({
    'a.service': `Requires=b.service\nAfter=b.service\n${stay}`,
    'b.service': 'ConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/stay',
  });
  system.ask('start', 'a');
  t.deepEqual(system.seen(), ['b.service job done', 'a.service activating', 'a.service active', 'a.service job done']);
});

test('an assertion that is not met: the job ends as assert, and who requires the unit fails with it', (t) => {
  const system = new System({
    'a.service': `Requires=b.service\nAfter=b.service\n${stay}`,
    'b.service': 'AssertPathExists=/nowhere\n[Service]\nExecStart=/bin/stay',
  });
  system.ask('start', 'a');
  t.deepEqual(system.seen(), ['b.service job assert', 'a.service job dependency']);
});

test('conditions that are not met do not count as starts', (t) => {
  const system = new System({
    'keep.target': keep,
    'a.service': 'StartLimitBurst=2\nConditionPathExists=/later\n[Service]\nType=oneshot\nExecStart=/bin/ok',
  });
  system.ask('start', 'keep.target');
  for (let times = 0; times < 7; times += 1) system.ask('start', 'a');
  system.files.put('/later', '');
  system.ask('start', 'a');
  t.false(system.trace.includes('a.service job failed'));
});

test('the start limit is an interval that begins with its first start', (t) => {
  const system = new System({
    'keep.target': keep,
    'a.service': 'StartLimitBurst=2\nStartLimitIntervalSec=10\n[Service]\nType=oneshot\nExecStart=/bin/ok',
  });
  system.ask('start', 'keep.target');
  const results: string[] = [];
  for (const wait of [0, 9_000_000, 500_000, 1_000_000, 0, 0]) {
    system.pass(wait);
    system.seen();
    system.ask('start', 'a');
    results.push(system.seen().find((line) => line.includes(' job ')) ?? '');
    system.core.feed({ kind: 'unit', unit: 'a.service' as never, event: { kind: 'reset-failed' } });
    system.settle();
  }
  t.deepEqual(
    results.map((line) => line.split(' ').at(-1)),
    ['done', 'done', 'failed', 'done', 'done', 'failed'],
  );
});
