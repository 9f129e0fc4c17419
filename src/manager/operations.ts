/** What an operator may do to a unit besides jobs and signals: clean, freeze, thaw (unit_clean(), unit_freezer_action()). */
import type { UnitName } from '../units/name.ts';
import type { ManagerError, Outcome } from './api.ts';
import type { Engine } from './engine.ts';
import { activeOf } from './engine.ts';
import { feedUnit } from './feeding.ts';
import type { CleanKind } from './service/event.ts';
import type { UnitRecord } from './world.ts';

const done = { ok: true, value: undefined } as const;

/** Only what is down, and of what there is something to remove. */
export function cleanUnit(engine: Engine, name: UnitName, what: readonly CleanKind[]): Outcome<undefined> {
  const found = recordFor(engine, name, 'cleaning');
  if (!found.ok) return found;
  const record = found.value;
  const cleans = engine.machine.cleans(record.unit, record.state);
  if (cleans === undefined) return refuse('NotSupported', `Unit '${record.unit.name}' does not support cleaning.`);
  if (record.unit.load !== 'loaded' || activeOf(engine, record) !== 'inactive' || record.job !== undefined)
    return refuse('UnitBusy', 'Unit is not inactive or has pending job.');
  if (!what.some((kind) => cleans.includes(kind))) return refuse('NothingToClean', 'No matching resources found.');
  feedUnit(engine, record, { kind: 'clean', what });
  return done;
}

/** SIGSTOP to all of a unit that is up, SIGCONT to let it go on: the container has no freezer. */
export function freezeUnit(engine: Engine, name: UnitName, kind: 'freeze' | 'thaw'): Outcome<undefined> {
  const found = recordFor(engine, name, 'freezing');
  if (!found.ok) return found;
  const record = found.value;
  if (record.state.type !== 'service')
    return refuse('NotSupported', `Unit '${record.unit.name}' does not support freezing.`);
  if (record.job !== undefined) return refuse('UnitBusy', 'Unit has a pending job.');
  if (record.unit.load !== 'loaded' || activeOf(engine, record) !== 'active')
    return refuse('UnitInactive', 'Unit is inactive.');
  feedUnit(engine, record, { kind });
  return done;
}

function recordFor(engine: Engine, name: UnitName, what: 'cleaning' | 'freezing'): Outcome<UnitRecord> {
  const record = engine.world.records.get(engine.world.names.get(name) ?? name);
  if (record === undefined || record.unit.load === 'not-found')
    return refuse('NoSuchUnit', `Unit ${name} ${what === 'cleaning' ? 'not found' : 'not loaded'}.`);
  return { ok: true, value: record };
}

function refuse(code: ManagerError['code'], message: string): { readonly ok: false; readonly error: ManagerError } {
  return { ok: false, error: { code, message } };
}
