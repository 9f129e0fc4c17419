import test from 'ava';
import { notificationFields } from '../../../src/manager/service/notify.ts';
import { serviceMachine } from '../../../src/manager/service/machine.ts';
import type { ServiceEvent } from '../../../src/manager/service/event.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import { loadUnit } from '../../fake/load-unit.ts';

test('A notification is cut into fields at newlines and carriage returns; one NUL at its end is no part of it', (t) => {
  t.deepEqual(notificationFields('READY=1\nSTATUS=a\rb\n\n\0'), ['READY=1', 'STATUS=a', 'b']);
  t.deepEqual(notificationFields('STATUS=a\0b'), ['STATUS=a\0b']);
  t.deepEqual(notificationFields('\0'), []);
  t.deepEqual(notificationFields(''), []);
});

/** The status text that is left when these datagrams came one after the other. */
function statusAfter(...datagrams: readonly string[]): string {
  const unit = loadUnit('[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/a\n');
  const moment = { now: 1 as Instant, stamp: { realtime: 1, monotonic: 1 }, stopPending: false };
  const start = { kind: 'start', keeper: 1 as KeeperId, invocation: 'aa', startLimitHit: false };
  const events: readonly ServiceEvent[] = [
    start as ServiceEvent,
    { kind: 'started', slot: 'main', pid: 10 as Pid, errno: 0, step: '', why: '' },
    ...datagrams.map((text) => {
      const fields = notificationFields(text);
      return { kind: 'notify', sender: 'main', pid: 10 as Pid, uid: 0, fields } as const;
    }),
  ];
  return events.reduce(
    (state, event) => serviceMachine.step(unit, state, event, moment).state,
    serviceMachine.initial(unit),
  ).statusText;
}

test('Of two STATUS= in one message the first counts', (t) => {
  t.is(statusAfter('STATUS=two\nSTATUS=three'), 'two');
});

test('A message with a NUL in it says nothing at all', (t) => {
  t.is(statusAfter('STATUS=before', 'STATUS=after\nX=\0y'), 'before');
});

test('A STATUS= that is no UTF-8 leaves the status empty', (t) => {
  t.is(statusAfter('STATUS=before', 'STATUS=bad\udcff'), '');
  t.is(statusAfter('STATUS=before', 'X=\udcff\nSTATUS=\u{10400}'), '\u{10400}');
});
