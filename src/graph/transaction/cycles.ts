/**
 * Looking for jobs that wait for each other in a circle (transaction_verify_order()). The order is that of execution, jobs
 * that are in the queue already included. A cycle is broken by leaving out the first unit on it, seen from where it
 * closes, that the anchor can do without.
 */
import type { UnitName } from '../../units/name.ts';
import type { Neighbour } from '../digraph.ts';
import { atoms } from '../dependency.ts';
import { goesBefore } from '../order.ts';
import type { OrderedJob } from '../order.ts';
import type { Scene } from '../scene.ts';
import type { CycleStep, Draft, DraftJob } from './draft.ts';
import { drop } from './draft.ts';

/** A job of the draft or of the queue, on the way of the search. */
interface Node {
  readonly unit: UnitName;
  readonly job: OrderedJob;
  readonly neighbours: readonly Neighbour[];
  at: number;
  isOnPath: boolean;
}

export type CycleSearch =
  | { readonly kind: 'none' }
  /** One unit was left out: clean up and search again. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'unbreakable'; readonly path: readonly CycleStep[] };

/** Looks for one cycle and breaks it where it can. */
export function breakCycle(draft: Draft): CycleSearch {
  const path = findCycle(draft, asIs) ?? (hasRestart(draft) ? findCycle(draft, onceStopped) : undefined);
  if (path === undefined) return { kind: 'none' };
  for (const step of path) {
    const head = draft.jobs.get(step.unit);
    if (head === undefined || mattersAtAll(head)) continue;
    for (let job: DraftJob | undefined = head; job !== undefined; job = job.next) {
      drop(draft, job, true, { kind: 'cycle', path });
    }
    return { kind: 'broken' };
  }
  return { kind: 'unbreakable', path };
}

/** The jobs of a cycle, each waiting for the one after it and the last for the first; undefined: there is none. */
function findCycle(draft: Draft, view: (job: OrderedJob) => OrderedJob): readonly CycleStep[] | undefined {
  const { jobs, scene } = draft;
  const seen = new Map<UnitName, Node>();
  for (const root of jobs.values()) {
    if (seen.has(root.unit)) continue;
    const path: Node[] = [enter(scene, seen, root.unit, view(root))];
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const neighbour = node.neighbours[node.at];
      if (neighbour === undefined) {
        node.isOnPath = false;
        path.pop();
        continue;
      }
      node.at += 1;
      if ((neighbour.atoms & ordering) === 0) continue;
      const next = seen.get(neighbour.name);
      const there = jobs.get(neighbour.name) ?? scene.installed(neighbour.name);
      if (there === undefined) continue;
      const job = next?.job ?? view(there);
      if (!goesBefore(neighbour.atoms, node.job, job)) continue;
      if (next === undefined) path.push(enter(scene, seen, neighbour.name, job));
      else if (next.isOnPath) return backwards(path, next);
    }
  }
  return undefined;
}

function asIs(job: OrderedJob): OrderedJob {
  return job;
}

/** A restart whose unit is down is a start, and waits like one. systemd does not look that far, and waits for ever. */
function onceStopped(job: OrderedJob): OrderedJob {
  return job.type === 'restart' ? { type: 'start', ignoreOrder: job.ignoreOrder } : job;
}

function hasRestart(draft: Draft): boolean {
  for (const job of draft.jobs.values()) if (job.type === 'restart') return true;
  return false;
}

const ordering = atoms.before | atoms.after;

function enter(scene: Scene, seen: Map<UnitName, Node>, unit: UnitName, job: OrderedJob): Node {
  const node: Node = { unit, job, neighbours: scene.graph.neighbours(unit), at: 0, isOnPath: true };
  seen.set(unit, node);
  return node;
}

/** From the closing edge back to where the cycle began. */
function backwards(path: readonly Node[], start: Node): readonly CycleStep[] {
  const steps: CycleStep[] = [];
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const node = path[at];
    if (node === undefined) break;
    steps.push({ unit: node.unit, type: node.job.type });
    if (node === start) break;
  }
  return steps;
}

function mattersAtAll(head: DraftJob): boolean {
  for (let job: DraftJob | undefined = head; job !== undefined; job = job.next) if (job.matters) return true;
  return false;
}
