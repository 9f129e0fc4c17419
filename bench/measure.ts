import { setTimeout } from 'node:timers/promises';

import { orphanCount, type MeasureKey } from './measures.ts';
import { installSize } from './peers/size.ts';
import { median } from './samples.ts';
import { atRest } from './stage/rest.ts';
import { raise, type Place, type Stage } from './stage/stage.ts';
import type { Service, Supervisor } from './supervisors/supervisor.ts';

/** What one life of a supervisor came to: values by measure, and words. */
export interface Life {
  readonly values: Map<MeasureKey, number>;
  told: string;
  tree: string;
  readonly notes: string[];
}

/** Few services, to see what each further one costs. */
const fewServices = 10;
const rounds = { status: 31, cycle: 9, restart: 9, flood: 5, manager: 3, reload: 9 } as const;
/** 64 bytes each: with their times they fit into 16 MiB of journal, which is what everybody here keeps. */
const floodLines = 120_000;
/** sec; who needs longer never does it. */
const patience = { restart: 15, orphans: 15, down: 20, flood: 60 } as const;
/** A manager that dies sooner than ten seconds after its start is started again with growing delay. */
const managerRest = 10_500;

export async function measure(place: Place, supervisor: Supervisor, services: number): Promise<Life> {
  const life: Life = { values: new Map(), told: '-', tree: '-', notes: [] };
  life.values.set('install', installSize(supervisor, place.layer) / 1000);
  const many = Array.from({ length: services }, (_, slot) => actor(slot, 'run'));
  await onStage(place, supervisor, many, life, (stage) => fullHouse(stage, supervisor, services, life));
  if (supervisor.control === undefined || life.notes.length > 0) return life;

  await onStage(place, supervisor, many.slice(0, fewServices), life, async (stage) => {
    const { memory } = await atRest(stage);
    const whole = life.values.get('memory') ?? Number.NaN;
    life.values.set('further', (whole - memory) / (services - fewServices));
  });
  await reloads(place, supervisor, life);
  const logged = supervisor.control.log !== undefined;
  const special = [actor(0, 'tree'), ...(logged ? [actor(1, 'flood', floodLines)] : [])];
  await onStage(place, supervisor, special, life, async (stage) => {
    await fell(stage, supervisor, life);
    if (logged) await floodWithLines(stage, supervisor, life);
  });
  return life;
}

/** What reading all files again costs with few and with many units. */
async function reloads(place: Place, supervisor: Supervisor, life: Life): Promise<void> {
  const { known, control, patience } = supervisor;
  if (known === undefined || control?.reload === undefined) return;
  const cost: number[] = [];
  for (const count of [250, 1000] as const) {
    const one = [actor(0, 'run')];
    const stage = await raise(place, supervisor, one, known(count));
    try {
      await stage.probe('up', one.length, patience * 1000);
      const { usec } = await stage.probe('time', rounds.reload, ...control.reload);
      life.values.set(`reload${count}`, msec(usec));
      cost.push(msec(usec));
    } finally {
      await stage.end();
    }
  }
  const [few = Number.NaN, many = Number.NaN] = cost;
  life.values.set('reloadGrowth', many / few);
}

/** Only how long the services take to start. */
export async function measureUp(place: Place, supervisor: Supervisor, services: number): Promise<number> {
  const many = Array.from({ length: services }, (_, slot) => actor(slot, 'run'));
  const stage = await raise(place, supervisor, many);
  try {
    const { usec = [] } = await stage.probe('up', services, supervisor.patience * 1000);
    return msec(usec);
  } finally {
    await stage.end();
  }
}

function actor(slot: number, part: 'run' | 'tree' | 'flood', ...more: readonly number[]): Service {
  const name = part === 'run' ? `s${String(slot)}` : part;
  return { name, command: ['/bench/actor', part, ...[slot, ...more].map(String)], logged: part === 'flood' };
}

