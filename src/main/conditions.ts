/** Conditions as a tool tests them in its own process; a part of its own. */
import type { Host } from '../host.d.ts';
import { testCondition } from '../manager/conditions.ts';
import type { Condition } from '../units/model.ts';

export function conditionTester(
  host: Host,
  environment: ReadonlyMap<string, string>,
  uid: number,
): (condition: Condition) => boolean | undefined {
  const port = { files: host, facts: host, uid, environment: () => environment, firstBoot: false };
  return (condition) => testCondition(port, condition);
}
