import type { Palette } from './colour.ts';
import { type Cell, renderTable } from './table.ts';

/** A name and what it is: `Next elapse:`, … */
export type Fact = readonly [name: string, value: string, paint?: Cell['paint']];

/** Blanks at the end of a line are never written. */
const blanksAtEnd = /[ \t\n\r]+$/;

/** Facts one below the other, the names at the right of their column, as systemd prints them without a header. */
export function renderFacts(facts: readonly Fact[], palette: Palette): string {
  return renderTable({
    header: ['', ''],
    rows: facts.map(([name, value, paint]) => ({
      cells: [{ text: name }, { text: value.replace(blanksAtEnd, ''), paint: palette.on ? paint : undefined }],
    })),
    withHeader: false,
    palette,
    width: undefined,
    right: [0],
  });
}
