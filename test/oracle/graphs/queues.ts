/** What requests make of pidone's job queue beside what they make of systemd's. */
import fc from 'fast-check';
import type { JobType, RequestedJobType } from '../../../src/graph/job.ts';
import { isConflicting, merge } from '../../../src/graph/job.ts';
import type { Scene } from '../../../src/graph/scene.ts';
import type { JobMode } from '../../../src/units/model.ts';
import type { UnitName } from '../../../src/units/name.ts';
import { name } from '../../fake/unit.ts';
import { sceneOf } from '../../graph/scene.ts';
import { isBroken, randomGraphs, toldOf } from './graph.ts';
import type { RandomGraph } from './graph.ts';
import { systemOf } from './load.ts';
import { difference, planOf } from './plan.ts';
import type { Plan } from './plan.ts';
import { openSession, verbs } from './session.ts';
import type { Question, Reply } from './session.ts';

const modes: readonly JobMode[] = [
  'replace',
  'fail',
  'replace-irreversibly',
  'flush',
  'ignore-requirements',
  'isolate',
];

const questions = fc.array(
  fc.record<Question>({
    verb: fc.constantFrom(...verbs),
    mode: fc.oneof({ weight: 3, arbitrary: fc.constant<JobMode>('replace') }, fc.constantFrom(...modes)),
    unit: fc.nat(9),
  }),
  { minLength: 1, maxLength: 5 },
);
const up = fc.array(fc.nat(9), { maxLength: 6 });

/** Random units in every state and rows of requests in every mode, asked of a running systemd: as compareStarts(). */
export async function compareQueues(runs: number, seed?: number): Promise<void> {
  const session = await openSession();
  try {
    await fc.assert(
      fc.asyncProperty(randomGraphs('states'), up, questions, async (graph, started, asked) => {
        const fit = asked.map((each) => fitting(graph, each));
        const replies = await session.ask(graph, started, fit);
        const problem = compare(graph, started, fit, replies);
        if (problem !== undefined) throw new Error(`${problem}\n${toldOf(graph)}`);
      }),
      { ...(seed === undefined ? {} : { seed }), numRuns: runs, includeErrorInReport: true },
    );
  } finally {
    await session.down();
  }
}

/** Isolating is for starts; what is broken is asked about elsewhere. */
function fitting(graph: RandomGraph, question: Question): Question {
  const at = question.unit % graph.length;
  const unit = isBroken(graph[at]?.kind ?? 'missing') ? 0 : at;
  return question.mode === 'isolate' ? { ...question, unit, verb: 'start' } : { ...question, unit };
}

/** What list-jobs does not tell of a job. */
interface Marks {
  readonly irreversible: boolean;
  readonly ignoreOrder: boolean;
  readonly type: JobType;
}

function compare(
  graph: RandomGraph,
  started: readonly number[],
  asked: readonly Question[],
  replies: readonly Reply[],
): string | undefined {
  const system = systemOf(graph);
  for (const unit of graph) system.core.load(name(unit.name));
  const loaded = system.scene();
  const units = [...system.core.world.records.values()].map(({ unit }) => unit);
  const reloadable = units.map((unit) => unit.name).filter((unit) => loaded.canReload(unit));
  let marks = new Map<string, Marks>();
  // Those whose start does not end have a job that takes no notice of order.
  for (const at of started) {
    const unit = graph[at % graph.length];
    if (unit?.kind === 'slow') marks.set(unit.name, { type: 'start', irreversible: false, ignoreOrder: true });
  }
  for (const [at, question] of asked.entries()) {
    const reply = replies[at];
    if (reply === undefined) return 'no reply';
    const jobs = [...reply.queue].map(([unit, type]) => {
      const known = marks.get(unit);
      const isKnown = known?.type === type;
      const job = {
        type,
        irreversible: isKnown && known.irreversible,
        ignoreOrder: isKnown && known.ignoreOrder,
      };
      return [unit, job] as const;
    });
    const scene = sceneOf(units, {
      perpetual: ['-.slice'],
      states: { ...Object.fromEntries(reply.states), '-.slice': 'active', 'system.slice': 'active' },
      jobs: Object.fromEntries(jobs.filter(([unit]) => graph.some((each) => each.name === unit))),
      reloadable,
    });
    const unit = name(graph[question.unit]?.name ?? '');
    const type = requested(question.verb, loaded.canReload(unit));
    const jobsOfGraph = reply.jobs.filter((job) => graph.some((each) => job.startsWith(`${each.name} `)));
    const answer = { error: reply.error, jobs: jobsOfGraph, cycles: [] };
    const problem = difference(
      scene,
      { unit, type, mode: question.mode },
      answer,
      question.verb.startsWith('try-') ? tried : installed,
    );
    if (problem !== undefined) {
      const before = { question: { ...question, unit }, states: [...reply.states], jobs };
      return `question ${at + 1}: ${JSON.stringify(before)}\n${problem}`;
    }
    marks = marksAfter(scene, reply, question.mode, marks);
  }
  return undefined;
}

/** As systemd's D-Bus layer has it. */
function requested(verb: Question['verb'], canReload: boolean): RequestedJobType {
  if (verb === 'reload-or-restart') return canReload ? 'reload-or-start' : 'restart';
  if (verb === 'try-reload-or-restart') return canReload ? 'try-reload' : 'try-restart';
  return verb;
}

/** The plan as it looks once its jobs are one with those that wait. */
function installed(scene: Scene, request: Parameters<typeof planOf>[1]): Plan {
  const plan = planOf(scene, request);
  const jobs = plan.jobs.map((job) => {
    const [unit, type] = job.split(' ') as [UnitName, JobType];
    const there = scene.installed(unit)?.type;
    if (there === undefined || type === 'nop' || isConflicting(there, type)) return job;
    return `${unit} ${merge(there, type, scene.active(unit)) ?? ''}`;
  });
  return { error: plan.error, jobs: jobs.sort(), cycles: [] };
}

/** systemctl does not tell of a mask who asks only for what runs. */
function tried(scene: Scene, request: Parameters<typeof planOf>[1]): Plan {
  const plan = installed(scene, request);
  return plan.error?.endsWith(' is masked.') === true ? { ...plan, error: undefined } : plan;
}

function marksAfter(scene: Scene, reply: Reply, mode: JobMode, marks: ReadonlyMap<string, Marks>): Map<string, Marks> {
  const after = new Map(marks);
  for (const job of reply.jobs) {
    const [unit, type] = job.split(' ') as [UnitName, JobType];
    // It has a place of its own, and leaves what waits as it is.
    if (type === 'nop') continue;
    const before = scene.installed(unit);
    const kept = before !== undefined && !isConflicting(before.type, type) ? before : undefined;
    after.set(unit, {
      type,
      irreversible: kept?.irreversible === true || mode === 'replace-irreversibly',
      ignoreOrder: kept?.ignoreOrder === true,
    });
  }
  return after;
}
