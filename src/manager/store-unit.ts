/** A unit's record as the store keeps it: what differs from a unit that was never started. */
import { freshState } from './service/fresh.ts';
import type { ServiceState } from './service/state.ts';
import type { OwnState } from './own-types.ts';
import type { Stamp } from './state.ts';
import type { TargetState } from './target/machine.ts';
import type { Activation, Connection, UnitRecord, UnitState } from './world.ts';

/** Keys as short as they are many. */
export interface StoredUnit {
  /** A service's state: what differs from a fresh one; null where that is undefined. */
  readonly s?: Readonly<Record<string, unknown>> | undefined;
  /** State of a target or stand-in. */
  readonly t?: TargetState | undefined;
  /** State of a type with a machine in a part of its own. */
  readonly x?: OwnState | undefined;
  /** Realtime and monotonic of each moment that is in `o`. */
  readonly m: readonly number[];
  /** inactiveExit, activeEnter, activeExit, inactiveEnter, stateChange: each the digit of its moment in `m`, or - for never. */
  readonly o: string;
  readonly c?: boolean | undefined;
  readonly cm?: Stamp | undefined;
  readonly a?: boolean | undefined;
  readonly j?: number | undefined;
  readonly b?: readonly number[] | undefined;
  readonly h?: true | undefined;
  readonly n?: readonly string[] | undefined;
  readonly d?: Activation | undefined;
  readonly k?: Connection | undefined;
}

/** undefined: there is nothing to remember. */
export function storeUnit(record: UnitRecord): StoredUnit | undefined {
  const { stamps, state } = record;
  if (stamps.stateChange.realtime === 0 && record.job === undefined && record.conditionStamp.realtime === 0)
    return undefined;
  const moments: number[] = [];
  const order = stampNames.map((name) => place(moments, stamps[name])).join('');
  return {
    ...storeState(state),
    m: moments,
    o: order,
    c: record.conditionResult,
    cm: record.conditionStamp.realtime > 0 ? record.conditionStamp : undefined,
    a: record.assertResult,
    j: record.job,
    b: record.starts.length > 0 ? record.starts : undefined,
    h: record.startLimitHit || undefined,
    n: record.notices.length > 0 ? record.notices : undefined,
    d: record.activation,
    k: record.connection,
  };
}

function storeState(state: UnitState): Pick<StoredUnit, 's' | 't' | 'x'> {
  switch (state.type) {
    case 'service':
      return { s: differences(state.service) };
    case 'target':
    case 'stand-in':
      return { t: state.target };
    default:
      return { x: state };
  }
}

/** Puts what was stored into a record that was just loaded. A unit that has become one of another type stays as it is. */
export function restoreUnit(record: UnitRecord, stored: StoredUnit): void {
  const { state } = record;
  if (state.type === 'service' && stored.s !== undefined && record.unit.service !== undefined) {
    const restored: Record<string, unknown> = { ...neverStarted() };
    for (const [key, value] of Object.entries(stored.s)) restored[key] = value === null ? undefined : value;
    record.state = { type: 'service', service: restored as unknown as ServiceState };
  } else if ((state.type === 'target' || state.type === 'stand-in') && stored.t !== undefined) {
    record.state = { ...state, target: stored.t };
  } else if (stored.x !== undefined && stored.x.type === state.type) {
    record.state = stored.x;
  } else {
    return;
  }
  const stamp = (index: number): Stamp => {
    const at = 2 * Number(stored.o[index]);
    return { realtime: stored.m[at] ?? 0, monotonic: stored.m[at + 1] ?? 0 };
  };
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
  record.startLimitHit = stored.h === true;
  record.notices = stored.n ?? [];
  record.activation = stored.d;
  record.connection = stored.k;
}

const stampNames = ['inactiveExit', 'activeEnter', 'activeExit', 'inactiveEnter', 'stateChange'] as const;

/** Where the moment is in the list, which gets it if need be. Most of a unit's stamps are of one moment, and numbers of this size are slow to write. */
function place(moments: number[], { realtime, monotonic }: Stamp): string {
  if (realtime === 0 && monotonic === 0) return '-';
  for (let at = 0; at < moments.length; at += 2) {
    if (moments[at] === realtime && moments[at + 1] === monotonic) return String(at / 2);
  }
  moments.push(realtime, monotonic);
  return String(moments.length / 2 - 1);
}

function differences(state: ServiceState): Readonly<Record<string, unknown>> {
  const base = neverStarted() as unknown as Readonly<Record<string, unknown>>;
  const now = state as unknown as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  keys ??= Object.keys(base);
  for (const key of keys) if (now[key] !== base[key]) result[key] = now[key] ?? null;
  return result;
}

/** Every state has all of them. */
let keys: readonly string[] | undefined;
let base: ServiceState | undefined;

/** What differences are told from: the same for all services. */
function neverStarted(): ServiceState {
  return (base ??= freshState(undefined));
}
