/** Units with BusName= and the system bus: what the manager has of it before the first of them starts (bus/ is the rest). */
import type { Host } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type * as BusPart from './bus/part.ts';
import type { Core } from './core.ts';
import type { Log } from './log.ts';
import type { ActiveState } from './state.ts';

export interface BusNames {
  /** A unit is in this state now. */
  changed(unit: UnitName, active: ActiveState): void;
  /** Event `stream`. */
  received(bytes: Uint8Array): void;
  /** A new manager asks anew. */
  resume(): void;
}

export function createBusNames(
  host: Host,
  core: Core,
  log: Log,
  uid: number,
  address: () => string | undefined,
): BusNames {
  const { world } = core;
  let bus: BusPart.Bus | undefined;

  const activeOf = (name: UnitName): ActiveState | undefined => {
    const record = world.records.get(name);
    return record?.unit.load === 'loaded' ? core.machine.activeState(record.unit, record.state) : undefined;
  };
  const daemon = (): UnitName => {
    const name = 'dbus.service' as UnitName;
    return world.names.get(name) ?? name;
  };
  const load = (): BusPart.Bus =>
    (host.load('manager/bus/part.ts') as typeof BusPart).createBus({
      host,
      log,
      uid,
      address: address(),
      mayConnect: () => ['active', 'reloading', undefined].includes(activeOf(daemon())),
      tell(unit, name, owned) {
        if (world.records.get(unit)?.unit.service?.busName === name)
          core.feed({ kind: 'unit', unit, event: { kind: 'bus-owner', owned } });
      },
    });

  function changed(unit: UnitName, active: ActiveState): void {
    if (active === 'active' && bus !== undefined && unit === daemon()) bus.connect();
    const name = world.records.get(unit)?.unit.service?.busName ?? '';
    if (name === '' || active === 'inactive' || active === 'failed') return;
    bus ??= load();
    bus.watch(unit, name);
  }
  return {
    changed,
    received: (bytes) => bus?.received(bytes),
    resume() {
      for (const name of world.records.keys()) {
        const active = activeOf(name);
        if (active !== undefined) changed(name, active);
      }
    },
  };
}
