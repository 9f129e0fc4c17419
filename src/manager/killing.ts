/** `systemctl kill` (unit_kill_common()). */
import type { UnitType } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import { slots } from '../wire/schema.ts';
import type { Outcome } from './api.ts';
import type { Engine } from './engine.ts';
import type { ServiceState } from './service/state.ts';

const which = { main: slots.main, control: slots.control, all: slots.main | slots.control | slots.tree } as const;

/** Types that never have any (those without `kill` in systemd's vtables). */
const withoutProcesses: ReadonlySet<UnitType> = new Set(['target', 'timer', 'path', 'device', 'automount']);

export function killUnit(
  engine: Engine,
  name: UnitName,
  who: 'main' | 'control' | 'all',
  signal: number,
  value?: number,
): Outcome<undefined> {
  const record = engine.world.records.get(engine.world.names.get(name) ?? name);
  if (record === undefined || record.unit.load === 'not-found') {
    return { ok: false, error: { code: 'NoSuchUnit', message: `Unit ${name} not loaded.` } };
  }
  if (record.state.type === 'scope' && who === 'all') {
    const { keeper } = record.state.own;
    const kill = {
      kind: 'kill',
      unit: record.unit.name,
      lost: true,
      which: slots.tree,
      signal,
      also: [],
      value,
    } as const;
    if (keeper !== undefined) engine.effects.push({ ...kill, keeper });
    return { ok: true, value: undefined };
  }
  if (withoutProcesses.has(record.unit.type)) {
    return { ok: false, error: { code: 'NotSupported', message: 'Operation not supported' } };
  }
  if (record.state.type !== 'service') {
    return { ok: false, error: { code: 'NoSuchProcess', message: 'Unit has no processes to kill' } };
  }
  const { service } = record.state;
  if (who !== 'all' && pidOf(service, who) === undefined) {
    return { ok: false, error: { code: 'NoSuchProcess', message: `No ${who} process to kill` } };
  }
  if (service.keeper !== undefined) {
    const { keeper, keeperLost: lost } = service;
    engine.effects.push({
      kind: 'kill',
      unit: record.unit.name,
      keeper,
      lost,
      which: which[who],
      signal,
      also: [],
      value,
    });
  }
  return { ok: true, value: undefined };
}

function pidOf(service: ServiceState, who: 'main' | 'control'): number | undefined {
  const slot = service[who];
  return slot.kind === 'runs' ? slot.pid : undefined;
}
