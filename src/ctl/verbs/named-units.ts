/** The units that show and status are about. */
import type { UnitName } from '../../units/name.ts';
import { complain, type ManagedCall } from '../call.ts';
import { explainTemplate, findNames } from '../names.ts';

/** A word that is a number means a job or a process, no unit. */
export function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}

/** Those that the other words name; undefined: it was told why they name none. */
export async function namedUnits(call: ManagedCall): Promise<UnitName[] | undefined> {
  const found = findNames(
    call,
    call.words.filter((word) => !isNumber(word)),
  );
  const template = found.ok ? explainTemplate(found.names) : undefined;
  if (found.ok && template === undefined) return [...found.names];
  await complain(call, found.ok ? `Failed to get properties: ${template ?? ''}` : found.message);
  return undefined;
}
