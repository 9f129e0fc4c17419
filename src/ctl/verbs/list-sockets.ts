/** list-sockets: what is listened on, by whom, for whom. systemd's verb_list_sockets() (src/systemctl/systemctl-list-units.c). */
import { columnsOf, type ManagedCall } from '../call.ts';
import { listedOfType, tellListed } from '../listed.ts';
import { listenLines } from '../render/socket-properties.ts';
import { renderTable } from '../render/table.ts';
import { harmless } from '../render/text.ts';

export async function listSockets(call: ManagedCall): Promise<number> {
  const { api, options, client } = call;
  const lines = listedOfType(call, 'socket')
    .flatMap((view) =>
      listenLines(view).map(({ address, kind }) => ({
        listen: address,
        type: kind,
        unit: view.unit.name,
        activates: api.dependencies(view.unit.name, 'Triggers'),
      })),
    )
    .sort((a, b) => order(a.listen, b.listen) || order(a.type, b.type) || order(a.unit, b.unit));
  if (options.output.startsWith('json')) {
    const objects = lines.map(({ listen, type, unit, activates }) => {
      const [first = null] = activates;
      return options.showTypes ? { listen, type, unit, activates: first } : { listen, unit, activates: first };
    });
    await client.stdout(`${JSON.stringify(objects)}\n`);
    return 0;
  }
  const shown = <T>(listen: T, type: T, ...rest: readonly T[]): readonly T[] =>
    options.showTypes ? [listen, type, ...rest] : [listen, ...rest];
  const cell = (text: string): { readonly text: string } => ({ text: text === '' ? '-' : harmless(text) });
  const blank = { text: '' };
  const table = renderTable({
    header: shown('LISTEN', 'TYPE', 'UNIT', 'ACTIVATES'),
    // Each further unit that it starts has a line of its own.
    rows: lines.flatMap(({ listen, type, unit, activates: [first = '', ...more] }) => [
      { cells: shown(cell(listen), cell(type), cell(unit), cell(first)) },
      ...more.map((each) => ({ cells: shown(blank, blank, blank, cell(each)) })),
    ]),
    withHeader: options.legend,
    palette: call.palette,
    width: options.full ? undefined : columnsOf(call),
  });
  await client.stdout(table);
  await tellListed(call, 'socket', lines.length);
  return 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
