import test from 'ava';

import { life } from './life.ts';

const up = `start → start: make-keeper, run main ExecStart
            main started → running`;

test('A stop of a running service runs ExecStop=, then signals, then runs ExecStopPost=', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStop=/bin/s\nExecStop=/bin/s2\nExecStopPost=/bin/p',
    `${up}
     stop → stop: run control ExecStop
     control started → stop
     control exited 0 leaving → stop: run control ExecStop 1
     control started → stop
     control exited 0 leaving → stop-sigterm: kill main+tree TERM+CONT
     main killed TERM → stop-post: run control ExecStopPost
     control started → stop-post
     control exited 0 → dead: release`,
  );
});

test('A service that ends well by itself runs ExecStop= too, one that fails only ExecStopPost=', (t) => {
  const settings = 'ExecStart=/bin/a\nExecStop=/bin/s\nExecStopPost=/bin/p';
  life(
    t,
    settings,
    `${up}
     main exited 0 → stop: run control ExecStop
     control started → stop
     control exited 0 → stop-post: run control ExecStopPost`,
  );
  life(
    t,
    settings,
    `${up}
     main exited 1 → stop-post exit-code: run control ExecStopPost`,
  );
});

test('ExecStop= that fails makes the unit fail, and the signals follow', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStop=/bin/s',
    `${up}
     stop → stop: run control ExecStop
     control started → stop
     control exited 3 leaving → stop-sigterm exit-code: kill main+tree TERM+CONT
     main killed TERM → failed exit-code: release`,
  );
});

test('A command of a oneshot that ends well is followed by the next one, also while the service is being stopped', (t) => {
  const settings = 'Type=oneshot\nExecStart=/bin/a\nExecStart=/bin/b\nExecStopPost=/bin/p';
  const begin = `start → start: make-keeper, run main ExecStart
     main started → start
     stop → stop-sigterm: kill main+tree TERM+CONT`;
  life(
    t,
    settings,
    `${begin}
     main exited 0 → stop-sigterm: run main ExecStart 1
     main started → stop-sigterm
     main exited 0 → stop-post: run control ExecStopPost`,
  );
  life(
    t,
    settings,
    `${begin}
     main exited 1 → stop-post exit-code: run control ExecStopPost`,
  );
});

test('A stop during the start sends the signals at once, without ExecStop=', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nExecStop=/bin/s',
    `start → start: make-keeper, run main ExecStart
     stop → stop-sigterm: kill main TERM+CONT
     main started → stop-sigterm
     main killed TERM → dead: release`,
  );
});

test('A stop of an idle service that still waits has nobody to wait for', (t) => {
  life(
    t,
    'Type=idle\nExecStart=/bin/a',
    `start → start: make-keeper
     stop → dead: release`,
  );
});

test('KillMode=control-group signals the whole tree; what is left when main and control are gone is hit in final-sigterm', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     main killed TERM leaving → final-sigterm: kill tree TERM+CONT
     empty → dead: release`,
  );
});

test('KillMode=mixed: SIGTERM for main and control, SIGKILL for all', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nKillMode=mixed',
    `${up}
     stop → stop-sigterm: kill main TERM+CONT
     main killed TERM leaving → final-sigkill: kill tree KILL
     empty → dead: release`,
  );
});

test('KillMode=process leaves the rest of the tree alone, and its keeper with it', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nKillMode=process',
    `${up}
     stop → stop-sigterm: kill main TERM+CONT
     main killed TERM leaving → dead: release`,
  );
});

test('KillMode=none signals nobody', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nKillMode=none\nExecStop=/bin/s',
    `${up}
     stop → stop: run control ExecStop
     control started → stop
     control exited 0 leaving → dead: release`,
  );
});

test('SIGTERM that is not obeyed is followed by SIGKILL, and the result is timeout', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nTimeoutStopSec=5',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     timer → stop-sigkill timeout: kill main+tree KILL
     main killed KILL → failed timeout: release`,
  );
});

test('SendSIGKILL=no gives up after SIGTERM', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nSendSIGKILL=no',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     timer → final-sigterm timeout: kill main+tree TERM+CONT
     timer → failed timeout: release`,
  );
});

test('What even SIGKILL does not end is left behind', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     timer → stop-sigkill timeout: kill main+tree KILL
     timer → final-sigterm timeout: kill main+tree TERM+CONT
     timer → final-sigkill timeout: kill main+tree KILL
     timer → failed timeout: release`,
  );
});

