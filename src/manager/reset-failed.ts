/** `systemctl reset-failed` (unit_reset_failed()): failure, result, restart counter and start limit are forgotten. */
import type { UnitName } from '../units/name.ts';
import type { Outcome } from './api.ts';
import type { Engine } from './engine.ts';
import { feedUnit } from './feeding.ts';
import { forgetUnasked } from './rate.ts';
import type { UnitRecord } from './world.ts';

/** undefined: of all units. */
export function resetFailed(engine: Engine, name: UnitName | undefined): Outcome<undefined> {
  const { world } = engine;
  if (name === undefined) {
    for (const record of [...world.records.values()]) resetOne(engine, record);
    return { ok: true, value: undefined };
  }
  const record = world.records.get(world.names.get(name) ?? name);
  if (record === undefined) {
    return { ok: false, error: { code: 'NoSuchUnit', message: `Unit ${name} not loaded.` } };
  }
  resetOne(engine, record);
  return { ok: true, value: undefined };
}

function resetOne(engine: Engine, record: UnitRecord): void {
  record.starts = [];
  record.startLimitHit = false;
  forgetUnasked(engine, record.unit.name);
  feedUnit(engine, record, { kind: 'reset-failed' });
}
