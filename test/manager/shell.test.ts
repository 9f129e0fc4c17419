import test from 'ava';

import { createShell } from '../../src/manager/shell.ts';
import * as sandboxPart from '../../src/manager/sandbox/part.ts';
import { fakeHost } from '../fake/host.ts';
import { name } from '../fake/unit.ts';

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

test('What the request of a client holds that died with its manager is let go after a minute, unless the client asks again', (t) => {
  const host = fakeHost({
    files: {
      '/run/pidone/.keep': '',
      '/var/log/.keep': '',
      '/etc/systemd/system/multi-user.target': '[Unit]\n',
      '/etc/systemd/system/a.target': '[Unit]\n',
    },
  });
  const first = createShell(host, facts, host.clock());
  first.at(host.clock());
  first.start();
  for (const request of ['dead', 'alive'])
    t.true(first.api.enqueue(request, 'start', name('a.target'), 'replace').ok, request);
  first.flush([], undefined);

  const second = createShell(host, { ...facts, generation: 1, lastEnd: 'killed by SIGKILL' }, host.clock());
  const since = host.clock();
  const pass = (seconds: number): void => {
    const clock = { ...since, monotonic: since.monotonic + seconds * 1_000_000 };
    second.at(clock);
    second.handle({ kind: 'timer', clock });
  };
  second.at(since);
  second.start();
  second.api.asked('alive');
  pass(59);
  t.truthy(second.api.jobsOf('dead'));
  pass(61);
  t.is(second.api.jobsOf('dead'), undefined);
  t.truthy(second.api.jobsOf('alive'));
});

test('What PrivateTmp= has left of a container that was killed is gone when it is started again, and nothing else', (t) => {
  const host = fakeHost({
    files: {
      '/run/pidone/.keep': '',
      '/var/log/.keep': '',
      '/tmp/systemd-private-of-somebody-else/x': '',
      '/etc/systemd/system/multi-user.target': '[Unit]\nWants=a.service\n',
      '/etc/systemd/system/a.service': '[Service]\nPrivateTmp=yes\nExecStart=/bin/a\n',
    },
    parts: { 'manager/sandbox/part.ts': sandboxPart },
  });
  const boot = (): string => {
    const shell = createShell(host, facts, host.clock());
    shell.at(host.clock());
    shell.start();
    shell.flush([], undefined);
    const invocation = /"invocation":"([0-9a-f]{32})"/.exec(String(host.readFile('/run/pidone/state', 1 << 20)))?.[1];
    return `/tmp/systemd-private-${invocation ?? ''}-a.service-${invocation?.slice(0, 6) ?? ''}`;
  };
  const first = boot();
  host.memory.put(`${first}/tmp/x`, '');
  const second = boot();
  t.not(first, second);
  t.deepEqual([host.readDirectory(first), host.readFile('/tmp/systemd-private-of-somebody-else/x', 9)], [2, '']);
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
