/** list-dependencies: a tree of units. systemd's src/systemctl/systemctl-list-dependencies.c. */
import type { UnitName } from '../../units/name.ts';
import { unitType } from '../../units/name.ts';
import { complain, type ManagedCall } from '../call.ts';
import { explainTemplate, findNames } from '../names.ts';
import { harmless } from '../render/text.ts';
import { dotOf, paintOfActive } from '../render/unit-look.ts';

export async function listDependencies(call: ManagedCall): Promise<number> {
  const { api, words } = call;
  const found = findNames(call, words.length === 0 ? ['default.target'] : words);
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  let first = true;
  for (const name of found.names) {
    await call.client.stdout(`${first ? '' : '\n'}${harmless(name)}\n`);
    first = false;
    const template = explainTemplate([name]);
    if (template !== undefined) {
      await complain(call, `Failed to get properties of ${name}: ${template}`);
      return 1;
    }
    await call.client.stdout(treeText(call, api.view(name).unit.name));
  }
  return 0;
}

const properties = {
  requires: ['Requires', 'Requisite', 'Wants', 'ConsistsOf', 'BindsTo', 'Upholds'],
  'required-by': ['RequiredBy', 'RequisiteOf', 'WantedBy', 'PartOf', 'BoundBy', 'UpheldBy'],
  after: ['After'],
  before: ['Before'],
} as const;

/** A line to be drawn: its name, and for each level above and its own whether more follows there. */
interface Branch {
  readonly name: UnitName;
  readonly more: readonly boolean[];
  /** Units above it in the tree: they are not opened again. */
  readonly above: readonly UnitName[];
}

function treeText(call: ManagedCall, root: UnitName): string {
  const { options } = call;
  let text = '';
  const shown = new Set<UnitName>([root]);
  const pending = branchesOf(call, root, [], [root]).toReversed();
  for (let branch = pending.pop(); branch !== undefined; branch = pending.pop()) {
    const { name, more, above } = branch;
    const isRepeated = shown.has(name);
    // --plain names each unit once.
    if (options.plain && isRepeated) continue;
    shown.add(name);
    text += lineOf(call, name, more);
    const isOpened = options.all || more.length === 0 || unitType(name) === 'target';
    if (isOpened && !above.includes(name)) {
      pending.push(...branchesOf(call, name, more, [...above, name]).toReversed());
    }
  }
  return text;
}

function branchesOf(
  { api, options }: ManagedCall,
  name: UnitName,
  more: readonly boolean[],
  above: readonly UnitName[],
): readonly Branch[] {
  const names = new Set<UnitName>();
  for (const property of properties[options.direction]) {
    for (const other of api.dependencies(name, property)) if (!above.includes(other)) names.add(other);
  }
  const sorted = [...names].filter((other) => isListed(options.states, api, other)).sort(compareByType);
  return sorted.map((other, index) => ({ name: other, more: [...more, index < sorted.length - 1], above }));
}

/** As in systemctl, types are not asked for. */
function isListed(states: readonly string[], api: ManagedCall['api'], name: UnitName): boolean {
  if (states.length === 0) return true;
  const { unit, active, sub } = api.view(name);
  return [unit.load, active, sub].some((state) => states.includes(state));
}

/** Targets after all others, then by name: list_dependencies_compare(). */
function compareByType(a: UnitName, b: UnitName): number {
  const [targetA, targetB] = [unitType(a) === 'target', unitType(b) === 'target'];
  if (targetA !== targetB) return targetA ? 1 : -1;
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  return lowerA === lowerB ? 0 : lowerA < lowerB ? -1 : 1;
}

function lineOf({ api, options, palette }: ManagedCall, name: UnitName, more: readonly boolean[]): string {
  if (options.plain) return `  ${harmless(name)}\n`;
  const { active } = api.view(name);
  const dot = (paintOfActive(active, palette) ?? ((text: string) => text))(dotOf(active));
  const rails = more.slice(0, -1).map((goesOn) => (goesOn ? '│ ' : '  '));
  return `${dot} ${rails.join('')}${more.at(-1) === true ? '├─' : '└─'}${harmless(name)}\n`;
}
