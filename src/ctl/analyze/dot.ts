import { globPattern } from '../../units/glob.ts';
import { mangleUnitName, type UnitName } from '../../units/name.ts';
import { complain } from '../call.ts';
import { isGlob } from '../names.ts';
import type { ManagedAnalyzeCall } from './call.ts';

const order = [['After', 'green']] as const;
const requirements = [
  ['Requires', 'black'],
  ['Requisite', 'darkblue'],
  ['Wants', 'grey66'],
  ['Conflicts', 'red'],
] as const;
const edges = { all: [...order, ...requirements], order, require: requirements };

const legend = [
  '   Color legend: black     = Requires',
  '                 dark blue = Requisite',
  '                 dark grey = Wants',
  '                 red       = Conflicts',
  '                 green     = After',
];

type Matcher = (name: UnitName) => boolean;

/** Dependencies of all loaded units as a graph for dot(1): with patterns, those that one of them begins or ends at. */
export async function dot(call: ManagedAnalyzeCall): Promise<number> {
  const { api, client, options } = call;
  const [any, from, to] = [call.words, options.fromPatterns, options.toPatterns].map((words) => matcher(call, words));
  await client.stdout('digraph systemd {\n');
  for (const { unit } of api.list()) {
    const isMatch = any?.(unit.name) === true;
    if (from !== undefined && !isMatch && !from(unit.name)) continue;
    let text = '';
    for (const [property, colour] of edges[options.edges])
      for (const other of api.dependencies(unit.name, property)) {
        const isEnd = any?.(other) === true;
        if ((to !== undefined && !isEnd && !to(other)) || (any !== undefined && !isMatch && !isEnd)) continue;
        text += `\t"${unit.name}"->"${other}" [color="${colour}"];\n`;
      }
    if (text !== '') await client.stdout(text);
  }
  await client.stdout('}\n');
  await complain(call, legend.join('\n'), 'info');
  if (call.invocation.terminal.stdout && !options.quiet)
    await complain(
      call,
      "-- You probably want to process this output with graphviz' dot tool.\n-- Try a shell pipeline like 'systemd-analyze dot | dot -Tsvg > systemd.svg'!",
      'notice',
    );
  return 0;
}

/** undefined: there are no patterns. A name stands for what it is an alias of, too. */
function matcher({ api }: ManagedAnalyzeCall, words: readonly string[]): Matcher | undefined {
  if (words.length === 0) return undefined;
  const patterns = words.map((word) => globPattern(word));
  const names = new Set<UnitName>();
  for (const word of words) {
    const name = isGlob(word) ? undefined : mangleUnitName(word);
    if (name !== undefined) names.add(api.view(name).unit.name);
  }
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
}
