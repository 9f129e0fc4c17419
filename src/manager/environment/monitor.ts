/** MONITOR_SERVICE_RESULT and its kin: a unit that OnFailure= or OnSuccess= has started is told by whom, and why (systemd.exec(5)). */
import { kinds } from '../../graph/dependency.ts';
import type { ExecSlot } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { endVariables } from '../service/command.ts';
import type { ServiceState } from '../service/state.ts';
import type { World } from '../world.ts';

const told: ReadonlySet<ExecSlot> = new Set(['ExecStartPre', 'ExecStart']);
const triggers = kinds.OnFailure.bit | kinds.OnSuccess.bit;

/** Nothing when several services may trigger the unit: systemd does not guess (service_get_triggering_service()). */
export function monitorVariables(world: World, unit: UnitName, phase: ExecSlot): readonly string[] {
  if (!told.has(phase)) return none;
  let source: { readonly name: UnitName; readonly service: ServiceState } | undefined;
  for (const { name, twin } of world.graph.neighbours(unit)) {
    if ((twin.declares & triggers) === 0) continue;
    const state = world.records.get(name)?.state;
    if (state?.type !== 'service') continue;
    if (source !== undefined) return none;
    source = { name, service: state.service };
  }
  if (source === undefined) return none;
  const { name, service } = source;
  return [...endVariables(service, 'MONITOR_'), `MONITOR_INVOCATION_ID=${service.invocation}`, `MONITOR_UNIT=${name}`];
}

const none: readonly string[] = [];

/** TRIGGER_UNIT=, TRIGGER_PATH=, TRIGGER_TIMER_REALTIME_USEC= …: by what the unit was started (systemd.exec(5)). */
export function activationVariables(world: World, unit: UnitName): readonly string[] {
  const activation = world.records.get(unit)?.activation;
  return activation === undefined ? none : activation.map(([name, value]) => `${name.toUpperCase()}=${value}`);
}