/** Raises the supervisor, waits for all services, and lets something be done with it. */
async function onStage(
  place: Place,
  supervisor: Supervisor,
  services: readonly Service[],
  life: Life,
  act: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await raise(place, supervisor, services);
  try {
    const { usec = [], services: there = 0 } = await stage.probe('up', services.length, supervisor.patience * 1000);
    if (!life.values.has('up')) life.values.set('up', msec(usec));
    if (there < services.length) life.notes.push(`only ${there} of ${services.length} services started`);
    else await act(stage);
  } finally {
    await stage.end();
  }
}

async function fullHouse(stage: Stage, supervisor: Supervisor, services: number, life: Life): Promise<void> {
  const { memory, wakeups, cpu, processes } = await atRest(stage);
  life.values.set('memory', memory).set('wakeups', wakeups).set('cpu', cpu);
  if (processes === 0) life.notes.push('no process of it is left');
  const { control, pause } = supervisor;
  if (control !== undefined) {
    const status = await stage.probe('time', rounds.status, ...control.status('s1'));
    life.values.set('status', msec(status.usec));
    const cycle = ['cycle', 2, rounds.cycle, pause, ...control.stop('s2'), '--', ...control.start('s2')] as const;
    const { stop, start, failures = 0 } = await stage.probe(...cycle);
    life.values.set('stop', msec(stop)).set('start', msec(start));
    if (failures + (status.failures ?? 0) > 0) life.notes.push(`${failures} commands failed`);
    const restart = await stage.probe('restart', 3, rounds.restart, pause, patience.restart * 1000);
    life.values.set('restart', msec(restart.usec));
  }
  const { usec: reaped } = await stage.probe('orphans', orphanCount, patience.orphans * 1000);
  life.values.set('orphans', msec(reaped));
  if (supervisor.manager !== undefined && control !== undefined)
    life.values.set('manager', await killManagers(stage, supervisor.manager, control.status('s1')));
  await setTimeout(500);
  const {
    usec,
    alive = 0,
    told = 0,
  } = await stage.probeFromOutside('down', stage.init, services, patience.down * 1000);
  life.values.set('down', msec(usec));
  life.told = `${told}/${alive}`;
}

async function killManagers(stage: Stage, name: string, question: readonly string[]): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < rounds.manager; round++) {
    await setTimeout(managerRest);
    const pid = (await stage.shell(`grep -lx ${name} /proc/[0-9]*/comm | cut -d/ -f3`)).trim();
    taken.push(...((await stage.probe('manager', pid, ...question)).usec ?? []));
  }
  return msec(taken);
}

/** Stops a service with a child and an escapee, and looks what is left of it. */
async function fell(stage: Stage, { control, pause }: Supervisor, life: Life): Promise<void> {
  if (control === undefined) return;
  await setTimeout(pause);
  await stage.shell(`${control.stop('tree').join(' ')} >/dev/null 2>&1 || true`);
  await setTimeout(500);
  const { child, escapee } = await stage.probe('tree', 0);
  life.tree = [child, escapee].map((alive) => (alive === true ? 'NO' : 'yes')).join(' / ');
}

/** Floods the log, and looks whether all of the last flood is there. */
async function floodWithLines(stage: Stage, { control }: Supervisor, life: Life): Promise<void> {
  if (control?.log === undefined) return;
  const { usec = [], flood = 0 } = await stage.probe('flood', rounds.flood, patience.flood * 1000);
  life.values.set('log', usec.includes(-1) ? 0 : floodLines / (median(usec) / 1e6));
  await setTimeout(500); // what was read is written
  const log = await stage.shell(`${control.log('flood')} | /bench/probe lines ${flood}`);
  const { lines = 0, ordered = false } = JSON.parse(log) as { lines?: number; ordered?: boolean };
  if (lines !== floodLines) life.notes.push(`log: ${floodLines - lines} of ${floodLines} lines lost`);
  else if (!ordered) life.notes.push('log: lines out of order');
}

/** The median in msec; one that never came is longer than all. */
function msec(usec: readonly number[] = []): number {
  return median(usec.map((time) => (time < 0 ? Infinity : time / 1000)));
}
