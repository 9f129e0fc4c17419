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
import { notApplicable } from './error.ts';

/** How a job wants another one. */
interface Pull {
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
  /** restart-dependencies: this job restarts what a restart would. */
  readonly restartsOthers?: boolean;
}

/** A job whose pulls are being gone through: `pulls` says how each of `units` is wanted. */
interface Frame {
  readonly job: DraftJob;
  readonly units: readonly UnitName[];
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
  const first = jobFor(draft, unit, type);
  first.ignoreOrder ||= options.ignoreOrder;
  if (by !== undefined) link(by.job, first, by.matters, false);
  if (!first.isNew) return first;
  first.isNew = false;
  if (options.alone) return first;

  const stack: Frame[] = [];
  enter(draft, stack, first, options.restartsOthers === true);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const other = frame.units[frame.at];
    const pull = frame.pulls[frame.at];
    if (other === undefined || pull === undefined) {
      stack.pop();
      continue;
    }
    frame.at += 1;
    const error = refusal(draft.scene, other, pull.type);
    if (error === undefined) {
      const added = jobFor(draft, other, pull.type);
      added.ignoreOrder ||= options.ignoreOrder;
      link(frame.job, added, pull.matters, pull.conflicts);
      if (added.isNew) {
        added.isNew = false;
        enter(draft, stack, added);
      }
    } else if (pull.isIgnorable || error.code === 'JobTypeNotApplicable') {
      draft.skipped.push({
        unit: other,
        type: pull.type,
        by: frame.job.unit,
        error,
        isRequired: !pull.isIgnorable,
      });
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
    const unit = parent?.units[parent.at - 1];
    const pull = parent?.pulls[parent.at - 1];
    if (parent === undefined || unit === undefined || pull === undefined) return false;
    if (pull.isIgnorable) {
      draft.skipped.push({ unit, type: pull.type, by: parent.job.unit, error, isRequired: false });
      return true;
    }
  }
}

/** What stands against a job of this type for the unit as it is. */
function refusal(scene: Scene, unit: UnitName, type: JobType): TransactionError | undefined {
  if (type === 'stop') return scene.isPerpetual(unit) ? notApplicable(unit, type) : undefined;
  const error = scene.loadError(unit);
  if (error !== undefined) return error;
  if (type === 'reload' && !scene.canReload(unit)) return notApplicable(unit, type);
  if (type === 'restart' && scene.isPerpetual(unit)) return notApplicable(unit, type);
  return undefined;
}

const required = { matters: true, conflicts: false, isIgnorable: false };
const ignorable = { matters: false, conflicts: false, isIgnorable: true };

const requiredStart: Pull = { type: 'start', ...required };
const ignorableStart: Pull = { type: 'start', ...ignorable };
const requiredVerify: Pull = { type: 'verify-active', ...required };
const contradictedStop: Pull = { type: 'stop', matters: true, conflicts: true, isIgnorable: false };
const ignorableStop: Pull = { type: 'stop', ...ignorable };
const requiredStop: Pull = { type: 'stop', ...required };
const requiredRestart: Pull = { type: 'restart', ...required };
const ignorableReload: Pull = { type: 'reload', ...ignorable };

/** Puts the job on the stack with what it pulls in, in systemd's order of looking; not if that is nothing. */
function enter(draft: Draft, stack: Frame[], job: DraftJob, restartsOthers = false): void {
  const { type } = job;
  if (type === 'verify-active' || type === 'nop') return;
  const pulled =
    type === 'start' && !restartsOthers
      ? startPulls(draft.scene, job.unit)
      : pullsOf(draft.scene, job.unit, type, restartsOthers);
  if (pulled.units.length > 0) stack.push({ job, units: pulled.units, pulls: pulled.pulls, at: 0 });
}

interface Pulled {
  readonly units: readonly UnitName[];
  readonly pulls: readonly Pull[];
}

/**
 * What a start pulls in follows from the dependencies alone, and every start goes through the same few targets, which half
 * of all units are neighbours of. So theirs is kept as long as the graph is as it was.
 */
function startPulls(scene: Scene, unit: UnitName): Pulled {
  const neighbours = scene.graph.neighbours(unit);
  if (neighbours.length < many) return pullsOf(scene, unit, 'start');
  const edition = scene.graph.edition();
  const known = knownStarts.get(neighbours);
  if (known?.edition === edition) return known.pulled;
  const pulled = pullsOf(scene, unit, 'start');
  knownStarts.set(neighbours, { edition, pulled });
  return pulled;
}

/** Neighbours; a service has about six. */
const many = 16;
/** By the graph's own lists, each of which is one unit's. */
const knownStarts = new WeakMap<readonly Neighbour[], { readonly edition: number; readonly pulled: Pulled }>();

function pullsOf(
  scene: Scene,
  unit: UnitName,
  type: 'start' | 'restart' | 'stop' | 'reload',
  restartsOthers = false,
): Pulled {
  const neighbours = scene.graph.neighbours(unit);
  let rules = 0;
  for (const other of neighbours) rules |= other.atoms;
  const pulled = { units: [] as UnitName[], pulls: [] as Pull[] };
  const add = (rule: number, pull: Pull, request?: 'try-restart' | 'try-reload'): void => {
    if ((rules & rule) !== 0) addPulls(scene, pulled, neighbours, rule, pull, request);
  };
  if (type === 'start' || type === 'restart') {
    add(atoms.pullInStart, requiredStart);
    add(atoms.pullInStartIgnored, ignorableStart);
    add(atoms.pullInVerify, requiredVerify);
    add(atoms.pullInStop, contradictedStop);
    add(atoms.pullInStopIgnored, ignorableStop);
  }
  if (type === 'stop') add(atoms.propagateStop, requiredStop);
  if (type === 'restart' || restartsOthers) add(atoms.propagateRestart, requiredRestart, 'try-restart');
  if (type === 'reload') add(atoms.propagatesReloadTo, ignorableReload, 'try-reload');
  return pulled;
}

/** `request`: only where it would not collapse to nothing. */
function addPulls(
  scene: Scene,
  pulled: { units: UnitName[]; pulls: Pull[] },
  others: readonly Neighbour[],
  rule: number,
  pull: Pull,
  request: 'try-restart' | 'try-reload' | undefined,
): void {
  for (const other of others) {
    if ((other.atoms & rule) === 0) continue;
    if (request !== undefined && collapse(request, scene.active(other.name)) === 'nop') continue;
    pulled.units.push(other.name);
    pulled.pulls.push(pull);
  }
}
