/** A unit's record as the store keeps it: what differs from a unit that was never started. */
import { freshState } from './service/fresh.ts';
import type { ServiceState } from './service/state.ts';
import type { Stamp } from './state.ts';
import type { TargetState } from './target/machine.ts';
import type { UnitRecord } from './world.ts';

/** Keys as short as they are many. */
export interface StoredUnit {
  /** A service's state: what differs from a fresh one; null where that is undefined. */
  readonly s?: Readonly<Record<string, unknown>> | undefined;
  /** State of a target or stand-in. */
  readonly t?: TargetState | undefined;
  /** inactiveExit, activeEnter, activeExit, inactiveEnter, stateChange; realtime and monotonic of each */
  readonly m: readonly number[];
  readonly c?: boolean | undefined;
  readonly cm?: Stamp | undefined;
  readonly a?: boolean | undefined;
  readonly j?: number | undefined;
  readonly b?: readonly number[] | undefined;
  readonly n?: readonly string[] | undefined;
}

/** undefined: there is nothing to remember. */
export function storeUnit(record: UnitRecord): StoredUnit | undefined {
  const { stamps, state } = record;
  if (stamps.stateChange.realtime === 0 && record.job === undefined && record.conditionStamp.realtime === 0)
    return undefined;
  const { inactiveExit, activeEnter, activeExit, inactiveEnter, stateChange } = stamps;
  return {
    s: state.type === 'service' ? differences(state.service) : undefined,
    t: state.type === 'service' ? undefined : state.target,
    // prettier-ignore
    m: [
      inactiveExit.realtime, inactiveExit.monotonic, activeEnter.realtime, activeEnter.monotonic,
      activeExit.realtime, activeExit.monotonic, inactiveEnter.realtime, inactiveEnter.monotonic,
      stateChange.realtime, stateChange.monotonic,
    ],
    c: record.conditionResult,
    cm: record.conditionStamp.realtime > 0 ? record.conditionStamp : undefined,
    a: record.assertResult,
    j: record.job,
    b: record.starts.length > 0 ? record.starts : undefined,
    n: record.notices.length > 0 ? record.notices : undefined,
  };
}

/** Puts what was stored into a record that was just loaded. A unit that has become one of another type stays as it is. */
export function restoreUnit(record: UnitRecord, stored: StoredUnit): void {
  const { state } = record;
  if (state.type === 'service' && stored.s !== undefined && record.unit.service !== undefined) {
    const restored: Record<string, unknown> = { ...neverStarted() };
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

function differences(state: ServiceState): Readonly<Record<string, unknown>> {
  const base = neverStarted() as unknown as Readonly<Record<string, unknown>>;
  const now = state as unknown as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const key in now) if (now[key] !== base[key]) result[key] = now[key] ?? null;
  return result;
}

let base: ServiceState | undefined;

/** What differences are told from: the same for all services. */
function neverStarted(): ServiceState {
  return (base ??= freshState(undefined));
}
