import { type JournalPort, type Segment, segmentsOf } from './files.ts';
import { type Identities, identitiesOf } from './identities.ts';
import { inOrder, slack } from './order.ts';
import { type Entry, matches, type Query } from './query.ts';
import type { CommonFields, Field, Identity, JournalRecord } from './record.ts';
import { recordsBackward, recordsForward, seek } from './segment.ts';

/** Where a reading of some units stands: what it takes to go on with what came since (`journalctl -f`). */
export interface Position {
  readonly unit: string;
  readonly identity: string;
  readonly offset: number;
}

/** Entries of the units in order of time, oldest first. A generator: what is not asked for is not read. */
export function* readForward(
  port: JournalPort,
  root: string,
  units: readonly string[],
  query: Query,
): Generator<Entry> {
  yield* merged(
    units.map((unit) => inOrder(unitForward(port, root, unit, query), isOlder)),
    isOlder,
  );
}

/** The same from the newest back. */
export function* readBackward(
  port: JournalPort,
  root: string,
  units: readonly string[],
  query: Query,
): Generator<Entry> {
  yield* merged(
    units.map((unit) => inOrder(unitBackward(port, root, unit, query), isNewer)),
    isNewer,
  );
}

/** The last `count` entries, oldest first. */
export function readLast(
  port: JournalPort,
  root: string,
  units: readonly string[],
  query: Query,
  count: number,
): Entry[] {
  const last: Entry[] = [];
  if (count > 0) {
    for (const entry of readBackward(port, root, units, query)) {
      last.push(entry);
      if (last.length >= count) break;
    }
  }
  return last.reverse();
}

/** Where each unit's journal ends now. */
export function endOf(port: JournalPort, root: string, units: readonly string[]): Position[] {
  return units.flatMap((unit) => {
    const newest = segmentsOf(port, root, unit).at(-1);
    return newest === undefined ? [] : [{ unit, identity: newest.identity, offset: newest.size }];
  });
}

/**
 * What was written since `positions` (units without one are read from their start), in order of time, and where it ends now. Who asks
 * again and again gives the same `known`: who the keepers are is then looked for once.
 */
export function readSince(
  port: JournalPort,
  root: string,
  units: readonly string[],
  positions: readonly Position[],
  query: Query,
  known = new Map<string, Identities>(),
): { readonly entries: Entry[]; readonly positions: Position[] } {
  const before = new Map(positions.map((position) => [position.unit, position]));
  const entries: Entry[] = [];
  const after: Position[] = [];
  for (const unit of units) {
    const segments = segmentsOf(port, root, unit);
    const position = before.get(unit);
    const start = segments.findIndex((segment) => segment.identity === position?.identity);
    const identities = known.get(unit) ?? identitiesOf(port, unit);
    known.set(unit, identities);
    let end: Position | undefined = position;
    for (const segment of start < 0 ? segments : segments.slice(start)) {
      let offset = segment.identity === position?.identity ? position.offset : 0;
      for (const placed of recordsForward(port, segment, offset)) {
        const entry = entryOf(unit, placed.record, identities, segment);
        if (entry !== undefined && matches(query, entry)) entries.push(entry);
        offset = placed.end;
      }
      end = { unit, identity: segment.identity, offset };
    }
    if (end !== undefined) after.push(end);
  }
  return { entries: entries.sort((a, b) => a.time - b.time), positions: after };
}

function isOlder(a: Entry, b: Entry): boolean {
  return a.time < b.time;
}

function isNewer(a: Entry, b: Entry): boolean {
  return a.time > b.time;
}

function* unitForward(port: JournalPort, root: string, unit: string, query: Query): Generator<Entry> {
  const identities = identitiesOf(port, unit);
  for (const segment of segmentsOf(port, root, unit)) {
    const offset = query.since === undefined ? 0 : seek(port, segment, query.since - slack);
    for (const { record } of recordsForward(port, segment, offset)) {
      if (query.until !== undefined && record.time > query.until + slack) return;
      const entry = entryOf(unit, record, identities, segment);
      if (entry !== undefined && isWithin(query, entry) && matches(query, entry)) yield entry;
    }
  }
}

function* unitBackward(port: JournalPort, root: string, unit: string, query: Query): Generator<Entry> {
  const identities = identitiesOf(port, unit);
  for (const segment of segmentsOf(port, root, unit).reverse()) {
    const before = query.until === undefined ? segment.size : seek(port, segment, query.until + slack);
    for (const record of recordsBackward(port, segment, before)) {
      if (query.since !== undefined && record.time < query.since - slack) return;
      const entry = entryOf(unit, record, identities, segment);
      if (entry !== undefined && isWithin(query, entry) && matches(query, entry)) yield entry;
    }
  }
}

function isWithin({ since, until }: Query, { time }: Entry): boolean {
  return (since === undefined || time >= since) && (until === undefined || time <= until);
}

function entryOf(
  unit: string,
  record: JournalRecord | Identity | CommonFields,
  identities: Identities,
  segment: Segment,
): Entry | undefined {
  if (record.kind !== 'line') {
    identities.learn(record);
    return undefined;
  }
  const { time, from, priority, pid, message } = record;
  // The manager's words carry the keeper of the invocation that they are about, 0 before there is one.
  const known = record.keeper === 0 ? nobody : identities.of(record.keeper, segment);
  const own = record.fields ?? none;
  const identifier = record.fields === undefined ? known.identifier : valueOf(own, 'SYSLOG_IDENTIFIER');
  return {
    time,
    unit,
    from,
    priority,
    pid,
    identifier: from === 'manager' ? 'pidone' : identifier,
    invocation: known.invocation,
    message,
    fields:
      known.fields === undefined
        ? own
        : own.concat(
            known.fields.filter(([name]) => name !== facility || (from === 'unit' && record.fields === undefined)),
          ),
  };
}

/** What is said at /dev/log has its own, or none. */
const facility = 'SYSLOG_FACILITY';

const none: readonly Field[] = [];
const nobody = { invocation: '', identifier: '', fields: none };

/** '' where there is no such field. */
export function valueOf(fields: readonly Field[], name: string): string {
  return fields.find(([own]) => own === name)?.[1] ?? '';
}

/** One stream out of many that are in order, each by itself. */
function* merged(streams: readonly Generator<Entry>[], first: (a: Entry, b: Entry) => boolean): Generator<Entry> {
  const heads: { entry: Entry; readonly rest: Generator<Entry> }[] = [];
  for (const rest of streams) {
    const next = rest.next();
    if (next.done !== true) heads.push({ entry: next.value, rest });
  }
  while (heads.length > 0) {
    let best = 0;
    for (let i = 1; i < heads.length; i++) if (first(at(heads, i).entry, at(heads, best).entry)) best = i;
    const head = at(heads, best);
    yield head.entry;
    const next = head.rest.next();
    if (next.done === true) heads.splice(best, 1);
    else head.entry = next.value;
  }
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
