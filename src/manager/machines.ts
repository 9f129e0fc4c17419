/** The table of machines: one machine over the states of all types, so that the core knows no type. */
import type { Unit } from '../units/model.ts';
import type { Machine } from './machine.ts';
import type { ServiceEvent } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import { targetMachine } from './target/machine.ts';
import type { UnitState } from './world.ts';

/** The machine of any unit. Units that only a booted machine has (Unit.standIn) run nothing, whatever their type. */
export function machineOf(service: Machine<ServiceState, ServiceEvent>): Machine<UnitState, ServiceEvent> {
  return {
    initial(unit) {
      if (unit.type === 'service' && unit.service !== undefined && unit.standIn === undefined) {
        return { type: 'service', service: service.initial(unit) };
      }
      return { type: unit.type === 'target' ? 'target' : 'stand-in', target: targetMachine.initial(unit) };
    },
    activeState: (unit, state) =>
      state.type === 'service'
        ? service.activeState(unit, state.service)
        : targetMachine.activeState(unit, state.target),
    subState: (state) =>
      state.type === 'service' ? service.subState(state.service) : targetMachine.subState(state.target),
    step(unit, state, event, moment) {
      if (state.type === 'service') {
        const step = service.step(unit, state.service, event, moment);
        return { ...step, state: { type: 'service', service: step.state } };
      }
      const step = targetMachine.step(unit, state.target, event, moment);
      return { ...step, state: { type: state.type, target: step.state } };
    },
    reloadFailed: (state) => state.type === 'service' && service.reloadFailed(state.service),
    willRestart: (state) => state.type === 'service' && service.willRestart(state.service),
    result: (state) => (state.type === 'service' ? service.result(state.service) : 'success'),
    exitStatus: (state) => (state.type === 'service' ? service.exitStatus(state.service) : undefined),
    waitsForIdle: (state) => state.type === 'service' && service.waitsForIdle(state.service),
    deadline: (state) => (state.type === 'service' ? service.deadline(state.service) : undefined),
    canReload: (unit: Unit) => unit.service !== undefined && unit.standIn === undefined && service.canReload(unit),
    isIdle: (state) => (state.type === 'service' ? service.isIdle(state.service) : targetMachine.isIdle(state.target)),
  };
}
