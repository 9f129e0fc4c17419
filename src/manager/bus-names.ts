/** The system bus, for units with BusName= and those that it asks for: what the manager has of it before it or the first of them starts (bus/ is the rest). */
import type { UnitName } from '../units/name.ts';
import type { Bus } from './bus/part.ts';
import type { Core } from './core.ts';
import type { ActiveState } from './state.ts';

export interface BusNames {
  /** A unit is in this state now. */
  changed(unit: UnitName, active: ActiveState): void;
  /** Event `stream`. */
  received(bytes: Uint8Array): void;
  /** A new manager asks anew. */
  resume(): void;
}

const daemon = 'dbus.service' as UnitName;

export function createBusNames({ world, machine }: Core, load: () => Bus): BusNames {
  let bus: Bus | undefined;
  function changed(unit: UnitName, active: ActiveState): void {
    if (active === 'active') (unit === (world.names.get(daemon) ?? daemon) ? (bus ??= load()) : bus)?.cameUp(unit);
    const name = world.records.get(unit)?.unit.service?.busName ?? '';
    if (name !== '' && active !== 'inactive' && active !== 'failed') (bus ??= load()).watch(unit, name);
  }
  return {
    changed,
    received: (bytes) => bus?.received(bytes),
    resume() {
      for (const [name, { unit, state }] of world.records) changed(name, machine.activeState(unit, state));
    },
  };
}
