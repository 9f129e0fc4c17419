import test from 'ava';
import type { ExecutionContext } from 'ava';

import type { JobRequest, ManagerApi } from '../../src/manager/api.ts';
import type { Core } from '../../src/manager/core.ts';
import { createApi } from '../../src/manager/serve-api.ts';
import { name } from '../fake/unit.ts';
import { System } from './system.ts';

const stay = '[Service]\nExecStart=/bin/stay';

interface Served {
  readonly system: System;
  readonly api: ManagerApi;
  /** How many were asked of the core. */
  readonly transactions: () => number;
}

function serve(units: Readonly<Record<string, string>>): Served {
  const system = new System(units);
  let count = 0;
  const core = Object.assign(Object.create(system.core) as Core, {
    enqueue(...words: Parameters<Core['enqueue']>) {
      count += 1;
      return system.core.enqueue(...words);
    },
  });
  const api = createApi(core, {
    keepersOf: () => [],
    membersOf: () => [],
    idsOf: () => undefined,
    unitOfPid: () => undefined,
    asked: () => undefined,
    makeTransient: () => undefined,
    streamsPath: () => '',
    isStale: () => false,
    reload: () => Promise.resolve(),
    reexecute: () => undefined,
    shutdown: () => undefined,
    setEnvironment: () => undefined,
    remark: () => undefined,
    container: 'test',
  });
  return { system, api, transactions: () => count };
}

function refused(t: ExecutionContext, units: Readonly<Record<string, string>>, what: JobRequest, error: string): void {
  const { api } = serve(units);
  const outcome = api.enqueue('r', what, name('a'), 'replace');
  t.is(outcome.ok ? 'accepted' : `${outcome.error.code}: ${outcome.error.message}`, error);
}

test('a unit without a file can be neither started nor stopped, in different words', (t) => {
  refused(t, {}, 'start', 'NoSuchUnit: Unit a.service not found.');
  refused(t, {}, 'restart', 'NoSuchUnit: Unit a.service not found.');
  refused(t, {}, 'stop', 'NoSuchUnit: Unit a.service not loaded.');
});

test('RefuseManualStart= and RefuseManualStop= refuse an operator, and a restart is both', (t) => {
  const sentence =
    'OnlyByDependency: Operation refused, unit a.service may be requested by dependency only (it is configured to refuse manual start/stop).';
  refused(t, { 'a.service': `RefuseManualStart=yes\n${stay}` }, 'start', sentence);
  refused(t, { 'a.service': `RefuseManualStart=yes\n${stay}` }, 'restart', sentence);
  refused(t, { 'a.service': `RefuseManualStop=yes\n${stay}` }, 'stop', sentence);
  refused(t, { 'a.service': `RefuseManualStop=yes\n${stay}` }, 'try-restart', sentence);
  refused(t, { 'a.service': `RefuseManualStop=yes\n${stay}` }, 'start', 'accepted');
});

test('RefuseManualStart= does not refuse a dependency', (t) => {
  const { system, api } = serve({
    'a.service': `Wants=b.service\n${stay}`,
    'b.service': `RefuseManualStart=yes\n${stay}`,
  });
  t.true(api.enqueue('r', 'start', name('a'), 'replace').ok);
  system.settle();
  t.is(system.state('b'), 'active');
});

test('a stop that another of the same request has brought along is no transaction of its own', (t) => {
  const { system, api, transactions } = serve({
    'a.service': stay,
    'b.service': `Requires=a.service\n${stay}`,
    'c.service': `Requires=b.service\n${stay}`,
  });
  api.enqueue('r', 'start', name('c'), 'replace');
  system.settle();
  api.enqueue('s', 'stop', name('a'), 'replace');
  for (const unit of ['b', 'c']) {
    const job = api.jobs().find((one) => one.unit === name(unit));
    t.deepEqual(api.enqueue('s', 'stop', name(unit), 'replace'), { ok: true, value: job?.id });
  }
  t.is(transactions(), 2);
  system.settle();
  t.is(system.state('a') + system.state('b') + system.state('c'), 'not loadednot loadednot loaded');
});

