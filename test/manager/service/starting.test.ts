import test from 'ava';

import { life } from './life.ts';

test('Type=simple is up at the fork, and inactive when its main process ends well', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → running
     main exited 0 → dead: release`,
  );
});

test('Type=simple with a missing executable is up first and fails then', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started errno 2 → running
     main exited 203 → failed exit-code: release`,
  );
});

test('Type=exec is up only when the exec has succeeded', (t) => {
  life(
    t,
    'Type=exec\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → running`,
  );
  life(
    t,
    'Type=exec\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started errno 2 → start
     main exited 203 → failed exit-code: release`,
  );
});

test('Type=oneshot runs its commands one after another and is then inactive, or exited with RemainAfterExit=', (t) => {
  life(
    t,
    'Type=oneshot\nExecStart=/bin/a\nExecStart=/bin/b',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main exited 0 → start: run main ExecStart 1
     main started → start
     main exited 0 → dead: release`,
  );
  life(
    t,
    'Type=oneshot\nExecStart=/bin/a\nRemainAfterExit=yes\nExecStop=/bin/b',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main exited 0 → exited
     stop → stop: run control ExecStop
     control started → stop
     control exited 0 → dead: release`,
  );
});

test('A oneshot whose command fails runs no further command', (t) => {
  life(
    t,
    'Type=oneshot\nExecStart=/bin/a\nExecStart=/bin/b',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main exited 1 → failed exit-code: release`,
  );
});

test('A signal that asks a daemon to end is no clean end for a oneshot', (t) => {
  life(
    t,
    'Type=oneshot\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main killed TERM → failed signal: release`,
  );
});

test('A oneshot without ExecStart= is up at once', (t) => {
  life(
    t,
    'Type=oneshot\nRemainAfterExit=yes\nExecStop=/bin/b',
    `start → exited: make-keeper
     stop → stop: run control ExecStop`,
  );
});

test('Type=forking is up when its first process has ended; the only child that is left is its main process', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 → start: adopt 31
     adopted 31 → running
     main exited 0 → dead: release`,
  );
});

test('Type=forking with several children has no known main process and lives as long as its tree', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 32 → running
     empty → dead: release`,
  );
});

test('GuessMainPID=no leaves the main process unknown', (t) => {
  life(
    t,
    'Type=forking\nGuessMainPID=no\nExecStart=/bin/a',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 → running`,
  );
});

test('Type=forking whose first process leaves nothing behind runs ExecStop= and ends well', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a\nExecStop=/bin/b',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 → stop: run control ExecStop
     control started → stop
     control exited 0 → dead: release`,
  );
});

test('Type=forking whose first process fails takes down what it left', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 1 leaving 31 → stop-sigterm exit-code: kill tree TERM+CONT
     empty → failed exit-code: release`,
  );
});

test('PIDFile= is waited for, and only a process of the unit is taken from it', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a\nPIDFile=/run/a.pid',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 → start: read-pid-file
     pid-file bad → start
     pid-file 1 → start: adopt 1
     adopted 1 refused → start
     pid-file 31 → start: adopt 31
     adopted 31 → running
     stop → stop-sigterm: kill main+tree TERM+CONT
     main killed TERM → dead: release, remove-pid-file`,
  );
});

test('PIDFile= that nobody is left to write is a failure of protocol', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a\nPIDFile=/run/a.pid',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 32 → start: read-pid-file
     pid-file bad → start
     empty → failed protocol: release, remove-pid-file`,
  );
});

test('PIDFile= may be written as late as by ExecStartPost=', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a\nExecStartPost=/bin/b\nPIDFile=/run/a.pid',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 → start: read-pid-file
     pid-file bad → start-post: run control ExecStartPost
     control started → start-post
     control exited 0 leaving 31 → start-post: read-pid-file
     pid-file 31 → start-post: adopt 31
     adopted 31 → running`,
  );
});

test('A main process that ends is not missed when PIDFile= names its successor', (t) => {
  life(
    t,
    'Type=forking\nExecStart=/bin/a\nPIDFile=/run/a.pid',
    `start → start: make-keeper, run control ExecStart
     control started → start
     control exited 0 leaving 31 → start: read-pid-file
     pid-file 31 → start: adopt 31
     adopted 31 → running
     main exited 0 leaving 40 → running: read-pid-file
     pid-file 40 → running: adopt 40
     adopted 40 → running
     main exited 0 leaving 41 → running: read-pid-file
     pid-file 40 → stop-sigterm: kill tree TERM+CONT
     empty → dead: release, remove-pid-file`,
  );
});

test('Type=notify is up at READY=1', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify STATUS=x → start
     notify READY=1 → running`,
  );
});

test('Type=notify that ends without READY=1 fails by protocol', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     main exited 0 → failed protocol: release`,
  );
});

test('NotifyAccess=main: READY=1 of another process of the unit, or of a stranger, does not count', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify by:other READY=1 → start
     notify by:foreign READY=1 → start
     notify by:control READY=1 → start`,
  );
  life(
    t,
    'Type=notify\nNotifyAccess=all\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify by:foreign READY=1 → start
     notify by:other READY=1 → running`,
  );
});

