/** Targets, and every type that needs no process of its own: up as soon as it is started, down as soon as it is stopped. */
import type { UnitType } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { type Machine, runsNothing, type Step } from '../machine.ts';
import type { ServiceEvent } from '../service/event.ts';

/** Plain data, JSON as it is. */
export interface TargetState {
  readonly isUp: boolean;
  /** SubState= while it is up. */
  readonly upName: string;
}

/** Units that can never be stopped; they are up from the moment that they are loaded (systemd's src/core/slice.c, mount.c). */
export function isPerpetual(name: UnitName): boolean {
  return name === '-.slice' || name === 'system.slice' || name === '-.mount' || name === 'init.scope';
}

export const targetMachine: Machine<TargetState, ServiceEvent> = {
  ...runsNothing,
  initial: (unit) => ({ isUp: unit.standIn?.active === true || isPerpetual(unit.name), upName: upNames[unit.type] }),
  activeState: (_unit, state) => (state.isUp ? 'active' : 'inactive'),
  subState: (state) => (state.isUp ? state.upName : 'dead'),
  step(unit, state, event) {
    switch (event.kind) {
      case 'start':
        // What stands for a thing that is not there stays down, as with a condition that does not hold.
        if (unit.standIn?.active === false) return { state, effects: [], answer: 'already' };
        return turned(state, true);
      case 'stop':
        return turned(state, false);
      case 'reload':
        return { state, effects: [], answer: 'unsupported' };
      default:
        return { state, effects: [] };
    }
  },
  result: () => 'success',
  deadline: () => undefined,
  isIdle: (state) => !state.isUp,
  beginsAnew: () => false,
  triggers: () => undefined,
  cleans: () => undefined,
  wantsResume: () => false,
};

function turned(state: TargetState, isUp: boolean): Step<TargetState> {
  if (state.isUp === isUp) return { state, effects: [], answer: 'already' };
  return { state: { isUp, upName: state.upName }, effects: [], answer: 'accepted' };
}

/** A socket that nobody listens on says so in its SubState=, instead of systemd's word for it ("listening"). */
const upNames: Readonly<Record<UnitType, string>> = {
  target: 'active',
  slice: 'active',
  scope: 'running',
  mount: 'mounted',
  service: 'stand-in',
  socket: 'stand-in',
  timer: 'stand-in',
  path: 'stand-in',
  automount: 'stand-in',
  swap: 'active',
  device: 'plugged',
};
