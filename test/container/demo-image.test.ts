import anyTest, { type ExecutionContext, type TestFn } from 'ava';

import type { Container } from '../../scripts/container/engine.ts';
import { freePorts } from '../../scripts/container/ports.ts';
import { untilRestartIsScheduled } from '../../scripts/container/restart-scheduled.ts';
import { booted, type Box, buildBox, eventually, inside, puppetFolder, runBox, show, unitFolder } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const UNITS = ['ssh.service', 'app.service', 'prometheus-node-exporter.service'] as const;

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

/** The three, on ports of their own. */
async function boxEnvironment(): Promise<Record<string, string>> {
  const [ssh, app, metrics] = await freePorts(3);
  return {
    SSHD_OPTS: `-oListenAddress=127.0.0.1:${ssh}`,
    APP_PORT: app,
    METRICS_PORT: metrics,
    GREETING: 'good day',
  };
}

test('sshd, an app and an agent from Debian’s own units come up in the order of their dependencies, and answer', async (t) => {
  const environment = await boxEnvironment();
  const container = await runBox(t, t.context.box, { environment });
  const state = await booted(container);
  t.is(state.stdout, 'running\n', await container.logs());
  t.is(await inside(t, container, 'readlink', '/proc/1/exe'), '/usr/bin/pidone');

  const times = [];
  for (const unit of UNITS) times.push(Number(await show(t, container, unit, 'ActiveEnterTimestampMonotonic')));
  const [ssh = 0, app = 0, agent = 0] = times;
  t.true(ssh > 0 && ssh < app && app < agent, times.join());
  // Debian's own, not a byte changed.
  for (const [unit, debianPackage] of [
    ['ssh.service', 'openssh-server'],
    ['prometheus-node-exporter.service', 'prometheus-node-exporter'],
  ] as const) {
    const fragment = `/lib/systemd/system/${unit}`;
    t.is(await show(t, container, unit, 'FragmentPath'), fragment);
    t.false((await inside(t, container, 'dpkg', '--verify', debianPackage)).includes(fragment));
  }

  const page = async (port: string | undefined): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port ?? ''}/metrics`)).text();
  t.regex(await page(environment['APP_PORT']), /^good day from pid \d+\n$/);
  t.regex(await page(environment['METRICS_PORT']), /^# HELP /);
});

test('systemctl status shows each with its state, main process, tree and last lines; stop ends all with status 0', async (t) => {
  const container = await runBox(t, t.context.box, { environment: await boxEnvironment() });
  await booted(container);
  const text = await inside(t, container, 'systemctl', 'status', '--no-pager', ...UNITS);
  const [ssh = '', app = '', agent = ''] = text.split(/\n\n(?=● )/);
  t.regex(
    ssh,
    /^● ssh\.service - OpenBSD Secure Shell server\n {5}Loaded: loaded \(\/lib\/systemd\/system\/ssh\.service; enabled; preset: enabled\)\n/,
  );
  t.regex(ssh, /Process: \d+ ExecStartPre=\/usr\/sbin\/sshd -t \(code=exited, status=0\/SUCCESS\)/);
  t.regex(ssh, /Main PID: (\d+) \(sshd\)[^]*└─\1 "?sshd: /);
  t.regex(app, /Status: "Greeting on port \d+"/);
  t.regex(app, / app\[\d+\]: ready on port \d+/);
  t.regex(agent, /Drop-In: \/etc\/systemd\/system\/prometheus-node-exporter\.service\.d\n +└─demo\.conf/);
  for (const part of [ssh, app, agent]) t.regex(part, /Active: active \(running\) since .*; \d+.* ago/);

  t.is((await container.stop()).status, 0, await container.logs());
});

test('The image’s RUN systemctl enable, without a manager, has enabled the app', async (t) => {
  const container = await runBox(t, t.context.box, { environment: await boxEnvironment() });
  t.is(await inside(t, container, 'systemctl', 'is-enabled', 'app'), 'enabled');
  const link = '/etc/systemd/system/multi-user.target.wants/app.service';
  t.is(await inside(t, container, 'readlink', '-f', link), '/etc/systemd/system/app.service');
});

test('A manager and an app that are killed with -9 come back, and sshd keeps its process', async (t) => {
  const container = await runBox(t, t.context.box, { environment: await boxEnvironment() });
  await booted(container);
  const pids = async (): Promise<string[]> => {
    const found = [];
    for (const unit of UNITS) found.push(await show(t, container, unit, 'MainPID'));
    return found;
  };
  const managerPid = (): Promise<string> => inside(t, container, 'pgrep', '-P', '1', '-x', 'pidone-manager');
  const before = await pids();
  const manager = await managerPid();
  await inside(t, container, 'kill', '-9', manager);
  t.deepEqual(await pids(), before);
  t.not(await managerPid(), manager);
  t.is(await inside(t, container, 'systemctl', 'is-active', ...UNITS), 'active\nactive\nactive');

  await inside(t, container, 'kill', '-9', before[1] ?? '');
  await restarted(t, container, 'app');
  const after = await pids();
  t.not(after[1], before[1]);
  t.deepEqual([after[0], after[2]], [before[0], before[2]]);
  t.is(await show(t, container, 'app', 'NRestarts'), '1');
});

test('What docker exec leaves behind is reaped: no zombie stays', async (t) => {
  const container = await runBox(t, t.context.box, { environment: await boxEnvironment() });
  await inside(t, container, 'sh', '-c', 'for i in $(seq 100); do (setsid true &); done');
  await inside(t, container, 'sh', '-c', '(setsid sleep infinity >/dev/null 2>&1 &)');
  t.is(await inside(t, container, 'ps', '-o', 'ppid=', '-C', 'sleep').then((parent) => parent.trim()), '1');
  await inside(t, container, 'pkill', '-x', 'sleep');
  await noZombies(container);
});

test('An escapee, double-forked and in a session of its own, dies with its service', async (t) => {
  const units = {
    'escape.service':
      '[Service]\nType=notify\nExecStart=/t/puppet - "daemonize escapee ignore TERM; pidfile /run/escapee.pid" "notify READY=1"\nTimeoutStopSec=1\n',
  };
  const mounts = { ...(await puppetFolder()), ...(await unitFolder(t, units)) };
  const container = await runBox(t, t.context.box, { environment: await boxEnvironment(), mounts });
  await booted(container);
  const main = await show(t, container, 'escape', 'MainPID');
  const escapee = await inside(t, container, 'cat', '/run/escapee.pid');
  t.not(escapee, main);
  const session = (pid: string): Promise<string> => inside(t, container, 'ps', '-o', 'sid=', pid);
  t.not(await session(escapee), await session(main));
  t.regex(await inside(t, container, 'systemctl', 'status', 'escape'), new RegExp(`[├└]─${escapee} `));
  await inside(t, container, 'systemctl', 'stop', 'escape');
  t.is((await container.exec(['ps', escapee])).status, 1);
  await noZombies(container);
});

async function noZombies(container: Container): Promise<void> {
  await eventually('no zombie', async () => !/^Z/m.test((await container.exec(['ps', '-e', '-o', 'stat='])).stdout));
}

/** Until the manager has seen the end of the service, said that it restarts it, and done so. */
async function restarted(t: ExecutionContext, container: Container, unit: string): Promise<void> {
  await inside(t, container, 'sh', '-c', untilRestartIsScheduled(unit));
  await inside(t, container, 'systemctl', 'start', unit);
}
