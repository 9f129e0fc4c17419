import type { Palette } from './colour.ts';

/** A cell with its look. Width counts code points, which is right for what names and descriptions hold. */
export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** A line below it, where a group ends. */
  readonly underlined?: boolean;
  /** The titles. */
  readonly isHeader?: boolean;
}

export interface TableShape {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  /** --no-legend leaves the header out. */
  readonly withHeader: boolean;
  readonly palette: Palette;
  /** Columns of the terminal, or undefined: as wide as needed (a pipe, --full). */
  readonly width: number | undefined;
  /** Columns whose cells stand at the right, titles included; none is the last one. */
  readonly right?: readonly number[];
}

/** Columns padded to their widest cell and one blank between; the last column is not padded, and cut with … where the terminal ends. */
export function renderTable(table: TableShape): string {
  const head: Row = { cells: table.header.map((text) => ({ text })), underlined: true, isHeader: true };
  const lines = table.withHeader ? [head, ...table.rows] : table.rows;
  const widths = table.header.map((_, column) =>
    lines.reduce((most, line) => Math.max(most, width(line.cells[column]?.text ?? '')), 0),
  );
  return lines.map((line) => renderLine(line, widths, table)).join('');
}

function renderLine(
  { cells, underlined = false, isHeader = false }: Row,
  widths: readonly number[],
  table: TableShape,
): string {
  const { palette, width: limit } = table;
  const line = underlined && palette.on;
  let text = '';
  let used = 0;
  cells.forEach((cell, column) => {
    const last = column === cells.length - 1;
    const room = limit === undefined ? undefined : Math.max(1, limit - used);
    const shown = last && room !== undefined && width(cell.text) > room ? cut(cell.text, room) : cell.text;
    // An underline goes on to the end of the widest line.
    const wide = last && limit !== undefined ? Math.min(widths[column] ?? 0, limit - used) : (widths[column] ?? 0);
    const blanks = ' '.repeat(Math.max(0, wide - width(shown)));
    const padded =
      last && !line && cell.paint === undefined
        ? shown
        : table.right?.includes(column) === true
          ? blanks + shown
          : shown + blanks;
    const paint = paintOf(cell, line, palette);
    // The blank between two columns looks like the one before it.
    if (isHeader) text += paint(column === 0 ? padded : ` ${padded}`);
    else text += paint(padded) + (last ? '' : paint(' '));
    used += width(padded) + 1;
  });
  return text + '\n';
}

function paintOf(cell: Cell, underlined: boolean, palette: Palette): (text: string) => string {
  const { paint } = cell;
  if (!underlined) return paint ?? ((text) => text);
  return (text) => palette.underlined(text, paint);
}

/** Length in code points. */
export function width(text: string): number {
  // eslint-disable-next-line no-control-regex -- the range of ASCII
  return /^[\u0000-\u007f]*$/.test(text) ? text.length : Array.from(text).length;
}

/** `text` in at most `room` code points, the last of them an ellipsis if it had more. */
export function cut(text: string, room: number): string {
  if (width(text) <= room) return text;
  return (
    Array.from(text)
      .slice(0, room - 1)
      .join('') + '…'
  );
}
