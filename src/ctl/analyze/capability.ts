import { capabilityName, parseCapability } from '../../units/values/capability.ts';
import { renderTable } from '../render/table.ts';
import { type AnalyzeCall, refuse } from './call.ts';

/** Capabilities by name or number; without a word all of them. */
export async function capability(call: AnalyzeCall): Promise<number> {
  const numbers: number[] = [];
  for (const word of call.words) {
    const number = parseCapability(word) ?? (/^\d{1,2}$/.test(word) ? Number(word) : undefined);
    if (number === undefined || capabilityName(number) === undefined)
      return refuse(call, `Capability "${word}" not known.`);
    numbers.push(number);
  }
  if (numbers.length === 0) for (let number = 0; capabilityName(number) !== undefined; number++) numbers.push(number);
  await call.client.stdout(
    renderTable({
      header: ['NAME', 'NUMBER'],
      rows: numbers.map((number) => ({
        cells: [{ text: capabilityName(number) ?? '' }, { text: String(number) }],
      })),
      withHeader: true,
      palette: call.palette,
      width: undefined,
      right: [1],
    }),
  );
  return 0;
}
