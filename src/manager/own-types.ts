/**
 * Types of units beside service and target that have a machine of their own. Each is a part of the program (`part.ts` in its folder) that
 * is loaded with the first unit of its type. What the core needs to know of them all is here; what only one needs is in its folder.
 */
import type { Host } from '../host.d.ts';
import type { LoadState, Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Log } from './log.ts';
import type { Machine } from './machine.ts';
import type { Moment, ServiceEvent } from './service/event.ts';
import type { ServiceResult } from './service/state.ts';
import type { ActiveState, Stamp } from './state.ts';
import type { PathEffect } from './path/effect.ts';
import type { PathEvent } from './path/event.ts';
import type { PathState } from './path/state.ts';
import type { ScopeEvent } from './scope/event.ts';
import type { ScopeState } from './scope/state.ts';
import type { SocketEffect } from './socket/effect.ts';
import type { SocketEvent } from './socket/event.ts';
import type { SocketState } from './socket/state.ts';
import type { TimerEffect } from './timer/effect.ts';
import type { TimerEvent } from './timer/event.ts';
import type { TimerState } from './timer/state.ts';

/** One row a type: its state (plain data, JSON as it is), its events, and the effects that its own part carries out. */
export interface OwnTypes {
  readonly path: { readonly state: PathState; readonly event: PathEvent; readonly effect: PathEffect };
  readonly socket: { readonly state: SocketState; readonly event: SocketEvent; readonly effect: SocketEffect };
  readonly timer: { readonly state: TimerState; readonly event: TimerEvent; readonly effect: TimerEffect };
  readonly scope: { readonly state: ScopeState; readonly event: ScopeEvent; readonly effect: never };
}
export type OwnType = keyof OwnTypes;

export type OwnState = { [T in OwnType]: { readonly type: T; readonly own: OwnTypes[T]['state'] } }[OwnType];
export type OwnEvent = OwnTypes[OwnType]['event'];
export type OwnEffect = OwnTypes[OwnType]['effect'];

/** The word for Result= of any type. */
export type UnitResult = ServiceResult | 'trigger-limit-hit' | 'service-start-limit-hit' | 'unit-start-limit-hit';

/** Events of jobs and of time, which every type has. */
export type JobEvent = Extract<
  ServiceEvent,
  { kind: 'start' | 'stop' | 'reload' | 'reset-failed' | 'clean' | 'cleaned' | 'let-go' | 'timer' }
>;
/** The word of a keeper about a process of the unit: for types that run commands. */
export type KeeperEvent = Extract<
  ServiceEvent,
  {
    kind:
      | 'started'
      | 'exited'
      | 'empty'
      | 'notify'
      | 'stored'
      | 'adopted'
      | 'keeper-failed'
      | 'keeper-lost'
      | 'remains-empty'
      | 'run-failed';
  }
>;

/** What happens to a unit that starts another one. */
export type TriggerEvent =
  /** The unit that it starts (Around.triggered) went to another state, or a job of it ended: unit_trigger_notify(). */
  | { readonly kind: 'triggered' }
  /** The job that the effect `activate` asked for could not be queued. */
  | { readonly kind: 'activation-failed'; readonly why: string }
  /** A new manager, or other settings: what the machine holds in the world (deadlines, watches) is to be had anew. */
  | { readonly kind: 'resume' };

/** Events that every machine of this kind answers. */
export type CommonEvent = JobEvent | TriggerEvent;

/** What a machine of this kind may know of its unit's surroundings, with each event. */
export interface Around {
  /** When the unit was last started (its InactiveExitTimestamp=). */
  readonly since: Stamp;
  /** When the first manager began: for a container, its boot. */
  readonly booted: Stamp;
  /** From 0 up to 1, by chance. */
  readonly random: number;
  /** The unit that it starts, as it was when the event came; undefined: there is none. */
  readonly triggered: Triggered | undefined;
}

export interface Triggered {
  readonly name: UnitName;
  readonly load: LoadState;
  readonly active: ActiveState;
  readonly sub: string;
  readonly hasJob: boolean;
  /** Its last start was one too many. */
  readonly startLimitHit: boolean;
  readonly inactiveExit: Stamp;
  readonly inactiveEnter: Stamp;
}

export type OwnMoment = Moment & Around;

/** What a part exports: `makePart(host)`. A machine may ask the world what hardly ever changes (zones); only reading. */
export interface OwnPart<T extends OwnType> {
  readonly machine: Machine<OwnTypes[T]['state'], OwnTypes[T]['event'], OwnMoment>;
  /** Carries the effects of all units of the type out; one a manager. */
  createHands(ports: HandsPorts<T>): Hands<T>;
}

export interface HandsPorts<T extends OwnType> {
  readonly host: Host;
  readonly log: Log;
  readonly unit: (name: UnitName) => Unit | undefined;
  readonly tell: (unit: UnitName, event: OwnTypes[T]['event']) => void;
}

export interface Hands<T extends OwnType> {
  run(unit: UnitName, effect: OwnTypes[T]['effect']): void;
  /** Something changed under a watch. */
  changed(watch: number): void;
}

/** Gives the part of a type: of the program, or a test's. */
export type LoadOwnPart = <T extends OwnType>(type: T) => OwnPart<T>;

/** Parts of the program by the type of unit. */
export function ownPartsOf(host: Host): LoadOwnPart {
  const known = new Map<OwnType, OwnPart<OwnType>>();
  return <T extends OwnType>(type: T) => {
    let part = known.get(type) as OwnPart<T> | undefined;
    if (part === undefined) {
      const { makePart } = host.load(`manager/${type}/part.ts`) as { readonly makePart: (host: Host) => OwnPart<T> };
      known.set(type, (part = makePart(host)));
    }
    return part;
  };
}
