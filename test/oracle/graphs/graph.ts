/** Random units that depend on each other in every way, as files. */
import fc from 'fast-check';

import { kindNames } from '../../../src/graph/dependency.ts';
import type { DependencyKind } from '../../../src/units/model.ts';

/** One unit: what is in its file, or why there is none to be read. */
export interface RandomUnit {
  /** With its type: "c.service". */
  readonly name: string;
  readonly kind: 'target' | 'simple' | 'oneshot' | 'reloadable' | 'missing' | 'masked' | 'bad-setting';
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

const anyState = fc.oneof(
  { weight: 6, arbitrary: fc.constant<RandomUnit['kind']>('oneshot') },
  { weight: 4, arbitrary: fc.constant<RandomUnit['kind']>('simple') },
  { weight: 4, arbitrary: fc.constant<RandomUnit['kind']>('reloadable') },
  { weight: 4, arbitrary: fc.constant<RandomUnit['kind']>('target') },
  { weight: 1, arbitrary: fc.constant<RandomUnit['kind']>('missing') },
  { weight: 1, arbitrary: fc.constant<RandomUnit['kind']>('masked') },
  { weight: 1, arbitrary: fc.constant<RandomUnit['kind']>('bad-setting') },
);

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Three to ten units; the first is there and well. The density differs from graph to graph: thin ones are chains, thick ones full of cycles. */
export function randomGraphs(prefix = ''): fc.Arbitrary<RandomGraph> {
  return fc.tuple(fc.integer({ min: 3, max: letters.length }), fc.integer({ min: 2, max: 9 })).chain(([count, most]) =>
    fc.array(anyState, { minLength: count, maxLength: count }).chain((kinds) => {
      const named = kinds.map((each, at) => {
        const kind = at === 0 && isBroken(each) ? 'oneshot' : each;
        return { name: `${prefix}${letters[at] ?? ''}.${kind === 'target' ? 'target' : 'service'}`, kind };
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

function isBroken(kind: RandomUnit['kind']): boolean {
  return kind === 'missing' || kind === 'masked' || kind === 'bad-setting';
}

/** undefined: there is no file; a link to /dev/null: masked. */
export function fileOf(unit: RandomUnit): string | undefined {
  const { kind } = unit;
  if (kind === 'missing' || kind === 'masked') return undefined;
  const lines = ['[Unit]', 'DefaultDependencies=no', ...unit.flags];
  for (const [key, on] of unit.dependencies) lines.push(`${key}=${on}`);
  if (kind !== 'target') lines.push('[Service]');
  if (kind === 'oneshot') lines.push('Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true');
  if (kind === 'simple' || kind === 'reloadable') lines.push('ExecStart=/bin/sleep infinity');
  if (kind === 'reloadable') lines.push('ExecReload=/bin/true');
  return `${lines.join('\n')}\n`;
}
