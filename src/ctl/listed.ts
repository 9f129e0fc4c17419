/** What list-timers, list-paths and list-sockets have in common: which units, and the last lines. */
import type { UnitView } from '../manager/api.ts';
import type { UnitType } from '../units/model.ts';
import type { ManagedCall } from './call.ts';
import { findNames, isListed } from './names.ts';

/** Units of the type that the words name (all without words) and that --all and --state= leave. */
export function listedOfType(call: ManagedCall, type: UnitType): readonly UnitView[] {
  const { api, options, words } = call;
  const found = findNames(call, words, `.${type}`);
  if (!found.ok) return [];
  const names = new Set<string>(found.names);
  return api
    .list()
    .filter(
      (view) =>
        view.unit.type === type &&
        isListed(options, view) &&
        (words.length === 0 || view.unit.names.some((name) => names.has(name))),
    );
}

/** How many there were, unless nobody wants to know. */
export async function tellListed(
  { client, options, palette }: ManagedCall,
  type: string,
  count: number,
): Promise<void> {
  if (!options.legend) return;
  const paint = count > 0 ? palette.bold : palette.bad;
  const more = options.all ? '' : `Pass --all to see loaded but inactive ${type}s, too.\n`;
  await client.stdout(`\n${paint(`${count} ${type}s listed.`)}\n${more}`);
}
