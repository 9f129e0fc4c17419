/** What two answers of `systemctl show --all` differ in, but for what deliberate.ts explains. */
import { deliberate } from './deliberate.ts';
import type { Shown } from './shown.ts';

export interface Comparison {
  readonly units: number;
  /** Values that both gave, all units together, and how many names of properties they have. */
  readonly values: number;
  readonly properties: number;
  /** `UNIT PROPERTY: theirs, not ours`; none is to be there. */
  readonly differences: readonly string[];
  /** How often each reason of deliberate.ts counted. */
  readonly explained: ReadonlyMap<string, number>;
}

/** Everything that either says of any unit. */
export function compareShown(systemd: Shown, pidone: Shown): Comparison {
  const differences: string[] = [];
  const explained = new Map<string, number>();
  const names = new Set<string>();
  let values = 0;
  for (const id of new Set([...systemd.keys(), ...pidone.keys()])) {
    const theirs = systemd.get(id);
    const ours = pidone.get(id);
    if (theirs === undefined || ours === undefined) {
      differences.push(`${id}: ${theirs === undefined ? 'systemd' : 'pidone'} does not show it`);
      continue;
    }
    const both = [...theirs.keys()].filter((name) => ours.has(name));
    if (both.join() !== [...ours.keys()].filter((name) => theirs.has(name)).join()) {
      differences.push(`${id}: the order of properties`);
    }
    for (const property of new Set([...theirs.keys(), ...ours.keys()])) {
      const [one, other] = [theirs, ours].map((all) => normalise(property, all.get(property)));
      if (one === other) {
        names.add(property);
        values++;
        continue;
      }
      const reason = deliberate({ id, property, systemd: one, pidone: other, unit: theirs });
      if (reason === undefined) differences.push(`${id} ${property}: ${words(one)}, not ${words(other)}`);
      else explained.set(reason, (explained.get(reason) ?? 0) + 1);
    }
  }
  return { units: systemd.size, values, properties: names.size, differences, explained };
}

/** Lines for people: what was compared, and what differs on purpose. */
export function summary(who: string, { units, values, properties, differences, explained }: Comparison): string[] {
  return [
    `${who}: ${units} units, ${properties} properties, ${values} values agree; ${differences.length} differences`,
    ...[...explained].map(([reason, count]) => `  ${count} values differ on purpose: ${reason}`),
  ];
}

function words(value: string | undefined): string {
  return value === undefined ? 'nothing' : `'${value}'`;
}

/** Lists of units: systemd prints them in the order of a hash table. */
const sets: ReadonlySet<string> = new Set(
  'Names Requires Requisite Wants BindsTo PartOf Upholds RequiredBy RequisiteOf WantedBy BoundBy UpheldBy ConsistsOf Conflicts ConflictedBy Before After OnSuccess OnSuccessOf OnFailure OnFailureOf Triggers TriggeredBy PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf SliceOf RequiresMountsFor SupplementaryGroups IPAddressAllow IPAddressDeny'.split(
    ' ',
  ),
);

function normalise(property: string, value: string | undefined): string | undefined {
  if (property === 'Listen') return value?.split('\n').sort().join('\n');
  return value !== undefined && sets.has(property) ? value.split(' ').sort().join(' ') : value;
}
