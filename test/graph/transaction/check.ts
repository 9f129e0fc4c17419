/** The one funnel of the transaction's tests: units and states in words, a request, and what is to come of it. */
import type { ExecutionContext } from 'ava';

import { buildTransaction } from '../../../src/graph/transaction/build.ts';
import type { RequestedJobType } from '../../../src/graph/job.ts';
import type { JobMode } from '../../../src/units/model.ts';
import { name } from '../../fake/unit.ts';
import { sceneOf } from '../scene.ts';
import type { SceneWords } from '../scene.ts';

export interface Case extends SceneWords {
  readonly units: string;
  /** "start a", "stop a", "restart a fail". */
  readonly ask: string;
}

/** Jobs as "start a" in alphabetical order, or "error CODE: sentence". */
export function outcomeOf({ units, ask, ...words }: Case): readonly string[] {
  const [type, unit, mode] = ask.split(' ');
  const built = buildTransaction(sceneOf(units, words), {
    unit: name(unit ?? ''),
    type: type as RequestedJobType,
    mode: (mode ?? 'replace') as JobMode,
  });
  if (!built.ok) return [`error ${built.error.code}: ${built.error.message}`];
  return built.transaction.jobs.map((job) => `${job.type} ${job.unit.replace('.service', '')}`).toSorted();
}

export function check(t: ExecutionContext, given: Case, expected: readonly string[]): void {
  t.deepEqual(outcomeOf(given), [...expected].toSorted());
}
