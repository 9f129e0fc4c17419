/** From one job to all that its dependencies pull in: transaction_add_job_and_dependencies(), without its recursion. */
import type { UnitName } from '../../units/name.ts';
import { atoms } from '../dependency.ts';
import type { Neighbour } from '../digraph.ts';
import { collapse } from '../job.ts';
import type { JobType } from '../job.ts';
import type { Scene } from '../scene.ts';
import type { Draft, DraftJob } from './draft.ts';
import { jobFor, link } from './draft.ts';
import type { TransactionError } from './error.ts';
import { loadError, notApplicable } from './error.ts';

/** One job that another one wants. */
export interface Pull {
  readonly unit: UnitName;
  readonly type: JobType;
  /** The puller cannot be without it. */
  readonly matters: boolean;
  readonly conflicts: boolean;
  /** If it cannot be, nobody minds. */
  readonly isIgnorable: boolean;
}

export interface ExpandOptions {
  /** ignore-requirements, ignore-dependencies: pull in nothing. */
  readonly alone: boolean;
  /** ignore-dependencies: take no notice of order. */
  readonly ignoreOrder: boolean;
}

/** A job whose pulls are being gone through. */
interface Frame {
  readonly job: DraftJob;
  readonly pulls: readonly Pull[];
  at: number;
}

/**
 * Adds a job and, depth first, what it pulls in. A required job that cannot be fails its puller, up to one that was pulled in
 * ignorably; jobs that were added on the way stay, as they do in systemd. A job that does not apply to a unit (a stop of `-.slice`) fails nobody.
 */
export function expand(
  draft: Draft,
  unit: UnitName,
  type: JobType,
  by: { readonly job: DraftJob; readonly matters: boolean } | undefined,
  options: ExpandOptions,
): DraftJob | TransactionError {
  const refused = refusal(draft.scene, unit, type);
  if (refused !== undefined) return refused;
  const { job: first, isNew } = jobFor(draft, unit, type);
  first.ignoreOrder ||= options.ignoreOrder;
  if (by !== undefined) link(by.job, first, by.matters, false);
  if (!isNew || options.alone) return first;

  const stack: Frame[] = [{ job: first, pulls: pullsOf(draft.scene, first), at: 0 }];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const pull = frame.pulls[frame.at];
    if (pull === undefined) {
      stack.pop();
      continue;
    }
    frame.at += 1;
    const error = refusal(draft.scene, pull.unit, pull.type);
    if (error === undefined) {
      const added = jobFor(draft, pull.unit, pull.type);
      added.job.ignoreOrder ||= options.ignoreOrder;
      link(frame.job, added.job, pull.matters, pull.conflicts);
      if (added.isNew) stack.push({ job: added.job, pulls: pullsOf(draft.scene, added.job), at: 0 });
    } else if (pull.isIgnorable || error.code === 'JobTypeNotApplicable') {
      draft.skipped.push({ unit: pull.unit, type: pull.type, by: frame.job.unit, error });
    } else if (!unwind(draft, stack, error)) {
      return error;
    }
  }
  return first;
}

/** A required job cannot be: gives up the frames up to an ignorable pull. False: there is none, all fails. */
function unwind(draft: Draft, stack: Frame[], error: TransactionError): boolean {
  for (;;) {
    stack.pop();
    const parent = stack.at(-1);
    if (parent === undefined) return false;
    const pull = parent.pulls[parent.at - 1];
    if (pull?.isIgnorable === true) {
      draft.skipped.push({ unit: pull.unit, type: pull.type, by: parent.job.unit, error });
      return true;
    }
  }
}

/** What stands against a job of this type for the unit as it is. */
function refusal(scene: Scene, unit: UnitName, type: JobType): TransactionError | undefined {
  if (type === 'stop') return scene.isPerpetual(unit) ? notApplicable(unit, type) : undefined;
  const load = scene.load(unit);
  const error = load.state === 'loaded' ? undefined : loadError(unit, load.state, load.error);
  if (error !== undefined) return error;
  if (type === 'reload' && !scene.canReload(unit)) return notApplicable(unit, type);
  if (type === 'restart' && scene.isPerpetual(unit)) return notApplicable(unit, type);
  return undefined;
}

const startAtoms =
  atoms.pullInStart | atoms.pullInStartIgnored | atoms.pullInVerify | atoms.pullInStop | atoms.pullInStopIgnored;

const none: readonly Pull[] = [];

/** What a job of this type pulls in, in systemd's order of looking. */
function pullsOf(scene: Scene, job: DraftJob): readonly Pull[] {
  const { type } = job;
  if (type === 'nop' || type === 'verify-active') return none;
  const pulls: Pull[] = [];
  const neighbours = scene.graph.neighbours(job.unit);
  if (type === 'start' || type === 'restart') {
    const wanted = neighbours.filter((other) => (other.atoms & startAtoms) !== 0);
    addPulls(pulls, wanted, atoms.pullInStart, 'start', required);
    addPulls(pulls, wanted, atoms.pullInStartIgnored, 'start', ignorable);
    addPulls(pulls, wanted, atoms.pullInVerify, 'verify-active', required);
    addPulls(pulls, wanted, atoms.pullInStop, 'stop', contradicted);
    addPulls(pulls, wanted, atoms.pullInStopIgnored, 'stop', ignorable);
  }
  if (type === 'stop') addPulls(pulls, neighbours, atoms.propagateStop, 'stop', required);
  if (type === 'restart') addCollapsing(pulls, scene, neighbours, atoms.propagateRestart, 'try-restart', required);
  if (type === 'reload') addCollapsing(pulls, scene, neighbours, atoms.propagatesReloadTo, 'try-reload', ignorable);
  return pulls;
}

type How = Pick<Pull, 'matters' | 'conflicts' | 'isIgnorable'>;
const required: How = { matters: true, conflicts: false, isIgnorable: false };
const contradicted: How = { matters: true, conflicts: true, isIgnorable: false };
const ignorable: How = { matters: false, conflicts: false, isIgnorable: true };

function addPulls(pulls: Pull[], others: readonly Neighbour[], rule: number, type: JobType, how: How): void {
  for (const other of others) {
    if ((other.atoms & rule) !== 0) {
      pulls.push({
        unit: other.name,
        type,
        matters: how.matters,
        conflicts: how.conflicts,
        isIgnorable: how.isIgnorable,
      });
    }
  }
}

function addCollapsing(
  pulls: Pull[],
  scene: Scene,
  others: readonly Neighbour[],
  rule: number,
  request: 'try-restart' | 'try-reload',
  how: How,
): void {
  for (const other of others) {
    if ((other.atoms & rule) === 0) continue;
    const type = collapse(request, scene.active(other.name));
    if (type !== 'nop') pulls.push({ unit: other.name, type, ...how });
  }
}
