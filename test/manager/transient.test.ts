// Units that a program describes (manager/transient.ts): they come as files, and go with their units, also over a manager's death.
import test from 'ava';
import type { HostEffect } from '../../src/host.d.ts';
import { createShell, type Shell } from '../../src/manager/shell.ts';
import * as transient from '../../src/manager/transient.ts';
import { type FakeHost, fakeHost } from '../fake/host.ts';
import { name } from '../fake/unit.ts';

const directory = '/run/systemd/transient';
const text = '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/stay\n';

function machine(): FakeHost {
  const files = { '/run/pidone/.keep': '', '/var/log/.keep': '', '/etc/systemd/system/multi-user.target': '[Unit]\n' };
  return fakeHost({ files, parts: { 'manager/transient.ts': transient } });
}

/** A manager; generation 0 is the first. */
function manager(host: FakeHost, generation = 0): Shell {
  const shell = createShell(host, { ...facts, generation }, host.clock());
  shell.at(host.clock());
  shell.start();
  flush(shell);
  return shell;
}

function flush(shell: Shell): void {
  const effects: HostEffect[] = [];
  shell.flush(effects, undefined);
}

function filesOf(host: FakeHost): readonly string[] {
  const entries = host.readDirectory(directory);
  return typeof entries === 'number' ? [] : entries.map((entry) => entry.name).sort();
}

const facts = {
  arguments: ['--log-level=err'],
  environment: ['PATH=/bin'],
  initPid: 1,
  managerPid: 2,
  uid: 0,
  runtimeDirectory: '/run/pidone',
  lastEnd: 'killed by SIGKILL',
  startCrashes: 0,
  keepers: [],
  shutdown: { signal: 0, hurry: false },
  consoleIsTerminal: false,
};

test('a transient unit is a file that is loaded and started', (t) => {
  const host = machine();
  const { api } = manager(host);
  const outcome = api.startTransient('r', [{ name: name('a'), text }], 'fail', false);
  t.true(outcome.ok);
  t.deepEqual(filesOf(host), ['a.service']);
  const view = api.view(name('a'));
  t.deepEqual([view.unit.load, view.sub, view.unit.fragmentPath], ['loaded', 'start', `${directory}/a.service`]);
});

test('a name that is taken is refused, be it by a file or by what runs', (t) => {
  const host = machine();
  host.memory.put('/etc/systemd/system/b.service', text);
  const { api } = manager(host);
  api.startTransient('r', [{ name: name('a'), text }], 'fail', false);
  for (const taken of ['a', 'b']) {
    const outcome = api.startTransient('s', [{ name: name(taken), text }], 'fail', false);
    t.deepEqual(outcome, {
      ok: false,
      error: { code: 'UnitExists', message: `Unit ${taken}.service was already loaded or has a fragment file.` },
    });
  }
  t.deepEqual(filesOf(host), ['a.service']);
});

test('one that others were waiting for is loaded where their dependencies lead', (t) => {
  const host = machine();
  host.memory.put('/etc/systemd/system/b.service', `[Unit]\nWants=a.service\nAfter=a.service\n${text.slice(7)}`);
  const { api } = manager(host);
  api.enqueue('q', 'start', name('b'), 'replace');
  t.is(api.view(name('a')).unit.load, 'not-found');
  t.true(api.startTransient('r', [{ name: name('a'), text }], 'fail', false).ok);
  t.is(api.view(name('a')).sub, 'start');
  t.deepEqual(api.dependencies(name('a'), 'WantedBy'), ['b.service']);
});

test('of several units none is made when one says what its reader refuses', (t) => {
  const host = machine();
  const { api } = manager(host);
  const bad = `${text}Restart=sometimes\n`;
  const units = [
    { name: name('a'), text },
    { name: name('b'), text: bad },
  ];
  const outcome = api.startTransient('r', units, 'fail', false);
  if (outcome.ok) return t.fail();
  t.deepEqual([outcome.error.code, outcome.error.unit, outcome.error.line], ['BadUnitSetting', 'b.service', 5]);
  t.deepEqual(filesOf(host), []);
  t.is(api.view(name('a')).unit.load, 'not-found');
});

test('its file goes when the unit is forgotten, and its name is free again', (t) => {
  const host = machine();
  const { api } = manager(host);
  api.startTransient(
    'r',
    [{ name: name('a'), text: text.replace('[Unit]', '[Unit]\nConditionPathExists=/none') }],
    'fail',
    false,
  );
  t.deepEqual(filesOf(host), []);
  t.is(api.view(name('a')).unit.load, 'not-found');
  t.true(api.startTransient('s', [{ name: name('a'), text }], 'fail', false).ok);
});

test('one that is held is known until the request is answered', (t) => {
  const host = machine();
  const { api } = manager(host);
  const units = [{ name: name('a'), text: text.replace('[Unit]', '[Unit]\nConditionPathExists=/none') }];
  api.startTransient('r', units, 'fail', true);
  t.is(api.view(name('a')).unit.load, 'loaded');
  api.answered('r');
  t.deepEqual(filesOf(host), []);
});

test('the next manager finds the unit, what it holds, and the jobs of the request', (t) => {
  const host = machine();
  const first = manager(host);
  first.api.startTransient('r', [{ name: name('a'), text }], 'fail', true);
  flush(first);
  const second = manager(host, 1);
  t.is(second.api.view(name('a')).unit.load, 'loaded');
  t.is(second.api.jobsOf('r')?.length, 1);
  t.deepEqual(filesOf(host), ['a.service']);
});

test('a manager that died before it had stored the unit leaves nothing', (t) => {
  const host = machine();
  const first = manager(host);
  first.api.startTransient('r', [{ name: name('a'), text }], 'fail', false);
  const second = manager(host, 1);
  t.is(second.api.jobsOf('r'), undefined);
  t.deepEqual(filesOf(host), []);
  t.true(second.api.startTransient('r', [{ name: name('a'), text }], 'fail', false).ok);
});

test('what an earlier life of the container left is swept away', (t) => {
  const host = machine();
  host.memory.put(`${directory}/old.service`, text);
  host.memory.put(`${directory}/old.service.d/x.conf`, text);
  manager(host);
  t.deepEqual(filesOf(host), []);
});
