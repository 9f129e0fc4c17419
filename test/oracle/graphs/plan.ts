/** What pidone plans for a request, told as systemd tells it, and all that it could plan if it looked at things in another order. */
import { cycleLines, wavesOf } from '../../../src/graph/explain.ts';
import type { JobType } from '../../../src/graph/job.ts';
import type { Graph } from '../../../src/graph/digraph.ts';
import type { Scene } from '../../../src/graph/scene.ts';
import { buildTransaction } from '../../../src/graph/transaction/build.ts';
import type { PlannedJob, Request } from '../../../src/graph/transaction/build.ts';
import type { UnitName } from '../../../src/units/name.ts';

/** The answer to one request. */
export interface Plan {
  /** The sentence that it was refused with. */
  readonly error: string | undefined;
  /** "a.service start", sorted. */
  readonly jobs: readonly string[];
  /** What is logged about cycles, in order: "a.service: Found ordering cycle on b.service/start". */
  readonly cycles: readonly string[];
}

export function planOf(scene: Scene, request: Request): Plan {
  const built = buildTransaction(scene, request);
  const cycles = built.cycles.flatMap((cycle) => {
    const { about, found, end } = cycleLines(cycle);
    return [...found, end].map((line) => `${about ?? ''}: ${line}`);
  });
  if (!built.ok) return { error: built.error.message, jobs: [], cycles };
  const { jobs } = built.transaction;
  return { error: undefined, jobs: jobs.map(({ unit, type }) => `${unit} ${type}`).sort(), cycles };
}

/** The same scene, in which everything is looked at in another order each time. `random`: 0 to 1, as Math.random. */
export function shuffled(scene: Scene, random: () => number): Scene {
  const shuffle = <T>(list: readonly T[]): T[] => {
    const mixed = [...list];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      const held = mixed[at] as T;
      mixed[at] = mixed[other] as T;
      mixed[other] = held;
    }
    return mixed;
  };
  const { graph } = scene;
  // systemd keeps a unit's dependencies in one hash: their order stays while a transaction is built.
  const orders = new Map<UnitName, ReturnType<Graph['neighbours']>>();
  const neighbours: Graph['neighbours'] = (name) => {
    let order = orders.get(name);
    if (order === undefined) {
      order = shuffle(graph.neighbours(name));
      orders.set(name, order);
    }
    return order;
  };
  return Object.create(scene, {
    graph: { value: { ...graph, neighbours } },
    shuffle: { value: shuffle },
    all: { value: () => shuffle([...scene.all()]) },
  }) as Scene;
}

/**
 * Some of these jobs and of those that wait already would wait for each other for ever. systemd does not look at the order again after
 * it has merged jobs, nor when a restart becomes a start; pidone does, and leaves more out or refuses.
 */
export function isStuck(scene: Scene, jobs: readonly string[]): boolean {
  const all = new Map<UnitName, PlannedJob>();
  for (const unit of scene.all()) {
    const job = scene.installed(unit);
    if (job !== undefined) all.set(unit, { ...job, unit });
  }
  for (const job of jobs) {
    const [unit, type] = job.split(' ') as [UnitName, JobType];
    all.set(unit, { unit, type, ignoreOrder: false });
  }
  const list = [...all.values()];
  const started = list.map((job) => (job.type === 'restart' ? { ...job, type: 'start' as const } : job));
  return [list, started].some((each) => wavesOf(scene.graph, each).flat().length < list.length);
}

/** How many orders are tried before an answer counts as wrong. */
const patience = 3000;

/**
 * What is wrong with pidone's plan beside systemd's answer; undefined: nothing. systemd goes through hashes, whose order is another one
 * each time, and which job of a cycle or of a conflict goes hangs on it. So its answer must be one that pidone comes to for some order.
 */
export function difference(scene: Scene, request: Request, answer: Plan, plan = planOf): string | undefined {
  const wanted = JSON.stringify(answer);
  const own = plan(scene, request);
  if (JSON.stringify(own) === wanted) return undefined;
  if (isStuck(scene, answer.jobs)) {
    const isNew = !isStuck(scene, []) && isStuck(scene, own.jobs);
    return isNew ? `systemd: ${wanted}\nboth are stuck, pidone: ${JSON.stringify(own)}` : undefined;
  }
  const random = numbersFrom(1);
  const seen = new Set<string>();
  for (let at = 0; at < patience; at += 1) {
    const other = JSON.stringify(plan(shuffled(scene, random), request));
    if (other === wanted) return undefined;
    seen.add(other);
  }
  return `systemd: ${wanted}\npidone:  ${JSON.stringify(own)}\nor one of ${seen.size}: ${[...seen].slice(0, 3).join('\n  ')}`;
}

/** 0 to 1, the same row each time (a linear congruential generator). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
