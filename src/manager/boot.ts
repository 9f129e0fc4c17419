/** From nothing to the boot target, and what is told when the boot is over. */
import type { UnitName } from '../units/name.ts';
import { parseUnitName } from '../units/name.ts';
import type { Core } from './core.ts';
import type { Log } from './log.ts';

const candidates = ['default.target', 'multi-user.target'] as UnitName[];

/** Queues the start of the boot target: the one that was asked for, else default.target, else multi-user.target. */
export function boot(core: Core, log: Log, asked: string): void {
  const { world } = core;
  const name = parseUnitName(asked);
  if (asked !== '' && name === undefined) log.manager('err', `--unit=${asked} is no unit name; ignored`);
  const choices = name === undefined ? candidates : [name, ...candidates];
  for (const choice of choices) {
    const { unit } = core.load(choice);
    if (unit.load !== 'loaded') {
      log.manager('warning', `cannot start ${choice}: ${unit.loadError || `it is ${unit.load}`}`);
      continue;
    }
    const job = core.enqueue('start', unit.name, 'replace', 'operator');
    if (job.ok) {
      world.bootTarget = unit.name;
      return;
    }
    log.manager('err', `cannot start ${choice}: ${job.error.message}`);
  }
  log.manager('crit', 'no target could be started; systemctl answers all the same');
}

/** The job queue has drained for the first time: what failed is told by name. `usec`: how long it took. */
export function tellBootDone(core: Core, log: Log, usec: number): void {
  const { world } = core;
  world.bootDone = true;
  world.bootUsec = usec;
  const failed: string[] = [];
  for (const record of world.records.values())
    if (core.machine.activeState(record.unit, record.state) === 'failed')
      failed.push(`${record.unit.name} (${core.machine.result(record.state)})`);
  const took = `${(usec / 1000).toFixed(1)} ms`;
  if (failed.length === 0) log.manager('info', `${world.bootTarget} is up after ${took}`);
  else log.manager('warning', `${world.bootTarget} is up after ${took}, but failed: ${failed.join(', ')}`);
}
