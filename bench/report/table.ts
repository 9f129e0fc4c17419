import { measures, type Measure } from '../measures.ts';
import { median, minimum, type Results } from '../samples.ts';

/** The results as a Markdown table: a supervisor a line. */
export function resultTable(results: readonly Results[]): string {
  const shown = measures.filter(({ key }) => results.some(({ samples }) => samples.has(key)));
  const head = [
    '',
    ...shown.map(({ title, unit }) => `${title} ${unit}`),
    'told by SIGTERM',
    'child / escapee gone',
    'notes',
  ];
  const lines = results.map((result) => [
    result.name,
    ...shown.map((measure) => cell(measure, result)),
    result.told,
    result.tree,
    result.notes.join('; '),
  ]);
  return formatTable([head, ...lines]);
}

function cell(measure: Measure, { samples }: Results): string {
  const values = samples.get(measure.key) ?? [];
  if (values.length === 0) return '-';
  const middle = formatValue(measure, median(values));
  return values.length === 1 ? middle : `${middle} (${formatValue(measure, minimum(values))})`;
}

export function formatValue({ digits }: Measure, value: number): string {
  if (value === Infinity) return 'never';
  if (Number.isNaN(value)) return '-';
  // Three significant digits are more than the noise leaves.
  return value.toFixed(value >= 100 ? 0 : digits).replace(/\B(?=(?:\d{3})+$)/g, value >= 10_000 ? ',' : '');
}

/** Rows of cells, the first is the head; the first column to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}
