import { activeStates, type ServiceSubState } from '../../src/manager/service/state.ts';
import { passes, table } from '../../src/manager/service/table.ts';

/** docs/service-states.md: the machine of services as a diagram and a table, from the table that it runs by. */
export function serviceStates(): string {
  const subs = Object.keys(table) as ServiceSubState[];
  const columns = Object.keys(table.dead) as (keyof typeof table.dead)[];
  const arrows = new Map<string, string[]>();
  for (const from of subs)
    for (const column of columns)
      for (const to of table[from][column].to) {
        const key = `${idOf(from)} --> ${idOf(to)}`;
        if (from !== to) arrows.set(key, [...(arrows.get(key) ?? []), column]);
      }
  const seen = new Set([...arrows.keys()].flatMap((arrow) => arrow.split(' --> ')));
  const lines = [
    '# The states of a service',
    '',
    '<!-- Written by `npm run generate` from src/manager/service/table.ts; a test holds the two together. -->',
    '',
    'An arrow is a transition by the events that it names. A state that has nothing to do (no such command, nobody to signal) goes on at',
    'once: the second table says where. `src/manager/service/machine.ts` tells the life of a service in prose.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    ...subs.filter((sub) => seen.has(idOf(sub))).map((sub) => `  state "${sub}" as ${idOf(sub)}`),
    '  [*] --> dead',
    ...[...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`),
    '```',
    '',
    '| SubState | ActiveState | goes on at once to |',
    '|---|---|---|',
    ...subs.map((sub) => `| ${sub} | ${activeStates[sub]} | ${passes[sub].join(', ')} |`),
    '',
  ];
  return lines.join('\n');
}

function idOf(sub: ServiceSubState): string {
  return sub.replaceAll('-', '_');
}
