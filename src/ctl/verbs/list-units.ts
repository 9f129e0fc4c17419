/** list-units: systemd's src/systemctl/systemctl-list-units.c. */
import type { UnitView } from '../../manager/api.ts';
import type { Call, ManagedCall } from '../call.ts';
import { columnsOf } from '../call.ts';
import { globPattern } from '../../units/glob.ts';
import { completeGlob, isGlob, isListed } from '../names.ts';
import { plain } from '../render/colour.ts';
import { type Cell, renderTable, type Row } from '../render/table.ts';
import { harmless } from '../render/text.ts';
import { descriptionOf } from '../render/unit-look.ts';
import { mangleUnitName } from '../../units/name.ts';

export async function listUnits(call: ManagedCall): Promise<number> {
  const units = sortedByType(call.api.list().filter(filterOf(call)));
  await call.client.stdout(
    unitTable(call, units) +
      (call.options.legend
        ? legend(
            call,
            units.length,
            units.some((view) => view.job !== undefined),
          )
        : ''),
  );
  return 0;
}

/** By type, then by name, as list-units and list-unit-files sort. */
export function sortedByType(units: readonly UnitView[]): readonly UnitView[] {
  return units.toSorted((a, b) => compareNames(a.unit.name, b.unit.name));
}

export function compareNames(a: string, b: string): number {
  const [typeA, typeB] = [a.slice(a.lastIndexOf('.')), b.slice(b.lastIndexOf('.'))];
  if (typeA !== typeB) return typeA < typeB ? -1 : 1;
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  return lowerA === lowerB ? 0 : lowerA < lowerB ? -1 : 1;
}

/** What -t, --state, --all and the words leave. */
function filterOf(call: Call): (view: UnitView) => boolean {
  const matches = namesMatching(call.words);
  return (view) => (matches === undefined || view.unit.names.some(matches)) && isListed(call.options, view);
}

/** undefined: no words, so everything. */
export function namesMatching(words: readonly string[]): ((name: string) => boolean) | undefined {
  if (words.length === 0) return undefined;
  const patterns: RegExp[] = [];
  const names = new Set<string>();
  for (const word of words) {
    if (isGlob(word)) patterns.push(globPattern(completeGlob(word, '.service')));
    else names.add(mangleUnitName(word) ?? word);
  }
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
}

function unitTable(call: ManagedCall, units: readonly UnitView[]): string {
  const { options, palette } = call;
  const withJobs = units.some((view) => view.job !== undefined);
  const header = ['', 'UNIT', 'LOAD', 'ACTIVE', 'SUB', 'JOB', 'DESCRIPTION'].filter(
    (title) => (title !== 'JOB' || withJobs) && (title !== '' || !options.plain),
  );
  // A column of dots is one blank wide even when no unit has one.
  if (!options.plain) header[0] = ' ';
  const rows = units.map((view, index): Row => {
    const next = units[index + 1];
    const cells = cellsOf(call, view, withJobs);
    return {
      cells: options.plain ? cells.slice(1) : cells,
      underlined: palette.on && next !== undefined && next.unit.type !== view.unit.type,
    };
  });
  return renderTable({ header, rows, withHeader: options.legend, palette, width: columnsOf(call) });
}

function cellsOf(call: Call, view: UnitView, withJobs: boolean): readonly Cell[] {
  const palette = call.options.plain ? plain : call.palette;
  const { unit, active, sub, job } = view;
  const isBadlyLoaded = unit.load !== 'loaded';
  const failed = active === 'failed' ? palette.bad : undefined;
  const dot = isBadlyLoaded ? palette.warn : failed;
  const cells: Cell[] = [
    { text: isBadlyLoaded || failed !== undefined ? '●' : ' ', paint: dot },
    { text: harmless(unit.name), paint: failed },
    { text: unit.load, paint: isBadlyLoaded ? palette.bad : undefined },
    { text: active, paint: failed },
    { text: sub, paint: failed },
  ];
  if (withJobs) cells.push({ text: job?.type ?? '' });
  cells.push({ text: harmless(descriptionOf(view)) });
  return cells;
}

function legend({ options, palette }: Call, count: number, withJobs: boolean): string {
  let text = '';
  if (count > 0) {
    text += '\nLOAD   = Reflects whether the unit definition was properly loaded.\n';
    text += 'ACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n';
    text += 'SUB    = The low-level unit activation state, values depend on unit type.\n';
    if (withJobs) text += 'JOB    = Pending job for the unit.\n\n';
  }
  const paint = count > 0 ? palette.bold : palette.bad;
  const files = palette.dim("To show all installed unit files use 'systemctl list-unit-files'.") + '\n';
  const listed = `${count} loaded units listed.`;
  if (options.all || options.states.includes('inactive')) return `${text}${paint(listed)}\n${files}`;
  if (options.states.length === 0) {
    return `${text}${paint(listed)} ${palette.dim('Pass --all to see loaded but inactive units, too.')}\n${files}`;
  }
  return `${text}${listed}\n`;
}
