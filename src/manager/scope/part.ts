/** Scopes, as a part of the program. What they want of the world every type could: the interpreter carries it out. */
import type { OwnPart } from '../own-types.ts';
import { scopeMachine } from './machine.ts';

export function makePart(): OwnPart<'scope'> {
  return { machine: scopeMachine, createHands: () => ({ run: () => undefined, changed: () => undefined }) };
}
