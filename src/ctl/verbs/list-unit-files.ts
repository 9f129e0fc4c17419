/** list-unit-files: every file of the search path with its state. systemd's src/systemctl/systemctl-list-unit-files.c. */
import { installedLinks, unitFileNames, type UnitFileState, unitFileState } from '../../units/install-state.ts';
import { unitType } from '../../units/name.ts';
import { type Call, columnsOf } from '../call.ts';
import { hasPreset } from '../render/status.ts';
import { type Cell, renderTable } from '../render/table.ts';
import { harmless } from '../render/text.ts';
import { compareNames, namesMatching } from './list-units.ts';

/** 1 when no file is left to list. */
export async function listUnitFiles(call: Call): Promise<number> {
  const { options, palette, services } = call;
  const units = services.units();
  const links = installedLinks(units);
  const matches = namesMatching(call.words);
  const rows: { readonly name: string; readonly state: UnitFileState }[] = [];
  for (const name of unitFileNames(units)) {
    if (options.types.length > 0 && !options.types.includes(unitType(name))) continue;
    if (matches?.(name) === false) continue;
    const state = unitFileState(units, name, links);
    if (state === undefined || (options.states.length > 0 && !options.states.includes(state))) continue;
    rows.push({ name, state });
  }
  rows.sort((a, b) => compareNames(a.name, b.name));
  const table = renderTable({
    header: ['UNIT FILE', 'STATE', 'PRESET'],
    rows: rows.map(({ name, state }, index) => {
      const next = rows[index + 1];
      return {
        cells: [{ text: harmless(name) }, stateCell(call, state), presetCell(call, state)],
        underlined: palette.on && next !== undefined && typeOf(next.name) !== typeOf(name),
      };
    }),
    withHeader: options.legend,
    palette,
    width: columnsOf(call),
  });
  await call.client.stdout(options.legend ? `${table}\n${rows.length} unit files listed.\n` : table);
  return rows.length === 0 ? 1 : 0;
}

function typeOf(name: string): string {
  return name.slice(name.lastIndexOf('.'));
}

function stateCell({ palette }: Call, state: UnitFileState): Cell {
  if (state.startsWith('enabled') || state === 'alias') return { text: state, paint: palette.good };
  if (state === 'bad' || state === 'disabled' || state.startsWith('masked')) return { text: state, paint: palette.bad };
  return { text: state, paint: hasPreset(state) ? palette.warn : undefined };
}

/** No preset files are read yet: without one, systemd enables. */
function presetCell({ palette }: Call, state: UnitFileState): Cell {
  return hasPreset(state)
    ? { text: 'enabled', paint: palette.on ? palette.good : undefined }
    : { text: '-', paint: palette.on ? palette.dim : undefined };
}
