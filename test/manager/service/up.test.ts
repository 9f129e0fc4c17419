import test from 'ava';

import { life } from './life.ts';

const up = `start → start: make-keeper, run main ExecStart
            main started → running`;

test('ExecReload= runs beside the main process; its failure is the reload’s own', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecReload=/bin/r\nExecReload=/bin/r2',
    `${up}
     reload → reload: run control ExecReload
     control started → reload
     control exited 0 leaving → reload: run control ExecReload 1
     control started → reload
     control exited 1 leaving → running
     reload → reload: run control ExecReload`,
  );
});

test('ExecReload= that hangs is killed, and the service goes on', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecReload=/bin/r',
    `${up}
     reload → reload: run control ExecReload
     control started → reload
     timer → running: kill control KILL
     control killed KILL leaving → running`,
  );
});

test('A service without ExecReload= cannot reload', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `${up}
     reload → running: unsupported`,
  );
});

test('A stop while it reloads sends the signals at once', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecReload=/bin/r\nExecStop=/bin/s',
    `${up}
     reload → reload: run control ExecReload
     control started → reload
     stop → stop-sigterm: kill main+control+tree TERM+CONT`,
  );
});

test('RELOADING=1 and READY=1 are a reload by its own will; STOPPING=1 a stop without signal', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify READY=1 → running
     notify RELOADING=1 → reload: propagate-reload
     notify READY=1 → running
     notify STOPPING=1 → stop-sigterm
     main exited 0 → dead: release`,
  );
});

test('The last of READY, RELOADING and STOPPING in a message counts', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify STOPPING=1 RELOADING=1 READY=1 → running`,
  );
});

test('An empty notification, NULs and numbers that are none change nothing', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify → start
     notify READY=1\0 → start
     notify EXTEND_TIMEOUT_USEC=-5 WATCHDOG_USEC=99999999999999999999 MAINPID=0x10 ERRNO=x → start`,
  );
});

test('WatchdogSec= that goes by asks for a core dump; WATCHDOG=1 sets it back; Restart=on-watchdog follows', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nWatchdogSec=10\nRestart=on-watchdog',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify READY=1 → running
     notify WATCHDOG=1 → running
     timer → stop-watchdog watchdog: kill main+tree ABRT+CONT
     main dumped ABRT → auto-restart watchdog: release`,
  );
});

test('WATCHDOG=trigger is a watchdog that went by; WATCHDOG_USEC= sets it', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify READY=1 → running
     notify WATCHDOG_USEC=5000000 → running
     timer → stop-watchdog watchdog: kill main+tree ABRT+CONT`,
  );
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify READY=1 → running
     notify WATCHDOG=trigger → stop-watchdog watchdog: kill main+tree ABRT+CONT`,
  );
});

test('RuntimeMaxSec= ends a service that runs for too long', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRuntimeMaxSec=60\nExecStop=/bin/s',
    `${up}
     timer → stop timeout: run control ExecStop`,
  );
});

test('SuccessExitStatus= makes statuses and signals clean', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nSuccessExitStatus=7 SIGUSR1',
    `${up}
     main exited 7 → dead: release
     start → start: make-keeper, run main ExecStart
     main started → running
     main killed USR1 → dead: release`,
  );
});

test('Clean signals of a daemon are HUP, INT, TERM and PIPE', (t) => {
  for (const signal of ['HUP', 'INT', 'TERM', 'PIPE'])
    life(t, 'ExecStart=/bin/a', `${up}\n main killed ${signal} → dead: release`);
  for (const signal of ['KILL', 'USR1', 'ABRT'])
    life(t, 'ExecStart=/bin/a', `${up}\n main killed ${signal} → failed signal: release`);
  life(t, 'ExecStart=/bin/a', `${up}\n main dumped SEGV → failed core-dump: release`);
});

const ends = {
  'exited 0': 'success',
  'exited 1': 'exit-code',
  'killed KILL': 'signal',
  'dumped ABRT': 'core-dump',
} as const;

/** systemd.service(5), "Exit causes and the effect of the Restart= settings". */
const restarts = {
  no: [],
  'on-success': ['success'],
  'on-failure': ['exit-code', 'signal', 'core-dump'],
  'on-abnormal': ['signal', 'core-dump'],
  'on-abort': ['signal', 'core-dump'],
  'on-watchdog': [],
  always: ['success', 'exit-code', 'signal', 'core-dump'],
} as const satisfies Record<string, readonly string[]>;

for (const [setting, results] of Object.entries(restarts)) {
  test(`Restart=${setting} restarts after ${results.length === 0 ? 'none of these ends' : results.join(', ')}`, (t) => {
    for (const [end, result] of Object.entries(ends)) {
      const told = result === 'success' ? '' : ` ${result}`;
      const sub = (results as readonly string[]).includes(result)
        ? 'auto-restart'
        : result === 'success'
          ? 'dead'
          : 'failed';
      life(t, `ExecStart=/bin/a\nRestart=${setting}`, `${up}\n main ${end} → ${sub}${told}: release`);
    }
  });
}

test('After RestartSec= a restart job is asked for; the counter is the operator’s to set back', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRestart=always\nRestartSec=3',
    `${up}
     main exited 0 → auto-restart: release
     start → auto-restart: again
     timer → auto-restart-queued: enqueue-restart
     stop for restart → dead
     start again → start: make-keeper, run main ExecStart`,
  );
});

test('A queued stop job keeps Restart= from undoing it', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRestart=always',
    `${up}
     main exited 0 while a stop waits → dead: release`,
  );
});

test('A stop is no reason to restart, and ends the wait for one', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRestart=always',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     main killed TERM → dead: release
     start → start: make-keeper, run main ExecStart
     main started → running
     main exited 1 → auto-restart exit-code: release
     stop → dead exit-code`,
  );
});

test('RestartPreventExitStatus= is stronger than RestartForceExitStatus=, and this than Restart=', (t) => {
  const settings = 'ExecStart=/bin/a\nRestart=on-abort\nRestartPreventExitStatus=3\nRestartForceExitStatus=3 4';
  life(t, settings, `${up}\n main exited 3 → failed exit-code: release`);
  life(t, settings, `${up}\n main exited 4 → auto-restart exit-code: release`);
});
