/** Sets of processors or NUMA nodes: `0-3 5,7`. Source: systemd's src/shared/cpu-set-util.c. */
import { parseInteger } from './integer.ts';

/** First and last of each run, rising, with gaps between. */
export type CpuSet = readonly (readonly [first: number, last: number])[];

/** As many as a kernel may be built for. */
const mostCpus = 8192;

/** What is wrong with it, or the set; ranges that fall (`5-2`) are in it as nothing. */
export function parseCpuSet(text: string): CpuSet | undefined {
  const runs: (readonly [number, number])[] = [];
  for (const word of text.split(/[ \t\r\n,]+/)) {
    if (word === '') continue;
    const dash = word.indexOf('-');
    const first = parseInteger(dash < 0 ? word : word.slice(0, dash), 0, 2 ** 32 - 1);
    const last = dash < 0 ? first : parseInteger(word.slice(dash + 1), 0, 2 ** 32 - 1);
    if (first === undefined || last === undefined) return undefined;
    // The last number of all is no processor, and not wrong.
    if (first > last || first === 2 ** 32 - 1) continue;
    if (last >= mostCpus) return undefined;
    runs.push([first, last]);
  }
  return merge(runs);
}

export function formatCpuSet(set: CpuSet): string {
  return set.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(' ');
}

function merge(runs: readonly (readonly [number, number])[]): CpuSet {
  const merged: (readonly [number, number])[] = [];
  for (const [first, last] of runs.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before === undefined || first > before[1] + 1) merged.push([first, last]);
    else merged[merged.length - 1] = [before[0], Math.max(before[1], last)];
  }
  return merged;
}
