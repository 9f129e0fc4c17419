import test from 'ava';

import { createShell } from '../../src/manager/shell.ts';
import { fakeHost } from '../fake/host.ts';

test('Who waits for the end of the boot and is told of its last change finds it over', async (t) => {
  const host = fakeHost({
    files: { '/run/pidone/.keep': '', '/var/log/.keep': '', '/etc/systemd/system/multi-user.target': '[Unit]\n' },
  });
  const shell = createShell(host, facts, host.clock());
  const changed = shell.api.changed();
  t.is(shell.api.system().state, 'initializing');
  shell.at(host.clock());
  shell.start();
  await changed;
  t.is(shell.api.system().state, 'running');
});

const facts = {
  arguments: ['--log-level=err'],
  environment: ['PATH=/bin'],
  initPid: 1,
  managerPid: 2,
  uid: 0,
  runtimeDirectory: '/run/pidone',
  generation: 0,
  lastEnd: '',
  startCrashes: 0,
  keepers: [],
  shutdown: { signal: 0, hurry: false },
  consoleIsTerminal: false,
};
