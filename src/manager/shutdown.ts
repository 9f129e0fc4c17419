/**
 * The end of the container: every unit stops in reverse order, in the transaction of shutdown.target; then whatever that
 * one does not reach (DefaultDependencies=no); then init is told to leave. All of it before a deadline that is shorter than
 * the engine's: when it is over what is left is killed.
 */
import { isDown } from '../graph/active-state.ts';
import type { UnitName } from '../units/name.ts';
import { slots } from '../wire/schema.ts';
import type { Core } from './core.ts';
import type { Keepers } from './keepers.ts';
import type { Log } from './log.ts';
import type { Instant } from './state.ts';

export interface ShutdownPorts {
  readonly core: Core;
  readonly keepers: Keepers;
  readonly log: Log;
  /** How long all may take, usec. */
  readonly timeout: number;
}

export interface Shutdown {
  /** Begins, if it has not yet; with the exit status of the container. */
  begin(status: number, now: Instant): void;
  /** Asked for a second time: one second more. */
  hurry(now: Instant): void;
  /** At once, whatever runs. */
  force(status: number): void;
  /** To be called when nothing moves: goes on with what is left. True: more was queued. */
  goOn(now: Instant): boolean;
  deadline(): Instant | undefined;
}

const hurryTimeout = 1_000_000;
const sigkill = 9;

export function createShutdown(ports: ShutdownPorts): Shutdown {
  const { core, keepers, log } = ports;
  const { world } = core;
  /** What shutdown.target did not reach has been asked to stop too. */
  let askedRest = false;
  let left = false;

  function leave(status: number): void {
    if (left) return;
    left = true;
    log.write(); // nobody comes later to write how it ended
    keepers.tellInit('exit', { status });
  }

  function killAll(): void {
    for (const keeper of keepers.records.values()) {
      if (keeper.lost) keepers.killRemains(keeper.id, { signal: sigkill, which: slots.tree });
      else keepers.command(keeper.id, { kind: 'kill', which: slots.tree, signal: sigkill, also: [], pid: 0 });
    }
  }

  /** Stops what still is up; false: nothing is. */
  function stopRest(): boolean {
    let any = false;
    for (const record of world.records.values()) {
      // A target holds nothing, and what stands for a thing of the container's engine goes with it.
      if (record.state.type === 'target' || record.state.type === 'stand-in') continue;
      if (isDown(core.machine.activeState(record.unit, record.state))) continue;
      any = core.enqueue('stop', record.unit.name, 'replace-irreversibly', 'operator').ok || any;
    }
    return any;
  }

  return {
    begin(status, now) {
      if (world.shutdown !== undefined) return;
      world.shutdown = { status, deadline: (now + ports.timeout) as Instant };
      log.manager('info', 'stopping everything');
      const target = core.load('shutdown.target' as UnitName).unit;
      const job = core.enqueue('start', target.name, 'replace-irreversibly', 'operator');
      if (!job.ok) log.manager('err', `cannot start shutdown.target: ${job.error.message}`);
    },
    hurry(now) {
      if (world.shutdown === undefined || world.shutdown.deadline <= now + hurryTimeout) return;
      world.shutdown = { ...world.shutdown, deadline: (now + hurryTimeout) as Instant };
    },
    force(status) {
      killAll();
      leave(status);
    },
    goOn(now) {
      const { shutdown } = world;
      if (shutdown === undefined || left) return false;
      if (shutdown.deadline <= now) {
        log.manager('warning', 'the time to stop is over: what is left is killed');
        killAll();
        leave(shutdown.status);
        return false;
      }
      if (world.jobs.size > 0) return false;
      if (!askedRest) {
        askedRest = true;
        if (stopRest()) return true;
      }
      leave(shutdown.status);
      return false;
    },
    deadline: () => (left ? undefined : world.shutdown?.deadline),
  };
}
