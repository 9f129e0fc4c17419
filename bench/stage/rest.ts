import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import type { Stage } from './stage.ts';

/** What a supervisor costs while nothing happens. Services are left out. */
export interface Rest {
  /** KiB, proportional set size of all its processes. */
  readonly memory: number;
  readonly processes: number;
  /** Times a second that one of them was given a processor. */
  readonly wakeups: number;
  /** Share of a processor, in percent. */
  readonly cpu: number;
}

const settling = 3000;
const watching = 3000;

/** Waits until start-up work is over and late pages are given back, then watches for three seconds. */
export async function atRest(stage: Stage): Promise<Rest> {
  await setTimeout(settling);
  const processes = supervisorsProcesses(stage);
  const memory = sum(processes.map(proportionalSize));
  const before = activity(processes);
  await setTimeout(watching);
  const after = activity(processes);
  return {
    memory,
    processes: processes.length,
    wakeups: (after.switches - before.switches) / (watching / 1000),
    cpu: ((after.running - before.running) / (watching * 1e6)) * 100,
  };
}

function supervisorsProcesses({ namespace }: Stage): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => link(pid, 'ns/pid') === namespace && !link(pid, 'exe').endsWith('/actor'));
}

function link(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${String(pid)}/${name}`);
  } catch {
    return ''; // it has ended
  }
}

function proportionalSize(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(text(`/proc/${String(pid)}/smaps_rollup`))?.[1] ?? 0);
}

/** How often, and for how many nsec, the threads of these processes have run. */
function activity(processes: readonly number[]): { switches: number; running: number } {
  let switches = 0;
  let running = 0;
  for (const pid of processes)
    for (const thread of threads(pid)) {
      const folder = `/proc/${String(pid)}/task/${thread}`;
      for (const [, count] of text(`${folder}/status`).matchAll(/voluntary_ctxt_switches:\s+(\d+)/g))
        switches += Number(count);
      running += Number(text(`${folder}/schedstat`).split(' ')[0]);
    }
  return { switches, running };
}

function threads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/task`);
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
