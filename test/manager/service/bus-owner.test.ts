import test from 'ava';

import { life } from './life.ts';

test('Type=dbus is up when its name has an owner, and stops when it has none any more', (t) => {
  life(
    t,
    'BusName=org.example.One\nExecStart=/bin/a\nExecStartPost=/bin/p\nExecStop=/bin/s',
    `start → start: make-keeper, run main ExecStart
     main started → start
     bus lost → start
     bus owned → start-post: run control ExecStartPost
     control started → start-post
     control exited 0 → running
     bus owned → running
     bus lost → stop: run control ExecStop`,
  );
});

test('Type=dbus whose owner is known before the keeper has said that the process runs is up then', (t) => {
  life(
    t,
    'BusName=org.example.One\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     bus owned → start
     main started → running`,
  );
});

test('Type=dbus that nobody gives the name to takes too long', (t) => {
  life(
    t,
    'BusName=org.example.One\nExecStart=/bin/a\nTimeoutStartSec=5',
    `start → start: make-keeper, run main ExecStart
     main started → start
     timer → stop-sigterm timeout: kill main+tree TERM+CONT`,
  );
});

test('A name is lost with RemainAfterExit=: the service stays', (t) => {
  life(
    t,
    'BusName=org.example.One\nExecStart=/bin/a\nRemainAfterExit=yes',
    `start → start: make-keeper, run main ExecStart
     main started → start
     bus owned → running
     bus lost → exited`,
  );
});

test('With another type the owner of BusName= changes nothing', (t) => {
  life(
    t,
    'Type=exec\nBusName=org.example.One\nExecStart=/bin/a',
    `start → start: make-keeper, run main ExecStart
     bus owned → start
     main started → running
     bus lost → running`,
  );
});
