import { writeFileSync } from 'node:fs';

import type { Results } from '../samples.ts';
import type { Verdict } from './budgets.ts';
import type { Calibration } from './machine.ts';

export interface Report {
  readonly services: number;
  readonly results: readonly Results[];
  readonly verdicts: readonly Verdict[];
  readonly calibration: Calibration;
}

/** Everything measured, times in msec, as JSON; what never happened is "never". */
export function writeJson(file: string, { services, results, verdicts, calibration }: Report): void {
  const report = {
    services,
    calibration,
    results: results.map(({ samples, ...rest }) => ({ ...rest, samples: Object.fromEntries(samples) })),
    budgets: verdicts.map(({ measure, ...rest }) => ({ measure: measure.key, unit: measure.unit, ...rest })),
  };
  const text = JSON.stringify(report, (_key, value: unknown) => (value === Infinity ? 'never' : value), 2);
  writeFileSync(file, `${text}\n`);
}
