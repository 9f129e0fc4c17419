/** list-timers: when each timer elapses next. systemd's verb_list_timers() (src/systemctl/systemctl-list-units.c). */
import type { UnitView } from '../../manager/api.ts';
import { columnsOf, type ManagedCall } from '../call.ts';
import { listedOfType, tellListed } from '../listed.ts';
import { type Cell, renderTable, type Row } from '../render/table.ts';
import { harmless } from '../render/text.ts';
import { ago, timestamp } from '../render/time.ts';
import { nextElapseOf, timerOf } from '../render/timer-properties.ts';

interface Line {
  readonly view: UnitView;
  /** usec of realtime; undefined: it does not. */
  readonly next: number | undefined;
  /** 0: never */
  readonly last: number;
  readonly activates: readonly string[];
}

export async function listTimers(call: ManagedCall): Promise<number> {
  const found = listedOfType(call, 'timer');
  const lines = found
    .map((view): Line => {
      const state = timerOf(view);
      return {
        view,
        next: nextElapseOf(call, state),
        last: state?.lastRealtime ?? 0,
        activates: call.api.dependencies(view.unit.name, 'Triggers'),
      };
    })
    .sort((a, b) => compare(a.next ?? Infinity, b.next ?? Infinity) || compare(a.view.unit.name, b.view.unit.name));
  const { output } = call.options;
  if (output.startsWith('json')) {
    const objects = lines.map(({ view, next = null, last, activates }) => ({
      next,
      left: next,
      last,
      passed: last,
      unit: view.unit.name,
      activates: activates[0] ?? null,
    }));
    await call.client.stdout(`${JSON.stringify(objects)}\n`);
    return 0;
  }
  const { legend, full } = call.options;
  const table = renderTable({
    header: ['NEXT', 'LEFT', 'LAST', 'PASSED', 'UNIT', 'ACTIVATES'],
    rows: lines.map((line) => rowOf(call, line)),
    withHeader: legend,
    palette: call.palette,
    width: full ? undefined : columnsOf(call),
  });
  await call.client.stdout(table);
  await tellListed(call, 'timer', lines.length);
  return 0;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rowOf(call: ManagedCall, { view, next, last, activates }: Line): Row {
  const { face } = call.services;
  const now = face.clock().realtime;
  const cell = (text: string): Cell => ({ text: text === '' ? '-' : text });
  const style = call.options.timestampStyle;
  return {
    cells: [
      cell(next === undefined ? '' : timestamp(face, next, style)),
      cell(next === undefined ? '' : ago(now - next)),
      cell(timestamp(face, last, style)),
      cell(last === 0 ? '' : ago(now - last)),
      cell(harmless(view.unit.name)),
      cell(harmless(activates.join(' '))),
    ],
  };
}
