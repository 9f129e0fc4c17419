/** Texts and return codes are those that systemctl 252.38 (Debian 12) printed: test/scenarios. */
import test from 'ava';

import type { JobResult, ManagerError } from '../../src/manager/api.ts';
import { service, stage } from './stage.ts';

const files = { 'a.service': '[Service]\nExecStart=/bin/a\n', 'b.service': '[Service]\nExecStart=/bin/b\n' };

function ends(result: JobResult) {
  return () => ({ ok: true, value: result }) as const;
}

function refuses(code: ManagerError['code'], message: string) {
  return () => ({ ok: false, error: { code, message } }) as const;
}

test('a start that ends well says nothing', async (t) => {
  const own = stage({ files });
  t.deepEqual(await own.run('systemctl start a b'), { status: 0, stdout: '', stderr: '' });
  t.deepEqual(own.asked, ['start a.service', 'start b.service']);
});

test('a job that fails gives 1 and the reason that the service has', async (t) => {
  const own = stage({
    files,
    answer: ends('failed'),
    loaded: { 'a.service': { service: service({ result: 'exit-code' }) } },
  });
  t.deepEqual(await own.run('systemctl start a'), {
    status: 1,
    stdout: '',
    stderr:
      'Job for a.service failed because the control process exited with error code.\nSee "systemctl status a.service" and "journalctl -xeu a.service" for details.\n',
  });
});

test('start-limit-hit tells how to start nevertheless', async (t) => {
  const loaded = { 'a.service': { service: service({ result: 'start-limit-hit' }) } };
  const { stderr } = await stage({ files, answer: ends('failed'), loaded }).run('systemctl start a');
  t.is(stderr.split('\n')[2], 'To force a start use "systemctl reset-failed a.service"');
  t.is(stderr.split('\n')[3], 'followed by "systemctl start a.service" again.');
});

const results: readonly (readonly [JobResult, string])[] = [
  ['canceled', 'Job for a.service canceled.\n'],
  ['dependency', "A dependency job for a.service failed. See 'journalctl -xe' for details.\n"],
  ['assert', 'Assertion failed on job for a.service.\n'],
  ['invalid', 'a.service is not active, cannot reload.\n'],
];
for (const [result, sentence] of results) {
  test(`a job that ends as ${result} gives 1 and its sentence`, async (t) => {
    const own = stage({ files, answer: ends(result) });
    t.deepEqual(await own.run('systemctl start a'), { status: 1, stdout: '', stderr: sentence });
    t.deepEqual(await own.run('systemctl -q start a'), { status: 1, stdout: '', stderr: '' });
  });
}

const refusals: readonly (readonly [ManagerError['code'], number, boolean])[] = [
  ['NoSuchUnit', 5, false],
  ['UnitMasked', 1, false],
  ['JobTypeNotApplicable', 3, false],
  ['TransactionIsDestructive', 4, true],
  ['OnlyByDependency', 4, true],
  ['NoIsolation', 4, true],
  ['TransactionOrderIsCyclic', 1, true],
  ['BadUnitSetting', 1, true],
  ['LoadFailed', 1, true],
];
for (const [code, status, points] of refusals) {
  test(`${code} gives ${status}${points ? ' and points to the log' : ''}`, async (t) => {
    const said = await stage({ files, answer: refuses(code, 'Why.') }).run('systemctl start a');
    const hint = points ? "See system logs and 'systemctl status a.service' for details.\n" : '';
    t.deepEqual(said, { status, stdout: '', stderr: `Failed to start a.service: Why.\n${hint}` });
  });
}

test('what cannot be asked of one unit does not keep the others; the first refusal gives the status', async (t) => {
  const own = stage({
    files,
    answer: (_, name) =>
      name === 'nowhere.service'
        ? { ok: false, error: { code: 'NoSuchUnit', message: 'Unit nowhere.service not loaded.' } }
        : { ok: true, value: 'done' },
  });
  const said = await own.run('systemctl stop a nowhere b');
  t.is(said.status, 5);
  t.is(said.stderr, 'Failed to stop nowhere.service: Unit nowhere.service not loaded.\n');
  t.deepEqual(own.asked, ['stop a.service', 'stop nowhere.service', 'stop b.service']);
});

test('a client that asks again waits for the jobs that it made before, and keeps the status of what was refused', async (t) => {
  const own = stage({ files, answer: ends('done') });
  await own.run('systemctl start a');
  own.asked.length = 0;
  t.is((await own.run('systemctl start a', { cursor: '5' })).status, 5);
  t.deepEqual(own.asked, []);
});

test('a client that asks again, and whose jobs nobody knows, asks anew', async (t) => {
  const own = stage({ files });
  t.is((await own.run('systemctl start a', { cursor: '' })).status, 0);
  t.deepEqual(own.asked, ['start a.service']);
});

test('--no-block does not look at how jobs end', async (t) => {
  t.is((await stage({ files, answer: ends('failed') }).run('systemctl --no-block start a')).status, 0);
});

test('isolate completes to a target and asks for a start', async (t) => {
  const own = stage({ files });
  await own.run('systemctl isolate x');
  t.deepEqual(own.asked, ['start x.target isolate']);
});

test('older spellings are the same jobs', async (t) => {
  const own = stage({ files });
  await own.run('systemctl condrestart a');
  await own.run('systemctl force-reload a');
  t.deepEqual(own.asked, ['try-restart a.service', 'reload-or-try-restart a.service']);
});

test('a unit whose files changed is warned of, and the verb goes on', async (t) => {
  const own = stage({ files, loaded: { 'a.service': { needDaemonReload: true } } });
  t.deepEqual(await own.run('systemctl start a'), {
    status: 0,
    stdout: '',
    stderr:
      "Warning: The unit file, source configuration file or drop-ins of a.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n",
  });
});

test('a globbing word stands for loaded units that are not inactive, with --all for all loaded ones', async (t) => {
  const own = stage({ files, loaded: { 'a.service': { active: 'active' }, 'b.service': {} } });
  await own.run('systemctl stop *');
  t.deepEqual(own.asked, ['stop a.service']);
  await own.run('systemctl stop --all *');
  t.deepEqual(own.asked, ['stop a.service', 'stop a.service', 'stop b.service']);
});

test('without a manager a managed verb says so', async (t) => {
  const said = await stage({ files, managed: false }).run('systemctl start a');
  t.is(said.status, 1);
  t.regex(said.stderr, /^System has not been booted with systemd as init system \(PID 1\)\. Can't operate\.\n/);
});
