/** StartLimitIntervalSec=, StartLimitBurst=, StartLimitAction= (unit_test_start_limit()). */
import type { Engine } from './engine.ts';
import { emergency } from './emergency.ts';
import type { UnitRecord } from './world.ts';

/** Counts one start. False: it is one too many. The interval begins with its first start and does not slide (systemd's src/basic/ratelimit.c). */
export function takeStart(engine: Engine, record: UnitRecord): boolean {
  record.startLimitHit = false;
  const { name, common } = record.unit;
  const { startLimitInterval: interval, startLimitBurst: burst } = common;
  if (interval === 0 || burst === 0) return true;
  const begin = record.starts[0];
  if (begin === undefined || engine.now - begin > interval) {
    record.starts = [engine.now];
    return true;
  }
  if (record.starts.length < burst) {
    record.starts = [...record.starts, engine.now];
    return true;
  }
  record.startLimitHit = true;
  emergency(engine, record, {
    action: common.startLimitAction,
    exitStatus: undefined,
    otherwise: 255,
    reason: `unit ${name} failed`,
    warns: true,
  });
  return false;
}
