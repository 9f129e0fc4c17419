import test from 'ava';

import * as scripts from '../../src/units/sysv/scripts.ts';
import { fakeHost, type FakeHost } from '../fake/host.ts';
import { Container } from '../fake/container.ts';

/** The image has a generator, whose output is there from the beginning: what runs it here is the fake's keeper. */
const files = {
  '/etc/systemd/system/multi-user.target': '[Unit]\nWants=a.service\n',
  '/etc/systemd/system/a.service': '[Service]\nExecStart=/bin/a\n',
};

function prepare({ memory }: FakeHost): void {
  memory.put('/usr/lib/systemd/system-generators/once-generator', '#!/bin/sh\n', 0o755);
  memory.put('/usr/lib/systemd/system-generators/systemd-fstab-generator', '#!/bin/sh\n', 0o755);
  memory.put('/etc/init.d/old', '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: old older\n### END INIT INFO\n', 0o755);
  memory.put('/etc/init.d/a', '#!/bin/sh\n', 0o755);
  memory.link('/etc/rc2.d/S01old', '../init.d/old');
}

function boot(killAt = Infinity, when: 'before' | 'after' = 'after'): Container {
  const container = new Container({ files, parts: { 'units/sysv/scripts.ts': scripts }, prepare });
  container.run(killAt, when);
  for (let i = 0; i < 3; i++) container.passTime(killAt, when);
  return container;
}

test('Generators run before the boot target, those of systemd itself do not, and init scripts become units', (t) => {
  const container = boot();
  t.deepEqual(container.commands, [
    'pidone-generator@usr-lib-systemd-system\\x2dgenerators-once\\x2dgenerator.service /usr/lib/systemd/system-generators/once-generator',
    'a.service /bin/a',
    'old.service /etc/init.d/old',
  ]);
  t.deepEqual(container.host.logged, []);
});

test('An init script’s processes are ended by the unit where the script could not, without CAP_SYS_PTRACE', (t) => {
  for (const [capabilities, mode] of [
    ['000001ffffffffff', 'process'],
    ['00000000a80425fb', 'control-group'],
  ] as const) {
    const host = fakeHost();
    host.memory.put('/etc/init.d/old', '#!/bin/sh\n', 0o755);
    host.memory.put('/proc/self/status', `Name:\tx\nCapEff:\t${capabilities}\nCapBnd:\t000001ffffffffff\n`);
    const { files: made } = scripts.convertScripts(host, '', scripts.sysvDirectories, () => false);
    t.regex(made.get('old.service') ?? '', new RegExp(`^KillMode=${mode}$`, 'm'));
  }
});

for (const when of ['before', 'after'] as const)
  test(`Whatever the batch in which the manager dies, ${when} its effects are out: generators run once, then the boot goes on`, (t) => {
    const { batches, commands } = boot();
    for (let killAt = 1; killAt <= batches; killAt++) {
      const container = boot(killAt, when);
      t.is(container.generation, 1, `killed at ${killAt}`);
      t.deepEqual(container.commands.toSorted(), commands.toSorted(), `killed at ${killAt}`);
    }
  });
