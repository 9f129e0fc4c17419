/** A unit's record as the store keeps it: what differs from a unit that was never started. */
import { freshState } from './service/fresh.ts';
import type { ServiceState } from './service/state.ts';
import type { Stamp } from './state.ts';
import type { TargetState } from './target/machine.ts';
import type { UnitRecord } from './world.ts';

/** Keys as short as they are many. */
export interface StoredUnit {
  /** A service's state: what differs from a fresh one; null where that is undefined. */
  readonly s?: Readonly<Record<string, unknown>>;
  /** State of a target or stand-in. */
  readonly t?: TargetState;
  /** inactiveExit, activeEnter, activeExit, inactiveEnter, stateChange; realtime and monotonic of each */
  readonly m: readonly number[];
  readonly c?: boolean | undefined;
  readonly cm?: Stamp;
  readonly a?: boolean | undefined;
  readonly j?: number | undefined;
  readonly b?: readonly number[];
  readonly n?: readonly string[];
}

/** undefined: there is nothing to remember. */
export function storeUnit(record: UnitRecord): StoredUnit | undefined {
  const { stamps, state } = record;
  if (stamps.stateChange.realtime === 0 && record.job === undefined && record.conditionStamp.realtime === 0)
    return undefined;
  return {
    ...(state.type === 'service' ? { s: differences(record, state.service) } : { t: state.target }),
    m: [stamps.inactiveExit, stamps.activeEnter, stamps.activeExit, stamps.inactiveEnter, stamps.stateChange].flatMap(
      (stamp) => [stamp.realtime, stamp.monotonic],
    ),
    c: record.conditionResult,
    ...(record.conditionStamp.realtime > 0 && { cm: record.conditionStamp }),
    a: record.assertResult,
    j: record.job,
    ...(record.starts.length > 0 && { b: record.starts }),
    ...(record.notices.length > 0 && { n: record.notices }),
  };
}

/** Puts what was stored into a record that was just loaded. A unit that has become one of another type stays as it is. */
export function restoreUnit(record: UnitRecord, stored: StoredUnit): void {
  const { state } = record;
  if (state.type === 'service' && stored.s !== undefined && record.unit.service !== undefined) {
    const restored: Record<string, unknown> = { ...freshState(record.unit.service) };
    for (const [key, value] of Object.entries(stored.s)) restored[key] = value === null ? undefined : value;
    record.state = { type: 'service', service: restored as unknown as ServiceState };
  } else if (state.type !== 'service' && stored.t !== undefined) {
    record.state = { ...state, target: stored.t };
  } else {
    return;
  }
  const stamp = (index: number): Stamp => ({
    realtime: stored.m[2 * index] ?? 0,
    monotonic: stored.m[2 * index + 1] ?? 0,
  });
  record.stamps = {
    inactiveExit: stamp(0),
    activeEnter: stamp(1),
    activeExit: stamp(2),
    inactiveEnter: stamp(3),
    stateChange: stamp(4),
  };
  record.conditionResult = stored.c;
  if (stored.cm !== undefined) record.conditionStamp = stored.cm;
  record.assertResult = stored.a;
  record.job = stored.j as UnitRecord['job'];
  record.starts = (stored.b ?? []) as UnitRecord['starts'];
  record.notices = stored.n ?? [];
}

function differences(record: UnitRecord, state: ServiceState): Readonly<Record<string, unknown>> {
  const settings = record.unit.service;
  const fresh = (settings === undefined ? {} : freshState(settings)) as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(state)) if (value !== fresh[key]) result[key] = value ?? null;
  return result;
}
