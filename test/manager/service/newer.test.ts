/** What systemd has had since 252, of which no oracle of ours tells: man systemd.service of 253 to 257. */
import test from 'ava';

import type { ServiceEvent } from '../../../src/manager/service/event.ts';
import { serviceMachine } from '../../../src/manager/service/machine.ts';
import { restartDelay } from '../../../src/manager/service/restart.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import { loadUnit } from '../../fake/load-unit.ts';
import { life, take } from './life.ts';

const up = `start → start: make-keeper, run main ExecStart
            main started → start
            notify READY=1 → running`;

test('Type=notify-reload: ReloadSignal=, then RELOADING=1 with a moment that is not from before, then READY=1', (t) => {
  life(
    t,
    'Type=notify-reload\nReloadSignal=SIGUSR1\nExecStart=/bin/a',
    `${up}
     reload → reload-signal: kill main USR1+CONT
     notify READY=1 → reload-signal
     notify RELOADING=1 → reload-signal
     notify RELOADING=1 MONOTONIC_USEC=7 → reload-signal
     notify RELOADING=1 MONOTONIC_USEC=99999999999 → reload-notify
     notify READY=1 → running
     reload → reload-signal: kill main USR1+CONT
     notify RELOADING=1 READY=1 MONOTONIC_USEC=99999999999 → running`,
  );
});

test('Type=notify-reload: ExecReload= runs besides, and what it has not finished by then is waited for', (t) => {
  life(
    t,
    'Type=notify-reload\nExecStart=/bin/a\nExecReload=/bin/r',
    `${up}
     reload → reload: kill main HUP+CONT, run control ExecReload
     control started → reload
     notify RELOADING=1 MONOTONIC_USEC=99999999999 → reload
     control exited 0 leaving → reload-notify
     notify READY=1 → running`,
  );
});

test('Type=notify-reload: no answer within TimeoutStartSec= is a failed reload of a service that goes on', (t) => {
  life(
    t,
    'Type=notify-reload\nExecStart=/bin/a',
    `${up}
     reload → reload-signal: kill main HUP+CONT
     timer → running
     notify RELOADING=1 → reload-notify: propagate-reload
     stop → stop-sigterm: kill main+tree TERM+CONT`,
  );
});

test('Type=notify-reload: STOPPING=1 counts more than READY=1, and that more than RELOADING=1', (t) => {
  life(
    t,
    'Type=notify-reload\nExecStart=/bin/a',
    `${up}
     notify RELOADING=1 → reload-notify: propagate-reload
     notify READY=1 RELOADING=1 → running
     notify STOPPING=1 READY=1 → stop-sigterm`,
  );
});

test('RestartMode=direct: the restart job starts what was never seen down', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRestart=always\nRestartMode=direct',
    `start → start: make-keeper, run main ExecStart
     main started → running
     main exited 0 → auto-restart: release
     timer → auto-restart-queued: enqueue-restart
     start again → start: make-keeper, run main ExecStart`,
  );
});

test('RestartMode=debug: seen down, and DEBUG_INVOCATION=1 for all commands till an end that is not restarted', (t) => {
  const unit = loadUnit('[Service]\nExecStart=/bin/a\nExecStop=/bin/s\nRestart=on-failure\nRestartMode=debug\n');
  let state = serviceMachine.initial(unit);
  const feed = (event: ServiceEvent): string => {
    const now = (serviceMachine.deadline(state) ?? 1) as Instant;
    const step = take(t, unit, state, event, now);
    state = step.state;
    const told = step.effects.flatMap((effect) => (effect.kind === 'run' ? [effect.variables.join(' ')] : []));
    return [state.sub, ...(step.via === undefined ? [] : [`via ${step.via.join(' ')}`]), ...told].join(': ');
  };
  const start = { kind: 'start', keeper: 1 as KeeperId, invocation: 'aa', startLimitHit: false } as const;
  const started = { kind: 'started', slot: 'main', pid: 7 as Pid, errno: 0, step: '', why: '' } as const;
  const exited = (status: number): ServiceEvent => {
    const end = { code: 'exited', status } as const;
    return { kind: 'exited', slot: 'main', pid: 7 as Pid, end, empty: true, children: [] };
  };
  const stop = { kind: 'stop', forRestart: true } as const;
  t.is(feed(start), 'start: ');
  t.is(feed(started), 'running');
  t.is(feed(exited(1)), 'auto-restart: via failed');
  t.is(feed({ kind: 'timer' }), 'auto-restart-queued');
  t.is(feed(stop), 'dead');
  t.is(feed(start), 'start: DEBUG_INVOCATION=1');
  t.is(feed(started), 'running');
  t.is(feed(exited(0)), 'stop: DEBUG_INVOCATION=1 SERVICE_RESULT=success EXIT_CODE=exited EXIT_STATUS=0');
  t.is(feed({ ...started, slot: 'control' }), 'stop');
  t.is(feed({ ...exited(0), slot: 'control' } as ServiceEvent), 'dead');
  t.is(feed(start), 'start: ');
});

