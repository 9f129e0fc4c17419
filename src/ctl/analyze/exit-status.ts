import { exitStatusClass, exitStatusName, parseExitStatus } from '../../units/values/exit-status.ts';
import { renderTable } from '../render/table.ts';
import { type AnalyzeCall, refuse } from './call.ts';

/** Statuses by name or number, with whose they are; without a word all that have a name. */
export async function exitStatus(call: AnalyzeCall): Promise<number> {
  const statuses: number[] = [];
  for (const word of call.words) {
    const status = parseExitStatus(word);
    if (status === undefined) return refuse(call, `Invalid exit status "${word}".`);
    statuses.push(status);
  }
  if (statuses.length === 0)
    for (let status = 0; status < 256; status++) if (exitStatusName(status) !== undefined) statuses.push(status);
  await call.client.stdout(
    renderTable({
      header: ['NAME', 'STATUS', 'CLASS'],
      rows: statuses.map((status) => ({
        cells: [exitStatusName(status) ?? '-', String(status), exitStatusClass(status) ?? '-'].map((text) => ({
          text,
        })),
      })),
      withHeader: true,
      palette: call.palette,
      width: undefined,
      right: [1],
    }),
  );
  return 0;
}
