/** list-paths: what is watched, a line a path. systemd 254's verb_list_paths() (src/systemctl/systemctl-list-units.c). */
import { columnsOf, type ManagedCall } from '../call.ts';
import { listedOfType, tellListed } from '../listed.ts';
import { renderTable } from '../render/table.ts';
import { harmless } from '../render/text.ts';

export async function listPaths(call: ManagedCall): Promise<number> {
  const { client, options, palette } = call;
  const lines = listedOfType(call, 'path')
    .flatMap(({ unit }) =>
      (unit.path?.watched ?? []).map(({ kind, path }) => ({
        path,
        condition: kind,
        unit: unit.name,
        activates: call.api.dependencies(unit.name, 'Triggers')[0] ?? null,
      })),
    )
    .sort((a, b) => compare(a.path, b.path) || compare(a.condition, b.condition) || compare(a.unit, b.unit));
  if (options.output.startsWith('json')) {
    await client.stdout(`${JSON.stringify(lines)}\n`);
    return 0;
  }
  const table = renderTable({
    header: ['PATH', 'CONDITION', 'UNIT', 'ACTIVATES'],
    rows: lines.map(({ path, condition, unit, activates }) => ({
      cells: [path, condition, unit, activates ?? '-'].map((text) => ({ text: harmless(text) })),
    })),
    withHeader: options.legend,
    palette,
    width: options.full ? undefined : columnsOf(call),
  });
  await client.stdout(table);
  await tellListed(call, 'path', lines.length);
  return 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
