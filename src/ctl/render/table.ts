import type { Palette } from './colour.ts';

/** A cell with its look. Width counts code points, which is right for what names and descriptions hold. */
export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

export interface TableShape {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** --no-legend leaves the header out. */
  readonly withHeader: boolean;
  readonly palette: Palette;
  /** Columns of the terminal, or undefined: as wide as needed (a pipe, --full). */
  readonly width: number | undefined;
}

/** Columns padded to their widest cell and one blank between; the last column is not padded, and cut with … where the terminal ends. */
export function renderTable(table: TableShape): string {
  const head: readonly Cell[] = table.header.map((text) => ({ text, paint: undefined }));
  const lines = table.withHeader ? [head, ...table.rows] : table.rows;
  const widths = table.header.map((_, column) => Math.max(0, ...lines.map((line) => width(line[column]?.text ?? ''))));
  return lines.map((line) => renderLine(line, widths, table.width)).join('');
}

function renderLine(line: readonly Cell[], widths: readonly number[], limit: number | undefined): string {
  let text = '';
  let used = 0;
  line.forEach((cell, column) => {
    const last = column === line.length - 1;
    const room = limit === undefined ? undefined : Math.max(1, limit - used);
    const shown = last && room !== undefined && width(cell.text) > room ? cut(cell.text, room) : cell.text;
    const padded = last ? shown : shown + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(shown)));
    text += (cell.paint === undefined ? padded : cell.paint(padded)) + (last ? '' : ' ');
    used += width(padded) + 1;
  });
  return text + '\n';
}

/** Length in code points. */
export function width(text: string): number {
  // eslint-disable-next-line no-control-regex -- the range of ASCII
  return /^[\u0000-\u007f]*$/.test(text) ? text.length : Array.from(text).length;
}

function cut(text: string, room: number): string {
  return (
    Array.from(text)
      .slice(0, room - 1)
      .join('') + '…'
  );
}
