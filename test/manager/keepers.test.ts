import test from 'ava';
import { createKeepers, type KeeperRecord } from '../../src/manager/keepers.ts';
import type { KeeperId } from '../../src/manager/state.ts';
import type { UnitName } from '../../src/units/name.ts';
import { decodeFrame, isWireError } from '../../src/wire/codec.ts';
import type { HostEffect } from '../../src/host.d.ts';
import { fakeHost } from '../fake/host.ts';

test('A new manager’s commands do not overtake those that its keeper may not have seen', (t) => {
  const text = fakeHost();
  const keepers = createKeepers({
    text,
    keepFields: () => ({}),
    runFields: () => ({}),
    releaseFields: () => ({}),
    sockets: () => [],
  });
  const kill = (signal: number) => ({ kind: 'kill', which: 4, signal, also: [], pid: 0 }) as const;
  const id = 7 as KeeperId;
  const record: KeeperRecord = {
    ...{ id, unit: 'a.service' as UnitName, invocation: '', pid: 100, lost: false, taken: 5, sent: 3 },
    outbox: [{ sequence: 3, command: kill(15) }],
  };
  const sent = (): string[] => {
    const effects: HostEffect[] = [];
    keepers.flush(effects);
    return effects.map((effect) => {
      const frame = 'bytes' in effect ? decodeFrame(text, effect.bytes) : undefined;
      return frame === undefined || isWireError(frame) ? effect.kind : `${frame.name} ${String(frame.sequence)}`;
    });
  };
  keepers.resume([record], new Map([[id, { pid: 100, lost: false }]]));
  keepers.command(id, kill(9));
  t.deepEqual(sent(), ['resume 0']);
  keepers.greet(id, 2, 100);
  t.deepEqual(sent(), ['kill 3', 'kill 4']);
  keepers.command(id, { kind: 'release' });
  t.deepEqual(sent(), ['release 5']);
});
