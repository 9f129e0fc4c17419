import type { MeasureKey } from './measures.ts';

/** What one supervisor came to. */
export interface Results {
  readonly name: string;
  readonly supervises: boolean;
  /** In the measure's unit, one for each time that the supervisor was run; Infinity: never. */
  readonly samples: ReadonlyMap<MeasureKey, readonly number[]>;
  /** Services that were told by SIGTERM, of those that ran; as "50/50". */
  readonly told: string;
  /** What became of a stopped service's child, and of its process that had left session and parent. */
  readonly tree: string;
  /** What went wrong, or is good to know. */
  readonly notes: readonly string[];
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function minimum(numbers: readonly number[]): number {
  return Math.min(...numbers);
}
