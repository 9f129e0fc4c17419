/** What `systemctl show --all` says of units against what units/ made of the same files. */
import type { DependencyKind, Unit } from '../../src/units/model.ts';
import { parseUnitName, type UnitName } from '../../src/units/name.ts';
import { isOrderedByTarget, isPulledByTarget } from '../../src/units/implicit.ts';
import type { Units } from '../../src/units/load.ts';
import { dependenciesOf, propertiesOf } from './properties.ts';

export interface Difference {
  readonly unit: string;
  readonly property: string;
  readonly systemd: string;
  readonly pidone: string;
}

const inverses: readonly (readonly [DependencyKind, DependencyKind])[] = [
  ['After', 'Before'],
  ['Before', 'After'],
  ['PropagatesReloadTo', 'ReloadPropagatedFrom'],
  ['ReloadPropagatedFrom', 'PropagatesReloadTo'],
  ['PropagatesStopTo', 'StopPropagatedFrom'],
  ['StopPropagatedFrom', 'PropagatesStopTo'],
  ['Triggers', 'TriggeredBy'],
  ['TriggeredBy', 'Triggers'],
];
const shownKinds: readonly DependencyKind[] = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Upholds',
  'Conflicts',
  'Before',
  'After',
  'OnFailure',
  'OnSuccess',
  'PropagatesReloadTo',
  'ReloadPropagatedFrom',
  'PropagatesStopTo',
  'StopPropagatedFrom',
  'JoinsNamespaceOf',
  'Triggers',
  'TriggeredBy',
];

const orderKinds: readonly DependencyKind[] = ['Before', 'After', 'Conflicts'];

/** Loads every unit that `shown` has and all that they name, and lists where the two differ. */
export function compareUnits(
  units: Units,
  shown: ReadonlyMap<string, ReadonlyMap<string, string>>,
): readonly Difference[] {
  const all = loadAll(units, [...shown.keys()]);
  const expected = withInverses(all);
  const differences: Difference[] = [];
  for (const [id, properties] of shown) {
    const unit = all.get(id);
    if (unit === undefined) {
      differences.push({ unit: id, property: 'Id', systemd: id, pidone: 'not loaded' });
      continue;
    }
    for (const [property, pidone] of propertiesOf(unit)) {
      const systemd = normalise(property, properties.get(property) ?? '');
      if (isOfMachine(property, systemd, pidone)) continue;
      if (systemd !== normalise(property, pidone)) differences.push({ unit: id, property, systemd, pidone });
    }
    if (unit.load !== 'loaded' || id === '-.slice') continue;
    const own = expected.get(unit.name) ?? new Map<DependencyKind, ReadonlySet<string>>();
    const stated = dependenciesOf(unit);
    // A service that is not run in a container needs nobody.
    const kindsOf = unit.standIn !== undefined && unit.type === 'service' ? orderKinds : shownKinds;
    for (const kind of kindsOf) {
      const systemd = new Set(unquoted(properties.get(kind) ?? ''));
      // systemd knows only what the units loaded at that moment say of each other: of inverses we may have more.
      const missing = [...systemd].filter((other) => own.get(kind)?.has(realName(all, other)) !== true).filter(counts);
      const extra = [...(stated.get(kind) ?? [])]
        .filter((other) => ![...systemd].some((each) => realName(all, each) === realName(all, other)))
        .filter(counts);
      if (missing.length + extra.length > 0) {
        differences.push({ unit: id, property: kind, systemd: missing.join(' '), pidone: extra.join(' ') });
      }
    }
  }
  return differences;
}

function loadAll(units: Units, names: readonly string[]): ReadonlyMap<string, Unit> {
  const all = new Map<string, Unit>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const parsed = parseUnitName(name);
    if (parsed === undefined || all.has(name)) continue;
    const unit = units.load(parsed);
    all.set(name, unit);
    for (const each of unit.names) all.set(each, unit);
    for (const { on } of unit.dependencies) waiting.push(on);
  }
  return all;
}

/** Dependencies by real name, with those that others make by their own and with a target's default order. */
function withInverses(all: ReadonlyMap<string, Unit>): ReadonlyMap<UnitName, Map<DependencyKind, Set<string>>> {
  const found = new Map<UnitName, Map<DependencyKind, Set<string>>>();
  const add = (unit: Unit, kind: DependencyKind, on: Unit): void => {
    const kinds = found.get(unit.name) ?? new Map<DependencyKind, Set<string>>();
    found.set(unit.name, kinds);
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(on.name));
  };
  for (const unit of new Set(all.values())) {
    for (const [kind, names] of dependenciesOf(unit)) {
      for (const name of names) {
        const other = all.get(name);
        if (other === undefined || other === unit) continue;
        add(unit, kind, other);
        for (const [inverse, of] of inverses) if (of === kind) add(other, inverse, unit);
        if (isPulledByTarget(kind) && isOrderedByTarget(unit, other)) {
          add(unit, 'After', other);
          add(other, 'Before', unit);
        }
      }
    }
  }
  return found;
}

/** The oracle's systemd is started with null as the default output, so nothing of it comes after the journal. */
function isOfMachine(property: string, systemd: string, pidone: string): boolean {
  return property === 'StandardOutput' && systemd === 'null' && pidone === 'journal';
}

/** The target and what is mounted are the oracle's own; of mounts, pidone knows the root and what has a unit file. */
function counts(name: string): boolean {
  return !['oracle.target', 'systemd-journald.socket', 'init.scope', ...machineMounts].includes(name);
}

const machineMounts = ['t.mount', 'tmp.mount', 'etc-systemd-system.mount'];

function realName(all: ReadonlyMap<string, Unit>, name: string): string {
  return all.get(name)?.name ?? name;
}

/** Words of a list that `show` prints; those with a backslash are quoted. */
function unquoted(list: string): readonly string[] {
  return list
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.replace(/^"(.*)"$/, '$1').replaceAll('\\\\', '\\'));
}

function normalise(property: string, value: string): string {
  if (property === 'Names') return unquoted(value).toSorted().join(' ');
  if (property === 'StandardInput' || property === 'StandardOutput') return value.replace(/:.*/, '');
  if (property === 'SupplementaryGroups') return value.split(' ').sort().join(' ');
  if (property.endsWith('Ex')) return value.replace(/ start_time=.*/g, '').replace(/ ;$/gm, ' ;');
  return value;
}