test('TimeoutStopFailureMode=abort asks for a core dump before SIGKILL', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nTimeoutStopFailureMode=abort',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     timer → stop-watchdog timeout: kill main+tree ABRT+CONT
     timer → stop-sigkill timeout: kill main+tree KILL
     main killed KILL → failed timeout: release`,
  );
});

test('KillSignal=, RestartKillSignal=, FinalKillSignal= and SendSIGHUP= choose the signals', (t) => {
  const settings =
    'ExecStart=/bin/a\nKillSignal=SIGINT\nRestartKillSignal=SIGUSR1\nFinalKillSignal=SIGQUIT\nSendSIGHUP=yes';
  life(
    t,
    settings,
    `${up}
     stop → stop-sigterm: kill main+tree INT+CONT+HUP
     timer → stop-sigkill timeout: kill main+tree QUIT+CONT
     main killed QUIT → failed timeout: release`,
  );
  life(
    t,
    settings,
    `${up}
     stop for restart → stop-sigterm: kill main+tree USR1+CONT+HUP`,
  );
});

test('ExecStop= that hangs is followed by the signals', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStop=/bin/s',
    `${up}
     stop → stop: run control ExecStop
     control started → stop
     timer → stop-sigterm timeout: kill main+control+tree TERM+CONT
     control killed TERM leaving → stop-sigterm timeout
     main killed TERM → failed timeout: release`,
  );
});

test('ExecStopPost= that hangs is killed', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStopPost=/bin/s',
    `${up}
     main exited 0 → stop-post: run control ExecStopPost
     control started → stop-post
     timer → final-sigterm timeout: kill control+tree TERM+CONT
     timer → final-sigkill timeout: kill control+tree KILL
     control killed KILL → failed timeout: release`,
  );
});

test('A main process that ends while ExecStop= runs does not cut it short', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStop=/bin/s',
    `${up}
     stop → stop: run control ExecStop
     control started → stop
     main exited 0 leaving → stop
     control exited 0 → dead: release`,
  );
});

test('RuntimeDirectory= and PIDFile= go when the service is down; RuntimeDirectoryPreserve= keeps the directory', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRuntimeDirectory=a',
    `${up}
     main exited 0 → dead: release, remove-runtime-directories`,
  );
  life(
    t,
    'ExecStart=/bin/a\nRuntimeDirectory=a\nRuntimeDirectoryPreserve=yes',
    `${up}
     main exited 0 → dead: release`,
  );
  life(
    t,
    'ExecStart=/bin/a\nRuntimeDirectory=a\nRuntimeDirectoryPreserve=restart\nRestart=always',
    `${up}
     main exited 0 → auto-restart: release
     stop → dead`,
  );
});

test('A keeper that is killed: what is left of the tree is killed and waited for, then the unit has failed', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStopPost=/bin/p\nRestart=always',
    `${up}
     keeper-lost 2 → stop-sigterm signal: kill remains main+control+tree TERM+CONT
     timer → stop-sigkill signal: kill remains main+control+tree KILL
     remains-empty → stop-post signal: make-keeper, run control ExecStopPost
     control started → stop-post signal
     control exited 0 → auto-restart signal: release`,
  );
});

test('A keeper that is killed under KillMode=process: the main process is killed for sure, the rest lives', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nKillMode=process\nRestart=on-failure',
    `${up}
     keeper-lost 3 → auto-restart signal: kill remains main+control KILL`,
  );
});

test('A keeper that is killed while the unit stops does not bring it back', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nRestart=always',
    `${up}
     stop → stop-sigterm: kill main+tree TERM+CONT
     keeper-lost 1 → stop-sigterm signal: kill remains main+control+tree TERM+CONT
     remains-empty → failed signal`,
  );
});

test('A service that is up without a process loses nothing with its keeper, and still has its ExecStop=', (t) => {
  life(
    t,
    'Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/a\nExecStop=/bin/s',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main exited 0 → exited
     keeper-lost 0 → exited
     stop → stop: make-keeper, run control ExecStop
     control started → stop
     control exited 0 → dead: release`,
  );
});
