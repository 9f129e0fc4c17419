import { readFileSync } from 'node:fs';

import test from 'ava';
import fc from 'fast-check';

import { serviceStates } from '../../../scripts/generate/service-states.ts';
import { serviceMachine } from '../../../src/manager/service/machine.ts';
import type { ServiceEvent } from '../../../src/manager/service/event.ts';
import { columnOf, type Entry, type Row, table } from '../../../src/manager/service/table.ts';
import type { Instant, KeeperId, Pid } from '../../../src/manager/state.ts';
import { loadUnit } from '../../fake/load-unit.ts';
import { mayGo, take } from './life.ts';

test('docs/service-states.md is what the table says (npm run generate)', (t) => {
  t.is(readFileSync('docs/service-states.md', 'utf8'), serviceStates());
});

const pid = fc.integer({ min: 0, max: 3 }) as fc.Arbitrary<Pid>;
const slot = fc.constantFrom('main' as const, 'control' as const);
const end = fc.oneof(
  fc.record({ code: fc.constant('exited' as const), status: fc.constantFrom(0, 1, 255) }),
  fc.record({ code: fc.constantFrom('killed' as const, 'dumped' as const), status: fc.constantFrom(6, 9, 15) }),
  fc.constant({ code: 'unknown' as const, status: 0 }),
);

const anyEvent: fc.Arbitrary<ServiceEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('start' as const),
    keeper: fc.constant(1 as KeeperId),
    invocation: fc.constant('aa'),
    startLimitHit: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('stop' as const), forRestart: fc.boolean() }),
  fc.constantFrom(
    { kind: 'reload' as const },
    { kind: 'reset-failed' as const },
    { kind: 'idle-over' as const },
    { kind: 'empty' as const },
    { kind: 'remains-empty' as const },
    { kind: 'timer' as const },
    { kind: 'keeper-failed' as const, errno: 11 },
    { kind: 'clean' as const, what: ['runtime' as const, 'fdstore' as const] },
    { kind: 'cleaned' as const, result: 'success' as const },
    { kind: 'freeze' as const },
    { kind: 'thaw' as const },
    { kind: 'let-go' as const },
    { kind: 'stored' as const, count: 2 },
    { kind: 'bus-owner' as const, owned: true },
    { kind: 'bus-owner' as const, owned: false },
  ),
  fc.record({
    kind: fc.constant('started' as const),
    slot,
    pid,
    errno: fc.constantFrom(0, 2),
    step: fc.constant('EXEC'),
    why: fc.constantFrom('', 'No such file or directory'),
  }),
  fc.record({
    kind: fc.constant('exited' as const),
    slot,
    pid,
    end,
    empty: fc.boolean(),
    children: fc.array(pid, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('notify' as const),
    sender: fc.constantFrom('main' as const, 'control' as const, 'other' as const, 'foreign' as const),
    pid,
    uid: fc.constant(0),
    fields: fc.array(
      fc.constantFrom(
        'READY=1',
        'RELOADING=1',
        'MONOTONIC_USEC=99999999',
        'STOPPING=1',
        'NOTIFYACCESS=all',
        'MAINPID=2',
        'WATCHDOG=trigger',
        'WATCHDOG_USEC=5',
        '',
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: fc.constant('adopted' as const), pid, errno: fc.constantFrom(0, 1, 3) }),
  fc.record({
    kind: fc.constant('keeper-lost' as const),
    remains: fc.constantFrom(0, 2),
    spare: fc.constant(2 as KeeperId),
  }),
  fc.record({
    kind: fc.constant('run-failed' as const),
    slot,
    result: fc.constantFrom('resources' as const, 'exit-code' as const),
    exitStatus: fc.constantFrom(undefined, 217),
    why: fc.constant(''),
  }),
  fc.record({
    kind: fc.constant('pid-file' as const),
    pid: fc.option(pid, { nil: undefined }),
    why: fc.constant(undefined),
  }),
);

const kinds = [
  'ExecStart=/a\nRestart=on-failure',
  'Type=oneshot\nExecStart=/a\nExecStart=/b\nRemainAfterExit=yes\nExecStop=/s\nExecReload=/r',
  'Type=forking\nPIDFile=/run/p\nExecStart=/a\nExecStartPost=/b\nExecReload=/r',
  'Type=forking\nExecStart=/a\nExecStopPost=/p\nKillMode=process',
  'Type=notify\nNotifyAccess=all\nWatchdogSec=5\nExecStart=/a\nExecCondition=/c\nExecStopPost=/p\nKillMode=mixed',
  'Type=idle\nExecStartPre=/p\nExecStart=/a\nSendSIGKILL=no\nRuntimeMaxSec=1\nRestart=always',
  'Type=exec\nExecStart=/a\nExecStop=/s\nKillMode=none\nTimeoutStopFailureMode=abort\nTimeoutStartFailureMode=kill',
  'Type=notify-reload\nExecStart=/a\nFileDescriptorStoreMax=3\nFileDescriptorStorePreserve=yes\nRestart=always\nRestartMode=direct',
  'Type=notify-reload\nExecStart=/a\nExecReload=/r\nExitType=cgroup\nRestart=on-failure\nRestartSteps=3\nRestartMaxDelaySec=9',
].map((settings) => loadUnit(`[Service]\n${settings}\n`));

test('Whatever comes in whatever order: the machine goes only where its table says, and a service that is down has no keeper', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(anyEvent, { maxLength: 40 }), (unit, events) => {
      let state = serviceMachine.initial(unit);
      let now = 1000;
      for (const event of events) {
        const deadline = serviceMachine.deadline(state);
        now = event.kind === 'timer' && deadline !== undefined ? Math.max(now, deadline) : now + 1;
        const before = state;
        const step = take(t, unit, state, event, now as Instant);
        state = step.state;
        const isDown = ['dead', 'failed', 'auto-restart', 'auto-restart-queued', 'cleaning'].includes(state.sub);
        if (isDown && (state.keeper !== undefined || state.main.kind !== 'free' || state.control.kind !== 'free'))
          throw new Error(`${before.sub} by ${event.kind}: down with a process`);
        if (state.sub !== before.sub && !mayGo(before.sub, event).has(state.sub))
          throw new Error(`${before.sub} goes to ${state.sub} by ${columnOf(event)}`);
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('The same state, event and moment give the same step, and neither is changed by it', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(anyEvent, { maxLength: 20 }), (unit, events) => {
      let state = serviceMachine.initial(unit);
      for (const event of events) {
        const moment = { now: 5 as Instant, stamp: { realtime: 5, monotonic: 5 }, stopPending: false };
        const before = structuredClone(state);
        const one = serviceMachine.step(unit, state, event, moment);
        const two = serviceMachine.step(unit, state, event, moment);
        t.deepEqual(one, two);
        t.deepEqual(state, before);
        state = one.state;
      }
    }),
    { numRuns: 100 },
  );
});

test('Every state that the table names can be reached', (t) => {
  const rows: readonly Row[] = Object.values(table);
  const entries = rows.flatMap((row) => Object.values(row) as readonly Entry<'timer'>[]);
  const reached = new Set<string>(entries.flatMap((entry) => entry.to));
  for (const sub of Object.keys(table)) if (!['auto-restart', 'exited'].includes(sub)) t.true(reached.has(sub), sub);
});
