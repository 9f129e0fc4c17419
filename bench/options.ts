import { parseArgs } from 'node:util';

import { supervisors } from './supervisors/all.ts';
import type { Supervisor } from './supervisors/supervisor.ts';

export interface Options {
  readonly services: number;
  readonly repeat: number;
  /** A file for the results, as JSON. */
  readonly json: string | undefined;
  readonly supervisors: readonly Supervisor[];
}

export const usage = `usage: npm run bench -- [-n SERVICES] [--repeat TIMES] [--json FILE] [SUPERVISOR…]

Runs each supervisor as PID 1 of its own namespaces, with the same services, and prints what it takes.

  -n SERVICES     how many services (50; budgets are set for 50 and 500)
  --repeat TIMES  each supervisor so many times: the median, and the minimum in brackets
  --json FILE     the results as JSON too
  SUPERVISOR      ${supervisors.map(({ name }) => name).join(', ')}; all without one

dinit is not in Debian 12: PIDONE_BENCH_DINIT names a folder that has dinit and dinitctl.`;

/** Fewer would leave too few to stop, kill and count; more have no slot on the board (board.h). */
const fewest = 20;
const most = 2000;

/** @returns a sentence when the arguments are wrong, undefined when help is asked for. */
export function parseOptions(args: readonly string[]): Options | string | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        services: { type: 'string', short: 'n', default: '50' },
        repeat: { type: 'string', default: '1' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return undefined;
    const unknown = positionals.filter((name) => !supervisors.some((supervisor) => supervisor.name === name));
    if (unknown.length > 0) return `There is no supervisor ${unknown.join(', ')}.`;
    const services = Number(values.services);
    if (!Number.isInteger(services) || services < fewest || services > most)
      return `-n takes a number from ${fewest} to ${most}.`;
    const repeat = Number(values.repeat);
    if (!Number.isInteger(repeat) || repeat < 1) return '--repeat takes a number from 1.';
    const named = supervisors.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { services, repeat, json: values.json, supervisors: named };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
