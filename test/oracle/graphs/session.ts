/**
 * A running systemd whose job queue stands still, so that what each request makes of the queue can be seen: every unit is
 * ordered Before= a service that is being stopped and never has stopped, and any job of theirs waits for that.
 */
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActiveState } from '../../../src/graph/active-state.ts';
import type { JobType } from '../../../src/graph/job.ts';
import type { JobMode } from '../../../src/units/model.ts';
import type { Machine } from '../machine.ts';
import { bootSystemd } from '../systemd.ts';
import { fileOf, renamed } from './graph.ts';
import type { RandomGraph } from './graph.ts';

export const verbs = [
  'start',
  'stop',
  'restart',
  'try-restart',
  'reload',
  'reload-or-restart',
  'try-reload-or-restart',
] as const;

/** `systemctl VERB --job-mode=MODE UNIT`; the unit by its place in the graph. */
export interface Question {
  readonly verb: (typeof verbs)[number];
  readonly mode: JobMode;
  readonly unit: number;
}

/** How things stood, and what systemd made of the question. */
export interface Reply {
  readonly states: ReadonlyMap<string, ActiveState>;
  readonly queue: ReadonlyMap<string, JobType>;
  readonly error: string | undefined;
  /** "a.service start": each job that the request made or was merged into. */
  readonly jobs: readonly string[];
}

export interface Session {
  /** Starts some units of the graph against their order, then asks one question after the other. */
  ask(graph: RandomGraph, up: readonly number[], questions: readonly Question[]): Promise<readonly Reply[]>;
  down(): Promise<void>;
}

const UNITS = '/run/systemd/system';
const still = '[Unit]\nDefaultDependencies=no\nIgnoreOnIsolate=yes\n';
const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n';

export async function openSession(): Promise<Session> {
  const units = await mkdtemp(path.join(tmpdir(), 'pidone-session-'));
  await chmod(units, 0o755);
  let machine: Machine;
  try {
    await writeFile(
      path.join(units, 'gate.service'),
      `${still}${sleeper}ExecStop=/bin/sleep infinity\nTimeoutStopSec=infinity\n`,
    );
    for (const target of ['basic', 'sysinit', 'shutdown', 'multi-user']) {
      await writeFile(path.join(units, `${target}.target`), still);
    }
    await writeFile(path.join(units, 'oracle.target'), `${still}Wants=basic.target gate.service\nAfter=basic.target\n`);
    // An isolate is to leave alone what the machine stands on.
    for (const type of ['mount', 'socket', 'device', 'slice', 'scope']) {
      await mkdir(path.join(units, `${type}.d`));
      await writeFile(path.join(units, `${type}.d/stay.conf`), '[Unit]\nIgnoreOnIsolate=yes\n');
    }
    machine = await bootSystemd(units);
  } finally {
    await rm(units, { recursive: true, force: true });
  }
  await machine.run('systemctl stop --no-block gate.service; reach gate.service SubState=stop');
  let count = 0;
  return {
    async ask(graph, up, questions) {
      count += 1;
      const prefix = `g${String(count)}-`;
      const own = renamed(graph, prefix);
      await writeUnits(`/proc/${String(machine.init)}/root${UNITS}`, own);
      const { stdout } = await machine.run(scriptOf(prefix, own, up, questions));
      return stdout.replaceAll(prefix, '').split('=question\n').slice(1).map(replyOf);
    },
    down: () => machine.down(),
  };
}

async function writeUnits(folder: string, graph: RandomGraph): Promise<void> {
  for (const unit of graph) {
    const text = fileOf(unit, 'Before=gate.service');
    if (unit.kind === 'masked') await symlink('/dev/null', path.join(folder, unit.name));
    else if (text !== undefined) await writeFile(path.join(folder, unit.name), text);
  }
}

function scriptOf(prefix: string, graph: RandomGraph, up: readonly number[], questions: readonly Question[]): string {
  const nameOf = (at: number) => (graph[at % graph.length] ?? graph[0]).name;
  const cancel = `systemctl list-jobs --plain --no-legend | while read id unit rest; do case $unit in ${prefix}*) systemctl cancel $id;; esac; done`;
  return [
    'exec 2>&1',
    ...up.map((at) => {
      const unit = graph[at % graph.length];
      const block = unit?.kind === 'slow' ? '--no-block ' : '';
      return `systemctl start ${block}--job-mode=ignore-dependencies ${nameOf(at)} >/dev/null`;
    }),
    ...questions.flatMap(({ verb, mode, unit }) => [
      `echo =question; systemctl list-units --all --plain --no-legend '${prefix}*'`,
      'echo =jobs; systemctl list-jobs --plain --no-legend',
      `echo =answer; systemctl ${verb} -T --no-block --job-mode=${mode} ${nameOf(unit)}`,
    ]),
    // Without their files they depend on nothing any more, and nothing brings them back.
    `{ rm ${UNITS}/${prefix}*; systemctl daemon-reload; ${cancel}; systemctl kill -s KILL '${prefix}*'; } >/dev/null`,
    `{ systemctl stop --job-mode=ignore-dependencies '${prefix}*'; systemctl reset-failed '${prefix}*'; } >/dev/null`,
  ].join('\n');
}

function replyOf(text: string): Reply {
  const [units = '', jobs = '', answer = ''] = text.split(/=jobs\n|=answer\n/);
  const rows = (part: string) => part.split('\n').map((line) => line.trim().split(/\s+/));
  const states = new Map(rows(units).map(([unit = '', , active = '']) => [unit, active as ActiveState]));
  // A nop has a place of its own beside the unit's job.
  const queued = rows(jobs).filter(([, , type]) => type !== 'nop');
  const queue = new Map(queued.map(([, unit = '', type = '']) => [unit, type as JobType]));
  const made = [...answer.matchAll(/^Enqueued (?:anchor|auxiliary) job \d+ (\S+)\/(\S+)\.$/gm)];
  return {
    states,
    queue,
    error: /^Failed to \S+ \S+: (.*)$/m.exec(answer)?.[1],
    jobs: made.map(([, unit, type]) => `${unit ?? ''} ${type ?? ''}`).sort(),
  };
}
