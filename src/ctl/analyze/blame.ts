import { formatDuration } from '../../units/values/duration.ts';
import { renderTable } from '../render/table.ts';
import { harmless } from '../render/text.ts';
import { bootTime, unitTimes } from './boot-times.ts';
import type { ManagedAnalyzeCall } from './call.ts';

/** Units by the time that their start took, the longest first. What one waits for while it starts, it is blamed for too. */
export async function blame(call: ManagedAnalyzeCall): Promise<number> {
  if ((await bootTime(call)) === undefined) return 1;
  const times = [...unitTimes(call).values()].filter(({ took }) => took > 0).sort((a, b) => b.took - a.took);
  await call.client.stdout(
    renderTable({
      header: ['', ''],
      rows: times.map(({ name, took }) => ({
        cells: [{ text: formatDuration(took, 1000) }, { text: harmless(name) }],
      })),
      withHeader: false,
      palette: call.palette,
      width: undefined,
      right: [0],
    }),
  );
  return 0;
}
