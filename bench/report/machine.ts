import { cpus, loadavg, release, totalmem } from 'node:os';

import { median, minimum } from '../samples.ts';

/** How long a plain shell took to start the same services, again and again during the run. */
export interface Calibration {
  /** msec */
  readonly times: readonly number[];
  /** Averages over a minute. */
  readonly loads: readonly number[];
}

export function load(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** More than this between the quickest and the slowest calibration says that others were at work. */
const steady = 1.3;

/** What the reader must know about the numbers: the machine, and how quiet it was. */
export function describeMachine({ times, loads }: Calibration, services: number): string {
  const slowest = Math.max(...times);
  const spread = slowest / minimum(times);
  const noisy = spread > steady;
  const processors = cpus();
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    `Calibration: sh started ${services} services in ${median(times).toFixed(1)} ms` +
      ` (${minimum(times).toFixed(1)} to ${slowest.toFixed(1)} over the run); load ${minimum(loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    noisy
      ? `NOISY: other programs were at work, times vary by ${spread.toFixed(1)}×. Compare only within this run, or use --repeat.`
      : 'The machine was quiet.',
  ].join('\n');
}
