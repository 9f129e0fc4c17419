/** What a unit's settings say of its lines in the journal (systemd.exec(5), LogLevelMax= and what follows). */
import type { Unit } from '../units/model.ts';
import { logLevels } from '../units/values/word-list.ts';
import type { FrameFields } from '../wire/schema.ts';

/** The fields of `keep`; most units have none. */
export function logFields(unit: Unit | undefined): FrameFields<'keep'> {
  const most = unit === undefined ? undefined : mostLevel(unit);
  return most === undefined ? {} : { levelMaxPlus1: most + 1 };
}

/** LogLevelMax=: less important lines, and words of the manager about the unit, are not written. */
export function mostLevel({ accepted }: Unit): number | undefined {
  const word = accepted.size === 0 ? undefined : accepted.get('LogLevelMax');
  return word === undefined ? undefined : logLevels.split(' ').indexOf(word);
}
