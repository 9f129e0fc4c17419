import type { Field } from './record.ts';

/** The number of the keeper that wrote a record; tells the invocations of a unit apart. */
export type KeeperNumber = number;

/** Which records are asked for. Times in realtime usec. */
export interface Query {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only records of this priority or more important ones (numerically lower or equal). */
  readonly priority?: number | undefined;
  /** Nor of a number below this one. */
  readonly mostImportant?: number | undefined;
  readonly identifiers?: readonly string[] | undefined;
  readonly invocation?: string | undefined;
  readonly pattern?: RegExp | undefined;
  /** What else is asked of it. */
  readonly matches?: ((entry: Entry) => boolean) | undefined;
}

/** A record with all that is known about where it comes from. */
export interface Entry {
  readonly time: number;
  readonly unit: string;
  readonly from: 'unit' | 'manager';
  readonly priority: number;
  readonly pid: number;
  readonly identifier: string;
  readonly invocation: string;
  readonly message: string;
  /** What else was said with it, and what the unit's settings add. */
  readonly fields: readonly Field[];
}

/** Whether the entry is asked for, its time left aside (the reader seeks by time). */
export function matches(query: Query, entry: Entry): boolean {
  if (query.priority !== undefined && entry.priority > query.priority) return false;
  if (query.mostImportant !== undefined && entry.priority < query.mostImportant) return false;
  if (query.identifiers !== undefined && !query.identifiers.includes(entry.identifier)) return false;
  if (query.invocation !== undefined && entry.invocation !== query.invocation) return false;
  if (query.pattern !== undefined && !query.pattern.test(entry.message)) return false;
  return query.matches === undefined || query.matches(entry);
}
