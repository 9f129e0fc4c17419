/** Path units, as a part of the program. */
import type { OwnPart } from '../own-types.ts';
import { pathHands } from './hands.ts';
import { pathMachine } from './machine.ts';

export function makePart(): OwnPart<'path'> {
  return { machine: pathMachine, createHands: pathHands };
}
