/** Socket units, as a part of the program. */
import type { OwnPart } from '../own-types.ts';
import { socketHands } from './hands.ts';
import { socketMachine } from './machine.ts';

export function makePart(): OwnPart<'socket'> {
  return { machine: socketMachine, createHands: socketHands };
}
