/** The table of machines: one machine over the states of all types, so that the core knows no type. */
import type { Unit } from '../units/model.ts';
import type { Machine } from './machine.ts';
import type { LoadOwnPart, OwnMoment, OwnState, OwnType } from './own-types.ts';
import type { ServiceEvent } from './service/event.ts';
import type { ServiceState } from './service/state.ts';
import { targetMachine } from './target/machine.ts';
import type { UnitEvent, UnitMoment, UnitState } from './world.ts';

/** The machine of all units. */
export type UnitMachine = Machine<UnitState, UnitEvent, UnitMoment>;

/** What is done for any type, whatever its states are. */
type AnyMachine = Machine<unknown, UnitEvent, OwnMoment>;

/** The machine of any unit. Units that only a booted machine has (Unit.standIn) run nothing, whatever their type. */
export function machineOf(service: Machine<ServiceState, ServiceEvent>, load: LoadOwnPart): UnitMachine {
  const parts = new Map<OwnType, AnyMachine>();

  function own(type: OwnType): AnyMachine {
    let machine = parts.get(type);
    if (machine === undefined) {
      // A state that says `type` was made by this machine, and is given back to it.
      machine = load<OwnType>(type).machine;
      parts.set(type, machine);
    }
    return machine;
  }

  /** Asks the machine that the state belongs to. */
  function ask<R>(state: UnitState, what: (machine: AnyMachine, own: unknown) => R): R {
    switch (state.type) {
      case 'service':
        return what(service, state.service);
      case 'target':
      case 'stand-in':
        return what(targetMachine, state.target);
      default:
        return what(own(state.type), state.own);
    }
  }

  return {
    initial(unit) {
      const type = ownTypeOf(unit);
      if (type === 'service') return { type, service: service.initial(unit) };
      if (type !== undefined) return { type, own: own(type).initial(unit) } as OwnState;
      return { type: unit.type === 'target' ? 'target' : 'stand-in', target: targetMachine.initial(unit) };
    },
    activeState: (unit, state) =>
      state.type === 'service'
        ? service.activeState(unit, state.service)
        : ask(state, (machine, own) => machine.activeState(unit, own)),
    subState: (state) =>
      state.type === 'service' ? service.subState(state.service) : ask(state, (machine, own) => machine.subState(own)),
    step(unit, state, event, moment) {
      if (state.type === 'service') {
        // Nobody tells a service what it would not know: see feeding.ts.
        const step = service.step(unit, state.service, event as ServiceEvent, moment);
        return { ...step, state: { type: 'service', service: step.state } };
      }
      if (state.type === 'target' || state.type === 'stand-in') {
        const step = targetMachine.step(unit, state.target, event as ServiceEvent, moment);
        return { ...step, state: { type: state.type, target: step.state } };
      }
      const step = own(state.type).step(unit, state.own, event, { ...moment, ...moment.around() });
      return { ...step, state: { type: state.type, own: step.state } as OwnState };
    },
    reloadFailed: (state) => ask(state, (machine, own) => machine.reloadFailed(own)),
    willRestart: (state) => ask(state, (machine, own) => machine.willRestart(own)),
    result: (state) => ask(state, (machine, own) => machine.result(own)),
    exitStatus: (state) => ask(state, (machine, own) => machine.exitStatus(own)),
    waitsForIdle: (state) => ask(state, (machine, own) => machine.waitsForIdle(own)),
    deadline: (state) => ask(state, (machine, own) => machine.deadline(own)),
    opens: (state) => (state.type === 'timer' ? state.own.opens : undefined),
    canReload(unit) {
      const type = ownTypeOf(unit);
      if (type === 'service') return service.canReload(unit);
      return type === undefined ? undefined : own(type).canReload(unit);
    },
    isIdle: (state) => ask(state, (machine, own) => machine.isIdle(own)),
    beginsAnew: (unit, state) => ask(state, (machine, own) => machine.beginsAnew(unit, own)),
    keeper: (state) => ask(state, (machine, own) => machine.keeper(own)),
    triggers(unit) {
      const type = ownTypeOf(unit);
      return type === undefined || type === 'service' ? undefined : own(type).triggers(unit);
    },
    cleans: (unit, state) => ask(state, (machine, own) => machine.cleans(unit, own)),
    wantsResume: (state) => ask(state, (machine, own) => machine.wantsResume(own)),
  };
}

/** Whose settings the unit has: those that its machine works by. undefined: it needs none. */
function ownTypeOf(unit: Unit): 'service' | OwnType | undefined {
  if (unit.standIn !== undefined) return undefined;
  if (unit.service !== undefined) return 'service';
  if (unit.path !== undefined) return 'path';
  if (unit.scope !== undefined) return 'scope';
  if (unit.socket !== undefined) return 'socket';
  return unit.timer === undefined ? undefined : 'timer';
}

/** A unit whose file is gone or has become useless keeps the settings that it was started with. */
export function withSettingsOf(unit: Unit, before: Unit): Unit {
  return {
    ...unit,
    service: before.service,
    socket: before.socket,
    timer: before.timer,
    path: before.path,
    scope: before.scope,
  };
}
