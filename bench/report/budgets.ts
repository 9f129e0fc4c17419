import { measures, type Measure } from '../measures.ts';
import { median, type Results } from '../samples.ts';
import { formatTable, formatValue } from './table.ts';

/** One line: what pidone took, may take, and the best of its peers takes. */
export interface Verdict {
  readonly measure: Measure;
  readonly value: number;
  readonly budget: number | undefined;
  readonly met: boolean | undefined;
  readonly best: { readonly name: string; readonly value: number } | undefined;
}

/** @returns nothing when pidone was not among them. */
export function verdicts(results: readonly Results[], services: number): readonly Verdict[] {
  const own = results.find(({ name }) => name === 'pidone');
  if (own === undefined) return [];
  const peers = results.filter((result) => result !== own);
  return measures.flatMap((measure) => {
    const samples = own.samples.get(measure.key);
    if (samples === undefined) return [];
    const value = median(samples);
    const set = measure.budget(services);
    const budget =
      typeof set === 'object'
        ? valueOf(
            measure,
            peers.find(({ name }) => name === set.peer),
          )
        : set;
    const met = budget === undefined ? undefined : measure.better === 'less' ? value <= budget : value >= budget;
    return [{ measure, value, budget, met, best: bestOf(measure, peers) }];
  });
}

function valueOf(measure: Measure, result: Results | undefined): number | undefined {
  const samples = result?.samples.get(measure.key);
  return samples === undefined ? undefined : median(samples);
}

function bestOf(measure: Measure, peers: readonly Results[]): Verdict['best'] {
  const candidates = peers
    .filter(({ supervises }) => supervises || measure.against === 'all')
    // It is quickly over for who tells nobody.
    .filter(({ told }) => measure.key !== 'down' || /^(\d+)\/\1$/.test(told))
    .flatMap((peer) => {
      const value = valueOf(measure, peer);
      return value === undefined || !Number.isFinite(value) ? [] : [{ name: peer.name, value }];
    })
    .toSorted((a, b) => (measure.better === 'less' ? a.value - b.value : b.value - a.value));
  return candidates[0];
}

export function budgetTable(lines: readonly Verdict[]): string {
  const rows = lines.map(({ measure, value, budget, met, best }) => [
    `${measure.title} ${measure.unit}`,
    formatValue(measure, value),
    budget === undefined ? '-' : formatValue(measure, budget),
    met === undefined ? '-' : met ? 'met' : 'MISSED',
    best === undefined ? '-' : `${formatValue(measure, best.value)} ${best.name}`,
    best === undefined || best.value === 0 ? '-' : `${(value / best.value).toFixed(2)}×`,
  ]);
  return formatTable([['', 'pidone', 'budget', '', 'best peer', 'pidone / best'], ...rows]);
}
