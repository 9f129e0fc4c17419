import test from 'ava';

import { System } from './system.ts';

const stay = '[Service]\nExecStart=/bin/stay';

test('a unit that only a booted machine has is started by doing nothing, and stays down', (t) => {
  const system = new System({
    'keep.target': 'After=systemd-udevd.service',
    'a.service': `Requires=systemd-udevd.service\nAfter=systemd-udevd.service\n${stay}`,
    'systemd-udevd.service': 'AssertPathExists=/nowhere\n[Service]\nExecStart=/bin/stay',
  });
  system.ask('start', 'keep.target');
  system.ask('start', 'a');
  t.is(system.state('a'), 'active');
  t.is(system.state('systemd-udevd'), 'inactive');
  t.deepEqual(
    system.processes.map((each) => each.unit as string),
    ['a.service'],
  );
});

test('what the engine of the container has done already is up from the beginning', (t) => {
  const system = new System({ 'a.service': `BindsTo=var.mount\nAfter=var.mount\n${stay}`, 'var.mount': '[Mount]' });
  system.ask('start', 'a');
  t.is(system.state('var.mount'), 'active');
  t.is(system.state('a'), 'active');
});

test('who starts a unit that is not run in a container, by OnFailure= or as a timer, has it in its log', (t) => {
  const system = new System({
    'keep.target': 'After=a.service a.timer',
    'a.service': 'OnFailure=mnt.mount\n[Service]\nType=oneshot\nExecStart=/bin/bad',
    'mnt.mount': '[Mount]',
    'a.timer': '[Timer]\nOnActiveSec=1s\nAccuracySec=1us\nUnit=dev-sda1.swap',
    'dev-sda1.swap': '[Swap]',
  });
  system.ask('start', 'keep.target');
  system.ask('start', 'a');
  t.true(system.logs.some((line) => /mnt\.mount is not run in a container: the container's engine mounts/.test(line)));
  system.ask('start', 'a.timer');
  system.pass(2_000_000);
  t.true(system.logs.some((line) => /dev-sda1\.swap is not run in a container/.test(line)));
});

test('a stand-in that nobody refers to is forgotten', (t) => {
  const system = new System({ 'a.socket': '[Socket]\nListenStream=/run/a' });
  system.core.load('a.socket' as never);
  system.settle();
  t.is(system.state('a.socket'), 'not loaded');
});
