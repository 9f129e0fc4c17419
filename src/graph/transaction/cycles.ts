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
import type { Cycle, CycleStep, Draft, DraftJob } from './draft.ts';
import { drop } from './draft.ts';

/** A job of the draft or of the queue, on the way of the search. */
interface Node {
  readonly unit: UnitName;
  readonly job: OrderedJob;
  readonly neighbours: readonly Neighbour[];
  /** Goes through the neighbours twice: those that it is before, then those that it is after. */
  at: number;
  isOnPath: boolean;
}

/**
 * Looks for one cycle and breaks it where it can: then clean up and search again. undefined: there is none.
 * `view`: jobs as they are, or as they will be.
 */
export function breakCycle(draft: Draft, view: (job: OrderedJob) => OrderedJob): Cycle | undefined {
  const path = findCycle(draft, view);
  if (path === undefined) return undefined;
  let victim: CycleStep | undefined;
  for (const step of path) {
    const head = draft.jobs.get(step.unit);
    if (head === undefined || mattersAtAll(head)) continue;
    victim = { unit: step.unit, type: head.type };
    for (let job: DraftJob | undefined = head; job !== undefined; job = job.next) {
      drop(draft, job, true, { kind: 'cycle', path });
    }
    break;
  }
  const cycle = { path, victim };
  draft.cycles.push(cycle);
  return cycle;
}

/** The jobs of a cycle, each waiting for the one after it and the last for the first; undefined: there is none. */
function findCycle(draft: Draft, view: (job: OrderedJob) => OrderedJob): readonly CycleStep[] | undefined {
  const { jobs, scene } = draft;
  const seen = new Map<UnitName, Node>();
  const roots = scene.shuffle?.([...jobs.values()]) ?? jobs.values();
  for (const root of roots) {
    if (seen.has(root.unit)) continue;
    const path: Node[] = [enter(scene, seen, root.unit, view(root))];
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const { length } = node.neighbours;
      const neighbour = node.neighbours[node.at % length];
      if (neighbour === undefined || node.at >= 2 * length) {
        node.isOnPath = false;
        path.pop();
        continue;
      }
      const direction = node.at < length ? atoms.before : atoms.after;
      node.at += 1;
      if ((neighbour.atoms & direction) === 0) continue;
      const next = seen.get(neighbour.name);
      const there = jobs.get(neighbour.name) ?? scene.installed(neighbour.name);
      if (there === undefined) continue;
      const job = next?.job ?? view(there);
      if (!goesBefore(direction, node.job, job)) continue;
      if (next === undefined) path.push(enter(scene, seen, neighbour.name, job));
      else if (next.isOnPath) return backwards(path, next);
    }
  }
  return undefined;
}

/** A restart whose unit is down is a start, and waits like one. */
export function onceStopped(job: OrderedJob): OrderedJob {
  return job.type === 'restart' ? { type: 'start', ignoreOrder: job.ignoreOrder } : job;
}

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