test('a reload of what cannot reload is refused; reload-or-restart restarts it', (t) => {
  refused(
    t,
    { 'a.service': stay },
    'reload',
    'JobTypeNotApplicable: Job type reload is not applicable for unit a.service.',
  );
  const { system, api } = serve({ 'a.service': stay });
  api.enqueue('r', 'start', name('a'), 'replace');
  system.settle();
  const before = system.processes[0]?.pid;
  api.enqueue('s', 'reload-or-restart', name('a'), 'replace');
  system.settle();
  t.is(system.state('a'), 'active');
  t.not(system.processes[0]?.pid, before);
});

test('reload-or-restart reloads what can reload, and starts what is down', (t) => {
  const { system, api } = serve({ 'a.service': `${stay}\nExecReload=/bin/ok` });
  api.enqueue('r', 'reload-or-restart', name('a'), 'replace');
  system.settle();
  t.is(system.state('a'), 'active');
  system.seen();
  api.enqueue('s', 'reload-or-restart', name('a'), 'replace');
  system.settle();
  t.deepEqual(system.seen(), ['a.service reloading', 'a.service active', 'a.service job done']);
});

test('a request is known by its id with its jobs and their ends until it was answered', async (t) => {
  const { system, api } = serve({ 'a.service': stay, 'b.service': '[Service]\nType=oneshot\nExecStart=/bin/bad' });
  for (const unit of ['a', 'b']) api.enqueue('r', 'start', name(unit), 'replace');
  const jobs = api.jobsOf('r') ?? [];
  t.is(jobs.length, 2);
  const waiting = Promise.all(jobs.map((job) => api.ended(job)));
  system.settle();
  t.deepEqual(
    (await waiting).map(({ unit, result }) => [unit as string, result]),
    [
      ['a.service', 'done'],
      ['b.service', 'failed'],
    ],
  );
  // Asked again, as after a manager's death: what has ended is still known.
  t.deepEqual(
    (await Promise.all(jobs.map((job) => api.ended(job)))).map(({ result }) => result),
    ['done', 'failed'],
  );
  api.answered('r');
  t.is(api.jobsOf('r'), undefined);
});

test('kill needs a process of that kind', (t) => {
  const { system, api } = serve({ 'a.service': stay });
  const sentence = (who: 'main' | 'control' | 'all'): string => {
    const outcome = api.kill('', name('a'), who, 10);
    return outcome.ok ? 'sent' : `${outcome.error.code}: ${outcome.error.message}`;
  };
  t.is(sentence('all'), 'NoSuchUnit: Unit a.service not loaded.');
  api.enqueue('r', 'start', name('a'), 'replace');
  system.settle();
  t.is(sentence('control'), 'NoSuchProcess: No control process to kill');
  t.is(sentence('main'), 'sent');
});

test('the system is degraded while a unit is failed, until reset-failed', (t) => {
  const { system, api } = serve({ 'a.service': '[Service]\nType=oneshot\nExecStart=/bin/bad' });
  system.core.world.bootDone = true;
  t.is(api.system().state, 'running');
  api.enqueue('r', 'start', name('a'), 'replace');
  system.settle();
  t.is(api.system().state, 'degraded');
  t.is(api.system().failed, 1);
  api.resetFailed(undefined);
  t.is(api.system().state, 'running');
});

test('whoever waits for a change is told of the next one, once', async (t) => {
  const { system, api } = serve({ 'a.service': stay });
  let told = 0;
  const change = api.changed().then(() => (told += 1));
  system.settle();
  t.is(told, 0);
  api.enqueue('r', 'start', name('a'), 'replace');
  system.settle();
  await change;
  t.is(told, 1);
});