test('MAINPID= of a notification is taken before READY=1 counts, and refused for a stranger', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify MAINPID=33 READY=1 → start: adopt 33
     adopted 33 → running
     notify MAINPID=1 → running
     notify MAINPID=-1 → running
     notify MAINPID=77 → running: adopt 77
     adopted 77 refused → running`,
  );
});

test('Type=idle waits for the job queue to drain, and five seconds at the longest', (t) => {
  life(
    t,
    'Type=idle\nExecStart=/bin/a',
    `start → start: make-keeper
     idle-over → start: run main ExecStart
     main started → running`,
  );
  life(
    t,
    'Type=idle\nExecStart=/bin/a',
    `start → start: make-keeper
     timer → start: run main ExecStart
     main started → running`,
  );
});

test('ExecCondition= that fails with 1 to 254 skips the service; 255 and signals fail it', (t) => {
  const settings = 'ExecCondition=/bin/c\nExecStart=/bin/a\nExecStopPost=/bin/p\nRestart=always';
  life(
    t,
    settings,
    `start → condition: make-keeper, run control ExecCondition
     control started → condition
     control exited 1 → stop-post exec-condition: condition-unmet, run control ExecStopPost
     control started → stop-post exec-condition
     control exited 0 → dead exec-condition: release`,
  );
  life(
    t,
    'ExecCondition=/bin/c\nExecStart=/bin/a',
    `start → condition: make-keeper, run control ExecCondition
     control started → condition
     control exited 255 → failed exit-code: release`,
  );
  life(
    t,
    'ExecCondition=/bin/c\nExecStart=/bin/a',
    `start → condition: make-keeper, run control ExecCondition
     control started → condition
     control exited 0 → start: run main ExecStart`,
  );
});

test('ExecStartPre= that fails stops the start; only ExecStopPost= runs', (t) => {
  life(
    t,
    'ExecStartPre=/bin/c\nExecStart=/bin/a\nExecStop=/bin/s\nExecStopPost=/bin/p',
    `start → start-pre: make-keeper, run control ExecStartPre
     control started → start-pre
     control exited 1 → stop-post exit-code: run control ExecStopPost
     control started → stop-post exit-code
     control exited 0 → failed exit-code: release`,
  );
});

test('A command with "-" may fail', (t) => {
  life(
    t,
    'ExecStartPre=-/bin/c\nExecStartPre=/bin/d\nExecStart=-/bin/a',
    `start → start-pre: make-keeper, run control ExecStartPre
     control started → start-pre
     control exited 1 → start-pre: run control ExecStartPre 1
     control started → start-pre
     control exited 0 → start: run main ExecStart
     main started → running
     main exited 7 → dead: release`,
  );
});

test('ExecStartPost= runs when the service is up; its failure takes the service down', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStartPost=/bin/b',
    `start → start: make-keeper, run main ExecStart
     main started → start-post: run control ExecStartPost
     control started → start-post
     control exited 1 leaving 10 → stop-sigterm exit-code: kill main+tree TERM+CONT
     main killed TERM → failed exit-code: release`,
  );
});

test('A control process is not clean when a signal ends it', (t) => {
  life(
    t,
    'ExecStartPre=/bin/b\nExecStart=/bin/a',
    `start → start-pre: make-keeper, run control ExecStartPre
     control started → start-pre
     control killed TERM → failed signal: release`,
  );
});

test('TimeoutStartSec= ends a start; TimeoutStartFailureMode= says how', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nTimeoutStartSec=5',
    `start → start: make-keeper, run main ExecStart
     main started → start
     timer → stop-sigterm timeout: kill main+tree TERM+CONT
     main killed TERM → failed timeout: release`,
  );
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nTimeoutStartFailureMode=abort',
    `start → start: make-keeper, run main ExecStart
     main started → start
     timer → stop-watchdog timeout: kill main+tree ABRT+CONT
     main dumped ABRT → failed timeout: release`,
  );
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nTimeoutStartFailureMode=kill',
    `start → start: make-keeper, run main ExecStart
     main started → start
     timer → stop-sigkill timeout: kill main+tree KILL
     main killed KILL → failed timeout: release`,
  );
});

test('EXTEND_TIMEOUT_USEC= lengthens the time of the state and never shortens it', (t) => {
  life(
    t,
    'Type=notify\nExecStart=/bin/a\nTimeoutStartSec=5',
    `start → start: make-keeper, run main ExecStart
     main started → start
     notify EXTEND_TIMEOUT_USEC=1 → start
     notify EXTEND_TIMEOUT_USEC=90000000 → start
     timer → stop-sigterm timeout: kill main+tree TERM+CONT`,
  );
});

test('A start that the limit refuses fails the job, and the unit', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `start limit → failed start-limit-hit: start-limit
     reset-failed → dead
     start → start: make-keeper, run main ExecStart`,
  );
});

test('A start while it starts is the same start; while it stops it has to wait', (t) => {
  life(
    t,
    'ExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     start → start
     main started → running
     start → running: already
     stop → stop-sigterm: kill main+tree TERM+CONT
     start → stop-sigterm: again`,
  );
});

test('A command that cannot be asked for: no environment file is a lack of resources, no user an exit status', (t) => {
  life(
    t,
    'ExecStart=/bin/a\nExecStopPost=/bin/p',
    `start → start: make-keeper, run main ExecStart
     run-failed main resources → stop-post resources: run control ExecStopPost`,
  );
  life(
    t,
    'ExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     run-failed main 217 → failed exit-code: release`,
  );
  life(
    t,
    'ExecStart=-/bin/a',
    `start → start: make-keeper, run main ExecStart
     run-failed main 217 → dead: release`,
  );
});

test('Without a keeper nothing is started', (t) => {
  life(
    t,
    'ExecStartPre=/bin/b\nExecStart=/bin/a\nExecStopPost=/bin/p',
    `start → start-pre: make-keeper, run control ExecStartPre
     keeper-failed → failed resources`,
  );
});
