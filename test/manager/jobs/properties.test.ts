import test from 'ava';
import fc from 'fast-check';

import type { RequestedJobType } from '../../../src/graph/job.ts';
import { waitsFor } from '../../../src/graph/order.ts';
import type { JobId } from '../../../src/manager/state.ts';
import { System } from '../system.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const dependencies = ['Requires', 'Wants', 'BindsTo', 'PartOf', 'Conflicts', 'Upholds', 'Requisite', 'OnFailure'];
const orders = ['After', 'Before'];
const services = [
  '[Service]\nExecStart=/bin/stay',
  '[Service]\nType=notify\nExecStart=/bin/ready',
  '[Service]\nType=oneshot\nExecStart=/bin/ok',
  '[Service]\nType=oneshot\nExecStart=/bin/slow\nRemainAfterExit=yes',
  '[Service]\nType=oneshot\nExecStart=/bin/bad',
  '[Service]\nExecStart=/bin/stay\nRestart=always\nRestartSec=1',
  '[Service]\nExecStart=/bin/stay\nExecStop=/bin/slow',
  '[Service]\nType=idle\nExecStart=/bin/stay',
];

const line = fc
  .tuple(fc.constantFrom(...dependencies, ...orders, ...orders), fc.constantFrom(...names))
  .map(([kind, other]) => `${kind}=${other}.service`);
const file = fc
  .tuple(fc.array(line, { maxLength: 4 }), fc.constantFrom(...services), fc.boolean())
  .map(([lines, service, unneeded]) => `${lines.join('\n')}\n${unneeded ? 'StopWhenUnneeded=yes' : ''}\n${service}`);
const files = fc.tuple(...names.map(() => file));
const step = fc.oneof(
  fc.record({
    do: fc.constantFrom<RequestedJobType>('start', 'start', 'stop', 'restart', 'try-restart'),
    unit: fc.constantFrom(...names),
  }),
  fc.record({
    do: fc.constantFrom('end' as const, 'fail' as const, 'ready' as const),
    unit: fc.constantFrom(...names),
  }),
  fc.record({ do: fc.constant('wait' as const), unit: fc.constantFrom(...names) }),
);

test('whatever is asked and whatever happens: no start before what it waits for, and no job waits for ever', (t) => {
  fc.assert(
    fc.property(files, fc.array(step, { maxLength: 25 }), (texts, steps) => {
      const system = new System(Object.fromEntries(names.map((each, at) => [`${each}.service`, texts[at] ?? ''])));
      system.onRun = (job) => {
        const { world } = system.core;
        for (const other of world.graph.neighbours(job.unit)) {
          const waitedFor = world.jobs.get(world.records.get(other.name)?.job ?? (0 as JobId));
          const mustWait = waitedFor !== undefined && waitsFor(other.atoms, job, waitedFor);
          t.false(mustWait, `${job.unit}/${job.type} runs though ${other.name} has a ${waitedFor?.type ?? ''} job`);
        }
      };
      for (const each of steps) {
        if (each.do === 'wait') system.pass(1_100_000);
        else if (each.do === 'end' || each.do === 'fail') endOne(system, each.unit, each.do === 'end' ? 0 : 1);
        else if (each.do === 'ready') readyOne(system, each.unit);
        else system.ask(each.do, each.unit);
      }
      finish(system);
      t.false(isStuck(system));
    }),
    { numRuns: 300 },
  );
});

/** Jobs are there, and nothing that they could wait for is going on. (Some units stop and start each other for ever.) */
function isStuck(system: System): boolean {
  const jobs = [...system.core.world.jobs.values()];
  const moves = jobs.some((job) => job.state === 'running' || system.state(job.unit).endsWith('activating'));
  return jobs.length > 0 && !moves;
}

function endOne(system: System, unit: string, status: number): void {
  if (system.processes.some((each) => each.unit === `${unit}.service`)) system.end(unit, status);
}

function readyOne(system: System, unit: string): void {
  const main = system.processes.find((each) => each.unit === `${unit}.service` && each.slot === 'main');
  if (main?.program === '/bin/ready') system.ready(unit);
}

/** Every slow program ends, and every timeout passes. */
function finish(system: System): void {
  for (let round = 0; round < 10 && system.core.world.jobs.size > 0; round += 1) {
    for (const { unit, program } of [...system.processes]) {
      const plain = unit.replace('.service', '');
      if (program === '/bin/slow') endOne(system, plain, 0);
      else if (program === '/bin/ready') readyOne(system, plain);
    }
    system.pass(100_000_000);
  }
}
