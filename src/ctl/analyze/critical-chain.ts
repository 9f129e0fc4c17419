import { mangleUnitName, type UnitName } from '../../units/name.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { harmless } from '../render/text.ts';
import { bootTime, type UnitTimes, unitTimes } from './boot-times.ts';
import type { ManagedAnalyzeCall } from './call.ts';
import { bootTarget } from './time.ts';

const explanation =
  'The time when unit became active or started is printed after the "@" character.\n' +
  'The time the unit took to start is printed after the "+" character.\n\n';

/** For each unit the one behind which it came last, and so on; with --fuzz= those that came shortly before, too. */
export async function criticalChain(call: ManagedAnalyzeCall): Promise<number> {
  const end = await bootTime(call);
  if (end === undefined) return 1;
  const chain: Chain = { call, times: unitTimes(call), end };
  await call.client.stdout(explanation);
  const names = call.words.map((word) => mangleUnitName(word)).filter((name) => name !== undefined);
  for (const name of call.words.length === 0 ? [bootTarget(call)] : names)
    await call.client.stdout(treeOf(chain, name));
  return 0;
}

interface Chain {
  readonly call: ManagedAnalyzeCall;
  readonly times: ReadonlyMap<UnitName, UnitTimes>;
  /** When the boot was done: what came later had no part in it. usec */
  readonly end: number;
}

/** A line to be drawn: for each level above and its own, whether more follows there. */
interface Branch {
  readonly name: UnitName;
  readonly more: readonly boolean[];
}

function treeOf(chain: Chain, root: UnitName): string {
  const { unit } = chain.call.api.view(root);
  const own = chain.times.get(unit.name);
  let text = own === undefined ? '' : `${told(chain, unit.name, own, false)}\n`;
  const opened = new Set<UnitName>([unit.name]);
  const pending = branchesOf(chain, unit.name, []);
  for (let branch = pending.pop(); branch !== undefined; branch = pending.pop()) {
    const { name, more } = branch;
    const times = chain.times.get(name);
    text += `${rails(more)}${times === undefined ? harmless(name) : told(chain, name, times, true)}\n`;
    if (opened.has(name)) text += `${rails([...more, false])}...\n`;
    else pending.push(...branchesOf(chain, name, more));
    opened.add(name);
  }
  return text;
}

function rails(more: readonly boolean[]): string {
  const above = more.slice(0, -1).map((goesOn) => (goesOn ? '│ ' : '  '));
  return `${above.join('')}${more.at(-1) === true ? '├─' : '└─'}`;
}

function told({ call }: Chain, name: UnitName, { activating, activated, took }: UnitTimes, isBelow: boolean): string {
  const span = (usec: number): string => formatDuration(usec, 1000);
  if (took > 0) return call.palette.bad(`${harmless(name)}${isBelow ? ` @${span(activating)}` : ''} +${span(took)}`);
  return activated > 0 ? `${harmless(name)} @${span(activated)}` : harmless(name);
}

/** What the unit comes after and that came last, in the order in which a stack gives it back. */
function branchesOf({ call, times, end }: Chain, name: UnitName, above: readonly boolean[]): Branch[] {
  const { api, options } = call;
  const before = api
    .dependencies(name, 'After')
    .map((other) => ({ name: other, at: times.get(other)?.activated ?? 0 }))
    .filter(({ at }) => at > 0 && at <= end)
    .sort((a, b) => b.at - a.at);
  const last = before[0]?.at ?? 0;
  const shown = before.filter(({ at }) => last - at <= options.fuzz);
  return shown.map((one, index) => ({ name: one.name, more: [...above, index < shown.length - 1] })).reverse();
}
