import test from 'ava';

import { serviceMachine } from '../../../src/manager/service/machine.ts';
import type { ServiceState } from '../../../src/manager/service/state.ts';
import type { ServiceEvent } from '../../../src/manager/service/event.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import { loadUnit } from '../../fake/load-unit.ts';

test('A command that cannot be executed is told with its path, the step that failed, and why; with a "-" it is no error', (t) => {
  const start: ServiceEvent = {
    kind: 'start',
    keeper: 1 as KeeperId,
    invocation: 'aa',
    startLimitHit: false,
  };
  const failed: ServiceEvent = {
    kind: 'started',
    slot: 'main',
    pid: 10 as Pid,
    errno: 2,
    step: 'EXEC',
    why: 'No such file or directory',
  };
  const message = 'Failed at step EXEC spawning /no/such/program: No such file or directory';
  t.deepEqual(words('ExecStart=/no/such/program', [start, failed]), [{ kind: 'log', level: 'err', message }]);
  t.deepEqual(words('ExecStart=-/no/such/program', [start, failed]), [{ kind: 'log', level: 'info', message }]);
});

test('An end is told when it is a failure: with a status it is worth a notice, with a signal a warning; ExecCondition= that says no is none', (t) => {
  const start: ServiceEvent = { kind: 'start', keeper: 1 as KeeperId, invocation: 'aa', startLimitHit: false };
  const ends = (slot: 'main' | 'control', code: 'exited' | 'killed', status: number): readonly ServiceEvent[] => [
    start,
    { kind: 'started', slot, pid: 10 as Pid, errno: 0, step: '', why: '' },
    { kind: 'exited', slot, pid: 10 as Pid, end: { code, status }, empty: false, children: [] },
  ];
  const first = (settings: string, events: readonly ServiceEvent[]): unknown => words(settings, events)[0];
  t.deepEqual(first('ExecStart=/bin/x', ends('main', 'exited', 3)), {
    kind: 'log',
    level: 'notice',
    message: 'Main process exited, code=exited, status=3/NOTIMPLEMENTED',
  });
  t.deepEqual(first('ExecStart=/bin/x', ends('main', 'killed', 9)), {
    kind: 'log',
    level: 'warning',
    message: 'Main process exited, code=killed, status=9/KILL',
  });
  t.is(first('ExecStart=/bin/x', ends('main', 'killed', 15)), undefined);
  t.is(first('ExecStart=/bin/x\nSuccessExitStatus=143', ends('main', 'exited', 143)), undefined);
  t.is(first('ExecStart=-/bin/x', ends('main', 'exited', 1)), undefined);
  t.is(first('ExecStart=/bin/x\nExecCondition=/bin/no', ends('control', 'exited', 1)), undefined);
});

/** What is said at the last of these events. */
function words(settings: string, events: readonly ServiceEvent[]): unknown[] {
  const unit = loadUnit(`[Service]\n${settings}\n`);
  let state: ServiceState = serviceMachine.initial(unit);
  let said: unknown[] = [];
  for (const event of events) {
    const now = 1_000_000 as Instant;
    const step = serviceMachine.step(unit, state, event, {
      now,
      stamp: { realtime: now, monotonic: now },
      stopPending: false,
    });
    ({ state } = step);
    said = step.effects.filter(({ kind }) => kind === 'log');
  }
  return said;
}
