/**
 * A limit for what the manager does unasked: starts and stops by StopWhenUnneeded=, BindsTo=, Upholds= (systemd's
 * auto_start_stop_ratelimit), and starts by OnFailure= and OnSuccess=, where systemd has none: units whose failure starts each other would keep it busy for ever.
 */
import type { UnitName } from '../units/name.ts';
import type { Engine } from './engine.ts';

/** usec */
const interval = 10_000_000;
const burst = 16;

/** Counts one act for the unit. False: it is one too many. */
export function mayActUnasked(engine: Engine, unit: UnitName, what: 'upkeep' | 'trigger'): boolean {
  const key = `${what} ${unit}`;
  const known = engine.automatic.get(key);
  if (known === undefined || engine.now - known.begin > interval) {
    engine.automatic.set(key, { begin: engine.now, count: 1 });
    return true;
  }
  known.count += 1;
  return known.count <= burst;
}

/** The unit begins anew. */
export function forgetUnasked(engine: Engine, unit: UnitName): void {
  engine.automatic.delete(`upkeep ${unit}`);
  engine.automatic.delete(`trigger ${unit}`);
}
