/**
 * What each kind of dependency means. A kind is a bundle of small rules (systemd's "atoms",
 * src/core/unit-dependency-atom.c); the engine asks for rules and never for kinds.
 */
import type { DependencyKind } from '../units/model.ts';

/** Names of a dependency seen from the other side. */
export type InverseKind =
  | 'RequiredBy'
  | 'RequisiteOf'
  | 'WantedBy'
  | 'BoundBy'
  | 'ConsistsOf'
  | 'UpheldBy'
  | 'ConflictedBy'
  | 'OnFailureOf'
  | 'OnSuccessOf';

/** Every kind that `show` prints. */
export type AnyDependencyKind = DependencyKind | InverseKind;

/** Rules between two units, as bits: "u has this rule towards other". */
export const atoms = {
  /** A start of u starts the other, and fails if it cannot be. */
  pullInStart: 1 << 0,
  /** The same, and nobody minds if it cannot be. */
  pullInStartIgnored: 1 << 1,
  pullInVerify: 1 << 2,
  /** A start of u stops the other. */
  pullInStop: 1 << 3,
  pullInStopIgnored: 1 << 4,
  /** u came up unasked: start the other. */
  retroactiveStartReplace: 1 << 5,
  retroactiveStartFail: 1 << 6,
  /** u came up unasked: stop the other. */
  retroactiveStopOnStart: 1 << 7,
  /** u went down unasked: stop the other. */
  retroactiveStopOnStop: 1 << 8,
  /** u is down: the other may not be needed any more (StopWhenUnneeded=). */
  checkUnneeded: 1 << 9,
  /** u cannot be active while the other is down. */
  cannotBeActiveWithout: 1 << 10,
  /** u is down: the other may have to stop (inverse of the above). */
  checkBound: 1 << 11,
  /** u is to be up whenever the other is. */
  startSteadily: 1 << 12,
  /** u is up: the other may have to start (inverse of the above). */
  checkUpheld: 1 << 13,
  /** The other keeps u needed. */
  pinned: 1 << 14,
  /** A stop of u stops the other. */
  propagateStop: 1 << 15,
  /** A restart of u restarts the other if it is up. */
  propagateRestart: 1 << 16,
  /** A start of u failed: so does the other's. */
  propagateStartFailure: 1 << 17,
  /** A stop of u failed: the other's start does, too. */
  propagateStopFailure: 1 << 18,
  /** u's start ended well but u is not up: the other's start fails. */
  propagateInactiveStart: 1 << 19,
  propagatesReloadTo: 1 << 20,
  onFailure: 1 << 21,
  onSuccess: 1 << 22,
  before: 1 << 23,
  after: 1 << 24,
  /** The other (a socket, a timer, a path) starts u when its time has come. */
  triggeredBy: 1 << 25,
} as const;

interface Kind {
  readonly bit: number;
  /** What the kind is called from the other side. */
  readonly inverse: AnyDependencyKind | undefined;
  readonly atoms: number;
  readonly inverseAtoms: number;
}

const pulled = atoms.propagateStop | atoms.propagateRestart | atoms.propagateStartFailure | atoms.pinned;

