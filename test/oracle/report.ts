/** How many scenarios agree with systemd, by topic: the first word of their names. */
import type { Scenario } from './scenario.ts';

/** @returns lines: one a topic, and the whole with the systemd whose answers were recorded */
export function report(
  scenarios: readonly Scenario[],
  agrees: (scenario: Scenario) => boolean,
  versions: readonly string[],
): readonly string[] {
  const topics = Map.groupBy(scenarios, ({ name }) => name.split('-')[0] ?? '');
  const count = (some: readonly Scenario[]): string =>
    `${String(some.filter(agrees).length)} of ${String(some.length)}`;
  const lines = [...topics].map(([topic, some]) => `  ${topic.padEnd(12)} ${count(some)}`);
  const recorded = [...new Set(versions)].sort().join(', ');
  return [...lines, `${count(scenarios)} scenarios agree with systemd ${recorded}`];
}
