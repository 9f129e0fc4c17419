/** A transaction told to people: as text, as Graphviz' dot, and a cycle as the path that closes it. */
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Graph } from './digraph.ts';
import { goesBefore, waitsFor } from './order.ts';
import type { PlannedJob, Transaction } from './transaction/build.ts';
import type { Cycle, CycleStep, DropReason } from './transaction/draft.ts';

type UnitOf = (name: UnitName) => Unit | undefined;

/** What systemd says of a cycle (transaction_verify_order_one()): who is told about, and the lines. */
export function cycleLines({ path, victim }: Cycle): {
  readonly about: UnitName | undefined;
  readonly found: readonly string[];
  readonly end: string;
} {
  const start = path.at(-1);
  const name = start === undefined ? '' : `${start.unit}/${start.type}`;
  return {
    about: start?.unit,
    found: path.map(({ unit, type }, at) => `Found ${at === 0 ? 'ordering cycle' : 'dependency'} on ${unit}/${type}`),
    end:
      victim === undefined
        ? `Unable to break cycle starting with ${name}`
        : `Job ${victim.unit}/${victim.type} deleted to break ordering cycle starting with ${name}`,
  };
}

/**
 * One line a step: which job waits for which, by which dependency, from which file. `path` is as the cycle search gives it:
 * each job waits for the one after it, and the last for the first.
 */
export function explainCycle(graph: Graph, unitOf: UnitOf, path: readonly CycleStep[]): readonly string[] {
  return path.map((step, at) => {
    const next = path[(at + 1) % path.length] ?? step;
    return `${step.unit}/${step.type} waits for ${next.unit}/${next.type} (${reasonOf(graph, unitOf, step, next)})`;
  });
}

/** The plan as text: every job after those that it waits for, then what was left out and why. */
export function planText(graph: Graph, transaction: Transaction): string {
  const lines: string[] = [];
  for (const [wave, jobs] of wavesOf(graph, transaction.jobs).entries()) {
    lines.push(`${wave + 1}. ${jobs.map((job) => `${job.type} ${job.unit}`).join(', ')}`);
  }
  const left = transaction.dropped.filter(({ reason }) => reason.kind !== 'redundant');
  if (left.length > 0) lines.push('', 'Left out:');
  for (const { unit, type, reason } of left) lines.push(`- ${type} ${unit}: ${dropText(reason)}`);
  if (transaction.skipped.length > 0) lines.push('', 'Cannot be, and is not required:');
  for (const { unit, type, by, error } of transaction.skipped) {
    lines.push(`- ${type} ${unit}, for ${by}: ${error.message}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The plan for Graphviz: an arrow goes from a job to those that wait for it. */
export function planDot(graph: Graph, transaction: Transaction): string {
  const lines = ['digraph plan {', '  rankdir=LR;', '  node [shape=box];'];
  const planned = new Map(transaction.jobs.map((job) => [job.unit, job]));
  for (const job of transaction.jobs) {
    lines.push(`  ${quote(job.unit)} [label=${quote(`${job.type}\n${job.unit}`)}];`);
    for (const neighbour of graph.neighbours(job.unit)) {
      const other = planned.get(neighbour.name);
      if (other !== undefined && goesBefore(neighbour.atoms, job, other)) {
        lines.push(`  ${quote(job.unit)} -> ${quote(other.unit)};`);
      }
    }
  }
  return `${lines.join('\n')}\n}\n`;
}

/**
 * Jobs by the earliest moment that they can run when each takes one tick. For reading only: the queue runs a job as soon as
 * those that it waits for are done.
 */
export function wavesOf(graph: Graph, jobs: readonly PlannedJob[]): readonly (readonly PlannedJob[])[] {
  const planned = new Map(jobs.map((job) => [job.unit, job]));
  const waits = new Map<UnitName, number>();
  let wave: PlannedJob[] = [];
  for (const job of jobs) {
    let count = 0;
    for (const neighbour of graph.neighbours(job.unit)) {
      const other = planned.get(neighbour.name);
      if (other !== undefined && waitsFor(neighbour.atoms, job, other)) count += 1;
    }
    waits.set(job.unit, count);
    if (count === 0) wave.push(job);
  }
  const waves: PlannedJob[][] = [];
  while (wave.length > 0) {
    waves.push(wave);
    const next: PlannedJob[] = [];
    for (const job of wave) {
      for (const neighbour of graph.neighbours(job.unit)) {
        const other = planned.get(neighbour.name);
        if (other === undefined || !goesBefore(neighbour.atoms, job, other)) continue;
        const left = (waits.get(other.unit) ?? 0) - 1;
        waits.set(other.unit, left);
        if (left === 0) next.push(other);
      }
    }
    wave = next;
  }
  return waves;
}

/** "After=b.service in /etc/systemd/system/a.service": what makes the first of the two jobs wait. */
function reasonOf(graph: Graph, unitOf: UnitOf, waiting: CycleStep, other: CycleStep): string {
  const reasons: string[] = [];
  const tell = (declarer: UnitName, kind: 'Before' | 'After', about: UnitName): void => {
    if (!graph.declared(declarer, about).includes(kind)) return;
    reasons.push(`${kind}=${about} ${originOf(unitOf(declarer), kind, about)}`);
  };
  if (waiting.type !== 'stop' && waiting.type !== 'restart') {
    tell(waiting.unit, 'After', other.unit);
    tell(other.unit, 'Before', waiting.unit);
  }
  if (other.type === 'stop' || other.type === 'restart') {
    tell(waiting.unit, 'Before', other.unit);
    tell(other.unit, 'After', waiting.unit);
  }
  return reasons.join(', ');
}

function originOf(unit: Unit | undefined, kind: 'Before' | 'After', other: UnitName): string {
  if (unit === undefined) return 'of a unit that is gone';
  const origin = unit.dependencies.find((each) => each.kind === kind && each.on === other)?.origin;
  if (origin === 'file') return `in ${[unit.fragmentPath, ...unit.dropInPaths].join(' or ')}`;
  if (origin === 'link') return `by a link to ${unit.name}`;
  if (origin === 'implicit') return `implied by a setting of ${unit.name}`;
  return `by default for ${unit.name}`;
}

function dropText(reason: DropReason): string {
  switch (reason.kind) {
    case 'redundant':
      return 'nothing to do';
    case 'unneeded':
      return 'nobody needs it any more';
    case 'needs':
      return `it needs ${reason.type} ${reason.unit}, which was left out`;
    case 'cycle':
      return `it closes a cycle: ${reason.path.map((step) => `${step.unit}/${step.type}`).join(' after ')}`;
    case 'conflict':
      return `it contradicts ${reason.type} of the same unit`;
    case 'impact':
      return 'it would stop a running unit or replace a queued job';
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