/** One row a kind that can be written in a file; bit: how a set of kinds is kept. */
export const kinds = {
  Requires: {
    bit: 1 << 0,
    inverse: 'RequiredBy',
    atoms: atoms.pullInStart | atoms.retroactiveStartReplace | atoms.checkUnneeded,
    inverseAtoms: pulled,
  },
  Requisite: {
    bit: 1 << 1,
    inverse: 'RequisiteOf',
    atoms: atoms.pullInVerify | atoms.checkUnneeded,
    inverseAtoms: pulled | atoms.propagateInactiveStart,
  },
  Wants: {
    bit: 1 << 2,
    inverse: 'WantedBy',
    atoms: atoms.pullInStartIgnored | atoms.retroactiveStartFail | atoms.checkUnneeded,
    inverseAtoms: atoms.pinned,
  },
  BindsTo: {
    bit: 1 << 3,
    inverse: 'BoundBy',
    atoms: atoms.pullInStart | atoms.retroactiveStartReplace | atoms.cannotBeActiveWithout | atoms.checkUnneeded,
    inverseAtoms: pulled | atoms.retroactiveStopOnStop | atoms.checkBound,
  },
  PartOf: {
    bit: 1 << 4,
    inverse: 'ConsistsOf',
    atoms: 0,
    inverseAtoms: atoms.propagateStop | atoms.propagateRestart,
  },
  Upholds: {
    bit: 1 << 5,
    inverse: 'UpheldBy',
    atoms: atoms.pullInStartIgnored | atoms.retroactiveStartReplace | atoms.checkUpheld | atoms.checkUnneeded,
    inverseAtoms: atoms.startSteadily | atoms.pinned,
  },
  Conflicts: {
    bit: 1 << 6,
    inverse: 'ConflictedBy',
    atoms: atoms.pullInStop | atoms.retroactiveStopOnStart,
    inverseAtoms: atoms.pullInStopIgnored | atoms.retroactiveStopOnStart | atoms.propagateStopFailure,
  },
  Before: { bit: 1 << 7, inverse: 'After', atoms: atoms.before, inverseAtoms: atoms.after },
  After: { bit: 1 << 8, inverse: 'Before', atoms: atoms.after, inverseAtoms: atoms.before },
  OnFailure: { bit: 1 << 9, inverse: 'OnFailureOf', atoms: atoms.onFailure, inverseAtoms: 0 },
  OnSuccess: { bit: 1 << 10, inverse: 'OnSuccessOf', atoms: atoms.onSuccess, inverseAtoms: 0 },
  PropagatesReloadTo: {
    bit: 1 << 11,
    inverse: 'ReloadPropagatedFrom',
    atoms: atoms.propagatesReloadTo,
    inverseAtoms: 0,
  },
  ReloadPropagatedFrom: {
    bit: 1 << 12,
    inverse: 'PropagatesReloadTo',
    atoms: 0,
    inverseAtoms: atoms.propagatesReloadTo,
  },
  PropagatesStopTo: {
    bit: 1 << 13,
    inverse: 'StopPropagatedFrom',
    atoms: atoms.retroactiveStopOnStop | atoms.propagateStop,
    inverseAtoms: 0,
  },
  StopPropagatedFrom: {
    bit: 1 << 14,
    inverse: 'PropagatesStopTo',
    atoms: 0,
    inverseAtoms: atoms.retroactiveStopOnStop | atoms.propagateStop,
  },
  JoinsNamespaceOf: { bit: 1 << 15, inverse: 'JoinsNamespaceOf', atoms: 0, inverseAtoms: 0 },
  Triggers: { bit: 1 << 16, inverse: 'TriggeredBy', atoms: 0, inverseAtoms: atoms.triggeredBy },
  TriggeredBy: { bit: 1 << 17, inverse: 'Triggers', atoms: atoms.triggeredBy, inverseAtoms: 0 },
} as const satisfies Record<DependencyKind, Kind>;

export const kindNames = Object.keys(kinds) as readonly DependencyKind[];

/** Rules that the declaring unit has towards the other, for a set of kinds. */
export function atomsOf(kindBits: number): number {
  return sum(kindBits, forwardSums, 'atoms');
}

/** Rules that the other unit has towards the declaring one. */
export function inverseAtomsOf(kindBits: number): number {
  return sum(kindBits, inverseSums, 'inverseAtoms');
}

/** There are few different sets of kinds (Requires and After, Conflicts and Before …): each is added up once. */
const forwardSums = new Map<number, number>();
const inverseSums = new Map<number, number>();

function sum(kindBits: number, known: Map<number, number>, side: 'atoms' | 'inverseAtoms'): number {
  let total = known.get(kindBits);
  if (total === undefined) {
    total = 0;
    for (const name of kindNames) if ((kindBits & kinds[name].bit) !== 0) total |= kinds[name][side];
    known.set(kindBits, total);
  }
  return total;
}