test('RestartSteps=: RestartSec= grows by the same factor to RestartMaxDelaySec=', (t) => {
  const settings = loadUnit(
    '[Service]\nExecStart=/bin/a\nRestartSec=1\nRestartSteps=4\nRestartMaxDelaySec=16\n',
  ).service;
  if (settings === undefined) throw new Error('no service');
  const delays = [0, 1, 2, 3, 4, 5, 100].map((restarts) => Math.round(restartDelay(settings, restarts) / 1000));
  t.deepEqual(delays, [1000, 2000, 4000, 8000, 16000, 16000, 16000]);
});

test('NOTIFYACCESS= says who may speak from now on, until the end of the invocation', (t) => {
  life(
    t,
    'Type=notify\nNotifyAccess=all\nExecStart=/bin/a\nRestart=always',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify NOTIFYACCESS=main → start
     notify by:other READY=1 → start
     notify READY=1 → running
     main exited 0 → auto-restart: release
     timer → auto-restart-queued: enqueue-restart
     stop for restart → dead
     start again → start: make-keeper, run main ExecStart
     main started → start
     notify by:other READY=1 → running`,
  );
});

test('FileDescriptorStorePreserve=: no at every end, restart when no job will bring it up, yes never by itself', (t) => {
  const story = (end: string, letGo: string): string =>
    `start → start: make-keeper, run main ExecStart
     main started → running
     stored 2 → running
     stop → stop-sigterm: kill main+tree TERM+CONT
     main exited 0 → dead: release${end}
     let-go → dead${letGo}`;
  life(t, 'ExecStart=/bin/a\nFileDescriptorStorePreserve=no', story(', drop-store', ''));
  life(t, 'ExecStart=/bin/a', story('', ': drop-store'));
  life(t, 'ExecStart=/bin/a\nFileDescriptorStorePreserve=yes', story('', ''));
});

test('clean: the state while it is removed; what is started meanwhile waits', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nStateDirectory=a',
    `clean state → cleaning: clean
     start → cleaning: again
     cleaned → dead`,
  );
});

test('freeze and thaw: SIGSTOP and SIGCONT to the whole tree; a stop thaws first', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStop=/bin/s',
    `start → start: make-keeper, run main ExecStart
     main started → running
     freeze → running: kill tree STOP
     thaw → running: kill tree CONT
     thaw → running
     freeze → running: kill tree STOP
     stop → stop: kill tree CONT, run control ExecStop`,
  );
});

test('OOMPolicy=: killed as the container had no memory left is oom-kill, unless it says continue; kill takes the whole tree along', (t) => {
  const story = (end: string): string =>
    `start → start: make-keeper, run main ExecStart
     main started → running
     main killed KILL leaving oom → ${end}`;
  life(t, 'ExecStart=/bin/a', story('stop-sigterm oom-kill: kill tree TERM+CONT'));
  life(t, 'ExecStart=/bin/a\nOOMPolicy=kill', story('stop-sigterm oom-kill: kill tree KILL, kill tree TERM+CONT'));
  life(t, 'ExecStart=/bin/a\nOOMPolicy=continue', story('stop-sigterm signal: kill tree TERM+CONT'));
});
