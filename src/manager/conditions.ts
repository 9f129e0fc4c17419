/** Condition…= and Assert…= (systemd.unit(5), systemd's src/shared/condition.c). */
import type { HostFacts, HostFiles } from '../host.d.ts';
import type { Condition } from '../units/model.ts';
import { conditionKinds } from './condition-kinds.ts';
import type { Engine } from './engine.ts';
import { log } from './engine.ts';
import { unitLabel } from './jobs/messages.ts';
import type { UnitRecord } from './world.ts';

/** What conditions ask of the world: narrow, so that the tests can answer. */
export interface ConditionPort {
  readonly files: Pick<HostFiles, 'readFile' | 'readDirectory' | 'status' | 'statusNoFollow' | 'access'>;
  readonly facts: Pick<HostFacts, 'user' | 'group' | 'groupsOf' | 'hostName' | 'kernel'>;
  /** The manager's effective user. */
  readonly uid: number;
  /** NAME → VALUE of the manager (ConditionEnvironment=). */
  environment(): ReadonlyMap<string, string>;
  readonly firstBoot: boolean;
}

/** All conditions of the unit are met; the answer is kept in the record. */
export function testConditions(engine: Engine, record: UnitRecord): boolean {
  const { conditions } = record.unit.common;
  const failed = firstUnmet(engine.ports.conditions, conditions);
  record.conditionResult = failed === undefined;
  record.conditionStamp = engine.stamp;
  if (failed !== undefined) {
    const why = failed.trigger
      ? 'no trigger condition checks were met'
      : `of an unmet condition check (Condition${told(failed)})`;
    log(engine, record.unit.name, 'info', `${unitLabel(record.unit)} was skipped because ${why}.`, 'whole');
  }
  return failed === undefined;
}

/** The same for Assert…=. */
export function testAsserts(engine: Engine, record: UnitRecord): boolean {
  const failed = firstUnmet(engine.ports.conditions, record.unit.common.asserts);
  record.assertResult = failed === undefined;
  if (failed !== undefined)
    log(engine, record.unit.name, 'warning', `Starting requested but asserts failed (Assert${told(failed)}).`);
  return failed === undefined;
}

/** The condition that stands against a start: the first unmet one, or the first of the `|` ones when none of these is met. */
export function firstUnmet(port: ConditionPort, conditions: readonly Condition[]): Condition | undefined {
  let firstTrigger: Condition | undefined;
  let isTriggered = false;
  for (const condition of conditions) {
    const isMet = isConditionMet(port, condition);
    if (condition.trigger) {
      firstTrigger ??= condition;
      isTriggered ||= isMet;
    } else if (!isMet) {
      return condition;
    }
  }
  return isTriggered ? undefined : firstTrigger;
}

/** A kind that pidone does not know counts as met, as an unknown key does. What cannot be told is not met, negated or not. */
function isConditionMet(port: ConditionPort, condition: Condition): boolean {
  return testCondition(port, condition) === true;
}

/** Whether it is met; undefined where that cannot be told. */
export function testCondition(port: ConditionPort, { kind, parameter, negate }: Condition): boolean | undefined {
  const test = conditionKinds.get(kind);
  if (test === undefined) return true;
  const answer = test(port, parameter);
  return answer === undefined ? undefined : answer !== negate;
}

function told({ kind, trigger, negate, parameter }: Condition): string {
  return `${kind}=${trigger ? '|' : ''}${negate ? '!' : ''}${parameter}`;
}
