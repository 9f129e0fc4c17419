/** All that can wake the core (core.ts), whatever the host calls it. Requests of clients come in through api.ts instead. */
import type { UnitName } from '../units/name.ts';
import type { UnitEvent } from './world.ts';

export type ManagerEvent =
  /** The word of a keeper, of init or of the shell about a unit. The shell has seen that it is about the unit's current keeper. */
  | { readonly kind: 'unit'; readonly unit: UnitName; readonly event: UnitEvent }
  /** A keeper skipped a step that this container forbids: told once in status. */
  | { readonly kind: 'notice'; readonly unit: UnitName; readonly text: string }
  /** The earliest deadline (of units or jobs) has passed; the core looks which. */
  | { readonly kind: 'timer' };
