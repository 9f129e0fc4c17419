/** Random units that depend on each other in every way, as files. */
import fc from 'fast-check';

import { kindNames } from '../../../src/graph/dependency.ts';
import type { DependencyKind } from '../../../src/units/model.ts';

/** No file of these can be started. */
type Broken = 'missing' | 'masked' | 'bad-setting';

/** One unit: what is in its file, or why there is none to be read. */
export interface RandomUnit {
  /** With its type: "c.service". */
  readonly name: string;
  readonly kind: 'target' | 'simple' | 'oneshot' | 'reloadable' | 'slow' | 'stubborn' | 'failing' | Broken;
  readonly dependencies: readonly (readonly [DependencyKind, string])[];
  /** Lines of [Unit]: AllowIsolate=yes and the like. */
  readonly flags: readonly string[];
}

export type RandomGraph = readonly [RandomUnit, ...RandomUnit[]];

/** By how often they are drawn. What pulls in and what orders make the trouble; Triggers= is no directive. */
const weights: Readonly<Record<Exclude<DependencyKind, 'Triggers' | 'TriggeredBy'>, number>> = {
  Requires: 3,
  Requisite: 1,
  Wants: 14,
  BindsTo: 2,
  PartOf: 2,
  Upholds: 4,
  Conflicts: 2,
  Before: 4,
  After: 9,
  OnFailure: 1,
  OnSuccess: 1,
  PropagatesReloadTo: 1,
  ReloadPropagatedFrom: 1,
  PropagatesStopTo: 1,
  StopPropagatedFrom: 1,
  JoinsNamespaceOf: 1,
};

const anyKind = fc.oneof(
  ...kindNames
    .filter((kind) => kind !== 'Triggers' && kind !== 'TriggeredBy')
    .map((kind) => ({ weight: weights[kind], arbitrary: fc.constant<DependencyKind>(kind) })),
);

/** For a start from nothing: states do not matter. */
const shapes = { oneshot: 6, simple: 4, reloadable: 4, target: 4, missing: 1, masked: 1, 'bad-setting': 1 };
/** For a system that runs: in every state. */
const lively = { oneshot: 3, simple: 6, reloadable: 6, target: 4, slow: 3, stubborn: 3, failing: 2, masked: 1 };

type Weights = Readonly<Partial<Record<RandomUnit['kind'], number>>>;

function anyOf(table: Weights): fc.Arbitrary<RandomUnit['kind']> {
  return fc.oneof(
    ...Object.entries(table).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as RandomUnit['kind']),
    })),
  );
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Three to ten units; the first is there and well. The density differs from graph to graph: thin ones are chains, thick ones full of cycles. */
export function randomGraphs(of: 'shapes' | 'states'): fc.Arbitrary<RandomGraph> {
  const anyState = anyOf(of === 'shapes' ? shapes : lively);
  return fc.tuple(fc.integer({ min: 3, max: letters.length }), fc.integer({ min: 2, max: 9 })).chain(([count, most]) =>
    fc.array(anyState, { minLength: count, maxLength: count }).chain((kinds) => {
      const named = kinds.map((each, at) => {
        const kind = at === 0 && isBroken(each) ? 'oneshot' : each;
        return { name: `${letters[at] ?? ''}.${kind === 'target' ? 'target' : 'service'}`, kind };
      });
      const dependency = fc.tuple(anyKind, fc.constantFrom(...named.map(({ name }) => name)));
      const units = fc.tuple(
        ...named.map((unit) =>
          fc.record({
            name: fc.constant(unit.name),
            kind: fc.constant(unit.kind),
            dependencies: fc.array(dependency, { minLength: Math.ceil(most / 2), maxLength: most }),
            flags: fc.subarray(['AllowIsolate=yes', 'IgnoreOnIsolate=yes']),
          }),
        ),
      );
      return units as unknown as fc.Arbitrary<RandomGraph>;
    }),
  );
}

export function isBroken(kind: RandomUnit['kind']): boolean {
  return kind === 'missing' || kind === 'masked' || kind === 'bad-setting';
}

/** The same graph under names of its own. */
export function renamed(graph: RandomGraph, prefix: string): RandomGraph {
  const [first, ...others] = graph.map((unit) => ({
    ...unit,
    name: prefix + unit.name,
    dependencies: unit.dependencies.map(([kind, on]) => [kind, prefix + on] as const),
  }));
  return [first as RandomUnit, ...others];
}

export function toldOf(graph: RandomGraph): string {
  return graph
    .map(({ name: unit, kind, dependencies, flags }) => {
      const words = dependencies.map(([key, on]) => `${key}=${on}`);
      return [unit, kind, ...words, ...flags].join(' ');
    })
    .join('\n');
}

/** Its text, with more lines of [Unit]; undefined: there is no file (a masked unit is a link to /dev/null). */
export function fileOf(unit: RandomUnit, ...more: readonly string[]): string | undefined {
  const { kind } = unit;
  if (kind === 'missing' || kind === 'masked') return undefined;
  const lines = ['[Unit]', 'DefaultDependencies=no', ...unit.flags, ...more];
  for (const [key, on] of unit.dependencies) lines.push(`${key}=${on}`);
  if (kind !== 'target') lines.push('[Service]');
  if (kind === 'oneshot') lines.push('Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true');
  if (kind === 'simple' || kind === 'reloadable' || kind === 'stubborn') lines.push('ExecStart=/bin/sleep infinity');
  if (kind === 'reloadable') lines.push('ExecReload=/bin/true');
  if (kind === 'slow') lines.push('Type=oneshot', 'ExecStart=/bin/sleep infinity');
  if (kind === 'failing') lines.push('Type=oneshot', 'ExecStart=/bin/false');
  if (kind === 'stubborn') lines.push('ExecStop=/bin/sleep infinity', 'TimeoutStopSec=infinity');
  return `${lines.join('\n')}\n`;
}
