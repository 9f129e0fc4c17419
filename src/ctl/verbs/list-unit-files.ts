/** list-unit-files: every file of the search path with its state. systemd's src/systemctl/systemctl-list-unit-files.c. */
import { globPattern } from '../../units/glob.ts';
import { askPresets, readPresets } from '../../units/install/preset.ts';
import { InstallStates, type UnitFileState } from '../../units/install/state.ts';
import { type UnitName, unitType } from '../../units/name.ts';
import { type Call, columnsOf, complain } from '../call.ts';
import { installWorld, tellRemarks } from '../carry-out.ts';
import { hasPreset } from '../render/status.ts';
import { type Cell, renderTable } from '../render/table.ts';
import { harmless } from '../render/text.ts';
import { compareNames } from './list-units.ts';

interface Listed {
  readonly name: UnitName;
  readonly state: UnitFileState;
}

/** 1 when no file is left to list. */
export async function listUnitFiles(call: Call): Promise<number> {
  const { options, palette } = call;
  const world = installWorld(call);
  const states = new InstallStates(world);
  const patterns = call.words.map(globPattern);
  const rows: Listed[] = [];
  for (const name of states.names()) {
    if (patterns.length > 0 && !patterns.some((pattern) => pattern.test(name))) continue;
    const { state: found, remarks } = states.of(name);
    await tellRemarks(call, remarks);
    const state = typeof found === 'number' ? 'bad' : found;
    if (options.states.length > 0 && !options.states.includes(state)) continue;
    if (options.types.length > 0 && !options.types.includes(unitType(name))) continue;
    rows.push({ name, state });
  }
  rows.sort((a, b) => compareNames(a.name, b.name));
  const problems: string[] = [];
  const presets = readPresets(world, (text) => problems.push(text));
  if (rows.some(({ state }) => hasPreset(state))) for (const text of problems) await complain(call, text, 'warning');
  const table = renderTable({
    header: ['UNIT FILE', 'STATE', 'PRESET'],
    rows: rows.map(({ name, state }, index) => {
      const next = rows[index + 1];
      const preset = hasPreset(state) ? askPresets(presets, name, false).enable : undefined;
      return {
        cells: [{ text: harmless(name) }, stateCell(call, state), presetCell(call, preset)],
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

/** undefined: a preset has nothing to say. */
function presetCell({ palette }: Call, enable: boolean | undefined): Cell {
  if (enable === undefined) return { text: '-', paint: palette.on ? palette.dim : undefined };
  const paint = enable ? palette.good : palette.bad;
  return { text: enable ? 'enabled' : 'disabled', paint: palette.on ? paint : undefined };
}
